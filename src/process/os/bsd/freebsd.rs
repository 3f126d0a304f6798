//! What FreeBSD has, and macOS has not.

use std::ffi::{CStr, c_ulong, c_void};
use std::os::fd::{AsFd, OwnedFd};
use std::ptr;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::SigSet;
use nix::sys::time::TimeSpec;
use nix::time::ClockId;

use super::process::handle_alike;

/// A clock that is cheap to read, and changes at each tick of the scheduler.
pub(crate) const COARSE: ClockId = ClockId::CLOCK_MONOTONIC_FAST;

/// The time between two of these changes: 10 ms at most, and 1 ms usually.
pub(crate) fn coarse_step() -> TimeSpec {
    TimeSpec::new(0, 10_000_000)
}

/// Sleeps while `word` is `expected`: until [`wake`], a signal or `timeout`, whichever comes first. May return spuriously.
/// True when the time is over.
pub(crate) fn wait_on(word: &AtomicU32, expected: u32, timeout: Duration) -> bool {
    let mut timeout = *TimeSpec::from_duration(timeout).as_ref();
    let length: *mut c_void = ptr::without_provenance_mut(size_of::<libc::timespec>());
    let word = word.as_ptr().cast();
    // SAFETY: the address and the time are valid for the duration of the call; the fourth argument is the time's length.
    let woken = unsafe {
        libc::_umtx_op(
            word,
            libc::UMTX_OP_WAIT_UINT,
            c_ulong::from(expected),
            length,
            (&raw mut timeout).cast(),
        )
    };
    woken == -1 && Errno::last() == Errno::ETIMEDOUT
}

/// Wakes `most` processes that sleep on `word`.
pub(crate) fn wake(word: &AtomicU32, most: i32) {
    let (word, most) = (word.as_ptr().cast(), c_ulong::from(most.unsigned_abs()));
    // SAFETY: a valid address; nothing is read or written there.
    unsafe { libc::_umtx_op(word, libc::UMTX_OP_WAKE, most, ptr::null_mut(), ptr::null_mut()) };
}

/// Waits until `fd` is readable, while signals are blocked as `mask` says. False if the time is over.
///
/// # Errors
///
/// EINTR when a signal arrived.
pub(super) fn wait_with(mask: &SigSet, fd: &OwnedFd, timeout: Option<Duration>) -> Result<bool, Errno> {
    let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
    ppoll(&mut fds, timeout.map(TimeSpec::from_duration), Some(*mask)).map(|count| count > 0)
}

/// Closes all descriptors from `first` to `last`. False if this system cannot do that at once.
///
/// # Safety
///
/// Nothing refers to them any more.
pub(crate) unsafe fn close_range(first: u32, last: u32) -> bool {
    // SAFETY: as the caller says.
    unsafe { libc::close_range(first, last, 0) == 0 }
}

/// A file without a name, in memory, which programs that are started do not inherit.
///
/// # Errors
///
/// When no descriptor is available.
pub(crate) fn memory_file(name: &CStr) -> Result<OwnedFd, Errno> {
    memfd_create(name, MFdFlags::MFD_CLOEXEC)
}

/// Has the kernel call the handler of `signal` in this process when its parent ends. By a signal that ends a program which
/// does not handle it, as one may be that has taken the place of this one.
pub(crate) fn signal_at_parents_end(signal: i32) {
    handle_alike(signal, libc::SIGVTALRM);
    let mut signal = libc::SIGVTALRM;
    // SAFETY: a request about this process alone, with a valid pointer to a signal number.
    unsafe { libc::procctl(libc::P_PID, 0, libc::PROC_PDEATHSIG_CTL, (&raw mut signal).cast()) };
}
