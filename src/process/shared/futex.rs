//! Sleeping on a futex: until another process changes a word of shared memory.

use std::sync::atomic::AtomicU32;
use std::time::Duration;

use nix::sys::time::TimeSpec;

/// Sleeps while `word` is `expected`: until [`wake`], a signal or `timeout`, whichever comes first. May return
/// spuriously.
pub(super) fn wait(word: &AtomicU32, expected: u32, timeout: Duration) {
    let timeout = TimeSpec::from_duration(timeout);
    // SAFETY: the address and the time are valid for the duration of the call.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, expected, timeout.as_ref()) };
}

/// Wakes one process that sleeps on `word`.
pub(super) fn wake(word: &AtomicU32) {
    // SAFETY: a valid address; nothing is read or written there.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) };
}
