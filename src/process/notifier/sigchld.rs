//! The notifier for processes in which no thread may be: a handler of SIGCHLD, chained to the one that was there.
//!
//! It cuts the script's `sleep` short whenever a child ends or writes, as any such handler does. The application may set
//! SIGCHLD to anything at any time: before its code goes on, ours is put back in front, and what was set is kept behind it.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};
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

type Handler = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);

/// What the handler raises.
static FLAGS: OnceLock<Flags> = OnceLock::new();
/// What the application had installed, if that was a function: with or without `SA_SIGINFO`, it takes the first argument
/// alike, and ignores the others.
static WRAPPED: AtomicPtr<libc::c_void> = AtomicPtr::new(ptr::null_mut());

/// The handler of SIGCHLD, and a timer that sends the same signal.
#[derive(Debug)]
pub(crate) struct Sigchld {
    timer: Timer,
}

impl Sigchld {
    pub(super) fn start(flags: Flags) -> Result<Self, Refused> {
        FLAGS.get_or_init(|| flags);
        install();
        let event = SigEvent::new(SigevNotify::SigevSignal { signal: Signal::SIGCHLD, si_value: 0 });
        let timer = Timer::new(ClockId::CLOCK_MONOTONIC, event).map_err(Refused::by("timer_create"))?;
        Ok(Self { timer })
    }

    /// Has the signal sent for what a child writes too: one that waits until a long result is read does not end. The
    /// kernel may refuse; then it is heard of when the parent waits.
    pub(super) fn watch(pipe: &OwnedFd) {
        for (who_or_what, number) in [(libc::F_SETOWN, getpid().as_raw()), (F_SETSIG, libc::SIGCHLD)] {
            // SAFETY: a number about a descriptor of ours: who is told, and by which signal.
            unsafe { libc::fcntl(pipe.as_raw_fd(), who_or_what, number) };
        }
        let _ = fcntl(pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK | OFlag::O_ASYNC));
    }

    /// From now on the next news of `children` raises the flags; what is there already does so now. The application may
    /// have set SIGCHLD to something else meanwhile.
    pub(super) fn arm(children: &OwnedFd) {
        install();
        let mut ready = [PollFd::new(children.as_fd(), PollFlags::POLLIN)];
        if poll(&mut ready, PollTimeout::ZERO) == Ok(1)
            && let Some(flags) = FLAGS.get()
        {
            flags.raise();
        }
    }

    pub(super) fn alarm(&mut self, delay: Duration) {
        let expiration = Expiration::OneShot(TimeSpec::from_duration(delay));
        let _ = self.timer.set(expiration, TimerSetTimeFlags::empty());
    }

    /// The handler stays: what it does is harmless, and whoever came after us may have chained to it.
    pub(super) fn stop(self) {
        drop(self);
    }
}

/// `fcntl.h`; for SIGCHLD in place of SIGIO.
const F_SETSIG: i32 = 10;

/// Puts our handler in front of what the application has set.
fn install() {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a valid out-pointer.
    unsafe { libc::sigaction(libc::SIGCHLD, ptr::null(), action.as_mut_ptr()) };
    // SAFETY: zeroed is valid, and the call has filled it.
    let mut action = unsafe { action.assume_init() };
    let before = action.sa_sigaction;
    if before == heard as Handler as usize {
        return;
    }
    let wrapped = match before {
        libc::SIG_DFL => ptr::null_mut(),
        libc::SIG_IGN => {
            // What ignoring the signal means to the kernel: nobody waits for these children.
            action.sa_flags |= libc::SA_NOCLDWAIT;
            ptr::null_mut()
        }
        handler => ptr::with_exposed_provenance_mut(handler),
    };
    WRAPPED.store(wrapped, Ordering::Release);
    action.sa_sigaction = heard as Handler as usize;
    action.sa_flags |= libc::SA_SIGINFO | libc::SA_RESTART;
    // SAFETY: the application's own mask and flags, with a handler that is async-signal-safe.
    unsafe { libc::sigaction(libc::SIGCHLD, &raw const action, ptr::null_mut()) };
}

/// Async-signal-safe, as far as the application's handler is.
extern "C" fn heard(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    if let Some(flags) = FLAGS.get() {
        flags.raise();
    }
    let wrapped = WRAPPED.load(Ordering::Acquire);
    if wrapped.is_null() {
        return;
    }
    // SAFETY: the address of a handler that the kernel had from the application.
    let handler: Handler = unsafe { std::mem::transmute(wrapped) };
    handler(signal, info, context);
}
