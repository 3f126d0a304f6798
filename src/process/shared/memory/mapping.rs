//! Shared memory as pages that the kernel maps.

use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};
use nix::sys::resource::{Resource, getrlimit};
use nix::unistd::ftruncate;

use super::Shared;
use crate::process::os;

/// Zeroed pages, shared with every child that is forked while they are mapped.
#[derive(Debug)]
pub(in crate::process::shared) struct SharedMemory<H> {
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
    pub(in crate::process::shared) fn new(body: usize) -> Result<Self, Errno> {
        let length = size_of::<H>() + body;
        let size = NonZeroUsize::new(length).ok_or(Errno::EINVAL)?;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // Memory counts when it is used: much of what is mapped never is.
        let flags = MapFlags::MAP_SHARED | os::NO_RESERVE;
        // SAFETY: new pages at an address of the kernel's choice; nothing else refers to them.
        let start = unsafe { mmap_anonymous(None, size, protection, flags) }?;
        Ok(Self { start: start.cast(), length, head: PhantomData })
    }

    /// Maps a head and `body` bytes twice, for writing and for reading alone. Nobody can make the latter writable again,
    /// where the kernel seals it (Linux 5.1).
    ///
    /// # Errors
    ///
    /// When the kernel has no such memory, or no descriptor, or ENOMEM.
    pub(in crate::process::shared) fn twice(body: usize) -> Result<[Self; 2], Errno> {
        let length = size_of::<H>() + body;
        let size = NonZeroUsize::new(length).ok_or(Errno::EINVAL)?;
        // A file that grows beyond the limit of its process costs that process its life.
        if getrlimit(Resource::RLIMIT_FSIZE)?.0 < length as libc::rlim_t {
            return Err(Errno::EFBIG);
        }
        let file = os::memory_file(c"async")?;
        ftruncate(&file, i64::try_from(length).map_err(|_| Errno::EFBIG)?)?;
        let map = |protection| {
            // SAFETY: new pages at an address of the kernel's choice; nothing else refers to them. The file has no name,
            // and its length does not change.
            let start = unsafe { mmap(None, size, protection, MapFlags::MAP_SHARED, &file, 0) }?;
            Ok(Self { start: start.cast(), length, head: PhantomData })
        };
        let written = map(ProtFlags::PROT_READ | ProtFlags::PROT_WRITE)?;
        os::seal_writing(&file);
        Ok([written, map(ProtFlags::PROT_READ)?])
    }

    /// Keeps this memory out of children that are forked from now on: each mapping makes a fork more expensive.
    pub(in crate::process::shared) fn keep_from_children(&self) {
        // SAFETY: our own pages, which no child uses.
        unsafe { os::keep_from_children(self.start.cast(), self.length) };
    }

    /// The head.
    #[inline]
    pub(in crate::process::shared) fn head(&self) -> &H {
        // SAFETY: zeroed, aligned and long enough since `new`; `Shared` says that every bit pattern is a value of
        // atomics.
        unsafe { self.start.cast().as_ref() }
    }

    /// The value of type `T` at byte `at` of the body; `None` if it would not be aligned, or not be inside the body.
    #[inline]
    pub(in crate::process::shared) fn at<T: Shared>(&self, at: usize) -> Option<&T> {
        let at = self.within(at, size_of::<T>())?;
        // SAFETY: within the mapping, which is one allocation.
        let place = unsafe { self.start.add(at) }.cast::<T>();
        // SAFETY: initialized by the kernel, and inside; `Shared` says that every bit pattern is a value of atomics.
        if place.is_aligned() { Some(unsafe { place.as_ref() }) } else { None }
    }

    /// Copies `bytes` to byte `at` of the body. If they do not fit, copies nothing and returns false.
    #[inline]
    pub(in crate::process::shared) fn write(&self, at: usize, bytes: &[u8]) -> bool {
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
    pub(in crate::process::shared) fn read(&self, at: usize, length: usize, to: &mut Vec<u8>) -> bool {
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

    /// Copies as many bytes as `to` has from byte `at` of the body. If the body has fewer from there, copies nothing.
    #[inline]
    pub(in crate::process::shared) fn read_into(&self, at: usize, to: &mut [u8]) {
        let Some(at) = self.within(at, to.len()) else {
            return;
        };
        // SAFETY: as for `at`.
        let place = unsafe { self.start.add(at) };
        // SAFETY: within the mapping. The other side may write at the same time: whatever these bytes are, they are copied
        // before anything is made of them.
        unsafe { place.as_ptr().copy_to_nonoverlapping(to.as_mut_ptr(), to.len()) };
    }

    /// Tells the processor that byte `at` of the body will be read soon.
    #[inline]
    pub(in crate::process::shared) fn prefetch(&self, at: usize) {
        #[cfg(target_arch = "x86_64")]
        if let Some(at) = self.within(at, 1) {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            // SAFETY: within the mapping.
            let place = unsafe { self.start.add(at) };
            // SAFETY: a hint, which any address may be given for.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(place.as_ptr().cast()) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = at;
    }

    /// Offset in the mapping of the `length` bytes at byte `at` of the body; `None` if they are not inside.
    #[inline]
    fn within(&self, at: usize, length: usize) -> Option<usize> {
        let at = at.checked_add(size_of::<H>())?;
        at.checked_add(length).filter(|&end| end <= self.length).map(|_| at)
    }
}

impl<H> Drop for SharedMemory<H> {
    fn drop(&mut self) {
        // SAFETY: our own pages; every reference to them borrows `self`.
        let _ = unsafe { munmap(self.start.cast(), self.length) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::shared::sync::AtomicU64;

    #[repr(C)]
    struct Word(AtomicU64);

    // SAFETY: an atomic.
    unsafe impl Shared for Word {}

    #[test]
    fn nothing_outside_is_read_or_written() {
        let memory = SharedMemory::<Word>::new(32).unwrap();
        assert!(memory.write(24, &[7; 8]) && !memory.write(25, &[7; 8]) && !memory.write(usize::MAX, &[7]));
        let mut read = Vec::new();
        assert!(memory.read(24, 8, &mut read) && !memory.read(33, 0, &mut read));
        assert!(!memory.read(0, usize::MAX, &mut read));
        assert_eq!(read, [7; 8]);
        let mut bytes = [1; 4];
        memory.read_into(29, &mut bytes);
        assert_eq!(bytes, [1; 4]);
        memory.read_into(28, &mut bytes);
        assert_eq!(bytes, [7; 4]);
        memory.prefetch(31);
        memory.prefetch(32);
        assert!(memory.at::<Word>(24).is_some());
        assert!(memory.at::<Word>(25).is_none() && memory.at::<Word>(20).is_none());
    }

    #[test]
    fn a_ring_that_is_longer_than_its_memory_is_refused() {
        let memory = SharedMemory::<Word>::new(32).unwrap();
        let mut read = Vec::new();
        assert!(memory.write_ring(32, 30, &[7; 8]) && memory.read_ring(32, 30, 8, &mut read));
        assert_eq!(read, [7; 8]);
        assert!(!memory.write_ring(40, 30, &[7; 12]) && !memory.read_ring(40, 30, 12, &mut read));
    }
}
