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

use super::cells::{AWAKE, Cell, Head, now, wake_one, wake_younger};
use super::entries::{
    ALIGN, ENTRY, FREE, OPEN, ROOM, RUN, SHIFT, STATE, State, TAKEN, entry, exchange, state_is,
};
use super::memory::{SharedMemory, place};
use super::slot::WorkerSlot;
use super::sync::{Ordering, fence};

mod progress;
mod slots;

pub(crate) use super::cells::SLOTS;
pub(crate) use super::entries::LONGEST;
pub(crate) use progress::Progress;
pub(crate) use slots::Item;

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

/// The job queue has no room for another entry now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// What [`JobQueue::look`] has found out about the tasks that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// Tasks that no child has taken.
    pub(crate) open: Vec<u64>,
    /// Tasks whose entry names a slot, and whose child's cell names that task: it runs.
    pub(crate) busy: Vec<u64>,
    /// Slots and tasks: the entry names the slot, but the cell of the child there names another task, or none.
    pub(crate) adrift: Vec<(usize, u64)>,
    /// Those of them that the child has taken and not begun.
    pub(crate) unbegun: Vec<u64>,
    /// Tasks whose entry has a state that no process would have written.
    pub(crate) lost: Vec<u64>,
}

/// What a dead child had, see [`JobQueue::reap`].
#[derive(Debug, Default)]
pub(crate) struct Reaped {
    /// Tasks that it had begun: one at most, unless somebody has written over the entries.
    pub(crate) begun: Vec<u64>,
    /// Tasks that it had taken and not begun, and for which there was no room: they are not in the job queue any more.
    pub(crate) unposted: Vec<u64>,
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
                State::Of(slot) if posted.by.unwrap_or(slot) != slot => State::Unknown,
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
            posted.by.unwrap_or(slot) == slot && state_is(&self.memory, posted.at, RUN | slot as u64)
        };
        let Some(entry) = posted.get_mut(at).filter(has_begun) else {
            return false;
        };
        entry.over = last;
        entry.by = Some(slot);
        *hint = dropped + at as u64 + u64::from(last);
        true
    }

    /// Tells the processor that the entry will be looked at soon about which the child on `slot` answers next.
    pub(crate) fn prefetch(&self, slot: usize) {
        let hint = self.hints.borrow().get(slot).copied().unwrap_or_default();
        let at = usize::try_from(hint.saturating_sub(self.dropped.get())).unwrap_or(usize::MAX);
        if let Some(posted) = self.posted.borrow().get(at) {
            self.memory.prefetch(place(ROOM, posted.at));
        }
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
        let (mut open, mut unbegun, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        for posted in self.posted.borrow().iter().filter(|posted| !posted.over && wanted(posted.task)) {
            match self.state(posted) {
                State::Open => open.push(posted.task),
                State::Of(slot) => {
                    if posted.by.is_none() && state_is(&self.memory, posted.at, TAKEN | slot as u64) {
                        unbegun.push(posted.task);
                    }
                    of(slot, posted.task);
                }
                State::Unknown => lost.push(posted.task),
            }
        }
        // One that begins just now may be in its child's cell already.
        unbegun.retain(|task| look.adrift.iter().any(|(_, adrift)| adrift == task));
        Look { open, unbegun, lost, ..look }
    }

    /// The child on `slot` is dead: what it had taken but not begun is posted again. Returns the `wanted` tasks of which
    /// that is not so.
    pub(crate) fn reap(&self, slot: usize, wanted: impl Fn(u64) -> bool) -> Reaped {
        if let Some(cell) = self.cell(slot) {
            cell.task.store(0, Ordering::Release);
            // If it still said "asleep", somebody could wake the dead child and rely on it to search.
            cell.rest.store(AWAKE, Ordering::Release);
        }
        self.memory.head().wakes(slot);
        self.memory.head().stays(slot);
        let mut begun = Vec::new();
        self.begun.borrow_mut().retain(|&task, of| {
            begun.extend((*of == slot && wanted(task)).then_some(task));
            *of != slot
        });
        let mut taken = Vec::new();
        for posted in self.posted.borrow_mut().iter_mut().filter(|posted| !posted.over) {
            let state = |state| state_is(&self.memory, posted.at, state | slot as u64);
            if posted.by.map_or_else(|| state(RUN), |by| by == slot) {
                posted.over = true;
                begun.extend(wanted(posted.task).then_some(posted.task));
            } else if posted.by.is_none() && state(TAKEN) {
                posted.over = true;
                taken.extend(wanted(posted.task).then_some(*posted));
            }
        }
        taken.retain(|&posted| !self.repost(posted));
        self.memory.head().searching.swap(0, Ordering::AcqRel);
        if !self.open(1).is_empty() {
            wake_one(self.memory.head());
        }
        Reaped { begun, unposted: taken.into_iter().map(|posted| posted.task).collect() }
    }

    /// Posts an entry again at the end, where children see it that are already past its old position. False if there is
    /// no room.
    fn repost(&self, old: Posted) -> bool {
        let mut payload = Vec::new();
        self.memory.read_ring(ROOM, old.at + ENTRY as u64, old.length, &mut payload);
        self.post(old.task, old.epoch, &payload).is_ok()
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

#[cfg(test)]
mod tests;
