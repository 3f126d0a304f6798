//! Tells the parent, while it runs its own code, that a child or a deadline has news: at the next interrupt of the
//! virtual machine it looks.

mod signal;
mod thread;

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::errno::Errno;
pub(crate) use signal::NEWS;
use signal::Signals;
use thread::Thread;

use super::wake_state::Order;
use crate::process::fork::Refused;

/// The two flags that a wake-up sets. Both outlive the process's request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flags {
    /// Ours: there is something to look at.
    pub(crate) pending: &'static AtomicBool,
    /// The virtual machine's: call the interrupt function soon.
    pub(crate) interrupt: &'static AtomicBool,
}

impl Flags {
    /// Async-signal-safe.
    pub(crate) fn raise(self) {
        self.pending.store(true, Ordering::Release);
        self.interrupt.store(true, Ordering::Release);
    }
}

/// How the parent is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// By a thread: no system call of the script is cut short.
    Thread,
    /// By signals: for processes in which no thread may be.
    Signal,
}

/// One of the two.
#[derive(Debug)]
pub(crate) enum Notifier {
    /// A thread of ours.
    Thread(Thread),
    /// Listeners to signals.
    Signal(Signals),
}

impl Notifier {
    /// Starts to watch `children`; nothing is raised before it is armed.
    ///
    /// # Errors
    ///
    /// When there is no descriptor, no thread or no timer to be had.
    pub(crate) fn start(means: Means, children: &OwnedFd, flags: Flags) -> Result<Self, Refused> {
        match means {
            Means::Thread => Thread::start(children, flags).map(Self::Thread),
            Means::Signal => Signals::start(flags).map(Self::Signal),
        }
    }

    /// Makes sure that what a new child writes is heard of.
    pub(crate) fn watch(&self, pipe: &OwnedFd) {
        if let Self::Signal(_) = self {
            Signals::watch(pipe);
        }
    }

    /// Does as the state machine says. News of `children` is what raises the flags.
    ///
    /// # Errors
    ///
    /// When the kernel refuses: the script has closed our descriptors.
    pub(super) fn obey(&self, order: Order, children: &OwnedFd) -> Result<(), Errno> {
        match (self, order) {
            (Self::Thread(thread), Order::Arm) => thread.arm(children),
            (Self::Thread(_), Order::Confirm) | (Self::Signal(_), Order::Silence) => Ok(()),
            (Self::Thread(thread), Order::Silence) => thread.silence(children),
            (Self::Signal(signals), Order::Arm | Order::Confirm) => {
                signals.arm(children);
                Ok(())
            }
        }
    }

    /// Raises the flags after `delay`, once; a later call replaces an earlier one.
    pub(crate) fn alarm(&mut self, delay: Duration) {
        // Zero would switch the timers off.
        let delay = delay.max(Duration::from_nanos(1));
        match self {
            Self::Thread(thread) => thread.alarm(delay),
            Self::Signal(signals) => signals.alarm(delay),
        }
    }

    /// In a child of the process that started it: closes what was copied, and touches nothing that is the parent's.
    pub(crate) fn forget(self) {
        match self {
            Self::Thread(thread) => drop(thread),
            Self::Signal(signals) => signals.forget(),
        }
    }

    /// Ends it. Only in the process that started it.
    pub(crate) fn stop(self) {
        match self {
            Self::Thread(thread) => thread.stop(),
            Self::Signal(signals) => drop(signals),
        }
    }
}
