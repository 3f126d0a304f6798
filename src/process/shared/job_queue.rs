//! The job queue of a pool with warm workers: the parent posts tasks, and whichever child is free takes the next one.
//!
//! A ring buffer of entries with one writer and many takers. An entry is taken by one compare-and-swap, so that no task
//! is run twice. The taker notes in its own cell what it runs, so that its death costs that task and no other. An entry
//! that nobody has taken can be taken back. Positions count bytes and never repeat, so that an old position cannot be
//! mistaken for a new one.
//!
//! Each fork begins a new epoch, which is a number. A child has the code that existed in its own epoch; an entry names
//! the first epoch whose children have the code that it needs.

#![expect(clippy::disallowed_types, reason = "it knows no PHP")]

use std::cell::{self, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};

use super::memory::{Apart, Shared, SharedMemory, place};
use super::slot::WorkerSlot;
use super::sync::{AtomicU32, AtomicU64, Futex, Ordering, fence};

/// Worker slots of a job queue, and so the most children that it can serve.
pub(crate) const SLOTS: usize = if cfg!(loom) { 2 } else { 128 };
/// The longest payload of an entry. For a longer one it is cheaper to fork a child that inherits it.
pub(crate) const LONGEST: usize = ROOM / 8;

/// Room for all entries; eight without a payload in a model.
pub(super) const ROOM: usize = if cfg!(loom) { 8 * ALIGN } else { 256 * 1024 };
pub(super) const ALIGN: usize = ENTRY;
pub(super) const ENTRY: usize = 32;

/// The states of a child that has no task. The child sets "asleep" and "leaving"; whoever wakes the child, or does
/// without it, sets the other two. Each step is a compare-and-swap, so that of two processes only one succeeds.
pub(super) const AWAKE: u32 = 0;
pub(super) const ASLEEP: u32 = 1;
/// The child leaves, unless it finds a task that has just been posted.
pub(super) const LEAVING: u32 = 2;
/// The parent has seen the child leave, and does without it: the child has to end.
pub(super) const GONE: u32 = 3;

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
const STATE: u64 = 0x1FFF;
pub(super) const SHIFT: u32 = 8;

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
    leaving: Apart<Bits>,
    slots: [Cell; SLOTS],
}

/// A bit for each slot.
type Bits = [AtomicU64; SLOTS.div_ceil(64)];

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
    /// When the child began that task, in nanoseconds of the monotonic clock.
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

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Head {}
// SAFETY: as above.
unsafe impl Shared for Entry {}

/// The job queue, as the parent sees it.
#[derive(Debug)]
pub(crate) struct JobQueue {
    pub(super) memory: SharedMemory<Head>,
    /// The parent's own copies of the head's `end` and `start`. Only the parent changes these, and it does not rely on
    /// the shared ones, which a child may have written over.
    end: cell::Cell<u64>,
    start: cell::Cell<u64>,
    /// Entries whose bytes cannot be reused yet, oldest first.
    posted: RefCell<VecDeque<Posted>>,
    /// Tasks whose entries' bytes may be reused and that have not ended, and the slot of the child that has each.
    begun: RefCell<BTreeMap<u64, usize>>,
    /// Where in `posted` to look first for the task that the child on each slot answers next, counted from the first
    /// entry ever: behind its last answer, as children take entries in this order.
    hints: RefCell<[u64; SLOTS]>,
    /// How many entries have been removed from the front of `posted`.
    dropped: cell::Cell<u64>,
    /// No more entries will come.
    closed: cell::Cell<bool>,
    /// The latest epoch that any entry has ever needed.
    newest: cell::Cell<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Posted {
    at: u64,
    /// Length of the payload.
    length: usize,
    /// The task has ended, or was taken back: no more answers are expected, whatever the shared entry says.
    over: bool,
    /// The slot of the child that has sent answers already: no other can have the task, whatever the shared entry says.
    by: Option<usize>,
    task: u64,
    epoch: u64,
}

impl Posted {
    /// Where the next entry begins.
    fn end(self) -> u64 {
        self.at + ((ENTRY + self.length) as u64).next_multiple_of(ALIGN as u64)
    }
}

/// The item that a child is at, identified by when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item(u64);

/// The job queue has no room for another entry now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// The progress of a posted task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// No child has taken it.
    Open,
    /// The child on this slot runs it, and has for this long.
    Running(usize, Duration),
    /// The child on this slot has taken it, and is about to begin it, or has already answered.
    Taken(usize),
    /// It was never posted, or is over, or its entry has been written over.
    Unknown,
}

/// What [`JobQueue::look`] has found out about the tasks that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// Tasks that no child has taken.
    pub(crate) open: Vec<u64>,
    /// Tasks whose entry names a slot, and whose child's cell names that task: it runs.
    pub(crate) busy: Vec<u64>,
    /// Slots and tasks: the entry names the slot, but the cell of the child there names another task, or none.
    pub(crate) adrift: Vec<(usize, u64)>,
    /// Tasks whose entry has a state that no process would have written.
    pub(crate) lost: Vec<u64>,
}

impl JobQueue {
    /// An empty job queue.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new() -> Result<Self, Errno> {
        Ok(Self {
            memory: SharedMemory::new(ROOM)?,
            end: cell::Cell::new(0),
            start: cell::Cell::new(0),
            posted: RefCell::default(),
            begun: RefCell::default(),
            hints: RefCell::new([0; SLOTS]),
            dropped: cell::Cell::new(0),
            closed: cell::Cell::new(false),
            newest: cell::Cell::new(0),
        })
    }

    /// Posts a task for children of `epoch` and later ones, and wakes one of them if none is searching.
    ///
    /// # Errors
    ///
    /// When there is no room, even after the entries that are over have been cleared away.
    pub(crate) fn post(&self, task: u64, epoch: u64, payload: &[u8]) -> Result<(), Full> {
        let length = ((ENTRY + payload.len()) as u64).next_multiple_of(ALIGN as u64);
        let head = self.memory.head();
        let end = self.end.get();
        let used = || end - self.start.get() + length;
        // Many at once, and seldom: each one means reading a cache line that a child has just written.
        if used() > ROOM as u64 / 2 {
            self.clear_away();
        }
        if used() > ROOM as u64 {
            return Err(Full);
        }
        let entry = entry(&self.memory, end).ok_or(Full)?;
        entry.task.store(task, Ordering::Relaxed);
        entry.epoch.store(epoch, Ordering::Relaxed);
        entry.length.store(payload.len() as u64, Ordering::Relaxed);
        self.memory.write_ring(ROOM, end + ENTRY as u64, payload);
        entry.state.store(end << SHIFT | OPEN, Ordering::Release);
        self.end.set(end + length);
        head.end.store(end + length, Ordering::Release);
        self.newest.set(self.newest.get().max(epoch));
        self.posted.borrow_mut().push_back(Posted {
            at: end,
            length: payload.len(),
            over: false,
            by: None,
            task,
            epoch,
        });
        wake_one(head);
        Ok(())
    }

    /// The latest epoch that an entry ever needed.
    pub(crate) fn newest(&self) -> u64 {
        self.newest.get()
    }

    /// Takes back a task. False if a child has taken it.
    pub(crate) fn retract(&self, task: u64) -> bool {
        let mut posted = self.posted.borrow_mut();
        let found = posted.iter_mut().rev().find(|posted| posted.task == task && !posted.over);
        found.is_some_and(|posted| {
            posted.over = exchange(&self.memory, posted.at, OPEN, FREE);
            posted.over
        })
    }

    /// The epochs that open entries need: of the first `most` entries that no child has taken.
    pub(crate) fn open(&self, most: usize) -> Vec<u64> {
        self.clear_away();
        let posted = self.posted.borrow();
        let open = posted.iter().filter(|posted| self.is_open(posted));
        open.take(most).map(|posted| posted.epoch).collect()
    }

    /// Calls `found` with each task that no child has taken, and with the length of its payload in bytes.
    pub(crate) fn each_open(&self, mut found: impl FnMut(u64, usize)) {
        self.clear_away();
        for posted in self.posted.borrow().iter() {
            if self.is_open(posted) {
                found(posted.task, posted.length);
            }
        }
    }

    /// The least epoch that an open entry needs.
    pub(crate) fn least_open(&self) -> Option<u64> {
        let posted = self.posted.borrow();
        let open = posted.iter().filter(|posted| self.is_open(posted));
        open.map(|posted| posted.epoch).min()
    }

    fn is_open(&self, posted: &Posted) -> bool {
        !posted.over && posted.by.is_none() && state_is(&self.memory, posted.at, OPEN)
    }

    /// Wakes a sleeping child of `epoch` or a later one, even if another child is searching. False if none sleeps.
    pub(crate) fn wake_another(&self, epoch: u64) -> bool {
        wake_younger(self.memory.head(), epoch)
    }

    /// The progress of a posted task. Which child has it is read from the entry: a child's cell alone may name a task
    /// by mistake.
    pub(crate) fn progress(&self, task: u64) -> Progress {
        let posted = self.posted.borrow();
        let found = posted.iter().rev().find(|posted| posted.task == task && !posted.over);
        let slot = match found.map(|posted| self.state(posted)) {
            Some(State::Open) => return Progress::Open,
            Some(State::Of(slot)) => Some(slot),
            Some(State::Unknown) => None,
            None => self.begun.borrow().get(&task).copied(),
        };
        match slot.and_then(|slot| Some((slot, self.cell(slot)?))) {
            Some((slot, cell)) if cell.task.load(Ordering::Acquire) == task => {
                let since = cell.since.load(Ordering::Acquire);
                Progress::Running(slot, Duration::from_nanos(now().saturating_sub(since)))
            }
            Some((slot, _)) => Progress::Taken(slot),
            None => Progress::Unknown,
        }
    }

    fn state(&self, posted: &Posted) -> State {
        let state = entry(&self.memory, posted.at).map_or(0, |entry| entry.state.load(Ordering::Acquire));
        match state & STATE {
            _ if state & !STATE != posted.at << SHIFT => State::Unknown,
            OPEN if posted.by.is_none() => State::Open,
            of => match State::of(of) {
                State::Of(slot) if posted.by.is_some_and(|by| by != slot) => State::Unknown,
                of => of,
            },
        }
    }

    /// The child on `slot` has sent an answer about `task`; unless it is the `last`, more may follow. False if that
    /// child had not taken that task.
    pub(crate) fn admit(&self, slot: usize, task: u64, last: bool) -> bool {
        let mut begun = self.begun.borrow_mut();
        if let Some(&of) = begun.get(&task) {
            if of == slot && last {
                begun.remove(&task);
            }
            return of == slot;
        }
        let mut posted = self.posted.borrow_mut();
        let mut hints = self.hints.borrow_mut();
        let Some(hint) = hints.get_mut(slot) else {
            return false;
        };
        let dropped = self.dropped.get();
        let from = usize::try_from(hint.saturating_sub(dropped)).unwrap_or(usize::MAX).min(posted.len());
        let is_it = |posted: &Posted| posted.task == task && !posted.over;
        let next = || posted.get(from).is_some_and(is_it).then_some(from);
        let later = || posted.range(from..).position(is_it).map(|at| from + at);
        let Some(at) = next().or_else(later).or_else(|| posted.range(..from).position(is_it)) else {
            return false;
        };
        let has_begun = |posted: &&mut Posted| {
            posted.by.is_none_or(|by| by == slot) && state_is(&self.memory, posted.at, RUN | slot as u64)
        };
        let Some(entry) = posted.get_mut(at).filter(has_begun) else {
            return false;
        };
        entry.over = last;
        entry.by = Some(slot);
        *hint = dropped + at as u64 + u64::from(last);
        true
    }

    /// No more answers about `task` are expected, whichever child has it.
    pub(crate) fn over(&self, task: u64) {
        self.begun.borrow_mut().remove(&task);
        let mut posted = self.posted.borrow_mut();
        posted.iter_mut().filter(|posted| posted.task == task).for_each(|posted| posted.over = true);
    }

    /// Classifies the tasks that have not ended and are `wanted`.
    pub(crate) fn look(&self, wanted: impl Fn(u64) -> bool) -> Look {
        let mut look = Look::default();
        let mut of = |slot: usize, task: u64| match self.cell(slot) {
            Some(cell) if cell.task.load(Ordering::Acquire) == task => look.busy.push(task),
            _ => look.adrift.push((slot, task)),
        };
        let begun = self.begun.borrow();
        begun.iter().filter(|&(&task, _)| wanted(task)).for_each(|(&task, &slot)| of(slot, task));
        let (mut open, mut lost) = (Vec::new(), Vec::new());
        for posted in self.posted.borrow().iter().filter(|posted| !posted.over && wanted(posted.task)) {
            match self.state(posted) {
                State::Open => open.push(posted.task),
                State::Of(slot) => of(slot, posted.task),
                State::Unknown => lost.push(posted.task),
            }
        }
        Look { open, lost, ..look }
    }

    /// Writes the head's words anew from the parent's own copies, in case somebody has written over them.
    pub(crate) fn restate(&self) {
        let head = self.memory.head();
        head.end.store(self.end.get(), Ordering::Release);
        head.start.store(self.start.get(), Ordering::Release);
        head.closed.store(self.closed.get().into(), Ordering::Release);
        head.searching.swap(0, Ordering::AcqRel);
    }

    /// Prepares a free slot for a child that is about to be forked in `epoch`; `None` if all are `used`. The child
    /// leaves after `patience` without work; never if that is `None`.
    pub(crate) fn slot(
        &self,
        used: impl Fn(usize) -> bool,
        epoch: u64,
        patience: Option<Duration>,
    ) -> Option<usize> {
        let slot = (0..SLOTS).find(|&slot| !used(slot))?;
        let cell = self.cell(slot)?;
        for word in [&*cell.rest, &cell.dismissed] {
            word.store(0, Ordering::Relaxed);
        }
        self.be_patient(slot, patience);
        for word in [&cell.task, &cell.since, &cell.begun, &cell.spent, &cell.taken, &cell.item] {
            word.store(0, Ordering::Relaxed);
        }
        self.memory.head().wakes(slot);
        self.memory.head().stays(slot);
        self.restate();
        self.hints.borrow_mut().get_mut(slot).map(|hint| *hint = 0)?;
        cell.epoch.store(epoch, Ordering::Release);
        Some(slot)
    }

    /// Sets the time without work after which the child on `slot` leaves; `None` for never.
    pub(crate) fn be_patient(&self, slot: usize, patience: Option<Duration>) {
        let nanos = patience.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1));
        if let Some(cell) = self.cell(slot) {
            cell.patience.store(nanos, Ordering::Release);
        }
        // As after a post: a child that has not announced yet that it leaves will see the new patience.
        fence(Ordering::SeqCst);
    }

    /// Has some child announced that it leaves on its own, and not been reaped yet? After a [`JobQueue::post`] this is
    /// reliable: a child that has not announced it by then will see what was posted.
    pub(crate) fn is_anybody_leaving(&self) -> bool {
        self.memory.head().leaving.iter().any(|word| word.load(Ordering::Relaxed) != 0)
    }

    /// Has the child on `slot` left on its own? If this returns true, the child can no longer decide to stay.
    pub(crate) fn has_left(&self, slot: usize) -> bool {
        let leaving = |cell: &Cell| {
            let seen = cell.rest.compare_exchange(LEAVING, GONE, Ordering::AcqRel, Ordering::Acquire);
            seen.is_ok() || seen == Err(GONE)
        };
        self.cell(slot).is_some_and(leaving)
    }

    /// Tells the child on `slot` to take no more tasks and begin no more items. It ends after what it runs now. True if
    /// it runs nothing.
    pub(crate) fn dismiss(&self, slot: usize) -> bool {
        let Some(cell) = self.cell(slot) else {
            return false;
        };
        cell.dismissed.store(1, Ordering::Release);
        fence(Ordering::SeqCst);
        rouse(cell);
        cell.task.load(Ordering::Acquire) == 0
    }

    /// Does the child on `slot` have no task?
    pub(crate) fn is_idle(&self, slot: usize) -> bool {
        let being_taken = |at| state_is(&self.memory, at, TAKEN | slot as u64);
        self.cell(slot).is_some_and(|cell| {
            // `taken` before `task`: so a child that is just taking an entry is seen in one of the two.
            let position = cell.taken.load(Ordering::Acquire).checked_sub(1);
            !position.is_some_and(being_taken) && cell.task.load(Ordering::Acquire) == 0
        })
    }

    /// How many items of its current task the child on `slot` has begun.
    pub(crate) fn begun(&self, slot: usize) -> usize {
        let begun = self.cell(slot).map_or(0, |cell| cell.begun.load(Ordering::Acquire));
        usize::try_from(begun).unwrap_or(usize::MAX)
    }

    /// From now on the child on `slot` notes when it begins an item; for its current item, now is noted. This may have
    /// no effect when the child begins or ends an item at this moment, and then has to be repeated.
    pub(crate) fn time_items(&self, slot: usize) {
        if let Some(cell) = self.cell(slot) {
            for (untimed, timed) in [(NO_ITEM, BETWEEN), (SOME_ITEM, now())] {
                let _ = cell.item.compare_exchange(untimed, timed, Ordering::AcqRel, Ordering::Acquire);
            }
        }
    }

    /// The item that the child on `slot` is at, and for how long; `None` if it is at none, or notes no times.
    pub(crate) fn item(&self, slot: usize) -> Option<(Item, Duration)> {
        let began = self.cell(slot)?.item.load(Ordering::Acquire);
        let time = Duration::from_nanos(now().saturating_sub(began));
        (began > BETWEEN).then_some((Item(began), time))
    }

    /// How long the latest portion of items took the child on `slot`.
    pub(crate) fn spent(&self, slot: usize) -> Duration {
        Duration::from_nanos(self.cell(slot).map_or(0, |cell| cell.spent.load(Ordering::Relaxed)))
    }

    /// The task that the child on `slot` says it runs.
    pub(crate) fn running(&self, slot: usize) -> Option<u64> {
        self.cell(slot).map(|cell| cell.task.load(Ordering::Acquire)).filter(|&task| task != 0)
    }

    /// Has the child on `slot` never taken an entry?
    pub(crate) fn has_taken_nothing(&self, slot: usize) -> bool {
        self.cell(slot).is_some_and(|cell| cell.taken.load(Ordering::Acquire) == 0)
    }

    /// The child on `slot` is dead: what it had taken but not begun is posted again. Returns those `wanted` tasks that
    /// it had begun: one at most, unless somebody has written over the entries.
    pub(crate) fn reap(&self, slot: usize, wanted: impl Fn(u64) -> bool) -> Vec<u64> {
        if let Some(cell) = self.cell(slot) {
            cell.task.store(0, Ordering::Release);
            // If it still said "asleep", somebody could wake the dead child and rely on it to search.
            cell.rest.store(AWAKE, Ordering::Release);
        }
        self.memory.head().wakes(slot);
        self.memory.head().stays(slot);
        let mut had = Vec::new();
        self.begun.borrow_mut().retain(|&task, of| {
            had.extend((*of == slot && wanted(task)).then_some(task));
            *of != slot
        });
        let mut taken = Vec::new();
        for posted in self.posted.borrow_mut().iter_mut().filter(|posted| !posted.over) {
            let state = |state| state_is(&self.memory, posted.at, state | slot as u64);
            if posted.by.map_or_else(|| state(RUN), |by| by == slot) {
                posted.over = true;
                had.extend(wanted(posted.task).then_some(posted.task));
            } else if posted.by.is_none() && state(TAKEN) {
                posted.over = true;
                taken.extend(wanted(posted.task).then_some(*posted));
            }
        }
        for posted in taken {
            self.repost(posted, slot);
        }
        self.memory.head().searching.swap(0, Ordering::AcqRel);
        if !self.open(1).is_empty() {
            wake_one(self.memory.head());
        }
        had
    }

    /// Posts an entry again at the end, where children see it that are already past its old position.
    fn repost(&self, old: Posted, slot: usize) {
        let mut payload = Vec::new();
        self.memory.read_ring(ROOM, old.at + ENTRY as u64, old.length, &mut payload);
        if self.post(old.task, old.epoch, &payload).is_err() {
            // At its old position it is seen by children that are yet to be forked.
            exchange(&self.memory, old.at, TAKEN | slot as u64, OPEN);
            let mut posted = self.posted.borrow_mut();
            posted.iter_mut().filter(|posted| posted.at == old.at).for_each(|posted| posted.over = false);
        }
    }

    /// No more entries will come: children end once there is nothing left to do.
    pub(crate) fn close(&self) {
        let head = self.memory.head();
        self.closed.set(true);
        head.closed.store(1, Ordering::Release);
        fence(Ordering::SeqCst);
        head.slots.iter().for_each(rouse);
    }

    /// More entries will come after all: children that have not ended yet stay.
    pub(crate) fn reopen(&self) {
        self.closed.set(false);
        self.memory.head().closed.store(0, Ordering::Release);
    }

    /// Removes entries from the front of `posted` whose bytes can be reused, as no process reads them any more.
    fn clear_away(&self) {
        let mut posted = self.posted.borrow_mut();
        let before = self.start.get();
        while let Some(&first) = posted.front() {
            if !first.over {
                let State::Of(slot) = self.state(&first) else { break };
                if !state_is(&self.memory, first.at, RUN | slot as u64) {
                    break;
                }
                self.begun.borrow_mut().insert(first.task, slot);
            }
            posted.pop_front();
            self.dropped.set(self.dropped.get() + 1);
            self.start.set(first.end());
        }
        if self.start.get() != before {
            self.memory.head().start.store(self.start.get(), Ordering::Release);
            // The next entry overwrites these. A child that reads a word of the new entry, and then reads `start`
            // behind an acquire fence, finds this start or a later one. Without this fence a processor with weak memory
            // ordering might show it the new length together with the old start, and the child would continue in the
            // middle of an entry.
            fence(Ordering::Release);
        }
    }

    pub(super) fn cell(&self, slot: usize) -> Option<&Cell> {
        self.memory.head().slots.get(slot)
    }

    /// In a new child: its side of the job queue. The child was forked for a task that children of epoch `others` are
    /// too old for.
    pub(crate) fn sit(&self, slot: usize, others: u64) -> Option<WorkerSlot<'_>> {
        Some(WorkerSlot::new(&self.memory, slot, self.cell(slot)?, self.start.get(), others))
    }
}

/// State of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// The child on this slot has taken it.
    Of(usize),
    /// It was taken back, or its state is none that a process would write.
    Unknown,
}

impl State {
    fn of(state: u64) -> Self {
        match usize::try_from(state & (TAKEN - 1)) {
            Ok(slot) if slot < SLOTS && matches!(state - slot as u64, TAKEN | RUN) => Self::Of(slot),
            _ => Self::Unknown,
        }
    }
}

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
    fn sleepers(&self) -> impl Iterator<Item = &Cell> {
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

fn rouse(cell: &Cell) {
    rouse_one(cell);
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

/// Time of the monotonic clock in nanoseconds.
pub(super) fn now() -> u64 {
    let time =
        clock_gettime(ClockId::CLOCK_MONOTONIC).unwrap_or_else(|_| TimeSpec::from_duration(Duration::ZERO));
    u64::try_from(time.tv_sec() * 1_000_000_000 + time.tv_nsec()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
