//! Where a ring is: one of many places in a piece of shared memory, so that a thousand channels take a few mappings and
//! no descriptors.
//!
//! The memory is never unmapped, as other processes may use a place of it that this process has given back, and a
//! thread may be about to wake a word in it. A place is used again once no other process can have it.

use nix::errno::Errno;

use super::header::HEADER;
use super::mark::{Mark, UNIT};
use super::{Head, HeaderWords, Ordering, Process};
use crate::process::shared::memory::{Shared, SharedMemory};

/// How many rings are in one piece of memory.
const PLACES: usize = if cfg!(loom) { 1 } else { 64 };
/// Room of a ring in bytes for up to so many messages; more than that for the last.
const ROOMS: [(u32, usize); 3] = if cfg!(loom) {
    [(u32::MAX, 4 * UNIT), (u32::MAX, 4 * UNIT), (u32::MAX, 4 * UNIT)]
} else {
    [(64, 128 * 1024), (1024, 1024 * 1024), (u32::MAX, 8 * 1024 * 1024)]
};

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(super) struct Heads([Head; PLACES]);

// SAFETY: heads, which consist of atomics and are aligned to less than a page.
unsafe impl Shared for Heads {}

#[cfg(not(loom))]
type Memory = &'static SharedMemory<Heads>;
#[cfg(loom)]
type Memory = SharedMemory<Heads>;

/// The place of one ring.
#[derive(Debug)]
pub(super) struct Place {
    memory: Memory,
    #[cfg(not(loom))]
    head: &'static Head,
    /// Where its room begins in the body of the memory.
    start: usize,
    room: usize,
}

impl Place {
    /// A place for a ring of `capacity` messages, all of whose words are 0.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(super) fn find(capacity: u32) -> Result<Self, Errno> {
        let room = ROOMS.iter().find(|&&(most, _)| capacity <= most).map_or(ROOMS[0].1, |&(_, room)| room);
        supply(room)
    }

    #[cfg(not(loom))]
    pub(super) fn head(&self) -> &Head {
        self.head
    }

    /// The room in units of positions.
    #[inline]
    pub(super) fn units(&self) -> u64 {
        (self.room / UNIT) as u64
    }

    /// The longest piece of a message.
    #[inline]
    pub(super) fn piece(&self) -> usize {
        self.room.min(128 * 1024) / 4
    }

    /// The header at `mark`.
    #[inline]
    pub(super) fn header(&self, mark: Mark) -> Option<&HeaderWords> {
        self.memory.at(self.start + self.offset(mark, 0))
    }

    /// Copies the bytes of the piece at `mark`, which has as many.
    #[inline]
    pub(super) fn read_into(&self, mark: Mark, bytes: &mut [u8]) {
        let offset = self.offset(mark, HEADER);
        let (first, second) = bytes.split_at_mut(bytes.len().min(self.room - offset));
        self.memory.read_into(self.start + offset, first);
        if !second.is_empty() {
            self.memory.read_into(self.start, second);
        }
    }

    /// Writes `bytes` behind `mark`, `at` bytes from there.
    #[inline]
    pub(super) fn write(&self, mark: Mark, at: usize, bytes: &[u8]) {
        let offset = self.offset(mark, at);
        let (first, second) = bytes.split_at(bytes.len().min(self.room - offset));
        self.memory.write(self.start + offset, first);
        if !second.is_empty() {
            self.memory.write(self.start, second);
        }
    }

    /// Has the processor fetch what is `at` bytes behind `mark`, where the next messages are.
    #[inline]
    pub(super) fn prefetch(&self, mark: Mark, at: usize) {
        self.memory.prefetch(self.start + self.offset(mark, at));
    }

    /// Appends the `size` bytes of the piece at `mark` to `to`.
    pub(super) fn read(&self, mark: Mark, size: usize, to: &mut Vec<u8>) {
        let offset = self.offset(mark, HEADER);
        let first = size.min(self.room - offset);
        self.memory.read(self.start + offset, first, to);
        if first < size {
            self.memory.read(self.start, size - first, to);
        }
    }

    #[inline]
    fn offset(&self, mark: Mark, at: usize) -> usize {
        // The room is a power of 2, and so a divisor of the number of positions.
        let units = mark.units() & (self.units() - 1);
        (usize::try_from(units).unwrap_or_default() * UNIT + at) & (self.room - 1)
    }
}

impl Head {
    /// As new: no other process has the place.
    pub(super) fn clear(&self) {
        let own = Process::own();
        for side in [&self.senders, &self.receivers] {
            side.mark.store(0, Ordering::Relaxed);
            side.began.store(0, Ordering::Relaxed);
            let holder = side.turn.try_acquire(own).map_or_else(|holder| holder, |_| own);
            let _ = side.turn.release(holder);
        }
        let calls = &self.calls;
        for word in [&*calls.receivers, &*calls.senders, &calls.closed, &calls.listening, &calls.watched] {
            word.store(0, Ordering::Relaxed);
        }
        for word in [&calls.awaits_message, &calls.awaits_room] {
            word.store(0, Ordering::Relaxed);
        }
        calls.lost.store(0, Ordering::Relaxed);
        self.reader.store(0, Ordering::Relaxed);
    }
}

#[cfg(loom)]
impl Place {
    pub(super) fn head(&self) -> &Head {
        let Heads(heads) = self.memory.head();
        &heads[0]
    }

    pub(super) fn in_child(&self) -> Self {
        Self { memory: self.memory.in_child(), start: 0, room: self.room }
    }

    pub(super) fn give_back(&self, _: u64) {}
}

#[cfg(loom)]
fn supply(room: usize) -> Result<Place, Errno> {
    Ok(Place { memory: SharedMemory::new(room)?, start: 0, room })
}

#[cfg(not(loom))]
use supply::supply;

#[cfg(not(loom))]
mod supply {
    use std::cell::Cell;

    use nix::errno::Errno;

    use super::super::{Head, Process};
    use super::{Heads, Memory, PLACES, Place, SharedMemory};
    use crate::process::census;

    thread_local! {
        /// Pieces of memory that this process has mapped, and those of the processes that it was forked from.
        static PIECES: Cell<Vec<Piece>> = const { Cell::new(Vec::new()) };
    }

    #[derive(Debug)]
    struct Piece {
        memory: Memory,
        room: usize,
        /// The process that gives places of it out: no other does.
        owner: Process,
        /// Places that were never given out are those from here on.
        fresh: usize,
        /// Places that this process has given back, each with the birth of its channel.
        left: Vec<(usize, u64)>,
    }

    /// How many of the places that were given back are looked at, each time that one is wanted.
    const LOOKS: usize = 8;

    fn places(room: usize) -> usize {
        (8 * 1024 * 1024 / room).clamp(2, PLACES)
    }

    impl Piece {
        fn supply(&mut self) -> Option<Place> {
            let of = |index| Place::nth(self.memory, index, self.room);
            if self.fresh < places(self.room) {
                self.fresh += 1;
                let place = of(self.fresh - 1);
                // A task may have written over it, with its neighbours.
                place.head().clear();
                return Some(place);
            }
            let free = |&(_, birth): &(usize, u64)| !census::is_held_elsewhere(birth);
            let at = self.left.iter().take(LOOKS).position(free);
            let Some(at) = at else {
                let looked = LOOKS.min(self.left.len());
                self.left.rotate_left(looked);
                return None;
            };
            let (index, _) = self.left.remove(at);
            let place = of(index);
            place.head().clear();
            Some(place)
        }
    }

    pub(super) fn supply(room: usize) -> Result<Place, Errno> {
        let own = Process::own();
        with_pieces(|pieces| {
            let mut found = pieces.iter_mut().rev().filter(|piece| piece.owner == own && piece.room == room);
            if let Some(place) = found.find_map(Piece::supply) {
                return Ok(place);
            }
            let memory: Memory = Box::leak(Box::new(SharedMemory::new(places(room) * room)?));
            pieces.push(Piece { memory, room, owner: own, fresh: 1, left: Vec::new() });
            Ok(Place::nth(memory, 0, room))
        })
    }

    fn with_pieces<T>(work: impl FnOnce(&mut Vec<Piece>) -> T) -> T {
        PIECES.with(|cell| {
            let mut pieces = cell.take();
            let done = work(&mut pieces);
            cell.set(pieces);
            done
        })
    }

    impl Place {
        fn nth(memory: Memory, index: usize, room: usize) -> Self {
            let Heads(heads) = memory.head();
            // The index is one of `heads` from the start.
            Self { memory, head: heads.get(index).unwrap_or(&heads[0]), start: index * room, room }
        }

        /// A place whose head is at byte `at` of the body, with the room behind it. `None` if that is not inside.
        pub(in crate::process::shared::message_ring) fn within(
            memory: Memory,
            at: usize,
            room: usize,
        ) -> Option<Self> {
            Some(Self { memory, head: memory.at(at)?, start: at + size_of::<Head>(), room })
        }

        /// This process has no use for the place any more, which belonged to a channel of that `birth`.
        pub(in crate::process::shared::message_ring) fn give_back(&self, birth: u64) {
            let own = Process::own();
            with_pieces(|pieces| {
                let piece = pieces.iter_mut().find(|piece| std::ptr::eq(piece.memory, self.memory));
                if let Some(piece) = piece.filter(|piece| piece.owner == own) {
                    piece.left.push((self.start / self.room, birth));
                }
            });
        }
    }
}
