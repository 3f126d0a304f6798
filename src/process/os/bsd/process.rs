//! Processes.

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::ptr;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::queue::{event, kevent, kqueue};
use crate::process::os::interface::{Token, Whom};

/// A descriptor that is readable once the process which has this id now has ended; `None` if there is none. It is a kqueue
/// whose only event is never fetched.
pub(crate) fn process_descriptor(pid: Pid) -> Option<OwnedFd> {
    let queue = kqueue().ok()?;
    let ident = usize::try_from(pid.as_raw()).ok()?;
    let ends = event(ident, libc::EVFILT_PROC, libc::EV_ADD, libc::NOTE_EXIT, Token::default());
    let add = |event| kevent(queue.as_raw_fd(), &[event], &mut [], Some(Duration::ZERO));
    match add(ends) {
        Ok(_) => Some(queue),
        // It has ended, and is not reaped.
        Err(Errno::ESRCH) if kill(pid, None).is_ok() => {
            add(event(0, libc::EVFILT_USER, libc::EV_ADD, 0, Token::default())).ok()?;
            add(event(0, libc::EVFILT_USER, 0, libc::NOTE_TRIGGER, Token::default())).ok()?;
            Some(queue)
        }
        Err(_) => None,
    }
}

/// Sends a signal by such a descriptor.
///
/// # Errors
///
/// Always ENOSYS.
pub(crate) fn send_by(_: RawFd, _: i32, _: Whom) -> Result<(), Errno> {
    Err(Errno::ENOSYS)
}

/// Does this process become the parent of processes whose parent has ended, beside process 1?
pub(crate) fn is_subreaper() -> bool {
    false
}

/// The number of the last signal, but for real-time signals.
pub(crate) fn last_signal() -> i32 {
    libc::SIGUSR2
}

/// The signal that a child gets when its parent dies: the only one that the kernel sends when a pipe is closed. Unlike
/// SIGKILL it gives the child time to end what the task has started.
pub(crate) fn farewell(_: i32) -> i32 {
    libc::SIGIO
}

/// Has the kernel call the handler of `signal` in this process at intervals, of less than a second. Async-signal-safe. By
/// SIGALRM, which is its own from now on. False if that is refused.
pub(crate) fn repeat(signal: i32, every: Duration) -> bool {
    let every = libc::timeval { tv_sec: 0, tv_usec: every.subsec_micros().cast_signed().into() };
    let timer = libc::itimerval { it_interval: every, it_value: every };
    handle_alike(signal, libc::SIGALRM);
    // SAFETY: a valid time; the old value is not requested.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, ptr::null_mut()) == 0 }
}

/// Handles `other` as `signal` is. Async-signal-safe.
pub(super) fn handle_alike(signal: i32, other: i32) {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a valid out-pointer.
    if unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } == 0 {
        // SAFETY: filled just now.
        unsafe { libc::sigaction(other, action.as_ptr(), ptr::null_mut()) };
    }
}

/// Copies bytes from the memory of another process.
///
/// # Errors
///
/// Always ENOSYS.
pub(crate) fn read_memory(_: Pid, _: &[(usize, usize)], _: &mut [MaybeUninit<u8>]) -> Result<usize, Errno> {
    Err(Errno::ENOSYS)
}

/// The process is about to fork: see what Linux does then.
pub(crate) fn before_fork(_: impl FnOnce() -> bool) {}
