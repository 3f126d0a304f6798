//! Memory for payloads that the kernel fills.

use std::mem::MaybeUninit;

use nix::errno::Errno;

const HUGE: usize = 2 << 20;

/// A vector of `length` bytes that `fill` writes, all of them.
///
/// # Errors
///
/// ENOMEM, or what `fill` says.
pub(crate) fn filled(
    length: usize,
    fill: impl FnOnce(&mut [MaybeUninit<u8>]) -> Result<(), Errno>,
) -> Result<Vec<u8>, Errno> {
    refilled(Vec::new(), length, fill)
}

/// The same, in the memory of `bytes`, whose contents go.
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

/// Memory that is about to be overwritten, and whose contents nobody needs: after a fork the kernel would copy each of
/// its pages for nothing. Its whole pages are exchanged for new ones, all in one go. Little memory is not worth the
/// calls.
pub(crate) fn renew(memory: &mut [MaybeUninit<u8>]) {
    const FROM: usize = 64 * 1024;
    const PAGE: usize = 4096;
    let start = memory.as_ptr().addr();
    let (from, to) = (start.next_multiple_of(PAGE), (start + memory.len()) / PAGE * PAGE);
    if memory.len() < FROM || to - from >= HUGE {
        return;
    }
    let pages = memory.as_mut_ptr().with_addr(from).cast();
    for advice in [libc::MADV_DONTNEED, libc::MADV_POPULATE_WRITE] {
        // SAFETY: whole pages of memory that the caller has for itself and takes for uninitialized.
        unsafe { libc::madvise(pages, to - from, advice) };
    }
}

/// Memory that is written once from end to end is worth a page fault for each 2 MiB instead of one for each 4 KiB.
pub(crate) fn want_huge_pages(memory: &mut [MaybeUninit<u8>]) {
    let start = memory.as_ptr().addr();
    let (from, to) = (start.next_multiple_of(HUGE), (start + memory.len()) / HUGE * HUGE);
    if from < to {
        // SAFETY: advice about whole pages of our own memory; its contents stay.
        unsafe { libc::madvise(memory.as_mut_ptr().with_addr(from).cast(), to - from, libc::MADV_HUGEPAGE) };
    }
}
