//! What macOS has instead of what FreeBSD has.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::time::TimeSpec;
use nix::sys::wait::WaitStatus;
use nix::time::ClockId;
use nix::unistd::{Pid, User};

/// A clock that is cheap to read.
pub(crate) const COARSE: ClockId = ClockId::CLOCK_MONOTONIC;

/// The time between two of its changes.
pub(crate) fn coarse_step() -> TimeSpec {
    TimeSpec::new(0, 0)
}

/// Sleeps while `word` is `expected`: until [`wake`], a signal or `timeout`, whichever comes first. May return spuriously.
/// True when the time is over.
pub(crate) fn wait_on(word: &AtomicU32, expected: u32, timeout: Duration) -> bool {
    // Zero would be an error.
    let nanos = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX).max(1);
    // SAFETY: the address is valid for the duration of the call.
    let woken = unsafe {
        libc::os_sync_wait_on_address_with_timeout(
            word.as_ptr().cast(),
            expected.into(),
            size_of::<u32>(),
            libc::OS_SYNC_WAIT_ON_ADDRESS_SHARED,
            libc::OS_CLOCK_MACH_ABSOLUTE_TIME,
            nanos,
        )
    };
    woken == -1 && Errno::last() == Errno::ETIMEDOUT
}

/// Wakes `most` processes that sleep on `word`: one, or all.
pub(crate) fn wake(word: &AtomicU32, most: i32) {
    let (word, size, flags) = (word.as_ptr().cast(), size_of::<u32>(), libc::OS_SYNC_WAKE_BY_ADDRESS_SHARED);
    if most == 1 {
        // SAFETY: a valid address; nothing is read or written there.
        unsafe { libc::os_sync_wake_by_address_any(word, size, flags) };
    } else {
        // SAFETY: as above.
        unsafe { libc::os_sync_wake_by_address_all(word, size, flags) };
    }
}

/// Waits until `fd` is readable, while signals are blocked as `mask` says. False if the time is over. A signal that comes
/// just before the wait does not end it, so that it is never long.
///
/// # Errors
///
/// EINTR when a signal arrived.
pub(super) fn wait_with(mask: &SigSet, fd: &OwnedFd, timeout: Option<Duration>) -> Result<bool, Errno> {
    /// In milliseconds.
    const LONG: u16 = 100;
    let mut before = SigSet::empty();
    let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
    let millis = timeout.map_or(LONG.into(), |time| time.as_nanos().div_ceil(1_000_000));
    let millis = PollTimeout::from(u16::try_from(millis).unwrap_or(LONG).min(LONG));
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(mask), Some(&mut before))?;
    let waited = poll(&mut fds, millis);
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&before), None);
    waited.map(|count| count > 0)
}

/// Sleeps for `time`, while signals are blocked as `mask` says.
///
/// # Errors
///
/// EINTR when a signal arrived.
pub(crate) fn sleep_with(mask: SigSet, time: Duration) -> Result<(), Errno> {
    let time = TimeSpec::from_duration(time);
    let (none, mask) = (ptr::null_mut::<libc::fd_set>(), mask.as_ref() as *const _);
    // SAFETY: no descriptors; the time and the mask are valid.
    Errno::result(unsafe { libc::pselect(0, none, none, none, time.as_ref(), mask) }).map(drop)
}

/// Both ends of a new pipe, which programs that are started do not inherit: reading and writing block.
///
/// # Errors
///
/// EMFILE or ENFILE when no descriptor is available.
pub(crate) fn pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    let (reader, writer) = nix::unistd::pipe()?;
    fcntl(&reader, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    fcntl(&writer, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    Ok((reader, writer))
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
    Errno::result(unsafe { libc::dup2(fd.as_raw_fd(), number) })?;
    // SAFETY: as above.
    Errno::result(unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) }).map(drop)
}

/// Closes all descriptors from a number to another. False: this system cannot do that at once.
///
/// # Safety
///
/// None: nothing is done.
pub(crate) unsafe fn close_range(_: u32, _: u32) -> bool {
    false
}

/// A file without a name, which programs that are started do not inherit.
///
/// # Errors
///
/// When no descriptor is available, or there is no room for temporary files.
pub(crate) fn memory_file(name: &CStr) -> Result<OwnedFd, Errno> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("{}-{}-{number}", name.to_string_lossy(), std::process::id());
    let path = std::env::temp_dir().join(name);
    let failed = |error: std::io::Error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO));
    let file =
        File::options().read(true).write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    std::fs::remove_file(path).map_err(failed)?;
    Ok(file.into())
}

/// How a child has ended, without reaping it: the one with this id, or any.
///
/// # Errors
///
/// ECHILD when it is no child, or there is none; EINTR.
pub(crate) fn peek(pid: Option<Pid>) -> Result<WaitStatus, Errno> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    let (kind, id) = pid.map_or((libc::P_ALL, 0), |pid| (libc::P_PID, pid.as_raw().unsigned_abs()));
    // SAFETY: a valid out-pointer.
    Errno::result(unsafe { libc::waitid(kind, id, info.as_mut_ptr(), flags) })?;
    // SAFETY: zeroed is a valid value, and the call may have filled it.
    let info = unsafe { info.assume_init() };
    let pid = Pid::from_raw(info.si_pid);
    let signal = |core| Ok(WaitStatus::Signaled(pid, Signal::try_from(info.si_status)?, core));
    match info.si_code {
        _ if info.si_pid == 0 => Ok(WaitStatus::StillAlive),
        libc::CLD_EXITED => Ok(WaitStatus::Exited(pid, info.si_status)),
        libc::CLD_KILLED => signal(false),
        libc::CLD_DUMPED => signal(true),
        _ => Err(Errno::EINVAL),
    }
}

/// Has the kernel send this process a signal when its parent ends: it does so only when it closes their pipe.
pub(crate) fn signal_at_parents_end(_: i32) {}

/// How many CPUs this process may run on: unknown.
pub(crate) fn affinity() -> Option<usize> {
    None
}

/// Gives this process the groups that `user` is in.
///
/// # Errors
///
/// EPERM when this process may not change them.
pub(crate) fn take_groups(user: &User) -> Result<(), Errno> {
    let name = CString::new(user.name.as_bytes()).map_err(|_| Errno::EINVAL)?;
    let group = user.gid.as_raw().cast_signed();
    // SAFETY: a valid text.
    Errno::result(unsafe { libc::initgroups(name.as_ptr(), group) }).map(drop)
}

/// A timer that sends this process a signal: there is none here.
#[derive(Debug)]
pub(crate) enum Alarm {}

impl Alarm {
    /// # Errors
    ///
    /// Always ENOSYS.
    pub(crate) fn new(_: Signal) -> Result<Self, Errno> {
        Err(Errno::ENOSYS)
    }

    /// Sends it after a time.
    pub(crate) fn set(&mut self, _: Duration) {
        match *self {}
    }

    /// Leaves it as it is.
    pub(crate) fn forget(self) {
        match self {}
    }
}
