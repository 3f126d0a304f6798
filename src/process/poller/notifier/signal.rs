//! The notifier for processes in which no thread may run: signals.
//!
//! When a child writes, or the timer expires, SIGURG is sent: nothing else uses it, and its default action is to ignore
//! it. SIGCHLD is left to the application, which may install any handler. As long as it has not, SIGCHLD is handled as
//! well: it reports the end of a child whose pipe is still held open by a process which that child has started. Each of
//! these signals cuts the script's `sleep` short.

use std::os::fd::OwnedFd;
use std::sync::OnceLock;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::{Flags, is_readable};
use crate::process::fork::Refused;
use crate::process::listener::Listener;
use crate::process::os::{Alarm, CHOOSES_SIGNAL, signal_at_events};

/// The signal that reports news.
pub(crate) const NEWS: Signal = Signal::SIGURG;

/// Handlers for two signals, and a timer that sends one of them.
#[derive(Debug)]
pub(crate) struct Signals {
    flags: Flags,
    listeners: [Listener; 2],
    alarm: Alarm,
}

/// The flags that are raised: a handler cannot be told.
static FLAGS: OnceLock<Flags> = OnceLock::new();

/// Async-signal-safe.
fn raise(_: i32) {
    if let Some(flags) = FLAGS.get() {
        flags.raise();
    }
}

impl Signals {
    pub(super) fn start(flags: Flags) -> Result<Self, Refused> {
        if !CHOOSES_SIGNAL {
            return Err(Refused { call: "fcntl", errno: Errno::ENOSYS });
        }
        FLAGS.get_or_init(|| flags);
        let listen = |signal: Signal| {
            // SAFETY: `raise` is async-signal-safe.
            unsafe { Listener::new(signal as i32, raise) }.map_err(Refused::by("sigaction"))
        };
        let listeners = [listen(NEWS)?, listen(Signal::SIGCHLD)?];
        let alarm = Alarm::new(NEWS).map_err(Refused::by("timer_create"))?;
        Ok(Self { flags, listeners, alarm })
    }

    /// Has the signal sent for what a child writes, too: a child that waits until a long result is read does not end.
    /// If the kernel refuses, the parent learns of it when it next waits.
    pub(super) fn watch(pipe: &OwnedFd) {
        signal_at_events(pipe, NEWS as i32, true);
    }

    /// From now on the next news of `children` raises the flags; if there is some already, raises them at once.
    pub(super) fn arm(&self, children: &OwnedFd) {
        self.listeners.iter().for_each(Listener::renew);
        if is_readable(children) {
            self.flags.raise();
        }
    }

    pub(super) fn alarm(&mut self, delay: Duration) {
        self.alarm.set(delay);
    }

    /// In a child: timers are not inherited, so that there is none to delete.
    pub(super) fn forget(self) {
        self.alarm.forget();
    }
}
