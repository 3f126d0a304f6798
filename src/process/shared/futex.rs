//! Sleeping until another process changes a number.

use std::ptr;
use std::sync::atomic::AtomicU32;

/// Sleeps while `word` is `expected`, until [`wake`] or a signal. May return without a reason.
pub(super) fn wait(word: &AtomicU32, expected: u32) {
    // SAFETY: a valid address for the time of the call; no timeout.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT,
            expected,
            ptr::null::<libc::timespec>(),
        )
    };
}

/// Wakes one process that waits for `word`.
pub(super) fn wake(word: &AtomicU32) {
    // SAFETY: a valid address; nothing is read or written there.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) };
}
