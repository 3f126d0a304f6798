//! Signals that a supervisor, or a worker of one, takes for itself: each is counted, and nothing else happens.
//!
//! The handler replaces the one that it finds, and does not call it: with the engine's, a signal for which the script
//! has no handler would end the process. A script that sets a handler meanwhile (`pcntl_signal()`) takes the signal back,
//! and what it has set is left alone. A signal that is ignored stays ignored: `nohup` and the shell mean that.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, Ordering};

use nix::unistd::getpid;

use super::poller::notifier::Flags;
use super::shared::control::SlotRef;
use super::shared::pulse::Signs;

const SIGNALS: usize = 65;

/// How often each signal has come, and was not asked for yet.
static COUNTS: [AtomicU32; SIGNALS] = [const { AtomicU32::new(0) }; SIGNALS];
/// What to raise then. Never freed, as a handler may be reading it.
static FLAGS: AtomicPtr<Flags> = AtomicPtr::new(ptr::null_mut());
/// Where to show that one has come; never freed either.
static SLOT: AtomicPtr<SlotRef> = AtomicPtr::new(ptr::null_mut());
/// The process whose signals these are.
static OWNER: AtomicI32 = AtomicI32::new(0);

/// The signals, until this is dropped.
#[derive(Debug)]
pub(crate) struct Caught {
    before: Vec<(i32, libc::sigaction)>,
}

impl Caught {
    /// Takes `signals`. Each of them raises `flags`: a wait of the reactor ends, and the virtual machine calls its
    /// interrupt function. A worker shows in its slot that one has come.
    pub(crate) fn new(signals: &[i32], flags: Flags, slot: Option<SlotRef>) -> Self {
        if FLAGS.load(Ordering::Relaxed).is_null() {
            FLAGS.store(Box::into_raw(Box::new(flags)), Ordering::Release);
        }
        let slot = slot.map_or(ptr::null_mut(), |slot| Box::into_raw(Box::new(slot)));
        SLOT.store(slot, Ordering::Release);
        // Those of the process that this one was forked from.
        for &signal in signals {
            count(signal);
        }
        OWNER.store(getpid().as_raw(), Ordering::Release);
        let before = signals.iter().filter_map(|&signal| Some((signal, take(signal)?))).collect();
        Self { before }
    }
}

impl Drop for Caught {
    /// Restores what was found, where it has not been changed since.
    fn drop(&mut self) {
        for (signal, before) in &self.before {
            let now = action_of(*signal);
            if now.is_some_and(|now| now.sa_sigaction == ours()) {
                // SAFETY: an action that the kernel has returned for this signal.
                unsafe { libc::sigaction(*signal, before, ptr::null_mut()) };
            }
            count(*signal);
        }
    }
}

/// How often a signal has come since the last call.
pub(crate) fn count(signal: i32) -> u32 {
    counter(signal).map_or(0, |count| count.swap(0, Ordering::AcqRel))
}

/// Has a signal come since the last call of [`count`]?
pub(crate) fn has_come(signal: i32) -> bool {
    counter(signal).is_some_and(|count| count.load(Ordering::Acquire) > 0)
}

fn counter(signal: i32) -> Option<&'static AtomicU32> {
    COUNTS.get(usize::try_from(signal).ok()?)
}

fn ours() -> libc::sighandler_t {
    note as extern "C" fn(i32) as usize
}

/// Async-signal-safe.
extern "C" fn note(signal: i32) {
    if OWNER.load(Ordering::Acquire) != getpid().as_raw() {
        return; // in a process that the application has forked
    }
    if let Some(count) = counter(signal) {
        count.fetch_add(1, Ordering::AcqRel);
    }
    // SAFETY: null, or a box that was leaked.
    if let Some(slot) = unsafe { SLOT.load(Ordering::Acquire).as_ref() } {
        slot.sign(Signs::HEARD);
    }
    // SAFETY: as above.
    if let Some(flags) = unsafe { FLAGS.load(Ordering::Acquire).as_ref() } {
        flags.raise();
    }
}

/// Installs the handler, and returns the action that was there; none, and nothing is done, if the signal is ignored.
fn take(signal: i32) -> Option<libc::sigaction> {
    let before = action_of(signal).filter(|before| before.sa_sigaction != libc::SIG_IGN)?;
    // SAFETY: zeroed is a valid sigaction. No SA_RESTART: what blocks returns, and the script can look at what it is
    // asked.
    let mut action = unsafe { MaybeUninit::<libc::sigaction>::zeroed().assume_init() };
    action.sa_sigaction = ours();
    // SAFETY: the handler is async-signal-safe.
    unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
    Some(before)
}

fn action_of(signal: i32) -> Option<libc::sigaction> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the out-pointer is valid; a number that is no signal is refused.
    let known = unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } == 0;
    // SAFETY: zeroed is a valid sigaction, and the call may have filled it.
    known.then(|| unsafe { action.assume_init() })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::process::signals;

    static PENDING: AtomicBool = AtomicBool::new(false);
    static INTERRUPT: AtomicBool = AtomicBool::new(false);
    static RAISED: AtomicBool = AtomicBool::new(false);
    const FLAGS: Flags = Flags { pending: &PENDING, raised: &RAISED, interrupt: &INTERRUPT };

    fn raise(signal: i32) {
        nix::sys::signal::raise(signal.try_into().unwrap()).unwrap();
    }

    #[test]
    fn signals_are_counted_and_what_was_there_comes_back() {
        extern "C" fn others(_: i32) {}
        let (taken, ignored, later) = (libc::SIGXFSZ, libc::SIGIO, libc::SIGPWR);
        let handler = others as extern "C" fn(i32) as usize;
        signals::set(taken, handler);
        signals::set(ignored, libc::SIG_IGN);
        let caught = Caught::new(&[taken, ignored, later], FLAGS, None);
        raise(taken);
        raise(taken);
        raise(ignored);
        assert!(INTERRUPT.swap(false, Ordering::Relaxed) && PENDING.swap(false, Ordering::Relaxed));
        assert!(has_come(taken));
        assert_eq!((count(taken), count(taken), count(ignored)), (2, 0, 0));
        signals::set(later, handler);
        raise(taken);
        drop(caught);
        let now = |signal| action_of(signal).unwrap().sa_sigaction;
        assert_eq!((now(taken), now(ignored), now(later)), (handler, libc::SIG_IGN, handler));
        assert_eq!(count(taken), 0, "the next one begins anew");
        for signal in [taken, ignored, later] {
            signals::set(signal, libc::SIG_DFL);
        }
    }
}
