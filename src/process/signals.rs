//! Signals, mainly around a fork: none may reach a child before the child's own actions are set up.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};

use super::os::sleep_with;

/// Blocks every signal, until dropped.
#[derive(Debug)]
pub(crate) struct Blocked {
    before: SigSet,
}

impl Blocked {
    /// Blocks every signal for the calling thread.
    pub(crate) fn all() -> Self {
        let mut before = SigSet::empty();
        // Fails only for an invalid constant.
        let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::all()), Some(&mut before));
        Self { before }
    }
}

impl Blocked {
    /// The signals that were blocked before.
    pub(crate) fn before(&self) -> &SigSet {
        &self.before
    }

    /// Sleeps for `time`, while the signals that were not blocked before are unblocked.
    ///
    /// # Errors
    ///
    /// EINTR when one of these signals arrived.
    pub(crate) fn pause(&self, time: Duration) -> Result<(), Errno> {
        sleep_with(self.before, time)
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&self.before), None);
    }
}

/// Some signals are blocked, until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    before: SigSet,
}

impl Held {
    /// Blocks these signals for the calling thread. One that comes meanwhile waits; the mask outlives `execve()`.
    pub(crate) fn new(signals: &[i32]) -> Self {
        let mut before = SigSet::empty();
        let _ = sigprocmask(SigmaskHow::SIG_BLOCK, Some(&set_of(signals)), Some(&mut before));
        Self { before }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&self.before), None);
    }
}

/// Unblocks these signals for the calling thread: those that wait come now.
pub(crate) fn unblock(signals: &[i32]) {
    let _ = sigprocmask(SigmaskHow::SIG_UNBLOCK, Some(&set_of(signals)), None);
}

fn set_of(signals: &[i32]) -> SigSet {
    signals.iter().filter_map(|&signal| Signal::try_from(signal).ok()).collect()
}

/// What the PHP engine knows about signals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Engine {
    /// The handler that the engine installs with the kernel; 0 for none. That handler looks up what to do in a table of
    /// the engine.
    pub(crate) handler: libc::sighandler_t,
    /// In a new child, with all signals blocked: sets up the signals that the engine manages, and returns them, a bit
    /// for each.
    pub(crate) begin_child: fn() -> u64,
    /// Does the engine's table have a handler for this signal?
    pub(crate) handles: fn(i32) -> bool,
    /// Is code running that must not be interrupted, whatever signal comes? Async-signal-safe.
    pub(crate) deferred: fn() -> bool,
}

static ENGINE: OnceLock<Engine> = OnceLock::new();

/// Uses `engine` from now on.
pub(crate) fn install(engine: Engine) {
    ENGINE.get_or_init(|| engine);
}

/// Is this the engine's own handler?
pub(crate) fn is_engines(handler: libc::sighandler_t) -> bool {
    handler != 0 && ENGINE.get().is_some_and(|engine| engine.handler == handler)
}

/// Does `handler`, which the kernel has for `signal`, run a handler of the application? The engine's own handler may
/// instead end the process, or do nothing.
pub(crate) fn is_handler(signal: i32, handler: libc::sighandler_t) -> bool {
    !is_engines(handler) || ENGINE.get().is_some_and(|engine| (engine.handles)(signal))
}

/// Is code running that must not be interrupted, whatever signal comes? Async-signal-safe.
pub(crate) fn deferred() -> bool {
    ENGINE.get().is_some_and(|engine| (engine.deferred)())
}

/// Resets every signal that has a handler to its default action, and unblocks all signals.
///
/// The handlers are the parent's: they belong to objects and event loops that do not exist in the child. What the
/// parent ignores stays ignored, except for SIGCHLD, without which `exec` in a task would lose its exit codes. The
/// signals that the engine manages stay with the engine: it lets SIGTERM and the like end the child only where that
/// does no harm.
pub(crate) fn reset(last_signal: i32) {
    let engine = ENGINE.get().map_or(0, |engine| (engine.begin_child)());
    for number in (1..=last_signal).filter(|number| engine >> (number - 1) & 1 == 0) {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: the out-pointer is valid; a number that is no signal, or that we may not change, is refused with
        // EINVAL.
        let known = unsafe { libc::sigaction(number, ptr::null(), action.as_mut_ptr()) } == 0;
        // SAFETY: zeroed is a valid sigaction, and the call may have filled it.
        let handler = unsafe { action.assume_init() }.sa_sigaction;
        if known && handler != libc::SIG_DFL && (handler != libc::SIG_IGN || number == libc::SIGCHLD) {
            set(number, libc::SIG_DFL);
        }
    }
    // The child has its own process group: reading from the terminal shall be an error, and not stop the child for
    // ever.
    set(libc::SIGTTIN, libc::SIG_IGN);
    set(libc::SIGTTOU, libc::SIG_IGN);
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None);
}

/// Installs `handler`, a function or one of the `SIG_` constants.
pub(crate) fn set(number: i32, handler: libc::sighandler_t) {
    // SAFETY: zeroed is a valid sigaction: no flags, an empty mask.
    let mut action = unsafe { MaybeUninit::<libc::sigaction>::zeroed().assume_init() };
    action.sa_sigaction = handler;
    // SAFETY: `action` is valid, and `handler` is a constant or an async-signal-safe function of ours.
    unsafe { libc::sigaction(number, &raw const action, ptr::null_mut()) };
}
