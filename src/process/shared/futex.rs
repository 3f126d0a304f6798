//! Sleeping until another process changes a number.

use std::sync::atomic::AtomicU32;
use std::time::Duration;

use nix::sys::time::TimeSpec;

/// Sleeps while `word` is `expected`, until [`wake`] or a signal, and never for longer than `timeout`. May return
/// without a reason.
pub(super) fn wait(word: &AtomicU32, expected: u32, timeout: Duration) {
    let timeout = TimeSpec::from_duration(timeout);
    // SAFETY: a valid address, and a valid time, for the time of the call.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, expected, timeout.as_ref()) };
}

/// Wakes one process that waits for `word`.
pub(super) fn wake(word: &AtomicU32) {
    // SAFETY: a valid address; nothing is read or written there.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) };
}
