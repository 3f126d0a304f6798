//! What the notifier's thread waits for: a kqueue.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::errno::Errno;

use super::queue::{event, ident, kevent, kqueue, timer};
use crate::process::os::interface::{Refused, Token, Wake};

const TIMER: Token = Token(1);
const STOP: Token = Token(2);

/// What wakes a thread of ours.
#[derive(Debug)]
pub(crate) struct Watch(OwnedFd);

impl Watch {
    /// Watches `children`, once it is armed.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn new(children: &OwnedFd) -> Result<Self, Refused> {
        let watch = Self(kqueue().map_err(Refused::by("kqueue"))?);
        watch.of_children(children, libc::EV_ADD | libc::EV_DISABLE).map_err(Refused::by("kevent"))?;
        let stop = event(0, libc::EVFILT_USER, libc::EV_ADD | libc::EV_CLEAR, 0, STOP);
        watch.change(stop).map_err(Refused::by("kevent"))?;
        Ok(watch)
    }

    /// The next readiness of `children` is news, once.
    ///
    /// # Errors
    ///
    /// When the kernel refuses, as the script has closed the descriptors.
    pub(crate) fn arm(&self, children: &OwnedFd) -> Result<(), Errno> {
        self.of_children(children, libc::EV_ENABLE)
    }

    /// From now on readiness of `children` is no news.
    ///
    /// # Errors
    ///
    /// As for [`Watch::arm`].
    pub(crate) fn silence(&self, children: &OwnedFd) -> Result<(), Errno> {
        self.of_children(children, libc::EV_DISABLE)
    }

    /// There is news after `delay`, which is not zero; a later call replaces an earlier one.
    pub(crate) fn alarm(&self, delay: Duration) {
        let _ = self.change(timer(TIMER, delay));
    }

    /// From now on the thread has to end. False if it cannot be told.
    pub(crate) fn end(&self) -> bool {
        self.change(event(0, libc::EVFILT_USER, 0, libc::NOTE_TRIGGER, STOP)).is_ok()
    }

    /// The number that the thread waits with: this is closed only when it has ended.
    pub(crate) fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// Waits, in a thread. Allocates nothing, and takes no lock.
    pub(crate) fn wait(number: RawFd) -> Wake {
        let mut events = [event(0, 0, 0, 0, Token::default())];
        let waited = kevent(number, &[], &mut events, None);
        let [event] = events;
        match waited {
            Ok(1) if event.filter == libc::EVFILT_USER => Wake::End,
            Ok(1) => Wake::News,
            Err(Errno::EINTR) => Wake::Nothing,
            _ => Wake::End,
        }
    }

    /// The same: there are no other threads here.
    pub(crate) fn wait_bare(number: RawFd) -> Wake {
        Self::wait(number)
    }

    /// It is disabled with each event, until it is enabled again.
    fn of_children(&self, children: &OwnedFd, flags: u16) -> Result<(), Errno> {
        let flags = flags | libc::EV_DISPATCH;
        self.change(event(ident(children)?, libc::EVFILT_READ, flags, 0, Token::default()))
    }

    fn change(&self, change: libc::kevent) -> Result<(), Errno> {
        kevent(self.0.as_raw_fd(), &[change], &mut [], Some(Duration::ZERO)).map(drop)
    }
}
