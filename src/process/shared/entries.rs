//! Entries of the job queue: a ring buffer in which each one says by itself whether it is open, taken or begun.
//!
//! Positions count bytes and never repeat, so that an old position cannot be mistaken for a new one.

use super::cells::{Head, SLOTS};
use super::memory::{Shared, SharedMemory, place};
use super::sync::{AtomicU64, Ordering};

/// The longest payload of an entry. For a longer one it is cheaper to fork a child that inherits it.
pub(crate) const LONGEST: usize = ROOM / 8;

/// Room for all entries; eight without a payload in a model.
pub(super) const ROOM: usize = if cfg!(loom) { 8 * ALIGN } else { 256 * 1024 };
pub(super) const ALIGN: usize = ENTRY;
pub(super) const ENTRY: usize = 32;

/// An entry's state: in the lowest bits one of these, above them the entry's position, a multiple of [`ALIGN`].
pub(super) const OPEN: u64 = 1;
/// The entry was taken back: nobody runs it.
pub(super) const FREE: u64 = 2;
/// The child on a slot has taken the entry, and is reading the payload. The number of the slot is added.
pub(super) const TAKEN: u64 = 0x100;
/// The same, once the child has begun the task. The last state of an entry.
pub(super) const RUN: u64 = 0x200;
/// The bits of the state itself, and how far the position is shifted to the left. The position is a multiple of
/// [`ALIGN`], so that the two do not overlap.
pub(super) const STATE: u64 = 0x1FFF;
pub(super) const SHIFT: u32 = 8;

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) state: AtomicU64,
    pub(super) task: AtomicU64,
    /// The epoch from which on children can run the task.
    pub(super) epoch: AtomicU64,
    /// Length of the payload, which follows.
    pub(super) length: AtomicU64,
}

const _: () = assert!(cfg!(loom) || size_of::<Entry>() == ENTRY);

// SAFETY: atomics of 64 bits, in the order of C.
unsafe impl Shared for Entry {}

/// State of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// The child on this slot has taken it.
    Of(usize),
    /// It was taken back, or its state is none that a process would write.
    Unknown,
}

impl State {
    pub(super) fn of(state: u64) -> Self {
        match usize::try_from(state & (TAKEN - 1)) {
            Ok(slot) if slot < SLOTS && matches!(state - slot as u64, TAKEN | RUN) => Self::Of(slot),
            _ => Self::Unknown,
        }
    }
}

pub(super) fn entry(memory: &SharedMemory<Head>, at: u64) -> Option<&Entry> {
    memory.at(place(ROOM, at))
}

pub(super) fn state_is(memory: &SharedMemory<Head>, at: u64, state: u64) -> bool {
    entry(memory, at).is_some_and(|entry| entry.state.load(Ordering::Acquire) == at << SHIFT | state)
}

pub(super) fn exchange(memory: &SharedMemory<Head>, at: u64, old: u64, new: u64) -> bool {
    entry(memory, at).is_some_and(|entry| {
        let (old, new) = (at << SHIFT | old, at << SHIFT | new);
        entry.state.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).is_ok()
    })
}
