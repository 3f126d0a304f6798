//! The tasks of a pool whose children stay: the parent posts them, and whichever child is free takes the next one.
//!
//! One ring of entries with one writer and many takers. An entry is taken by one compare-and-swap, so that no task is run
//! twice; a taker says in its own cell what it runs, so that a death costs that task and no other; and what nobody has
//! taken can be taken back. Positions count bytes and never come again, so that an old one is not taken for a new one.

#![expect(clippy::disallowed_types, reason = "it knows no PHP")]

use std::cell::{self, RefCell};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};

use super::futex;
use super::mapping::{Apart, Mapping, Shared, place};
use super::seat::Seat;

/// Children that one board can serve.
pub(crate) const SEATS: usize = 128;
/// The longest payload of an entry: what is longer is better inherited.
pub(crate) const LONGEST: usize = 32 * 1024;

pub(super) const ROOM: usize = 256 * 1024;
pub(super) const ALIGN: usize = 32;
pub(super) const ENTRY: usize = size_of::<Entry>();

/// What a child does that has no task. It says when it goes to sleep, and when it leaves; whoever wakes it, or counts on it no
/// more, says that. Each step is a compare-and-swap, so that only one of two comes through.
pub(super) const AWAKE: u32 = 0;
pub(super) const ASLEEP: u32 = 1;
/// It leaves, unless it finds a task that was posted just now.
pub(super) const LEAVING: u32 = 2;
/// The parent has seen that it leaves: it has to.
pub(super) const GONE: u32 = 3;

/// What a position's state says, in its lowest byte. The others are the position.
pub(super) const OPEN: u64 = 1;
pub(super) const FREE: u64 = 2;
pub(super) const TAKEN: u64 = 3;

#[repr(C)]
#[derive(Debug)]
pub(super) struct Head {
    /// Where the next entry will be.
    pub(super) end: Apart<AtomicU64>,
    /// Where the oldest entry is that is not free.
    pub(super) start: Apart<AtomicU64>,
    /// Nothing more will come.
    pub(super) closed: AtomicU32,
    /// Somebody is awake and looks for work: no need to wake another.
    pub(super) searching: Apart<AtomicU32>,
    /// One bit for each seat whose child sleeps, or is about to.
    sleepers: Apart<Bits>,
    /// One bit for each seat whose child is leaving by itself.
    leaving: Apart<Bits>,
    seats: [Cell; SEATS],
}

/// A bit for each seat.
type Bits = [AtomicU64; SEATS / 64];

/// What is known of one child.
#[repr(C, align(64))]
#[derive(Debug)]
pub(super) struct Cell {
    /// It sleeps on this: one of the words above.
    pub(super) rest: AtomicU32,
    /// It shall take no more.
    pub(super) dismissed: AtomicU32,
    /// What it was born with; older entries only.
    pub(super) epoch: AtomicU64,
    /// The task that it runs.
    pub(super) task: AtomicU64,
    /// Since when, in nanoseconds of the monotonic clock.
    pub(super) since: AtomicU64,
    /// How many items of the task it has begun.
    pub(super) begun: AtomicU64,
    /// How long the task before took, or this one up to its last item, in nanoseconds.
    pub(super) spent: AtomicU64,
    /// The position of the entry that it took last, plus one.
    pub(super) taken: AtomicU64,
    /// When the item began that it is at, as `since`; or one of the words below.
    pub(super) item: AtomicU64,
    /// So many nanoseconds without work, and it leaves; 0 for never.
    pub(super) patience: AtomicU64,
}

/// It is at no item, and nobody wants to know when items begin.
pub(super) const NO_ITEM: u64 = 0;
/// It is at an item, and nobody wanted to know when that began.
pub(super) const SOME_ITEM: u64 = 1;
/// It is at no item, and notes down when the next one begins.
pub(super) const BETWEEN: u64 = 2;

#[repr(C, align(32))]
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) state: AtomicU64,
    pub(super) task: AtomicU64,
    /// Children of this epoch and later ones can run it.
    pub(super) epoch: AtomicU64,
    pub(super) payload: AtomicU32,
}

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Head {}
// SAFETY: as above.
unsafe impl Shared for Entry {}

/// The parent's side.
#[derive(Debug)]
pub(crate) struct Board {
    memory: Mapping<Head>,
    /// What the head says of `end` and `start`: only the parent moves these, and it does not believe what it finds there.
    end: cell::Cell<u64>,
    start: cell::Cell<u64>,
    /// Entries that are not known to be free, oldest first.
    posted: RefCell<VecDeque<Posted>>,
    /// The latest epoch that an entry ever needed.
    newest: cell::Cell<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Posted {
    at: u64,
    length: u64,
    task: u64,
    epoch: u64,
}

/// An item that a child is at, known by when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item(u64);

/// There is no room for another entry now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// How far a posted task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Nobody has taken it.
    Open,
    /// A child runs it, for so long.
    Running(usize, Duration),
    /// It is on its way from one to the other, or has been run.
    Unknown,
}

impl Board {
    /// An empty one.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new() -> Result<Self, Errno> {
        Ok(Self {
            memory: Mapping::new(ROOM)?,
            end: cell::Cell::new(0),
            start: cell::Cell::new(0),
            posted: RefCell::default(),
            newest: cell::Cell::new(0),
        })
    }

    /// Posts a task for children of `epoch` and later ones, and wakes one if need be.
    ///
    /// # Errors
    ///
    /// When there is no room; what is free by now has been looked at.
    pub(crate) fn post(&self, task: u64, epoch: u64, payload: &[u8]) -> Result<(), Full> {
        let length = ((ENTRY + payload.len()) as u64).next_multiple_of(ALIGN as u64);
        let head = self.memory.head();
        let end = self.end.get();
        let used = || end - self.start.get() + length;
        // Many at once: each is a look at what a child has just written.
        if used() > ROOM as u64 / 2 {
            self.clear_away();
        }
        if used() > ROOM as u64 {
            return Err(Full);
        }
        let entry = entry(&self.memory, end).ok_or(Full)?;
        entry.task.store(task, Ordering::Relaxed);
        entry.epoch.store(epoch, Ordering::Relaxed);
        entry.payload.store(u32::try_from(payload.len()).unwrap_or_default(), Ordering::Relaxed);
        self.memory.write_ring(ROOM, end + ENTRY as u64, payload);
        entry.state.store(end << 8 | OPEN, Ordering::Release);
        self.end.set(end + length);
        head.end.store(end + length, Ordering::Release);
        self.newest.set(self.newest.get().max(epoch));
        self.posted.borrow_mut().push_back(Posted { at: end, length, task, epoch });
        wake_one(head);
        Ok(())
    }

    /// The latest epoch that an entry ever needed.
    pub(crate) fn newest(&self) -> u64 {
        self.newest.get()
    }

    /// Takes back a task that nobody has taken. False when somebody has.
    pub(crate) fn retract(&self, task: u64) -> bool {
        let at = self.posted.borrow().iter().find(|posted| posted.task == task).map(|posted| posted.at);
        at.is_some_and(|at| exchange(&self.memory, at, OPEN, FREE))
    }

    /// The epochs of entries that nobody has taken, of `most` of them at most.
    pub(crate) fn open(&self, most: usize) -> Vec<u64> {
        self.clear_away();
        let posted = self.posted.borrow();
        let open = posted.iter().filter(|posted| state_is(&self.memory, posted.at, OPEN));
        open.take(most).map(|posted| posted.epoch).collect()
    }

    /// The least epoch that somebody needs to take a task that nobody has taken.
    pub(crate) fn least_open(&self) -> Option<u64> {
        let posted = self.posted.borrow();
        let open = posted.iter().filter(|posted| state_is(&self.memory, posted.at, OPEN));
        open.map(|posted| posted.epoch).min()
    }

    /// Wakes a child of `epoch` or a later one, if one sleeps, whoever is thought to look for work.
    pub(crate) fn wake_another(&self, epoch: u64) -> bool {
        wake_younger(self.memory.head(), epoch)
    }

    /// How far a task is that was posted.
    pub(crate) fn progress(&self, task: u64) -> Progress {
        let seat = self.memory.head().seats.iter().position(|cell| cell.task.load(Ordering::SeqCst) == task);
        if let Some(seat) = seat {
            let since = self.cell(seat).map_or(0, |cell| cell.since.load(Ordering::Acquire));
            return Progress::Running(seat, Duration::from_nanos(now().saturating_sub(since)));
        }
        let open = |posted: &Posted| posted.task == task && state_is(&self.memory, posted.at, OPEN);
        if self.posted.borrow().iter().any(open) { Progress::Open } else { Progress::Unknown }
    }

    /// Prepares a seat for a child that is about to be born, or none when all are in use by `used`. It leaves after so much
    /// `patience` without work, if any.
    pub(crate) fn seat(
        &self,
        used: impl Fn(usize) -> bool,
        epoch: u64,
        patience: Option<Duration>,
    ) -> Option<usize> {
        let seat = (0..SEATS).find(|&seat| !used(seat))?;
        let cell = self.cell(seat)?;
        for word in [&cell.rest, &cell.dismissed] {
            word.store(0, Ordering::Relaxed);
        }
        self.be_patient(seat, patience);
        for word in [&cell.task, &cell.since, &cell.begun, &cell.spent, &cell.taken, &cell.item] {
            word.store(0, Ordering::Relaxed);
        }
        self.memory.head().wakes(seat);
        self.memory.head().stays(seat);
        cell.epoch.store(epoch, Ordering::Release);
        Some(seat)
    }

    /// The child on `seat` leaves after so much `patience` without work, if any.
    pub(crate) fn be_patient(&self, seat: usize, patience: Option<Duration>) {
        let nanos = patience.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1));
        if let Some(cell) = self.cell(seat) {
            cell.patience.store(nanos, Ordering::SeqCst);
        }
        // As behind a post: a child that has not said by now that it leaves has this patience.
        fence(Ordering::SeqCst);
    }

    /// Has some child said that it leaves by itself, and is not buried yet? Behind a [`Board::post`] this is what decides:
    /// a child that has not said so by now will see what was posted.
    pub(crate) fn is_anybody_leaving(&self) -> bool {
        self.memory.head().leaving.iter().any(|word| word.load(Ordering::Relaxed) != 0)
    }

    /// Has the child on `seat` left by itself? If so, it does not come back: nobody who saw this counts on it.
    pub(crate) fn has_left(&self, seat: usize) -> bool {
        let leaving = |cell: &Cell| {
            let seen = cell.rest.compare_exchange(LEAVING, GONE, Ordering::SeqCst, Ordering::SeqCst);
            seen.is_ok() || seen == Err(GONE)
        };
        self.cell(seat).is_some_and(leaving)
    }

    /// The child on `seat` shall take no more, and begin no item. It ends after what it runs; true when it runs nothing.
    pub(crate) fn dismiss(&self, seat: usize) -> bool {
        let Some(cell) = self.cell(seat) else {
            return false;
        };
        cell.dismissed.store(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        rouse(cell);
        cell.task.load(Ordering::SeqCst) == 0
    }

    /// Is the child on `seat` without work?
    pub(crate) fn is_idle(&self, seat: usize) -> bool {
        let being_taken = |at| state_is(&self.memory, at, TAKEN);
        self.cell(seat).is_some_and(|cell| {
            // In this order: it is neither idle nor has a task while it takes one.
            let position = cell.taken.load(Ordering::SeqCst).checked_sub(1);
            !position.is_some_and(being_taken) && cell.task.load(Ordering::SeqCst) == 0
        })
    }

    /// How many items the child on `seat` has begun of what it runs.
    pub(crate) fn begun(&self, seat: usize) -> usize {
        let begun = self.cell(seat).map_or(0, |cell| cell.begun.load(Ordering::SeqCst));
        usize::try_from(begun).unwrap_or(usize::MAX)
    }

    /// From now on the child on `seat` notes down when it begins an item; for the one that it is at, that is now. It may
    /// miss that just when it begins or ends one, and has to be told again.
    pub(crate) fn time_items(&self, seat: usize) {
        if let Some(cell) = self.cell(seat) {
            for (untimed, timed) in [(NO_ITEM, BETWEEN), (SOME_ITEM, now())] {
                let _ = cell.item.compare_exchange(untimed, timed, Ordering::SeqCst, Ordering::SeqCst);
            }
        }
    }

    /// The item that the child on `seat` is at, and has been for so long; none when it is at none.
    pub(crate) fn item(&self, seat: usize) -> Option<(Item, Duration)> {
        let began = self.cell(seat)?.item.load(Ordering::SeqCst);
        let time = Duration::from_nanos(now().saturating_sub(began));
        (began > BETWEEN).then_some((Item(began), time))
    }

    /// How long the latest portion of items took the child on `seat`.
    pub(crate) fn spent(&self, seat: usize) -> Duration {
        Duration::from_nanos(self.cell(seat).map_or(0, |cell| cell.spent.load(Ordering::Relaxed)))
    }

    /// What the child on `seat` runs, or ran when it died.
    pub(crate) fn running(&self, seat: usize) -> Option<u64> {
        self.cell(seat).map(|cell| cell.task.load(Ordering::SeqCst)).filter(|&task| task != 0)
    }

    /// Has the child on `seat` never taken anything?
    pub(crate) fn is_newborn(&self, seat: usize) -> bool {
        self.cell(seat).is_some_and(|cell| cell.taken.load(Ordering::Acquire) == 0)
    }

    /// The child on `seat` is dead: what it had taken but not begun is open again. The task that it was running, if any.
    pub(crate) fn bury(&self, seat: usize) -> Option<u64> {
        let running = self.running(seat);
        let cell = self.cell(seat)?;
        let taken = cell.taken.load(Ordering::Acquire).checked_sub(1);
        cell.task.store(0, Ordering::SeqCst);
        // Whoever woke the dead would take it for one that looks.
        cell.rest.store(AWAKE, Ordering::SeqCst);
        self.memory.head().wakes(seat);
        self.memory.head().stays(seat);
        let held = self.posted.borrow().iter().find(|posted| Some(posted.at) == taken).copied();
        if let Some(held) = held.filter(|held| state_is(&self.memory, held.at, TAKEN)) {
            if running == Some(held.task) {
                exchange(&self.memory, held.at, TAKEN, FREE);
            } else {
                self.repost(held);
            }
        }
        self.memory.head().searching.store(0, Ordering::SeqCst);
        if !self.open(1).is_empty() {
            wake_one(self.memory.head());
        }
        running
    }

    /// Posts an entry once more at the end, where children that have passed it see it.
    fn repost(&self, old: Posted) {
        let mut payload = Vec::new();
        let length = entry(&self.memory, old.at).map_or(0, |entry| entry.payload.load(Ordering::Relaxed));
        self.memory.read_ring(ROOM, old.at + ENTRY as u64, length as usize, &mut payload);
        exchange(&self.memory, old.at, TAKEN, FREE);
        if self.post(old.task, old.epoch, &payload).is_err() {
            // Its own place is as good, for children that are still to be born.
            exchange(&self.memory, old.at, FREE, OPEN);
        }
    }

    /// Nothing more will come: children end when they have nothing to do.
    pub(crate) fn close(&self) {
        let head = self.memory.head();
        head.closed.store(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        head.seats.iter().for_each(rouse);
    }

    /// More will come after all: children that are still there stay.
    pub(crate) fn reopen(&self) {
        self.memory.head().closed.store(0, Ordering::SeqCst);
    }

    /// Forgets entries from the front that have been used up.
    fn clear_away(&self) {
        let mut posted = self.posted.borrow_mut();
        let before = self.start.get();
        while let Some(&Posted { at, length, .. }) = posted.front()
            && state_is(&self.memory, at, FREE)
        {
            posted.pop_front();
            self.start.set(at + length);
        }
        if self.start.get() != before {
            self.memory.head().start.store(self.start.get(), Ordering::Release);
            // The next entry is written over these. A child that reads a word of that one, and looks for the start behind
            // an acquire fence, finds this start or a later one; without the fence a processor with weak ordering may let
            // it see the new length beside the old start, and it would go on in the middle of an entry.
            fence(Ordering::Release);
        }
    }

    fn cell(&self, seat: usize) -> Option<&Cell> {
        self.memory.head().seats.get(seat)
    }

    /// In a new child: its side of the board. It was born for a task that whoever was born with `others` is too old for.
    pub(crate) fn sit(&self, seat: usize, others: u64) -> Option<Seat<'_>> {
        Some(Seat::new(&self.memory, seat, self.cell(seat)?, others))
    }
}

impl Head {
    /// The child on `seat` is about to sleep: whoever posts from now on sees it.
    pub(super) fn sleeps(&self, seat: usize) {
        set(&self.sleepers, seat);
    }

    /// It does not sleep any more.
    pub(super) fn wakes(&self, seat: usize) {
        clear(&self.sleepers, seat);
    }

    /// The child on `seat` is about to leave: whoever posts from now on sees it.
    pub(super) fn leaves(&self, seat: usize) {
        set(&self.leaving, seat);
    }

    /// It does not leave, or is not there any more.
    pub(super) fn stays(&self, seat: usize) {
        clear(&self.leaving, seat);
    }

    /// Those that probably sleep.
    fn sleepers(&self) -> impl Iterator<Item = &Cell> {
        let words = self.sleepers.iter().zip(self.seats.chunks(64));
        let words =
            words.map(|(word, seats)| (word.load(Ordering::Relaxed), seats)).filter(|&(word, _)| word != 0);
        words
            .flat_map(|(word, seats)| seats.iter().enumerate().filter(move |(bit, _)| word >> bit & 1 == 1))
            .map(|(_, cell)| cell)
    }
}

fn set(bits: &Bits, seat: usize) {
    if let Some(word) = bits.get(seat / 64) {
        word.fetch_or(1 << (seat % 64), Ordering::SeqCst);
    }
}

fn clear(bits: &Bits, seat: usize) {
    if let Some(word) = bits.get(seat / 64) {
        word.fetch_and(!(1 << (seat % 64)), Ordering::SeqCst);
    }
}

/// Wakes a child, unless one is looking already.
pub(super) fn wake_one(head: &Head) {
    fence(Ordering::SeqCst);
    let mut sleepers = head.sleepers().peekable();
    // In this order: who searches changes with each task, who sleeps does not.
    if sleepers.peek().is_none()
        || head.searching.load(Ordering::Relaxed) == 1
        || head.searching.compare_exchange(0, 1, Ordering::SeqCst, Ordering::Relaxed).is_err()
    {
        return;
    }
    if !sleepers.any(rouse_one) {
        head.searching.store(0, Ordering::SeqCst);
    }
}

/// Wakes a child of `epoch` or a later one, whoever is looking. False when none sleeps.
pub(super) fn wake_younger(head: &Head, epoch: u64) -> bool {
    let fits = |cell: &&Cell| cell.epoch.load(Ordering::Relaxed) >= epoch;
    head.sleepers().filter(fits).any(rouse_one)
}

fn rouse_one(cell: &Cell) -> bool {
    let slept = cell.rest.compare_exchange(ASLEEP, AWAKE, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    if slept {
        futex::wake(&cell.rest);
    }
    slept
}

fn rouse(cell: &Cell) {
    rouse_one(cell);
}

pub(super) fn entry(memory: &Mapping<Head>, at: u64) -> Option<&Entry> {
    memory.at(place(ROOM, at))
}

pub(super) fn state_is(memory: &Mapping<Head>, at: u64, state: u64) -> bool {
    entry(memory, at).is_some_and(|entry| entry.state.load(Ordering::SeqCst) == at << 8 | state)
}

pub(super) fn exchange(memory: &Mapping<Head>, at: u64, old: u64, new: u64) -> bool {
    entry(memory, at).is_some_and(|entry| {
        let (old, new) = (at << 8 | old, at << 8 | new);
        entry.state.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    })
}

/// Nanoseconds of the monotonic clock.
pub(super) fn now() -> u64 {
    let time =
        clock_gettime(ClockId::CLOCK_MONOTONIC).unwrap_or_else(|_| TimeSpec::from_duration(Duration::ZERO));
    u64::try_from(time.tv_sec() * 1_000_000_000 + time.tv_nsec()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
