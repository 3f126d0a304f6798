//! The tasks of a pool whose children stay: the parent posts them, and whichever child is free takes the next one.
//!
//! One ring of entries with one writer and many takers. An entry is taken by one compare-and-swap, so that no task is
//! run twice; a taker says in its own cell what it runs, so that a death costs that task and no other; and what nobody
//! has taken can be taken back. Positions count bytes and never come again, so that an old one is not taken for a new
//! one.

#![expect(clippy::disallowed_types, reason = "it knows no PHP")]

use std::cell::{self, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};

use super::futex;
use super::memory::{Apart, Shared, SharedMemory, place};
use super::slot::WorkerSlot;

/// Children that one job queue can serve.
pub(crate) const SLOTS: usize = 128;
/// The longest payload of an entry: what is longer is better inherited.
pub(crate) const LONGEST: usize = 32 * 1024;

pub(super) const ROOM: usize = 256 * 1024;
pub(super) const ALIGN: usize = 32;
pub(super) const ENTRY: usize = size_of::<Entry>();

/// What a child does that has no task. It says when it goes to sleep, and when it leaves; whoever wakes it, or counts
/// on it no more, says that. Each step is a compare-and-swap, so that only one of two comes through.
pub(super) const AWAKE: u32 = 0;
pub(super) const ASLEEP: u32 = 1;
/// It leaves, unless it finds a task that was posted just now.
pub(super) const LEAVING: u32 = 2;
/// The parent has seen that it leaves: it has to.
pub(super) const GONE: u32 = 3;

/// What an entry's state says in its lowest bits, below its position, which is a multiple of [`ALIGN`].
pub(super) const OPEN: u64 = 1;
/// It was taken back: nobody runs it.
pub(super) const FREE: u64 = 2;
/// The child on a slot has it, and reads what was sent. Added to the number of the slot.
pub(super) const TAKEN: u64 = 0x100;
/// The same, and it has begun. The last thing that is said of an entry.
pub(super) const RUN: u64 = 0x200;
/// These bits, and how far they shift the position.
const STATE: u64 = 0x1FFF;
pub(super) const SHIFT: u32 = 8;

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
    /// One bit for each slot whose child sleeps, or is about to.
    sleepers: Apart<Bits>,
    /// One bit for each slot whose child is leaving by itself.
    leaving: Apart<Bits>,
    slots: [Cell; SLOTS],
}

/// A bit for each slot.
type Bits = [AtomicU64; SLOTS / 64];

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
pub(crate) struct JobQueue {
    memory: SharedMemory<Head>,
    /// What the head says of `end` and `start`: only the parent moves these, and it does not believe what it finds
    /// there.
    end: cell::Cell<u64>,
    start: cell::Cell<u64>,
    /// Entries whose place is not free, oldest first.
    posted: RefCell<VecDeque<Posted>>,
    /// Entries whose place is free and that have not ended: tasks, and who has them.
    begun: RefCell<BTreeMap<u64, usize>>,
    /// Where in `posted` to look first for what each child answers next, counted from the first entry ever: behind its
    /// last answer, as it takes what it takes in this order.
    hints: RefCell<[u64; SLOTS]>,
    /// How many entries have left `posted`.
    dropped: cell::Cell<u64>,
    /// Nothing more will come.
    closed: cell::Cell<bool>,
    /// The latest epoch that an entry ever needed.
    newest: cell::Cell<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Posted {
    at: u64,
    /// Of the payload.
    payload: u32,
    /// It has ended, or was taken back: whatever its entry says, nothing more comes of it.
    over: bool,
    task: u64,
    epoch: u64,
}

impl Posted {
    /// Where the next one begins.
    fn end(self) -> u64 {
        self.at + ((ENTRY + self.payload as usize) as u64).next_multiple_of(ALIGN as u64)
    }
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
    /// A child has it, and is about to begin, or has told what became of it.
    Taken(usize),
    /// It was never posted, or is over; or somebody has written over its entry.
    Unknown,
}

/// What a look at all that has not ended has shown.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// Tasks that nobody has taken.
    pub(crate) open: Vec<u64>,
    /// Tasks that a child says it runs, as their entries do.
    pub(crate) busy: Vec<u64>,
    /// Tasks whose entry names the child on a slot, which does not say that it runs them.
    pub(crate) adrift: Vec<(usize, u64)>,
    /// Tasks whose entry says what no child says.
    pub(crate) lost: Vec<u64>,
}

impl JobQueue {
    /// An empty one.
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
        let size = u32::try_from(payload.len()).unwrap_or_default();
        entry.payload.store(size, Ordering::Relaxed);
        self.memory.write_ring(ROOM, end + ENTRY as u64, payload);
        entry.state.store(end << SHIFT | OPEN, Ordering::Release);
        self.end.set(end + length);
        head.end.store(end + length, Ordering::Release);
        self.newest.set(self.newest.get().max(epoch));
        self.posted.borrow_mut().push_back(Posted { at: end, payload: size, over: false, task, epoch });
        wake_one(head);
        Ok(())
    }

    /// The latest epoch that an entry ever needed.
    pub(crate) fn newest(&self) -> u64 {
        self.newest.get()
    }

    /// Takes back a task that nobody has taken. False when somebody has.
    pub(crate) fn retract(&self, task: u64) -> bool {
        let mut posted = self.posted.borrow_mut();
        let found = posted.iter_mut().rev().find(|posted| posted.task == task && !posted.over);
        found.is_some_and(|posted| {
            posted.over = exchange(&self.memory, posted.at, OPEN, FREE);
            posted.over
        })
    }

    /// The epochs of entries that nobody has taken, of `most` of them at most.
    pub(crate) fn open(&self, most: usize) -> Vec<u64> {
        self.clear_away();
        let posted = self.posted.borrow();
        let open = posted.iter().filter(|posted| self.is_open(posted));
        open.take(most).map(|posted| posted.epoch).collect()
    }

    /// Gives each task that nobody has taken, and how many bytes its payload has.
    pub(crate) fn each_open(&self, mut found: impl FnMut(u64, usize)) {
        self.clear_away();
        for posted in self.posted.borrow().iter() {
            if self.is_open(posted) {
                found(posted.task, posted.payload as usize);
            }
        }
    }

    /// The least epoch that somebody needs to take a task that nobody has taken.
    pub(crate) fn least_open(&self) -> Option<u64> {
        let posted = self.posted.borrow();
        let open = posted.iter().filter(|posted| self.is_open(posted));
        open.map(|posted| posted.epoch).min()
    }

    fn is_open(&self, posted: &Posted) -> bool {
        !posted.over && state_is(&self.memory, posted.at, OPEN)
    }

    /// Wakes a child of `epoch` or a later one, if one sleeps, whoever is thought to look for work.
    pub(crate) fn wake_another(&self, epoch: u64) -> bool {
        wake_younger(self.memory.head(), epoch)
    }

    /// How far a task is that was posted. Who has it is what its entry says: what is in the cell of a child may be
    /// there by mistake.
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
            Some((slot, cell)) if cell.task.load(Ordering::SeqCst) == task => {
                let since = cell.since.load(Ordering::Acquire);
                Progress::Running(slot, Duration::from_nanos(now().saturating_sub(since)))
            }
            Some((slot, _)) => Progress::Taken(slot),
            None => Progress::Unknown,
        }
    }

    fn state(&self, posted: &Posted) -> State {
        let state = entry(&self.memory, posted.at).map_or(0, |entry| entry.state.load(Ordering::SeqCst));
        match state & STATE {
            _ if state & !STATE != posted.at << SHIFT => State::Unknown,
            OPEN => State::Open,
            of => State::of(of),
        }
    }

    /// The child on `slot` has told something of `task`, of which more may come unless this is the `last`. False when
    /// it was not given that task.
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
        let has_begun = |posted: &&mut Posted| state_is(&self.memory, posted.at, RUN | slot as u64);
        let Some(entry) = posted.get_mut(at).filter(has_begun) else {
            return false;
        };
        entry.over = last;
        *hint = dropped + at as u64 + u64::from(last);
        true
    }

    /// Nothing more comes of a task, whoever has it.
    pub(crate) fn over(&self, task: u64) {
        self.begun.borrow_mut().remove(&task);
        let mut posted = self.posted.borrow_mut();
        posted.iter_mut().filter(|posted| posted.task == task).for_each(|posted| posted.over = true);
    }

    /// Looks at all that has not ended, and is `wanted`.
    pub(crate) fn look(&self, wanted: impl Fn(u64) -> bool) -> Look {
        let mut look = Look::default();
        let mut of = |slot: usize, task: u64| match self.cell(slot) {
            Some(cell) if cell.task.load(Ordering::SeqCst) == task => look.busy.push(task),
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

    /// Says once more what children go by, in case that somebody has written over it.
    pub(crate) fn restate(&self) {
        let head = self.memory.head();
        head.end.store(self.end.get(), Ordering::Release);
        head.start.store(self.start.get(), Ordering::Release);
        head.closed.store(self.closed.get().into(), Ordering::SeqCst);
        head.searching.store(0, Ordering::SeqCst);
    }

    /// Prepares a slot for a child that is about to be born, or none when all are in use by `used`. It leaves after so
    /// much `patience` without work, if any.
    pub(crate) fn slot(
        &self,
        used: impl Fn(usize) -> bool,
        epoch: u64,
        patience: Option<Duration>,
    ) -> Option<usize> {
        let slot = (0..SLOTS).find(|&slot| !used(slot))?;
        let cell = self.cell(slot)?;
        for word in [&cell.rest, &cell.dismissed] {
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

    /// The child on `slot` leaves after so much `patience` without work, if any.
    pub(crate) fn be_patient(&self, slot: usize, patience: Option<Duration>) {
        let nanos = patience.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1));
        if let Some(cell) = self.cell(slot) {
            cell.patience.store(nanos, Ordering::SeqCst);
        }
        // As behind a post: a child that has not said by now that it leaves has this patience.
        fence(Ordering::SeqCst);
    }

    /// Has some child said that it leaves by itself, and is not buried yet? Behind a [`JobQueue::post`] this is what
    /// decides: a child that has not said so by now will see what was posted.
    pub(crate) fn is_anybody_leaving(&self) -> bool {
        self.memory.head().leaving.iter().any(|word| word.load(Ordering::Relaxed) != 0)
    }

    /// Has the child on `slot` left by itself? If so, it does not come back: nobody who saw this counts on it.
    pub(crate) fn has_left(&self, slot: usize) -> bool {
        let leaving = |cell: &Cell| {
            let seen = cell.rest.compare_exchange(LEAVING, GONE, Ordering::SeqCst, Ordering::SeqCst);
            seen.is_ok() || seen == Err(GONE)
        };
        self.cell(slot).is_some_and(leaving)
    }

    /// The child on `slot` shall take no more, and begin no item. It ends after what it runs; true when it runs
    /// nothing.
    pub(crate) fn dismiss(&self, slot: usize) -> bool {
        let Some(cell) = self.cell(slot) else {
            return false;
        };
        cell.dismissed.store(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        rouse(cell);
        cell.task.load(Ordering::SeqCst) == 0
    }

    /// Is the child on `slot` without work?
    pub(crate) fn is_idle(&self, slot: usize) -> bool {
        let being_taken = |at| state_is(&self.memory, at, TAKEN | slot as u64);
        self.cell(slot).is_some_and(|cell| {
            // In this order: it is neither idle nor has a task while it takes one.
            let position = cell.taken.load(Ordering::SeqCst).checked_sub(1);
            !position.is_some_and(being_taken) && cell.task.load(Ordering::SeqCst) == 0
        })
    }

    /// How many items the child on `slot` has begun of what it runs.
    pub(crate) fn begun(&self, slot: usize) -> usize {
        let begun = self.cell(slot).map_or(0, |cell| cell.begun.load(Ordering::SeqCst));
        usize::try_from(begun).unwrap_or(usize::MAX)
    }

    /// From now on the child on `slot` notes down when it begins an item; for the one that it is at, that is now. It
    /// may miss that just when it begins or ends one, and has to be told again.
    pub(crate) fn time_items(&self, slot: usize) {
        if let Some(cell) = self.cell(slot) {
            for (untimed, timed) in [(NO_ITEM, BETWEEN), (SOME_ITEM, now())] {
                let _ = cell.item.compare_exchange(untimed, timed, Ordering::SeqCst, Ordering::SeqCst);
            }
        }
    }

    /// The item that the child on `slot` is at, and has been for so long; none when it is at none.
    pub(crate) fn item(&self, slot: usize) -> Option<(Item, Duration)> {
        let began = self.cell(slot)?.item.load(Ordering::SeqCst);
        let time = Duration::from_nanos(now().saturating_sub(began));
        (began > BETWEEN).then_some((Item(began), time))
    }

    /// How long the latest portion of items took the child on `slot`.
    pub(crate) fn spent(&self, slot: usize) -> Duration {
        Duration::from_nanos(self.cell(slot).map_or(0, |cell| cell.spent.load(Ordering::Relaxed)))
    }

    /// What the child on `slot` says that it runs.
    pub(crate) fn running(&self, slot: usize) -> Option<u64> {
        self.cell(slot).map(|cell| cell.task.load(Ordering::SeqCst)).filter(|&task| task != 0)
    }

    /// Has the child on `slot` never taken anything?
    pub(crate) fn has_taken_nothing(&self, slot: usize) -> bool {
        self.cell(slot).is_some_and(|cell| cell.taken.load(Ordering::Acquire) == 0)
    }

    /// The child on `slot` is dead: what it had taken but not begun is open again. What it had begun, of what is
    /// `wanted`: one task at most, unless somebody wrote over the entries.
    pub(crate) fn reap(&self, slot: usize, wanted: impl Fn(u64) -> bool) -> Vec<u64> {
        if let Some(cell) = self.cell(slot) {
            cell.task.store(0, Ordering::SeqCst);
            // Whoever woke the dead would take it for one that looks.
            cell.rest.store(AWAKE, Ordering::SeqCst);
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
            if state_is(&self.memory, posted.at, TAKEN | slot as u64) {
                posted.over = true;
                taken.extend(wanted(posted.task).then_some(*posted));
            } else if state_is(&self.memory, posted.at, RUN | slot as u64) {
                posted.over = true;
                had.extend(wanted(posted.task).then_some(posted.task));
            }
        }
        for posted in taken {
            self.repost(posted, slot);
        }
        self.memory.head().searching.store(0, Ordering::SeqCst);
        if !self.open(1).is_empty() {
            wake_one(self.memory.head());
        }
        had
    }

    /// Posts an entry once more at the end, where children that have passed it see it.
    fn repost(&self, old: Posted, slot: usize) {
        let mut payload = Vec::new();
        self.memory.read_ring(ROOM, old.at + ENTRY as u64, old.payload as usize, &mut payload);
        if self.post(old.task, old.epoch, &payload).is_err() {
            // Its own place is as good, for children that are still to be born.
            exchange(&self.memory, old.at, TAKEN | slot as u64, OPEN);
            let mut posted = self.posted.borrow_mut();
            posted.iter_mut().filter(|posted| posted.at == old.at).for_each(|posted| posted.over = false);
        }
    }

    /// Nothing more will come: children end when they have nothing to do.
    pub(crate) fn close(&self) {
        let head = self.memory.head();
        self.closed.set(true);
        head.closed.store(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        head.slots.iter().for_each(rouse);
    }

    /// More will come after all: children that are still there stay.
    pub(crate) fn reopen(&self) {
        self.closed.set(false);
        self.memory.head().closed.store(0, Ordering::SeqCst);
    }

    /// Forgets entries from the front whose place can be used again: nobody reads them any more.
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
            // The next entry is written over these. A child that reads a word of that one, and looks for the start
            // behind an acquire fence, finds this start or a later one; without the fence a processor with weak
            // ordering may let it see the new length beside the old start, and it would go on in the middle of an
            // entry.
            fence(Ordering::Release);
        }
    }

    fn cell(&self, slot: usize) -> Option<&Cell> {
        self.memory.head().slots.get(slot)
    }

    /// In a new child: its side of the job queue. It was born for a task that whoever was born with `others` is too old
    /// for.
    pub(crate) fn sit(&self, slot: usize, others: u64) -> Option<WorkerSlot<'_>> {
        Some(WorkerSlot::new(&self.memory, slot, self.cell(slot)?, self.start.get(), others))
    }
}

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// The child on this slot has it.
    Of(usize),
    /// It was taken back, or says what nobody says.
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
    /// The child on `slot` is about to sleep: whoever posts from now on sees it.
    pub(super) fn sleeps(&self, slot: usize) {
        set(&self.sleepers, slot);
    }

    /// It does not sleep any more.
    pub(super) fn wakes(&self, slot: usize) {
        clear(&self.sleepers, slot);
    }

    /// The child on `slot` is about to leave: whoever posts from now on sees it.
    pub(super) fn leaves(&self, slot: usize) {
        set(&self.leaving, slot);
    }

    /// It does not leave, or is not there any more.
    pub(super) fn stays(&self, slot: usize) {
        clear(&self.leaving, slot);
    }

    /// Those that probably sleep.
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
        word.fetch_or(1 << (slot % 64), Ordering::SeqCst);
    }
}

fn clear(bits: &Bits, slot: usize) {
    if let Some(word) = bits.get(slot / 64) {
        word.fetch_and(!(1 << (slot % 64)), Ordering::SeqCst);
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

pub(super) fn entry(memory: &SharedMemory<Head>, at: u64) -> Option<&Entry> {
    memory.at(place(ROOM, at))
}

pub(super) fn state_is(memory: &SharedMemory<Head>, at: u64, state: u64) -> bool {
    entry(memory, at).is_some_and(|entry| entry.state.load(Ordering::SeqCst) == at << SHIFT | state)
}

pub(super) fn exchange(memory: &SharedMemory<Head>, at: u64, old: u64, new: u64) -> bool {
    entry(memory, at).is_some_and(|entry| {
        let (old, new) = (at << SHIFT | old, at << SHIFT | new);
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
