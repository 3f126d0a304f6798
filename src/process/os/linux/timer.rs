//! Timers: one that makes a descriptor readable, and one that sends a signal from a handler of that.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use super::Queue;
use crate::process::os::interface::{Poller, Token, Trigger};

/// A timer among the descriptors of a [`Queue`].
#[derive(Debug)]
pub(crate) struct Clock(TimerFd);

impl Clock {
    /// One that is not set yet.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn new(queue: &Queue, token: Token) -> Result<Self, Errno> {
        let flags = TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK;
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
        queue.add(&timer, token, Trigger::Level)?;
        Ok(Self(timer))
    }

    /// The queue has an event of it after `delay`, and not before; never if that is `None`.
    pub(crate) fn set(&self, _: &Queue, delay: Option<Duration>) {
        let _ = match delay {
            Some(delay) => {
                // A delay of zero would disarm the timer.
                let delay = TimeSpec::from_duration(delay.max(Duration::from_nanos(1)));
                self.0.set(Expiration::OneShot(delay), TimerSetTimeFlags::empty())
            }
            None => self.0.unset(),
        };
    }
}

/// Has the kernel send `signal` to this process at intervals, of less than a second. Async-signal-safe, unlike the C
/// library's function. False if no timer is available.
pub(crate) fn repeat(signal: i32, every: Duration) -> bool {
    // SAFETY: zeroed is a valid sigevent: the system calls read no more of it than what is set below.
    let mut event = unsafe { MaybeUninit::<libc::sigevent>::zeroed().assume_init() };
    event.sigev_notify = libc::SIGEV_SIGNAL;
    event.sigev_signo = signal;
    let mut timer: c_int = 0;
    // SAFETY: both pointers are valid; the kernel's timer id is an int.
    let made = unsafe {
        libc::syscall(libc::SYS_timer_create, libc::CLOCK_MONOTONIC, &raw const event, &raw mut timer)
    };
    let every = libc::timespec { tv_sec: 0, tv_nsec: every.subsec_nanos().into() };
    let spec = libc::itimerspec { it_interval: every, it_value: every };
    // SAFETY: the timer was just made; the old value is not requested.
    made == 0
        && unsafe { libc::syscall(libc::SYS_timer_settime, timer, 0, &raw const spec, ptr::null_mut::<()>()) }
            == 0
}
