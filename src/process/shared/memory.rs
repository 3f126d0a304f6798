//! One anonymous piece of shared memory: a head that consists of atomics, and a body of bytes behind it.

use std::ops::Deref;

use super::sync::Zeroed;

#[cfg(not(loom))]
mod mapping;
#[cfg(loom)]
mod model;

mod one_way;

#[cfg(not(loom))]
pub(super) use mapping::SharedMemory;
#[cfg(loom)]
pub(super) use model::SharedMemory;
pub(super) use one_way::OneWay;

/// Types of which every bit pattern is a value, and which another process may change under a shared reference.
///
/// # Safety
///
/// Only for types that consist of atomics, and whose alignment is at most that of a page. What may be in a body, not
/// only at its head, consists of [`AtomicU64`](super::sync::AtomicU64) alone, in the order of C.
pub(super) unsafe trait Shared: Zeroed {}

/// A value that shares no cache line with another one, so that writes to one do not invalidate the other in the caches
/// of other CPUs. Aligned to two lines, since processors fetch lines in pairs.
#[repr(C, align(128))]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(super) struct Apart<T>(T);

impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<H: Shared> SharedMemory<H> {
    /// Writes at position `at` of the ring buffer that the whole body of `room` bytes is, wrapping round at its end.
    pub(super) fn write_ring(&self, room: usize, at: u64, bytes: &[u8]) -> bool {
        let at = place(room, at);
        match bytes.split_at_checked(room - at) {
            Some((first, second)) => self.write(at, first) && self.write(0, second),
            None => self.write(at, bytes),
        }
    }

    /// Appends `length` bytes from position `at` of this ring buffer to `to`.
    pub(super) fn read_ring(&self, room: usize, at: u64, length: usize, to: &mut Vec<u8>) -> bool {
        let at = place(room, at);
        match length.checked_sub(room - at) {
            Some(second) => self.read(at, room - at, to) && self.read(0, second, to),
            None => self.read(at, length, to),
        }
    }
}

/// Byte of a ring buffer of `room` bytes at which the ever-growing position `at` is.
pub(super) fn place(room: usize, at: u64) -> usize {
    usize::try_from(at % room as u64).unwrap_or_default()
}
