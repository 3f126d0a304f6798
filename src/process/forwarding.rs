//! Forwards signals that the application handles to its children: to those of pools that have asked for it.

use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering};

use nix::errno::Errno;
use nix::unistd::{Pid, getpgid};

use super::child::parent_death_signal;
use super::listener::{Listener, is_handled};
use super::os::{Whom, send_by};

/// A set of signals, one bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signals(u64);

impl Signals {
    /// The empty set.
    pub(crate) const NONE: Self = Self(0);

    /// The set with `signal` added, which is from 1 to 64. `None` for a signal that no task can handle.
    pub(crate) fn with(self, signal: i32) -> Option<Self> {
        let none =
            [libc::SIGKILL, libc::SIGSTOP, libc::SIGSEGV, libc::SIGFPE, libc::SIGILL, parent_death_signal()];
        (!none.contains(&signal)).then_some(Self(self.0 | bit(signal)))
    }

    /// The union of both sets.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn numbers(self) -> impl Iterator<Item = i32> {
        (1..=64).filter(move |&signal| self.0 & bit(signal) != 0)
    }
}

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// Listeners for the signals that pools of this process have asked for.
#[derive(Debug, Default)]
pub(crate) struct Forwarding {
    wanted: Signals,
    listeners: BTreeMap<i32, Listener>,
}

impl Forwarding {
    /// Has no pool asked for any?
    pub(crate) fn is_off(&self) -> bool {
        self.wanted == Signals::NONE
    }

    /// Adds `signals` to those that are forwarded.
    pub(crate) fn want(&mut self, signals: Signals) {
        self.wanted = self.wanted.and(signals);
        self.look();
    }

    /// Starts listening to those that the application handles by now. The others end the application, or do nothing,
    /// and are left like that.
    pub(crate) fn look(&mut self) {
        for signal in self.wanted.numbers().filter(|&signal| is_handled(signal)) {
            if let Some(listener) = self.listeners.get(&signal) {
                listener.renew();
                continue;
            }
            // SAFETY: `forward` is async-signal-safe.
            let listener = unsafe { Listener::new(signal, forward) };
            self.listeners.extend(listener.ok().map(|listener| (signal, listener)));
        }
    }
}

/// An entry of the list of children. Entries are reused, and never freed: a handler may be reading them.
#[derive(Debug)]
struct Place {
    /// The child's process id; 0 if the entry is free.
    pid: AtomicI32,
    /// The child's pidfd, or -1.
    pidfd: AtomicI32,
    signals: AtomicU64,
    next: *const Place,
}

/// The list of the children.
static FIRST: AtomicPtr<Place> = AtomicPtr::new(ptr::null_mut());

/// All entries. Async-signal-safe.
fn places() -> impl Iterator<Item = &'static Place> {
    // SAFETY: null, or an entry that was leaked.
    let place = |at: *const Place| unsafe { at.as_ref() };
    std::iter::successors(place(FIRST.load(Ordering::Acquire)), move |before| place(before.next))
}

/// A child to which signals are forwarded, until this is dropped.
#[derive(Debug)]
pub(crate) struct Forwarded(&'static Place);

impl Forwarded {
    /// Forwards `signals` to the child `pid` and its group. `pidfd` refers to the child, and has to outlive this.
    pub(crate) fn new(pid: Pid, pidfd: Option<&OwnedFd>, signals: Signals) -> Self {
        let place = places().find(|place| place.pid.load(Ordering::Relaxed) == 0).unwrap_or_else(add);
        place.pidfd.store(pidfd.map_or(-1, AsRawFd::as_raw_fd), Ordering::Relaxed);
        place.signals.store(signals.0, Ordering::Relaxed);
        place.pid.store(pid.as_raw(), Ordering::Release);
        Self(place)
    }
}

fn add() -> &'static Place {
    let next = FIRST.load(Ordering::Relaxed);
    let (pid, pidfd, signals) = (AtomicI32::new(0), AtomicI32::new(-1), AtomicU64::new(0));
    let place: &'static mut Place = Box::leak(Box::new(Place { pid, pidfd, signals, next }));
    FIRST.store(place, Ordering::Release);
    place
}

impl Drop for Forwarded {
    fn drop(&mut self) {
        self.0.pid.store(0, Ordering::Release);
    }
}

/// In a child: its siblings are not its own children.
pub(crate) fn forget() {
    FIRST.store(ptr::null_mut(), Ordering::Release);
}

/// Sends `signal` to the child `pid`, to which `pidfd` refers, and to its group.
pub(crate) fn send_to(pid: Pid, pidfd: Option<&OwnedFd>, signal: i32) {
    send(pid.as_raw(), pidfd.map_or(-1, AsRawFd::as_raw_fd), signal);
}

/// Sends `signal` to all children that shall get it. Async-signal-safe.
fn forward(signal: i32) {
    for place in places() {
        let pid = place.pid.load(Ordering::Acquire);
        if pid > 0 && place.signals.load(Ordering::Relaxed) & bit(signal) != 0 {
            send(pid, place.pidfd.load(Ordering::Relaxed), signal);
        }
    }
}

/// Sends a signal to the child's group, and to the child itself if it has left the group. Async-signal-safe.
fn send(pid: i32, pidfd: i32, signal: i32) {
    let by_pidfd = |signal: i32| send_by(pidfd, signal, Whom::Itself);
    // The number is the child's as long as nobody has taken the child's status.
    if pidfd >= 0 && by_pidfd(0) == Err(Errno::ESRCH) {
        return;
    }
    // SAFETY: a number; at worst there is no such group.
    unsafe { libc::kill(-pid, signal) };
    if getpgid(Some(Pid::from_raw(pid))) != Ok(Pid::from_raw(pid)) && (pidfd < 0 || by_pidfd(signal).is_err())
    {
        // SAFETY: as above.
        unsafe { libc::kill(pid, signal) };
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    use nix::sys::signal::Signal;
    use nix::sys::wait::{WaitStatus, waitpid};

    use super::*;
    use crate::process::os::process_descriptor;

    fn sleeping(in_own_group: bool) -> (Pid, Child) {
        let mut command = Command::new("sleep");
        if in_own_group {
            command.process_group(0);
        }
        let child = command.arg("1000").spawn().unwrap();
        (Pid::from_raw(i32::try_from(child.id()).unwrap()), child)
    }

    #[test]
    fn a_child_gets_a_signal_once_wherever_it_is_and_whatever_is_known_of_it() {
        let killed = |pid: Pid| Ok(WaitStatus::Signaled(pid, Signal::SIGTERM, false));
        for in_own_group in [true, false] {
            // The descriptor of something else stands for a kernel that refuses.
            let descriptors: [fn(Pid) -> Option<OwnedFd>; 3] =
                [process_descriptor, |_| None, |_| File::open("/dev/null").ok().map(OwnedFd::from)];
            for descriptor in descriptors {
                let (pid, _child) = sleeping(in_own_group);
                send_to(pid, descriptor(pid).as_ref(), libc::SIGTERM);
                assert_eq!(waitpid(pid, None), killed(pid));
            }
        }
    }

    #[test]
    fn nobody_gets_the_signal_of_a_child_that_somebody_else_has_waited_for() {
        let (pid, mut child) = sleeping(true);
        let pidfd = process_descriptor(pid);
        assert!(pidfd.is_some());
        child.kill().unwrap();
        child.wait().unwrap();
        // Its number is another process's by now.
        let (pid, mut other) = sleeping(true);
        send_to(pid, pidfd.as_ref(), libc::SIGTERM);
        assert_eq!(other.try_wait().unwrap(), None);
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
