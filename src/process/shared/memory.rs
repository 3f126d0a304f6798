//! One anonymous piece of shared memory: a head that consists of atomics, and a body of bytes behind it.

use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, munmap};

/// Types of which every bit pattern is a value, and which another process may change under a shared reference.
///
/// # Safety
///
/// Only for types that consist of atomics, and whose alignment is at most that of a page.
pub(super) unsafe trait Shared {}

/// A value that shares no cache line with another one, so that writes to one do not invalidate the other in the caches
/// of other CPUs. Aligned to two lines, since processors fetch lines in pairs.
#[repr(C, align(128))]
#[derive(Debug)]
pub(super) struct Apart<T>(T);

impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Zeroed pages, shared with every child that is forked while they are mapped.
#[derive(Debug)]
pub(super) struct SharedMemory<H> {
    start: NonNull<u8>,
    length: usize,
    head: PhantomData<H>,
}

impl<H: Shared> SharedMemory<H> {
    /// Maps a head and `body` bytes.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(super) fn new(body: usize) -> Result<Self, Errno> {
        let length = size_of::<H>() + body;
        let size = NonZeroUsize::new(length).ok_or(Errno::EINVAL)?;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: new pages at an address of the kernel's choice; nothing else refers to them.
        let start = unsafe { mmap_anonymous(None, size, protection, MapFlags::MAP_SHARED) }?;
        Ok(Self { start: start.cast(), length, head: PhantomData })
    }

    /// Keeps this memory out of children that are forked from now on: each mapping makes a fork more expensive.
    pub(super) fn keep_from_children(&self) {
        // SAFETY: our own pages; the advice has no effect in this process.
        let _ = unsafe { madvise(self.start.cast(), self.length, MmapAdvise::MADV_DONTFORK) };
    }

    /// The head.
    pub(super) fn head(&self) -> &H {
        // SAFETY: zeroed, aligned and long enough since `new`; `Shared` says that every bit pattern is a value of
        // atomics.
        unsafe { self.start.cast().as_ref() }
    }

    /// The value of type `T` at byte `at` of the body; `None` if it would not be aligned, or not be inside the body.
    pub(super) fn at<T: Shared>(&self, at: usize) -> Option<&T> {
        let at = self.within(at, size_of::<T>())?;
        // SAFETY: within the mapping, which is one allocation.
        let place = unsafe { self.start.add(at) }.cast::<T>();
        // SAFETY: initialized by the kernel, and inside; `Shared` says that every bit pattern is a value of atomics.
        if place.is_aligned() { Some(unsafe { place.as_ref() }) } else { None }
    }

    /// Copies `bytes` to byte `at` of the body. If they do not fit, copies nothing and returns false.
    pub(super) fn write(&self, at: usize, bytes: &[u8]) -> bool {
        let Some(at) = self.within(at, bytes.len()) else {
            return false;
        };
        // SAFETY: as for `at`.
        let place = unsafe { self.start.add(at) };
        // SAFETY: within the mapping; no reference to these bytes exists, as all access is by copying.
        unsafe { place.as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        true
    }

    /// Appends `length` bytes from byte `at` of the body to `to`. If the body has fewer bytes from there, copies
    /// nothing and returns false.
    pub(super) fn read(&self, at: usize, length: usize, to: &mut Vec<u8>) -> bool {
        let Some(at) = self.within(at, length) else {
            return false;
        };
        to.reserve(length);
        let spare = to.spare_capacity_mut().as_mut_ptr().cast();
        // SAFETY: as for `at`.
        let place = unsafe { self.start.add(at) };
        // SAFETY: within the mapping, and `length` bytes are reserved. The other side may write at the same time:
        // whatever these bytes are, they are copied before anything is made of them.
        unsafe { place.as_ptr().copy_to_nonoverlapping(spare, length) };
        // SAFETY: initialized just above.
        unsafe { to.set_len(to.len() + length) };
        true
    }

    /// Writes at position `at` of the ring buffer that the whole body of `room` bytes is, wrapping round at its end.
    pub(super) fn write_ring(&self, room: usize, at: u64, bytes: &[u8]) -> bool {
        let at = place(room, at);
        let (first, second) = bytes.split_at(bytes.len().min(room - at));
        self.write(at, first) && self.write(0, second)
    }

    /// Appends `length` bytes from position `at` of this ring buffer to `to`.
    pub(super) fn read_ring(&self, room: usize, at: u64, length: usize, to: &mut Vec<u8>) -> bool {
        let at = place(room, at);
        let first = length.min(room - at);
        self.read(at, first, to) && self.read(0, length - first, to)
    }

    /// Offset in the mapping of the `length` bytes at byte `at` of the body; `None` if they are not inside.
    fn within(&self, at: usize, length: usize) -> Option<usize> {
        let at = at.checked_add(size_of::<H>())?;
        at.checked_add(length).filter(|&end| end <= self.length).map(|_| at)
    }
}

/// Byte of a ring buffer of `room` bytes at which the ever-growing position `at` is.
pub(super) fn place(room: usize, at: u64) -> usize {
    usize::try_from(at % room as u64).unwrap_or_default()
}

impl<H> Drop for SharedMemory<H> {
    fn drop(&mut self) {
        // SAFETY: our own pages; every reference to them borrows `self`.
        let _ = unsafe { munmap(self.start.cast(), self.length) };
    }
}
