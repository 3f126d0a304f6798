//! Signals that the application handles, for its children, too: those of pools that have asked for it.

use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering};

use nix::errno::Errno;
use nix::unistd::{Pid, getpgid, getpid};

use super::child::parent_death_signal;
use super::listener::{Listener, is_handled};

/// Some signals, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signals(u64);

impl Signals {
    /// None at all.
    pub(crate) const NONE: Self = Self(0);

    /// With `signal`, one of 1 to 64, too. None for one that no task can handle.
    pub(crate) fn with(self, signal: i32) -> Option<Self> {
        let none =
            [libc::SIGKILL, libc::SIGSTOP, libc::SIGSEGV, libc::SIGFPE, libc::SIGILL, parent_death_signal()];
        (!none.contains(&signal)).then_some(Self(self.0 | bit(signal)))
    }

    /// All of both.
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

/// What listens to the signals that some pool of this process has asked for.
#[derive(Debug, Default)]
pub(crate) struct Forwarding {
    wanted: Signals,
    listeners: BTreeMap<i32, Listener>,
}

impl Forwarding {
    /// Has nobody asked for any?
    pub(crate) fn is_off(&self) -> bool {
        self.wanted == Signals::NONE
    }

    /// Somebody asks for `signals`, too.
    pub(crate) fn want(&mut self, signals: Signals) {
        self.wanted = self.wanted.and(signals);
        self.look();
    }

    /// Looks which of them the application handles by now: the others end it, or do nothing, and so it is left.
    pub(crate) fn look(&mut self) {
        for signal in self.wanted.numbers().filter(|&signal| is_handled(signal)) {
            if let Some(listener) = self.listeners.get(&signal) {
                listener.renew();
                continue;
            }
            // SAFETY: `forward` is async-signal-safe.
            let listener = unsafe { Listener::new(signal, move || forward(signal)) };
            self.listeners.extend(listener.ok().map(|listener| (signal, listener)));
        }
    }
}

/// One place in the list of children. Places are used again, and never freed: a handler may be reading them.
#[derive(Debug)]
struct Place {
    /// The child; 0 when the place is free.
    pid: AtomicI32,
    /// Its descriptor, or -1.
    pidfd: AtomicI32,
    signals: AtomicU64,
    next: *const Place,
}

/// The list of the children of [`OWNER`].
static FIRST: AtomicPtr<Place> = AtomicPtr::new(ptr::null_mut());
static OWNER: AtomicI32 = AtomicI32::new(0);

/// Async-signal-safe.
fn places() -> impl Iterator<Item = &'static Place> {
    // SAFETY: null, or a place that was leaked.
    let place = |at: *const Place| unsafe { at.as_ref() };
    std::iter::successors(place(FIRST.load(Ordering::Acquire)), move |before| place(before.next))
}

/// A child that is sent signals, until this is dropped.
#[derive(Debug)]
pub(crate) struct Forwarded(&'static Place);

impl Forwarded {
    /// Has `signals` sent to the child `pid` and its group. `pidfd` refers to it, and outlives this.
    pub(crate) fn new(pid: Pid, pidfd: Option<&OwnedFd>, signals: Signals) -> Self {
        OWNER.store(getpid().as_raw(), Ordering::Relaxed);
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

/// In a child: its siblings are not its own.
pub(crate) fn forget() {
    FIRST.store(ptr::null_mut(), Ordering::Release);
}

/// Async-signal-safe.
fn forward(signal: i32) {
    if OWNER.load(Ordering::Relaxed) != getpid().as_raw() {
        return; // in a process that the application has forked
    }
    for place in places() {
        let pid = place.pid.load(Ordering::Acquire);
        if pid > 0 && place.signals.load(Ordering::Relaxed) & bit(signal) != 0 {
            send(pid, place.pidfd.load(Ordering::Relaxed), signal);
        }
    }
}

/// To the group, and to the child if it has left that. Async-signal-safe.
fn send(pid: i32, pidfd: i32, signal: i32) {
    let by_pidfd = |signal: i32| {
        let info = ptr::null::<libc::siginfo_t>();
        // SAFETY: numbers, and no information besides.
        Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signal, info, 0) })
    };
    // The number is the child's as long as nobody has taken its status.
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
