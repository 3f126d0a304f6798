//! Processes.

use std::mem::MaybeUninit;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::ptr;

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_getres};
use nix::unistd::Pid;

use crate::process::os::interface::Whom;

/// A clock that is cheap to read, and changes at each tick of the scheduler.
pub(crate) const COARSE: ClockId = ClockId::CLOCK_MONOTONIC_COARSE;

/// The time between two of these changes.
pub(crate) fn coarse_step() -> TimeSpec {
    clock_getres(COARSE).unwrap_or(TimeSpec::new(0, 0))
}

/// A descriptor that stands for the process which has this id now, and is readable once it has ended; `None` if the
/// kernel has no such descriptors (Linux before 5.3), or no such process.
pub(crate) fn process_descriptor(pid: Pid) -> Option<OwnedFd> {
    // SAFETY: no pointers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) };
    // SAFETY: the kernel just made this descriptor for us; it is close-on-exec by definition.
    i32::try_from(fd).ok().filter(|&fd| fd >= 0).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Sends a signal, or checks whether that is possible if it is 0. Async-signal-safe.
///
/// # Errors
///
/// ESRCH when the process is reaped; any other error when it cannot be sent like this.
pub(crate) fn send_by(descriptor: RawFd, signal: i32, whom: Whom) -> Result<(), Errno> {
    let flags: u32 = match whom {
        Whom::Itself => 0,
        Whom::ItsGroup => 1 << 2,
    };
    let info = ptr::null::<libc::siginfo_t>();
    // SAFETY: numbers, and no additional information.
    let sent = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, descriptor, signal, info, flags) };
    Errno::result(sent).map(drop)
}

/// Does this process become the parent of processes whose parent has ended, beside process 1?
pub(crate) fn is_subreaper() -> bool {
    let mut is_subreaper: libc::c_int = 0;
    // SAFETY: a valid out-pointer.
    unsafe { libc::prctl(libc::PR_GET_CHILD_SUBREAPER, &raw mut is_subreaper) };
    is_subreaper != 0
}

/// The number of the last signal.
pub(crate) fn last_signal() -> i32 {
    libc::SIGRTMAX()
}

/// The signal that a child gets when its parent dies, given the last signal. A real-time signal: nothing else sends it,
/// programs have no use for it, and unlike SIGKILL it gives the child time to end what the task has started.
pub(crate) fn farewell(last_signal: i32) -> i32 {
    last_signal - 1
}

/// Has the kernel send this process `signal` when its parent ends.
pub(crate) fn signal_at_parents_end(signal: i32) {
    // SAFETY: a request about this process alone; the argument is a signal number.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) };
}

/// In a new child, before anything is opened there: it has all descriptors of its parent.
pub(crate) fn in_child() {}

/// How many ranges the kernel takes in one call (`IOV_MAX`).
const RANGES: usize = 1024;
/// How much the kernel copies in one call, rounded down to whole pages.
const AT_ONCE: usize = 1 << 30;

/// Copies bytes from the memory of another process, at these addresses and of these lengths, as many as fit. How many.
///
/// # Errors
///
/// ESRCH when it is gone, EFAULT when it has no memory there; others when it may not be read.
pub(crate) fn read_memory(
    pid: Pid,
    from: &[(usize, usize)],
    to: &mut [MaybeUninit<u8>],
) -> Result<usize, Errno> {
    let local = libc::iovec { iov_base: to.as_mut_ptr().cast(), iov_len: to.len().min(AT_ONCE) };
    let remote: Vec<_> = from
        .iter()
        .take(RANGES)
        .map(|&(address, length)| libc::iovec {
            iov_base: ptr::without_provenance_mut(address),
            iov_len: length,
        })
        .collect();
    // SAFETY: the kernel writes to `to` only; the child's addresses are not used in this process, and the kernel checks
    // them.
    let copied = unsafe {
        libc::process_vm_readv(pid.as_raw(), &raw const local, 1, remote.as_ptr(), remote.len() as u64, 0)
    };
    Errno::result(copied).map(|copied| usize::try_from(copied).unwrap_or_default())
}
