//! Descriptors.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::SocketAddr;

/// A folder with an entry for each open descriptor.
pub(crate) const OPEN_DESCRIPTORS: &str = "/proc/self/fd";

/// The file of a descriptor, with a position of its own.
///
/// # Errors
///
/// When it may not be read, or there is no `/proc`.
pub(crate) fn open_anew(fd: RawFd) -> io::Result<File> {
    File::open(format!("{OPEN_DESCRIPTORS}/{fd}"))
}

/// Gives a pipe room for so many bytes. If that is refused the pipe stays as it is.
pub(crate) fn set_room(pipe: &OwnedFd, bytes: i32) {
    // SAFETY: numbers only.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, bytes) };
}

/// Closes all descriptors from `first` to `last`. False if this system cannot do that at once (Linux before 5.9).
///
/// # Safety
///
/// Nothing refers to them any more.
pub(crate) unsafe fn close_range(first: u32, last: u32) -> bool {
    // SAFETY: as the caller says.
    unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) == 0 }
}

/// Has all descriptors from `first` on closed when another program takes the place of this one. False if this system
/// cannot do that at once (Linux before 5.11).
pub(crate) fn close_at_exec_from(first: u32) -> bool {
    // SAFETY: numbers; nothing is closed now.
    unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) == 0 }
}

/// The kernel's constant, which is not in every C library's headers: chooses the signal that is sent instead of SIGIO.
const F_SETSIG: i32 = 10;

/// Does the kernel send the signal that [`signal_at_events`] names?
pub(crate) const CHOOSES_SIGNAL: bool = true;

/// Has the kernel send `signal` to this process whenever something happens to `fd`, such as that its other end is closed.
/// It stays non-blocking where it is. If that is refused nothing is sent.
pub(crate) fn signal_at_events(fd: &OwnedFd, signal: i32, nonblocking: bool) {
    let flags = if nonblocking { libc::O_NONBLOCK | libc::O_ASYNC } else { libc::O_ASYNC };
    // In this order no signal is sent before all is set.
    let requests =
        [(libc::F_SETOWN, nix::unistd::getpid().as_raw()), (F_SETSIG, signal), (libc::F_SETFL, flags)];
    for (request, value) in requests {
        // SAFETY: numbers only.
        unsafe { libc::fcntl(fd.as_raw_fd(), request, value) };
    }
}

/// The address of a socket that has a name which is in no file system.
///
/// # Errors
///
/// When the name is too long, or this system has no such names.
pub(crate) fn abstract_address(name: &[u8]) -> io::Result<SocketAddr> {
    SocketAddr::from_abstract_name(name)
}
