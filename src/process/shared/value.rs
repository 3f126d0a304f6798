//! Bytes that processes share, and read and write as a whole. There is room for them twice: a writer that is killed leaves
//! what was there before, and readers need no lock.

use nix::errno::Errno;

use super::lock::Lock;
use super::memory::{Shared, SharedMemory};
use super::sync::{AtomicU64, Ordering, fence};

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Head {
    /// Who holds it may write.
    lock: Lock,
    /// How often something was written. The lowest bit tells which of the two rooms has the latest bytes.
    version: AtomicU64,
    /// For each room the length of the bytes there, and in the lowest byte what they mean.
    contents: [AtomicU64; 2],
}

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Head {}

/// How often a reader tries again that a writer has overtaken.
const TRIES: u32 = if cfg!(loom) { 2 } else { 1000 };

/// Bytes that processes share, as one process has them.
#[derive(Debug)]
pub(crate) struct SharedBytes {
    memory: SharedMemory<Head>,
    room: usize,
}

/// Why there is nothing to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotRead {
    /// Writers have always been faster: the reader has to take the lock.
    Overtaken,
    /// Somebody has written over the memory.
    Garbled,
}

impl SharedBytes {
    /// With room for so many bytes, and for one at least.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new(room: usize) -> Result<Self, Errno> {
        let room = room.max(1);
        let both = room.checked_mul(2).filter(|&both| isize::try_from(both).is_ok()).ok_or(Errno::ENOMEM)?;
        Ok(Self { memory: SharedMemory::new(both)?, room })
    }

    /// The most bytes that there may be.
    pub(crate) fn room(&self) -> usize {
        self.room
    }

    /// The lock of the writers.
    pub(crate) fn lock(&self) -> &Lock {
        &self.memory.head().lock
    }

    /// A copy of the bytes, and what they mean.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub(crate) fn read(&self) -> Result<(u8, Vec<u8>), NotRead> {
        for _ in 0..TRIES {
            let head = self.memory.head();
            let version = head.version.load(Ordering::Acquire);
            let contents = self.contents(version).load(Ordering::Relaxed);
            let length = usize::try_from(contents >> 8).ok().filter(|&length| length <= self.room);
            let mut bytes = Vec::new();
            let copied = length.is_some_and(|length| {
                self.memory.read_ring(2 * self.room, self.start(version), length, &mut bytes)
            });
            // If a single byte of a later writer was read, the later version is seen as well.
            fence(Ordering::Acquire);
            if head.version.load(Ordering::Relaxed) == version {
                return if copied { Ok((contents.to_le_bytes()[0], bytes)) } else { Err(NotRead::Garbled) };
            }
        }
        Err(NotRead::Overtaken)
    }

    /// Replaces the bytes. Only for who holds the lock. False, and no change, if there is no room for them.
    pub(crate) fn write<'c>(&self, meaning: u8, chunks: impl Iterator<Item = &'c [u8]> + Clone) -> bool {
        let length = chunks.clone().map(<[u8]>::len).sum::<usize>();
        if length > self.room {
            return false;
        }
        let head = self.memory.head();
        let version = head.version.load(Ordering::Relaxed).wrapping_add(1);
        // Whoever still reads what was there before the latest sees that there is something later.
        fence(Ordering::Release);
        self.contents(version).store((length as u64) << 8 | u64::from(meaning), Ordering::Relaxed);
        let mut at = self.start(version);
        for chunk in chunks {
            self.memory.write_ring(2 * self.room, at, chunk);
            at += chunk.len() as u64;
        }
        head.version.store(version, Ordering::Release);
        true
    }

    fn contents(&self, version: u64) -> &AtomicU64 {
        let [even, odd] = &self.memory.head().contents;
        if version & 1 == 0 { even } else { odd }
    }

    fn start(&self, version: u64) -> u64 {
        (version & 1) * self.room as u64
    }
}

#[cfg(loom)]
impl SharedBytes {
    /// The same bytes, as a child has them.
    pub(super) fn in_child(&self) -> Self {
        Self { memory: self.memory.in_child(), room: self.room }
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_last_is_read() {
        let bytes = SharedBytes::new(5).unwrap();
        assert_eq!(bytes.read(), Ok((0, Vec::new())));
        assert!(bytes.write(7, [&b"ab"[..], b"cde"].into_iter()));
        assert!(!bytes.write(8, [&b"abcdef"[..]].into_iter()));
        assert_eq!(bytes.read(), Ok((7, b"abcde".to_vec())));
        assert!(bytes.write(9, std::iter::empty()));
        assert_eq!(bytes.read(), Ok((9, Vec::new())));
    }

    #[test]
    fn a_length_that_is_too_large_is_told() {
        let bytes = SharedBytes::new(5).unwrap();
        for contents in [6 << 8, u64::MAX] {
            bytes.memory.head().contents[0].store(contents, Ordering::Relaxed);
            assert_eq!(bytes.read(), Err(NotRead::Garbled));
        }
    }

    #[test]
    fn there_is_room_for_a_byte_at_least_and_not_for_more_than_there_is_memory() {
        let bytes = SharedBytes::new(0).unwrap();
        assert!(bytes.write(1, [&b"a"[..]].into_iter()) && !bytes.write(1, [&b"ab"[..]].into_iter()));
        assert_eq!(SharedBytes::new(usize::MAX).err(), Some(Errno::ENOMEM));
    }
}
