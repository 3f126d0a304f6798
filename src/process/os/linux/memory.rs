//! Memory.

use std::ffi::{CStr, c_int, c_void};
use std::os::fd::OwnedFd;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, MmapAdvise, madvise};

use crate::process::os::interface::Advice;

/// Memory counts when it is used, and not when it is mapped.
pub(crate) const NO_RESERVE: MapFlags = MapFlags::MAP_NORESERVE;

/// A file without a name, in memory, which programs that are started do not inherit.
///
/// # Errors
///
/// When no descriptor is available.
pub(crate) fn memory_file(name: &CStr) -> Result<OwnedFd, Errno> {
    memfd_create(name, MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)
}

/// From now on nobody can map the file for writing any more, where the kernel can see to that (Linux 5.1). Mappings that
/// are there stay writable.
pub(crate) fn seal_writing(file: &OwnedFd) {
    let _ = fcntl(file, FcntlArg::F_ADD_SEALS(SealFlag::from_bits_retain(libc::F_SEAL_FUTURE_WRITE)));
}

/// Keeps memory out of children that are forked from now on: each mapping makes a fork more expensive.
///
/// # Safety
///
/// The memory is the caller's own, whole pages, and no child uses it.
pub(crate) unsafe fn keep_from_children(start: NonNull<c_void>, length: usize) {
    // SAFETY: as the caller says; the advice has no effect in this process.
    let _ = unsafe { madvise(start, length, MmapAdvise::MADV_DONTFORK) };
}

/// Replaces pages by new ones, all at once.
///
/// # Safety
///
/// Whole pages of memory that the caller owns alone, and treats as uninitialized.
pub(crate) unsafe fn renew(pages: *mut c_void, length: usize) {
    for advice in [libc::MADV_DONTNEED, libc::MADV_POPULATE_WRITE] {
        // SAFETY: as the caller says.
        unsafe { libc::madvise(pages, length, advice) };
    }
}

/// Gives the kernel advice about memory, whatever that is used for.
///
/// # Errors
///
/// EINVAL when this kernel does not know the advice, ENOMEM where nothing is mapped.
pub(crate) fn advise(start: *mut c_void, length: usize, advice: Advice) -> Result<(), Errno> {
    /// Not in every C library's headers.
    const MADV_COLLAPSE: c_int = 25;
    let advice = match advice {
        Advice::Huge => libc::MADV_HUGEPAGE,
        Advice::Collapse => MADV_COLLAPSE,
    };
    // SAFETY: neither changes a byte, and the kernel refuses what is not mapped.
    Errno::result(unsafe { libc::madvise(start, length, advice) }).map(drop)
}
