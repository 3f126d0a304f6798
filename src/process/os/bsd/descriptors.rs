//! Descriptors.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::SocketAddr;

use nix::errno::Errno;

/// A folder with an entry for each open descriptor.
pub(crate) const OPEN_DESCRIPTORS: &str = "/dev/fd";

/// The file of a descriptor, with a position of its own.
///
/// # Errors
///
/// Always: what is opened in [`OPEN_DESCRIPTORS`] shares the position.
pub(crate) fn open_anew(_: RawFd) -> io::Result<File> {
    Err(Errno::ENOSYS.into())
}

/// Gives a pipe room for so many bytes: it has what the kernel gives it.
pub(crate) fn set_room(_: &OwnedFd, _: i32) {}

/// Has all descriptors from `first` on closed when another program takes the place of this one. Always true: the caller
/// would go by [`OPEN_DESCRIPTORS`] else, which need not show them all here.
pub(crate) fn close_at_exec_from(first: u32) -> bool {
    // SAFETY: no arguments.
    let end = unsafe { libc::getdtablesize() };
    for number in i32::try_from(first).unwrap_or(i32::MAX)..end {
        // SAFETY: numbers; one that is not open is refused.
        unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    true
}

/// Does the kernel send the signal that [`signal_at_events`] names?
pub(crate) const CHOOSES_SIGNAL: bool = false;

/// Has the kernel send `signal` to this process whenever something happens to `fd`, such as that its other end is closed.
/// It stays non-blocking where it is. Only SIGIO can be sent here; for another signal this does nothing.
pub(crate) fn signal_at_events(fd: &OwnedFd, signal: i32, nonblocking: bool) {
    if signal != libc::SIGIO {
        return;
    }
    let flags = if nonblocking { libc::O_NONBLOCK | libc::O_ASYNC } else { libc::O_ASYNC };
    for (request, value) in [(libc::F_SETOWN, nix::unistd::getpid().as_raw()), (libc::F_SETFL, flags)] {
        // SAFETY: numbers only.
        unsafe { libc::fcntl(fd.as_raw_fd(), request, value) };
    }
}

/// The address of a socket that has a name which is in no file system.
///
/// # Errors
///
/// Always: this system has no such names.
pub(crate) fn abstract_address(_: &[u8]) -> io::Result<SocketAddr> {
    Err(Errno::EAFNOSUPPORT.into())
}
