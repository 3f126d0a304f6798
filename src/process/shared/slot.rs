//! A child's side of the job queue: taking tasks, and waiting for them.

use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::time::{Duration, Instant};

use super::futex;
use super::job_queue::{
    ALIGN, ASLEEP, AWAKE, BETWEEN, Cell, ENTRY, Head, LEAVING, LONGEST, NO_ITEM, OPEN, ROOM, RUN, SHIFT,
    SOME_ITEM, TAKEN, entry, exchange, now, state_is, wake_one, wake_younger,
};
use super::memory::SharedMemory;
use crate::process::spin::Spin;

/// The longest sleep between two looks in the job queue: whoever was to wake a child may be stopped, or have been
/// killed.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A child's side of a job queue.
#[derive(Debug)]
pub(crate) struct WorkerSlot<'b> {
    memory: &'b SharedMemory<Head>,
    number: usize,
    cell: &'b Cell,
    epoch: u64,
    /// The first position that it has not looked at.
    at: u64,
    /// Entries are known up to here. To look where they end takes that from the parent, which posts the next.
    end: u64,
    searching: bool,
    /// Until it has looked for the first time: it begins with a task for which this epoch is too old.
    born_for: Option<u64>,
    /// Entries for which it was too old.
    passed: Vec<u64>,
    /// The parent knows of these.
    told: bool,
    /// Whin the job queue says makes no sense: somebody has written over it.
    garbled: bool,
    /// When it found nothing to do for the first time since its last task.
    idle_since: Option<Instant>,
    spin: Spin,
}

/// An entry, as it was when it was looked at.
#[derive(Debug)]
struct Posted {
    at: u64,
    /// Where the next one begins.
    next: u64,
    /// Of its payload.
    length: usize,
    epoch: u64,
    open: bool,
}

/// What a child finds in the job queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A task, which it has now.
    Task(u64),
    /// None, but there is one that waits, for which it is too old: its parent has to be told.
    Passed,
    /// The child is to end.
    End,
}

impl<'b> WorkerSlot<'b> {
    /// The child's side of `cell`, that of slot `number`.
    /// The first entry is at `start`, or was.
    pub(super) fn new(
        memory: &'b SharedMemory<Head>,
        number: usize,
        cell: &'b Cell,
        start: u64,
        others: u64,
    ) -> Self {
        let epoch = cell.epoch.load(Ordering::Acquire);
        Self {
            memory,
            number,
            cell,
            epoch,
            at: start,
            end: start,
            searching: false,
            born_for: Some(others),
            passed: Vec::new(),
            told: false,
            garbled: false,
            idle_since: None,
            spin: Spin::new(),
        }
    }

    /// Takes the next task, its payload into `payload`; waits for one, as long as it has patience.
    pub(crate) fn next(&mut self, payload: &mut Vec<u8>) -> Found {
        loop {
            if let Some(found) = self.look(payload) {
                return found;
            }
            if let Some(found) = self.search(payload) {
                return found;
            }
            self.passed.retain(|&at| state_is(self.memory, at, OPEN));
            if !self.passed.is_empty() && !std::mem::replace(&mut self.told, true) {
                return Found::Passed;
            }
            let idle_since = *self.idle_since.get_or_insert_with(Instant::now);
            self.cell.rest.store(ASLEEP, Ordering::SeqCst);
            self.memory.head().sleeps(self.number);
            fence(Ordering::SeqCst);
            let found = self.look(payload);
            let left = self.patience_left(idle_since);
            if found.is_none() && !left.is_zero() {
                futex::wait(&self.cell.rest, ASLEEP, left.min(LOOK_AGAIN));
            }
            if found.is_none() && self.patience_left(idle_since).is_zero() && self.leave() {
                return Found::End;
            }
            self.memory.head().wakes(self.number);
            // Whoever wakes a child counts on it to look.
            self.searching = self.cell.rest.swap(AWAKE, Ordering::SeqCst) == AWAKE;
            self.told &= !self.searching;
            if let Some(found) = found {
                self.stop_searching();
                return found;
            }
        }
    }

    /// How much longer it waits for work.
    fn patience_left(&self, idle_since: Instant) -> Duration {
        match self.cell.patience.load(Ordering::Relaxed) {
            0 => Duration::MAX,
            patience => Duration::from_nanos(patience).saturating_sub(idle_since.elapsed()),
        }
    }

    /// Leaves a sleep that nobody has ended, for good. False when there is something to do after all, or it shall stay.
    ///
    /// The parent may post a task at this very moment, and counts on whoever is there. It posts, and then looks who
    /// leaves; a child says that it leaves, and then looks for what was posted; both have a full fence between the two.
    /// So at least one sees what the other did. When the child sees a task it wants to stay, and the parent that sees
    /// it leave wants to do without it: of these two, one comes through, by compare-and-swap. So either the child takes
    /// the task, or the parent knows that it does not, and never do both go on as if they had the child's slot.
    fn leave(&self) -> bool {
        let turn =
            |from, to| self.cell.rest.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if !turn(ASLEEP, LEAVING) {
            return false;
        }
        let head = self.memory.head();
        head.leaves(self.number);
        fence(Ordering::SeqCst);
        let wanted =
            self.at < head.end.load(Ordering::Acquire) || self.cell.patience.load(Ordering::SeqCst) == 0;
        let stays = wanted && turn(LEAVING, ASLEEP);
        if stays {
            head.stays(self.number);
        } else {
            head.wakes(self.number);
        }
        !stays
    }

    /// The task that was taken has been told of.
    pub(crate) fn done(&self) {
        self.cell.task.store(0, Ordering::SeqCst);
    }

    /// It begins item number `count` of its task, counted from 1; items before have been told of. False when it shall
    /// begin none any more.
    ///
    /// In this order: who dismisses a child, and finds the same item after that as before, knows that no other begins.
    pub(crate) fn begin(&self, count: u64) -> bool {
        match self.cell.item.load(Ordering::Relaxed) {
            NO_ITEM => self.cell.item.store(SOME_ITEM, Ordering::Relaxed),
            _ => self.cell.item.store(now(), Ordering::SeqCst),
        }
        self.cell.begun.store(count, Ordering::SeqCst);
        if self.cell.dismissed.load(Ordering::SeqCst) == 0 {
            return true;
        }
        self.cell.begun.store(count - 1, Ordering::SeqCst);
        self.rest();
        false
    }

    /// The item that it began is over; it may have to wait until that is heard.
    pub(crate) fn rest(&self) {
        match self.cell.item.load(Ordering::Relaxed) {
            NO_ITEM | SOME_ITEM => self.cell.item.store(NO_ITEM, Ordering::Relaxed),
            _ => self.cell.item.store(BETWEEN, Ordering::SeqCst),
        }
    }

    /// It has run all items of its task.
    pub(crate) fn tally(&self) {
        let since = self.cell.since.load(Ordering::Relaxed);
        self.cell.spent.store(now().saturating_sub(since), Ordering::Relaxed);
    }

    /// What there is to do; none for nothing yet.
    fn look(&mut self, payload: &mut Vec<u8>) -> Option<Found> {
        if self.cell.dismissed.load(Ordering::SeqCst) == 1 {
            self.stop_searching();
            return Some(Found::End);
        }
        if let Some(task) = self.take(payload) {
            return Some(Found::Task(task));
        }
        if self.garbled {
            self.stop_searching();
            return Some(Found::End); // whoever is forked next finds it in order
        }
        (self.memory.head().closed.load(Ordering::SeqCst) == 1).then_some(Found::End)
    }

    /// Takes the next task that it can run; none when there is none now.
    pub(super) fn take(&mut self, payload: &mut Vec<u8>) -> Option<u64> {
        if let Some(others) = self.born_for.take()
            && let Some(own) = self.first_beyond(others)
            && let Some(task) = self.claim(&own, payload)
        {
            return Some(task);
        }
        loop {
            let head = self.memory.head();
            self.at = self.at.max(head.start.load(Ordering::Acquire));
            if self.at >= self.end {
                self.end = head.end.load(Ordering::Acquire);
                self.garbled = !(self.at..=self.at.saturating_add(ROOM as u64)).contains(&self.end);
                if self.garbled || self.at == self.end {
                    return None;
                }
            }
            let Some(posted) = self.peek(self.at) else {
                self.garbled = true;
                return None;
            };
            self.at = posted.next;
            if posted.open && posted.epoch > self.epoch {
                // Whoever posted it may have counted on this child to look.
                wake_younger(head, posted.epoch);
                self.passed.push(posted.at);
            } else if posted.open
                && let Some(task) = self.claim(&posted, payload)
            {
                return Some(task);
            }
        }
    }

    /// The first task that it can run, and whoever was born with `others` can not. Were it to begin with another, this
    /// one would have to wait until that is done.
    fn first_beyond(&self, others: u64) -> Option<Posted> {
        let end = self.memory.head().end.load(Ordering::Acquire);
        let mut at = self.at;
        while at < end && end - at <= ROOM as u64 {
            let posted = self.peek(at)?;
            if posted.open && posted.epoch > others && posted.epoch <= self.epoch {
                return Some(posted);
            }
            at = posted.next;
        }
        None
    }

    /// What is at a position where an entry begins, or began: its place may have been used again. None where no entry
    /// can be.
    fn peek(&self, at: u64) -> Option<Posted> {
        let entry = entry(self.memory, at)?;
        let length = entry.payload.load(Ordering::Relaxed) as usize;
        let epoch = entry.epoch.load(Ordering::Relaxed);
        let open = entry.state.load(Ordering::Acquire) == at << SHIFT | OPEN;
        fence(Ordering::Acquire);
        let start = self.memory.head().start.load(Ordering::Relaxed);
        let next = at.checked_add(((ENTRY + length) as u64).next_multiple_of(ALIGN as u64))?;
        Some(if start > at {
            Posted { at, next: start, length: 0, epoch: 0, open: false }
        } else {
            Posted { at, next: Some(next).filter(|_| length <= LONGEST)?, length, epoch, open }
        })
    }

    /// Takes a task, unless another was faster.
    fn claim(&mut self, posted: &Posted, payload: &mut Vec<u8>) -> Option<u64> {
        let &Posted { at, length, .. } = posted;
        self.cell.taken.store(at + 1, Ordering::SeqCst);
        let (taken, run) = (TAKEN | self.number as u64, RUN | self.number as u64);
        if !exchange(self.memory, at, OPEN, taken) {
            return None;
        }
        let task = entry(self.memory, at)?.task.load(Ordering::Relaxed);
        payload.clear();
        self.memory.read_ring(ROOM, at + ENTRY as u64, length, payload);
        // Whoever sees the entry run, or the task, sees what was stored before.
        self.cell.begun.store(0, Ordering::Relaxed);
        self.cell.since.store(now(), Ordering::Relaxed);
        self.cell.task.store(task, Ordering::Release);
        exchange(self.memory, at, taken, run);
        self.stop_searching();
        self.told = false;
        self.idle_since = None;
        Some(task)
    }

    /// Looks for work without sleeping, unless another does.
    fn search(&mut self, payload: &mut Vec<u8>) -> Option<Found> {
        let head = self.memory.head();
        let free =
            |word: &AtomicU32| word.compare_exchange(0, 1, Ordering::SeqCst, Ordering::Relaxed).is_ok();
        self.searching = self.searching || free(&head.searching);
        if !self.searching {
            return None;
        }
        self.spin.until(|| head.end.load(Ordering::Relaxed) != self.at);
        let found = self.look(payload);
        self.stop_searching();
        found
    }

    /// Somebody else shall look if there is more.
    fn stop_searching(&mut self) {
        let head = self.memory.head();
        if std::mem::take(&mut self.searching) {
            head.searching.store(0, Ordering::SeqCst);
            fence(Ordering::SeqCst);
            if self.at < head.end.load(Ordering::Acquire) {
                wake_one(head);
            }
        }
    }
}
