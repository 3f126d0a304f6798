//! The poller of the registry on Linux: epoll.

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll as Instance, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::registry::{BATCH, Poller, Token, Trigger};
use crate::process::signals::Blocked;

/// An epoll instance.
#[derive(Debug)]
pub(super) struct Epoll(Instance);

impl Epoll {
    /// A new epoll instance.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(super) fn new() -> Result<Self, Errno> {
        Instance::new(EpollCreateFlags::EPOLL_CLOEXEC).map(Self)
    }
}

impl Poller for Epoll {
    fn add(&self, fd: impl AsFd, token: Token, trigger: Trigger) -> Result<(), Errno> {
        let flags = match trigger {
            Trigger::Level => EpollFlags::EPOLLIN,
            Trigger::Edge => EpollFlags::EPOLLIN | EpollFlags::EPOLLET,
        };
        self.0.add(fd, EpollEvent::new(flags, token.0))
    }

    fn delete(&self, fd: impl AsFd) -> Result<(), Errno> {
        self.0.delete(fd)
    }

    fn wait(
        &self,
        millis: i32,
        blocked: Option<&Blocked>,
        ready: &mut [Token; BATCH],
    ) -> Result<usize, Errno> {
        let mut events = [EpollEvent::empty(); BATCH];
        let count = match blocked {
            Some(blocked) => blocked.wait(&self.0, &mut events, millis)?,
            None => self.0.wait(&mut events, EpollTimeout::try_from(millis).unwrap_or(EpollTimeout::NONE))?,
        };
        for (token, event) in ready.iter_mut().zip(&events).take(count) {
            *token = Token(event.data());
        }
        Ok(count)
    }

    fn descriptor(&self) -> &OwnedFd {
        &self.0.0
    }
}
