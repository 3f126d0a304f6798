//! What the notifier's thread waits for: an epoll instance, a timer, and an eventfd that ends it.

use std::ffi::c_int;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::ptr;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use super::bare;
use crate::process::os::interface::{Refused, Wake};

const CHILDREN: u64 = 0;
const TIMER: u64 = 1;
const STOP: u64 = 2;

/// Descriptors that wake a thread of ours.
#[derive(Debug)]
pub(crate) struct Watch {
    epoll: Epoll,
    timer: TimerFd,
    stop: EventFd,
}

impl Watch {
    /// Watches `children`, once it is armed.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn new(children: &OwnedFd) -> Result<Self, Refused> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(Refused::by("epoll_create"))?;
        let timer =
            TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK)
                .map_err(Refused::by("timerfd_create"))?;
        let stop = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)
            .map_err(Refused::by("eventfd"))?;
        epoll
            .add(children, EpollEvent::new(EpollFlags::EPOLLONESHOT, CHILDREN))
            .and_then(|()| {
                epoll.add(&timer, EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, TIMER))
            })
            .and_then(|()| epoll.add(&stop, EpollEvent::new(EpollFlags::EPOLLIN, STOP)))
            .map_err(Refused::by("epoll_ctl"))?;
        Ok(Self { epoll, timer, stop })
    }

    /// The next readiness of `children` is news, once.
    ///
    /// # Errors
    ///
    /// When the kernel refuses, as the script has closed the descriptors.
    pub(crate) fn arm(&self, children: &OwnedFd) -> Result<(), Errno> {
        let mut event = EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLONESHOT, CHILDREN);
        self.epoll.modify(children, &mut event)
    }

    /// From now on readiness of `children` is no news.
    ///
    /// # Errors
    ///
    /// As for [`Watch::arm`].
    pub(crate) fn silence(&self, children: &OwnedFd) -> Result<(), Errno> {
        let mut event = EpollEvent::new(EpollFlags::EPOLLONESHOT, CHILDREN);
        self.epoll.modify(children, &mut event)
    }

    /// There is news after `delay`, which is not zero; a later call replaces an earlier one.
    pub(crate) fn alarm(&self, delay: Duration) {
        let expiration = Expiration::OneShot(TimeSpec::from_duration(delay));
        let _ = self.timer.set(expiration, TimerSetTimeFlags::empty());
    }

    /// From now on the thread has to end. False if it cannot be told.
    pub(crate) fn end(&self) -> bool {
        self.stop.write(1).is_ok()
    }

    /// The number that the thread waits with: this is closed only when it has ended.
    pub(crate) fn number(&self) -> RawFd {
        self.epoll.0.as_raw_fd()
    }

    /// Waits, in a thread that the C library knows. Allocates nothing, and takes no lock.
    pub(crate) fn wait(number: RawFd) -> Wake {
        wait_by(number, |epoll, event| {
            // SAFETY: room for one event.
            let ready = unsafe { libc::epoll_wait(epoll, ptr::from_mut(event), 1, -1) };
            i64::from(if ready < 0 { -Errno::last_raw() } else { ready })
        })
    }

    /// The same in a thread that it does not know.
    pub(crate) fn wait_bare(number: RawFd) -> Wake {
        wait_by(number, bare::wait)
    }
}

fn wait_by(epoll: c_int, wait: impl Fn(c_int, &mut libc::epoll_event) -> i64) -> Wake {
    const INTERRUPTED: i64 = -(libc::EINTR as i64);
    let mut event = libc::epoll_event { events: 0, u64: 0 };
    match (wait(epoll, &mut event), event.u64) {
        (1, STOP) => Wake::End,
        (1, _) => Wake::News,
        (INTERRUPTED, _) => Wake::Nothing,
        _ => Wake::End,
    }
}
