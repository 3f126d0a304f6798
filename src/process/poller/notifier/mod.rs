//! Tells the parent, while it runs its own code, that a child or a deadline has news: at the next interrupt of the virtual
//! machine it looks.

mod signal;
mod thread;

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(crate) use signal::NEWS;
use signal::Signals;
use thread::Thread;

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
    /// Starts to watch `children`; nothing is raised before [`Notifier::arm`].
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

    /// From now on the next news of `children` raises the flags, once.
    pub(crate) fn arm(&mut self, children: &OwnedFd) {
        match self {
            Self::Thread(thread) => thread.arm(children),
            Self::Signal(signals) => signals.arm(children),
        }
    }

    /// The parent looks itself: nothing is to be raised.
    pub(crate) fn disarm(&mut self, children: &OwnedFd) {
        if let Self::Thread(thread) = self {
            thread.disarm(children);
        }
    }

    /// The parent has looked, but has not silenced the notifier.
    pub(crate) fn doubt(&mut self) {
        if let Self::Thread(thread) = self {
            thread.doubt();
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
