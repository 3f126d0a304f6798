//! Numbers of descriptors.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

/// The same open file with a descriptor number above 2. A daemon that has closed its standard descriptors would
/// otherwise get one of these, and whatever its children print would go there.
///
/// # Errors
///
/// EMFILE when no descriptor is available.
pub(crate) fn above_standard(fd: OwnedFd) -> Result<OwnedFd, Errno> {
    if fd.as_raw_fd() > libc::STDERR_FILENO {
        return Ok(fd);
    }
    duplicate(fd.as_fd(), libc::STDERR_FILENO + 1)
}

/// Another descriptor of the same open file: the lowest free number from `lowest` on.
///
/// # Errors
///
/// EMFILE when no descriptor is available, EINVAL when `lowest` is above the limit.
pub(crate) fn duplicate(fd: BorrowedFd<'_>, lowest: RawFd) -> Result<OwnedFd, Errno> {
    let copy = fcntl(fd, FcntlArg::F_DUPFD_CLOEXEC(lowest))?;
    // SAFETY: the kernel just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}
