//! What FreeBSD has, and macOS has not.

use std::ffi::{CStr, CString, c_ulong, c_void};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sched::{CpuSet, sched_getaffinity};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{SigEvent, SigSet, SigevNotify, Signal};
use nix::sys::time::TimeSpec;
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::time::ClockId;
use nix::unistd::{Pid, User};

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

/// Sleeps for `time`, while signals are blocked as `mask` says.
///
/// # Errors
///
/// EINTR when a signal arrived.
pub(crate) fn sleep_with(mask: SigSet, time: Duration) -> Result<(), Errno> {
    ppoll(&mut [], Some(TimeSpec::from_duration(time)), Some(mask)).map(drop)
}

/// Both ends of a new pipe, which programs that are started do not inherit: reading and writing block.
///
/// # Errors
///
/// EMFILE or ENFILE when no descriptor is available.
pub(crate) fn pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    nix::unistd::pipe2(OFlag::O_CLOEXEC)
}

/// Puts the file of `fd` behind the number `number`, which programs that are started do not inherit.
///
/// # Errors
///
/// EBADF when it is no possible number.
pub(crate) fn put_behind(number: RawFd, fd: &impl AsRawFd) -> Result<(), Errno> {
    // SAFETY: numbers; whoever has the second one keeps it, with another file behind it.
    Errno::result(unsafe { libc::dup3(fd.as_raw_fd(), number, libc::O_CLOEXEC) }).map(drop)
}

/// Closes all descriptors from `first` to `last`, to which nothing refers any more. False if this system cannot do that
/// at once.
pub(crate) fn close_range(first: u32, last: u32) -> bool {
    // SAFETY: the caller says that nothing refers to them.
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

/// How a child has ended, without reaping it: the one with this id, or any.
///
/// # Errors
///
/// ECHILD when it is no child, or there is none; EINTR.
pub(crate) fn peek(pid: Option<Pid>) -> Result<WaitStatus, Errno> {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    waitid(pid.map_or(Id::All, Id::Pid), flags)
}

/// Has the kernel call the handler of `signal` in this process when its parent ends. By a signal that ends a program which
/// does not handle it, as one may be that has taken the place of this one.
pub(crate) fn signal_at_parents_end(signal: i32) {
    handle_alike(signal, libc::SIGVTALRM);
    let mut signal = libc::SIGVTALRM;
    // SAFETY: a request about this process alone, with a valid pointer to a signal number.
    unsafe { libc::procctl(libc::P_PID, 0, libc::PROC_PDEATHSIG_CTL, (&raw mut signal).cast()) };
}

/// How many CPUs this process may run on.
pub(crate) fn affinity() -> Option<usize> {
    let set = sched_getaffinity(Pid::from_raw(0)).ok()?;
    let count = (0..CpuSet::count()).filter(|&cpu| set.is_set(cpu).unwrap_or(false)).count();
    (count > 0).then_some(count)
}

/// Gives this process the groups that `user` is in.
///
/// # Errors
///
/// EPERM when this process may not change them.
pub(crate) fn take_groups(user: &User) -> Result<(), Errno> {
    let name = CString::new(user.name.as_bytes()).map_err(|_| Errno::EINVAL)?;
    nix::unistd::initgroups(&name, user.gid)
}

/// A timer that sends this process a signal.
#[derive(Debug)]
pub(crate) struct Alarm(Timer);

impl Alarm {
    /// One that is not set yet.
    ///
    /// # Errors
    ///
    /// When this process has as many timers as are allowed.
    pub(crate) fn new(signal: Signal) -> Result<Self, Errno> {
        let event = SigEvent::new(SigevNotify::SigevSignal { signal, si_value: 0 });
        Timer::new(ClockId::CLOCK_MONOTONIC, event).map(Self)
    }

    /// Sends it after `delay`, which is not zero, once; a later call replaces an earlier one.
    pub(crate) fn set(&mut self, delay: Duration) {
        let expiration = Expiration::OneShot(TimeSpec::from_duration(delay));
        let _ = self.0.set(expiration, TimerSetTimeFlags::empty());
    }

    /// Leaves it as it is: it would be deleted with this value.
    pub(crate) fn forget(self) {
        std::mem::forget(self);
    }
}
