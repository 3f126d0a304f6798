//! What to do about which signal.

use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicUsize, Ordering};

use nix::unistd::getpid;

/// One entry of the list. Entries are never freed, as a handler may be reading them, and used again for the same.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) signal: i32,
    run: fn(i32),
    listeners: AtomicUsize,
    next: Option<&'static Action>,
}

/// The list of the actions of [`OWNER`].
static FIRST: AtomicPtr<Action> = AtomicPtr::new(ptr::null_mut());
static OWNER: AtomicI32 = AtomicI32::new(0);

/// All entries. Async-signal-safe.
fn all() -> impl Iterator<Item = &'static Action> {
    // SAFETY: null, or an entry that was leaked.
    let first = unsafe { FIRST.load(Ordering::Acquire).as_ref() };
    std::iter::successors(first, |before| before.next)
}

/// Does what somebody in this process has asked for. Async-signal-safe.
pub(super) fn run(signal: i32) {
    if OWNER.load(Ordering::Relaxed) != getpid().as_raw() {
        return; // in a process that the application has forked
    }
    for action in all().filter(|action| action.signal == signal) {
        if action.listeners.load(Ordering::Acquire) > 0 {
            (action.run)(signal);
        }
    }
}

impl Action {
    /// The entry for these two, with one listener more. Only one thread at a time may call this.
    pub(super) fn listened_to(signal: i32, run: fn(i32)) -> &'static Self {
        OWNER.store(getpid().as_raw(), Ordering::Relaxed);
        let same = |action: &&Self| action.signal == signal && ptr::fn_addr_eq(action.run, run);
        let action = all().find(same).unwrap_or_else(|| Self::add(signal, run));
        action.listeners.fetch_add(1, Ordering::Release);
        action
    }

    fn add(signal: i32, run: fn(i32)) -> &'static Self {
        let next = all().next();
        let action = Box::leak(Box::new(Self { signal, run, listeners: AtomicUsize::new(0), next }));
        FIRST.store(action, Ordering::Release);
        action
    }

    /// One listener less.
    pub(super) fn leave(&self) {
        self.listeners.fetch_sub(1, Ordering::Release);
    }
}
