//! Memory for payloads, to be filled by the kernel.

use std::mem::MaybeUninit;

use nix::errno::Errno;

use super::os::{self, Advice};

const HUGE: usize = 2 << 20;

/// A vector of `length` bytes, all of which `fill` writes.
///
/// # Errors
///
/// ENOMEM, or the error of `fill`.
pub(crate) fn filled(
    length: usize,
    fill: impl FnOnce(&mut [MaybeUninit<u8>]) -> Result<(), Errno>,
) -> Result<Vec<u8>, Errno> {
    refilled(Vec::new(), length, fill)
}

/// The same in the memory of `bytes`, whose contents are dropped.
///
/// # Errors
///
/// As for [`filled`].
pub(crate) fn refilled(
    mut bytes: Vec<u8>,
    length: usize,
    fill: impl FnOnce(&mut [MaybeUninit<u8>]) -> Result<(), Errno>,
) -> Result<Vec<u8>, Errno> {
    bytes.clear();
    bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    let spare = bytes.spare_capacity_mut().get_mut(..length).ok_or(Errno::ENOMEM)?;
    want_huge_pages(spare);
    fill(spare)?;
    // SAFETY: `fill` wrote all of it, or has returned an error.
    unsafe { bytes.set_len(length) };
    Ok(bytes)
}

/// Replaces the whole pages in `memory` by new ones, all at once. For memory that is about to be overwritten: after a
/// fork the kernel would copy each of its pages, although nobody needs the contents. Small memory is not worth the
/// system calls.
pub(crate) fn renew(memory: &mut [MaybeUninit<u8>]) {
    const FROM: usize = 64 * 1024;
    const PAGE: usize = 4096;
    let start = memory.as_ptr().addr();
    let (from, to) = (start.next_multiple_of(PAGE), (start + memory.len()) / PAGE * PAGE);
    if memory.len() < FROM || to - from >= HUGE {
        return;
    }
    // SAFETY: whole pages of memory that the caller owns alone and treats as uninitialized.
    unsafe { os::renew(memory.as_mut_ptr().with_addr(from).cast(), to - from) };
}

/// Asks for huge pages: memory that is written once from end to end then takes one page fault for each 2 MiB instead of
/// one for each 4 KiB.
pub(crate) fn want_huge_pages(memory: &mut [MaybeUninit<u8>]) {
    let start = memory.as_ptr().addr();
    let (from, to) = (start.next_multiple_of(HUGE), (start + memory.len()) / HUGE * HUGE);
    if from < to {
        let _ = os::advise(memory.as_mut_ptr().with_addr(from).cast(), to - from, Advice::Huge);
    }
}
