//! The notifier for processes in which no thread may be: signals.
//!
//! What children write, and the timer, send SIGURG: nobody else has a use for it, and who meets it unasked ignores it.
//! It leaves SIGCHLD to the application, which may set that to anything. SIGCHLD is listened to as well, as long as
//! nothing else is set: it tells of a child whose pipe somebody holds open whom it has started. Each of them cuts the
//! script's `sleep` short.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigEvent, SigevNotify, Signal};
use nix::sys::time::TimeSpec;
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;
use nix::unistd::getpid;

use super::Flags;
use crate::process::fork::Refused;
use crate::process::listener::Listener;

/// There is news.
pub(crate) const NEWS: Signal = Signal::SIGURG;

/// Two listeners, and a timer that sends what they listen to.
#[derive(Debug)]
pub(crate) struct Signals {
    flags: Flags,
    listeners: [Listener; 2],
    timer: Timer,
}

impl Signals {
    pub(super) fn start(flags: Flags) -> Result<Self, Refused> {
        let listen =
            |signal: Signal| Listener::raising(signal as i32, flags).map_err(Refused::by("sigaction"));
        let listeners = [listen(NEWS)?, listen(Signal::SIGCHLD)?];
        let event = SigEvent::new(SigevNotify::SigevSignal { signal: NEWS, si_value: 0 });
        let timer = Timer::new(ClockId::CLOCK_MONOTONIC, event).map_err(Refused::by("timer_create"))?;
        Ok(Self { flags, listeners, timer })
    }

    /// Has the signal sent for what a child writes too: one that waits until a long result is read does not end. The
    /// kernel may refuse; then it is heard of when the parent waits.
    pub(super) fn watch(pipe: &OwnedFd) {
        for (who_or_what, number) in [(libc::F_SETOWN, getpid().as_raw()), (F_SETSIG, NEWS as i32)] {
            // SAFETY: a number about a descriptor of ours: who is told, and by which signal.
            unsafe { libc::fcntl(pipe.as_raw_fd(), who_or_what, number) };
        }
        let _ = fcntl(pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK | OFlag::O_ASYNC));
    }

    /// From now on the next news of `children` raises the flags; what is there already does so now.
    pub(super) fn arm(&self, children: &OwnedFd) {
        self.listeners.iter().for_each(Listener::renew);
        let mut ready = [PollFd::new(children.as_fd(), PollFlags::POLLIN)];
        if poll(&mut ready, PollTimeout::ZERO) == Ok(1) {
            self.flags.raise();
        }
    }

    pub(super) fn alarm(&mut self, delay: Duration) {
        let expiration = Expiration::OneShot(TimeSpec::from_duration(delay));
        let _ = self.timer.set(expiration, TimerSetTimeFlags::empty());
    }

    /// In a child of the process that started it: a timer is not inherited, there is none to delete.
    pub(super) fn forget(self) {
        std::mem::forget(self.timer);
        self.listeners.into_iter().for_each(Listener::forget);
    }
}

/// `fcntl.h`; in place of SIGIO.
const F_SETSIG: i32 = 10;
