//! What Linux and FreeBSD have in the same way, and macOS has not.

use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::ppoll;
use nix::sched::{CpuSet, sched_getaffinity};
use nix::sys::signal::{SigEvent, SigSet, SigevNotify, Signal};
use nix::sys::time::TimeSpec;
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::time::ClockId;
use nix::unistd::{Pid, User};

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
///
/// # Safety
///
/// The number is free, or whoever has it goes on with the other file.
pub(crate) unsafe fn put_behind(number: RawFd, fd: &impl AsRawFd) -> Result<(), Errno> {
    // SAFETY: as the caller says.
    Errno::result(unsafe { libc::dup3(fd.as_raw_fd(), number, libc::O_CLOEXEC) }).map(drop)
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

/// Sleeps for `time`, while signals are blocked as `mask` says.
///
/// # Errors
///
/// EINTR when a signal arrived.
pub(crate) fn sleep_with(mask: SigSet, time: Duration) -> Result<(), Errno> {
    ppoll(&mut [], Some(TimeSpec::from_duration(time)), Some(mask)).map(drop)
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
    /// When this user, or this process, has as many timers as are allowed.
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
