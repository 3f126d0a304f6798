//! Descriptors that the kernel watches: epoll.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::signal::SigSet;

use crate::process::os::interface::{BATCH, Poller, Token, Trigger};

/// An epoll instance.
#[derive(Debug)]
pub(crate) struct Queue(Epoll);

impl Poller for Queue {
    fn new() -> Result<Self, Errno> {
        Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map(Self)
    }

    fn add(&self, fd: impl AsFd, token: Token, trigger: Trigger) -> Result<(), Errno> {
        let flags = match trigger {
            Trigger::Level => EpollFlags::EPOLLIN,
            Trigger::Edge => EpollFlags::EPOLLIN | EpollFlags::EPOLLET,
        };
        self.0.add(fd, EpollEvent::new(flags, token.0))
    }

    fn want_room(&self, fd: impl AsFd, token: Token) -> Result<(), Errno> {
        self.0.modify(fd, &mut EpollEvent::new(EpollFlags::EPOLLOUT, token.0))
    }

    fn delete(&self, fd: impl AsFd) -> Result<(), Errno> {
        self.0.delete(fd)
    }

    fn wait(&self, millis: i32, mask: Option<&SigSet>, ready: &mut [Token; BATCH]) -> Result<usize, Errno> {
        let mut events = [EpollEvent::empty(); BATCH];
        let count = match mask {
            Some(mask) => {
                let (fd, room) = (self.0.0.as_raw_fd(), i32::try_from(BATCH).unwrap_or_default());
                let events = events.as_mut_ptr().cast();
                // SAFETY: `EpollEvent` is a transparent `epoll_event`; the array has room for `room` of them, the mask is
                // valid.
                let count = unsafe { libc::epoll_pwait(fd, events, room, millis, mask.as_ref()) };
                Errno::result(count).map(|count| usize::try_from(count).unwrap_or_default())?
            }
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

    fn refresh(&self) {}

    fn into_descriptor(self) -> Result<OwnedFd, Errno> {
        Ok(self.0.0)
    }
}
