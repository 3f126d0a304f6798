//! What workers and their parent know of each other: who sleeps, searches, leaves, and what each one runs.

use std::sync::OnceLock;

use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};

use super::memory::{Apart, Shared};
use super::sync::{AtomicU32, AtomicU64, Futex, Ordering, fence};
use crate::process::os::{COARSE, coarse_step};

/// Worker slots of a job queue, and so the most children that it can serve.
pub(crate) const SLOTS: usize = if cfg!(loom) { 2 } else { 128 };

/// The states of a child that has no task. The child sets "asleep" and "leaving"; whoever wakes the child, or does
/// without it, sets the other two. Each step is a compare-and-swap, so that of two processes only one succeeds.
pub(super) const AWAKE: u32 = 0;
pub(super) const ASLEEP: u32 = 1;
/// The child leaves, unless it finds a task that has just been posted.
pub(super) const LEAVING: u32 = 2;
/// The parent has seen the child leave, and does without it: the child has to end.
pub(super) const GONE: u32 = 3;

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(super) struct Head {
    /// Position behind the last entry, where the next one will be.
    pub(super) end: Apart<AtomicU64>,
    /// Position of the oldest entry whose bytes are in use.
    pub(super) start: Apart<AtomicU64>,
    /// 1 if no more entries will come.
    pub(super) closed: AtomicU32,
    /// 1 if a child is awake and searches for work, so that nobody needs to wake another.
    pub(super) searching: Apart<AtomicU32>,
    /// One bit for each slot whose child is asleep, or about to be.
    sleepers: Apart<Bits>,
    /// One bit for each slot whose child leaves on its own.
    pub(super) leaving: Apart<Bits>,
    pub(super) slots: [Cell; SLOTS],
}

/// A bit for each slot.
pub(super) type Bits = [AtomicU64; SLOTS.div_ceil(64)];

/// Shared state of one worker slot and the child on it.
#[repr(C, align(64))]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(super) struct Cell {
    /// One of the states above, from [`AWAKE`] to [`GONE`]. The futex that the child sleeps on.
    pub(super) rest: Futex,
    /// 1 if the child may take no more tasks.
    pub(super) dismissed: AtomicU32,
    /// The epoch in which the child was forked: it can run entries of this epoch and of earlier ones.
    pub(super) epoch: AtomicU64,
    /// The task that the child runs; 0 for none.
    pub(super) task: AtomicU64,
    /// When the child began that task, in nanoseconds of the monotonic clock: a tick of the scheduler late at most.
    pub(super) since: AtomicU64,
    /// How many items of the task the child has begun.
    pub(super) begun: AtomicU64,
    /// How long the previous task took, or this one once its last item is over, in nanoseconds.
    pub(super) spent: AtomicU64,
    /// The position of the entry that the child took last, plus one; 0 if it never took any.
    pub(super) taken: AtomicU64,
    /// When the child's current item began, on the clock of `since`; or one of the three values below.
    pub(super) item: AtomicU64,
    /// The time without work after which the child leaves, in nanoseconds; 0 for never.
    pub(super) patience: AtomicU64,
}

/// The child is at no item, and need not note when items begin.
pub(super) const NO_ITEM: u64 = 0;
/// The child is at an item that began when it did not have to note that.
pub(super) const SOME_ITEM: u64 = 1;
/// The child is at no item, and will note when the next one begins.
pub(super) const BETWEEN: u64 = 2;

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Head {}

impl Head {
    /// The child on `slot` is about to sleep: every later post sees that.
    pub(super) fn sleeps(&self, slot: usize) {
        set(&self.sleepers, slot);
    }

    /// The child on `slot` does not sleep any more.
    pub(super) fn wakes(&self, slot: usize) {
        clear(&self.sleepers, slot);
    }

    /// The child on `slot` is about to leave: every later post sees that.
    pub(super) fn leaves(&self, slot: usize) {
        set(&self.leaving, slot);
    }

    /// The child on `slot` does not leave after all, or has been reaped.
    pub(super) fn stays(&self, slot: usize) {
        clear(&self.leaving, slot);
    }

    /// Cells of the children that are probably asleep.
    pub(super) fn sleepers(&self) -> impl Iterator<Item = &Cell> {
        let words = self.sleepers.iter().zip(self.slots.chunks(64));
        let words =
            words.map(|(word, slots)| (word.load(Ordering::Relaxed), slots)).filter(|&(word, _)| word != 0);
        words
            .flat_map(|(word, slots)| slots.iter().enumerate().filter(move |(bit, _)| word >> bit & 1 == 1))
            .map(|(_, cell)| cell)
    }
}

fn set(bits: &Bits, slot: usize) {
    if let Some(word) = bits.get(slot / 64) {
        word.fetch_or(1 << (slot % 64), Ordering::AcqRel);
    }
}

fn clear(bits: &Bits, slot: usize) {
    if let Some(word) = bits.get(slot / 64) {
        word.fetch_and(!(1 << (slot % 64)), Ordering::AcqRel);
    }
}

/// Wakes a child to search, unless one is searching already.
pub(super) fn wake_one(head: &Head) {
    fence(Ordering::SeqCst);
    let mut sleepers = head.sleepers().peekable();
    // The sleepers first: `searching` changes with each task, so that reading it costs a cache miss more often.
    if sleepers.peek().is_none()
        || head.searching.load(Ordering::Relaxed) == 1
        || head.searching.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_err()
    {
        return;
    }
    if !sleepers.any(rouse_one) {
        head.searching.swap(0, Ordering::AcqRel);
    }
}

/// Wakes a sleeping child of `epoch` or a later one, even if another is searching. False if none sleeps.
pub(super) fn wake_younger(head: &Head, epoch: u64) -> bool {
    // A worker that fell asleep before the parent posted, and was seen asleep by the parent, is seen here as well.
    fence(Ordering::SeqCst);
    let fits = |cell: &&Cell| cell.epoch.load(Ordering::Relaxed) >= epoch;
    head.sleepers().filter(fits).any(rouse_one)
}

fn rouse_one(cell: &Cell) -> bool {
    let slept = cell.rest.compare_exchange(ASLEEP, AWAKE, Ordering::AcqRel, Ordering::Acquire).is_ok();
    if slept {
        cell.rest.wake();
    }
    slept
}

pub(super) fn rouse(cell: &Cell) {
    rouse_one(cell);
}

/// Time of the monotonic clock in nanoseconds.
pub(super) fn now() -> u64 {
    clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(0, in_nanoseconds)
}

/// The time of the next tick of the scheduler, or a little later: it is never before [`now`]. Unlike that it needs no look
/// at the processor's counter.
pub(super) fn soon() -> u64 {
    static TICK: OnceLock<u64> = OnceLock::new();
    let step = TICK.get_or_init(|| in_nanoseconds(coarse_step()));
    clock_gettime(COARSE).map_or(0, in_nanoseconds) + step
}

fn in_nanoseconds(time: TimeSpec) -> u64 {
    u64::try_from(time.tv_sec() * 1_000_000_000 + time.tv_nsec()).unwrap_or_default()
}
