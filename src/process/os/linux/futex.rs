//! Sleeping on a word that processes share.

use std::sync::atomic::AtomicU32;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::time::TimeSpec;

/// Sleeps while `word` is `expected`: until [`wake`], a signal or `timeout`, whichever comes first. May return spuriously.
/// True when the time is over.
pub(crate) fn wait_on(word: &AtomicU32, expected: u32, timeout: Duration) -> bool {
    let (word, timeout) = (word.as_ptr(), TimeSpec::from_duration(timeout));
    // SAFETY: the address and the time are valid for the duration of the call.
    let woken = unsafe { libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAIT, expected, timeout.as_ref()) };
    woken == -1 && Errno::last() == Errno::ETIMEDOUT
}

/// Wakes `most` processes that sleep on `word`.
pub(crate) fn wake(word: &AtomicU32, most: i32) {
    // SAFETY: a valid address; nothing is read or written there.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, most) };
}
