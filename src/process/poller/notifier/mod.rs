//! Wakes the parent while it runs the script, when a child or a deadline has news: raises a flag, so that the parent
//! looks for news at the next interrupt of the virtual machine.

mod signal;
mod thread;

use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
pub(crate) use signal::NEWS;
use signal::Signals;
use thread::Thread;

use super::wake_state::Order;
use crate::process::fork::Refused;
use crate::process::shared::message_ring::rouse;

/// The flags that a wake-up raises. They live as long as the process, beyond a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flags {
    /// Our flag: there may be news.
    pub(crate) pending: &'static AtomicBool,
    /// There was a wake-up since the parent has last looked for news.
    pub(crate) raised: &'static AtomicBool,
    /// The virtual machine's flag: it calls the interrupt function soon.
    pub(crate) interrupt: &'static AtomicBool,
}

impl Flags {
    /// Raises all flags. Async-signal-safe.
    pub(crate) fn raise(self) {
        // First: whoever sees the others sees this one, too.
        self.raised.store(true, Ordering::Release);
        self.pending.store(true, Ordering::Release);
        self.interrupt.store(true, Ordering::Release);
        rouse();
    }

    /// The parent looks for news. Was there a wake-up since it did so last?
    #[inline]
    pub(super) fn take_raised(self) -> bool {
        self.raised.load(Ordering::Acquire) && self.raised.swap(false, Ordering::AcqRel)
    }
}

/// How the notifier works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// With a thread: no system call of the script is cut short.
    Thread,
    /// With signals: for processes in which no thread may run.
    Signal,
}

/// The notifier of a process.
#[derive(Debug)]
pub(crate) enum Notifier {
    /// A thread of our own.
    Thread(Thread),
    /// Signal handlers and a timer.
    Signal(Signals),
}

impl Notifier {
    /// Starts the notifier for the descriptor `children`. It raises nothing before it is armed.
    ///
    /// # Errors
    ///
    /// When no descriptor, thread or timer is available.
    pub(crate) fn start(means: Means, children: &OwnedFd, flags: Flags) -> Result<Self, Refused> {
        match means {
            Means::Thread => Thread::start(children, flags).map(Self::Thread),
            Means::Signal => Signals::start(flags).map(Self::Signal),
        }
    }

    /// Makes sure that what a new child writes to `pipe` wakes the parent.
    pub(crate) fn watch(&self, pipe: &OwnedFd) {
        if let Self::Signal(_) = self {
            Signals::watch(pipe);
        }
    }

    /// Carries out an order of the state machine. `children` is the descriptor whose readiness raises the flags.
    ///
    /// # Errors
    ///
    /// When the kernel refuses, as the script has closed our descriptors.
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
        // A delay of zero would disarm the timer.
        let delay = delay.max(Duration::from_nanos(1));
        match self {
            Self::Thread(thread) => thread.alarm(delay),
            Self::Signal(signals) => signals.alarm(delay),
        }
    }

    /// From now on each thread of this process is one that the C library knows: it is about to change its rights. Whatever
    /// this has been told is forgotten.
    pub(super) fn become_known(&mut self, children: &OwnedFd) {
        if let Self::Thread(thread) = self {
            thread.become_known(children);
        }
    }

    /// In a child: closes the copies of its descriptors, without changing anything that the parent uses.
    pub(crate) fn forget(self) {
        match self {
            Self::Thread(thread) => drop(thread),
            Self::Signal(signals) => signals.forget(),
        }
    }

    /// Ends the notifier. Only in the process that started it.
    pub(crate) fn stop(self) {
        match self {
            Self::Thread(thread) => thread.stop(),
            Self::Signal(signals) => drop(signals),
        }
    }
}

/// Is there something to read from `children` now?
fn is_readable(children: &OwnedFd) -> bool {
    poll(&mut [PollFd::new(children.as_fd(), PollFlags::POLLIN)], PollTimeout::ZERO) == Ok(1)
}
