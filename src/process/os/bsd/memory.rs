//! Memory.

use std::ffi::c_void;
use std::os::fd::OwnedFd;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::MapFlags;

use crate::process::os::interface::Advice;

/// Memory counts when it is used, and not when it is mapped: there is no flag for it.
pub(crate) const NO_RESERVE: MapFlags = MapFlags::empty();

/// From now on nobody can map the file for writing any more: the kernel cannot see to that here.
pub(crate) fn seal_writing(_: &OwnedFd) {}

/// Keeps memory out of children that are forked from now on: here they have it. To take it from them would make a futex in it
/// one that only this process has.
///
/// # Safety
///
/// None: nothing is done.
pub(crate) unsafe fn keep_from_children(_: NonNull<c_void>, _: usize) {}

/// Replaces pages by new ones, all at once: here they stay.
///
/// # Safety
///
/// None: nothing is done.
pub(crate) unsafe fn renew(_: *mut c_void, _: usize) {}

/// Gives the kernel advice about memory.
///
/// # Errors
///
/// Always EINVAL: it knows neither.
pub(crate) fn advise(_: *mut c_void, _: usize, _: Advice) -> Result<(), Errno> {
    Err(Errno::EINVAL)
}
