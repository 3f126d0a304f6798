//! The child's side of the job queue: takes jobs, and waits for them.

use std::time::{Duration, Instant};

use super::cells::{
    ASLEEP, AWAKE, BETWEEN, Cell, Head, LEAVING, NO_ITEM, SOME_ITEM, now, soon, wake_one, wake_younger,
};
use super::entries::{ALIGN, ENTRY, LONGEST, OPEN, ROOM, RUN, SHIFT, TAKEN, entry, exchange, state_is};
use super::memory::{SharedMemory, place};
use super::sync::{AtomicU32, Ordering, fence};
use crate::process::spin::Spin;

/// The longest sleep between two looks at the job queue: the process that should have sent the wake-up may be stopped
/// or dead.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A worker slot of the job queue, as the child sees it that occupies it.
#[derive(Debug)]
pub(crate) struct WorkerSlot<'b> {
    memory: &'b SharedMemory<Head>,
    number: usize,
    cell: &'b Cell,
    epoch: u64,
    /// The first position that this child has not looked at.
    at: u64,
    /// Where the entries end, as far as this child knows. Reading that from the head takes the cache line from the
    /// parent, which writes it with each post.
    end: u64,
    searching: bool,
    /// The epoch of the other workers, until this child has looked for the first time: it was forked for a task that
    /// needs a later epoch than theirs, and begins with that one.
    born_for: Option<u64>,
    /// Open entries that need a later epoch than this child's.
    passed: Vec<u64>,
    /// The parent has been told of these.
    told: bool,
    /// What the head or an entry says makes no sense: somebody has written over it.
    pub(super) garbled: bool,
    /// When this child first found nothing to do since its last task.
    idle_since: Option<Instant>,
    spin: Spin,
}

/// An entry as it was when it was read.
#[derive(Debug)]
struct Posted {
    at: u64,
    /// Where the next entry begins.
    next: u64,
    /// Length of the payload.
    length: usize,
    epoch: u64,
    open: bool,
}

/// What a child gets from the job queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A task, which the child has taken.
    Task(u64),
    /// No task that the child can run, but one that needs a later epoch than the child's: the parent has to be told.
    Passed,
    /// The child is to end.
    End,
}

impl<'b> WorkerSlot<'b> {
    /// The child's side of slot `number`, whose shared state is `cell`. The oldest entry is, or was, at `start`;
    /// `others` is the epoch of the other workers.
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

    /// Takes the next task, and puts its payload into `payload`. Waits for one as long as the child's patience lasts.
    pub(crate) fn next(&mut self, payload: &mut Vec<u8>) -> Found {
        let found = self.wait(payload);
        if matches!(found, Found::End) && !self.garbled && self.cell.dismissed.load(Ordering::Acquire) == 0 {
            // By itself, as its patience is over or the queue is closed: the parent, which may want it to stay by now, has to
            // do without it.
            self.cell.rest.store(LEAVING, Ordering::Release);
            self.memory.head().leaves(self.number);
        }
        found
    }

    fn wait(&mut self, payload: &mut Vec<u8>) -> Found {
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
            self.cell.rest.swap(ASLEEP, Ordering::AcqRel);
            self.memory.head().sleeps(self.number);
            fence(Ordering::SeqCst);
            let found = self.look(payload);
            let left = self.patience_left(idle_since);
            if found.is_none() && !left.is_zero() {
                self.cell.rest.wait(ASLEEP, left.min(LOOK_AGAIN));
            }
            if found.is_none() && self.patience_left(idle_since).is_zero() && self.leave() {
                return Found::End;
            }
            self.memory.head().wakes(self.number);
            // Whoever wakes a child relies on it to search: this child does so if somebody has woken it.
            self.searching = self.cell.rest.swap(AWAKE, Ordering::AcqRel) == AWAKE;
            self.told &= !self.searching;
            if let Some(found) = found {
                self.stop_searching();
                return found;
            }
        }
    }

    /// How much longer this child waits for work.
    fn patience_left(&self, idle_since: Instant) -> Duration {
        match self.cell.patience.load(Ordering::Relaxed) {
            0 => Duration::MAX,
            patience => Duration::from_nanos(patience).saturating_sub(idle_since.elapsed()),
        }
    }

    /// Ends this child's waiting for good, if nobody has woken it. False if there is something to do after all, or if
    /// the parent now wants the child to stay.
    ///
    /// The parent may post a task at this very moment, and relies on the children that are there. It posts, and then
    /// checks which children are leaving; a child announces that it leaves, and then checks for posted tasks; each has
    /// a full fence between the two steps. So at least one of them sees what the other did. A child that sees a task
    /// wants to stay, and a parent that sees the child leave wants to do without it: one of the two succeeds, by
    /// compare-and-swap on the same word. So either the child takes the task, or the parent knows that it does not;
    /// never do both go on as if the slot were theirs.
    fn leave(&self) -> bool {
        let turn =
            |from, to| self.cell.rest.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if !turn(ASLEEP, LEAVING) {
            return false;
        }
        let head = self.memory.head();
        head.leaves(self.number);
        fence(Ordering::SeqCst);
        let wanted =
            self.at < head.end.load(Ordering::Acquire) || self.cell.patience.load(Ordering::Acquire) == 0;
        let stays = wanted && turn(LEAVING, ASLEEP);
        if stays {
            head.stays(self.number);
        } else {
            head.wakes(self.number);
        }
        !stays
    }

    /// The outcome of the task has been written to the result ring.
    pub(crate) fn done(&self) {
        self.cell.task.store(0, Ordering::Release);
    }

    /// The child begins item number `count` of its task, counted from 1; the results of earlier items have been
    /// written. False if the child was dismissed, and may begin no more items.
    ///
    /// The order matters: `item`, then `begun`, then the check. So if the parent dismisses a child, and reads the same
    /// item after that as before, no other item begins.
    pub(crate) fn begin(&self, count: u64) -> bool {
        if count == 1 {
            self.cell.since.store(now(), Ordering::Relaxed); // for `tally`
        }
        match self.cell.item.load(Ordering::Relaxed) {
            NO_ITEM => self.cell.item.store(SOME_ITEM, Ordering::Relaxed),
            _ => self.cell.item.store(now(), Ordering::Release),
        }
        self.cell.begun.store(count, Ordering::Release);
        fence(Ordering::SeqCst);
        if self.cell.dismissed.load(Ordering::Acquire) == 0 {
            return true;
        }
        self.cell.begun.store(count - 1, Ordering::Release);
        self.rest();
        false
    }

    /// The item that the child had begun is over; the child may have to wait until the parent has read its result.
    pub(crate) fn rest(&self) {
        match self.cell.item.load(Ordering::Relaxed) {
            NO_ITEM | SOME_ITEM => self.cell.item.store(NO_ITEM, Ordering::Relaxed),
            _ => self.cell.item.store(BETWEEN, Ordering::Release),
        }
    }

    /// The child has run all items of its task: notes how long that took.
    pub(crate) fn tally(&self) {
        let since = self.cell.since.load(Ordering::Relaxed);
        self.cell.spent.store(now().saturating_sub(since), Ordering::Relaxed);
    }

    /// What there is to do now; `None` if nothing.
    fn look(&mut self, payload: &mut Vec<u8>) -> Option<Found> {
        if self.cell.dismissed.load(Ordering::Acquire) == 1 {
            self.stop_searching();
            return Some(Found::End);
        }
        if let Some(task) = self.take(payload) {
            return Some(Found::Task(task));
        }
        if self.garbled {
            self.stop_searching();
            return Some(Found::End); // the next child that is forked finds the head written anew
        }
        let closed = self.memory.head().closed.load(Ordering::Acquire) == 1;
        if !closed {
            return None;
        }
        // Something may have been posted just before the queue was closed, and after the look above.
        Some(self.take(payload).map_or(Found::End, Found::Task))
    }

    /// Takes the next open task that this child can run, if there is one.
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
                // The parent may have gone round the ring since `start` was read above.
                let start = head.start.load(Ordering::Acquire);
                if start > self.at {
                    continue;
                }
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
                // The parent, when it posted this entry, may have relied on this child to search.
                wake_younger(head, posted.epoch);
                self.passed.push(posted.at);
            } else if posted.open
                && let Some(task) = self.claim(&posted, payload)
            {
                return Some(task);
            }
        }
    }

    /// The first open task that this child can run, and children of epoch `others` cannot. If the child began with
    /// another one, this task would have to wait until that is done.
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

    /// Reads the entry that begins, or once began, at position `at`: its bytes may have been reused since. `None` if no
    /// entry can be there.
    fn peek(&self, at: u64) -> Option<Posted> {
        let entry = entry(self.memory, at)?;
        let length = entry.length.load(Ordering::Relaxed);
        let epoch = entry.epoch.load(Ordering::Relaxed);
        let open = entry.state.load(Ordering::Acquire) == at << SHIFT | OPEN;
        fence(Ordering::Acquire);
        let start = self.memory.head().start.load(Ordering::Relaxed);
        if start > at {
            return Some(Posted { at, next: start, length: 0, epoch: 0, open: false });
        }
        let length = usize::try_from(length).ok().filter(|&length| length <= LONGEST)?;
        let next = at.checked_add(((ENTRY + length) as u64).next_multiple_of(ALIGN as u64))?;
        Some(Posted { at, next, length, epoch, open })
    }

    /// Takes a task, unless another child has been faster.
    fn claim(&mut self, posted: &Posted, payload: &mut Vec<u8>) -> Option<u64> {
        let &Posted { at, length, .. } = posted;
        self.cell.taken.store(at + 1, Ordering::Release);
        let (taken, run) = (TAKEN | self.number as u64, RUN | self.number as u64);
        if !exchange(self.memory, at, OPEN, taken) {
            return None;
        }
        let task = entry(self.memory, at)?.task.load(Ordering::Relaxed);
        payload.clear();
        self.memory.read_ring(ROOM, at + ENTRY as u64, length, payload);
        // Whoever sees the entry's state `RUN`, or the task in the cell, sees these two stores as well.
        self.cell.begun.store(0, Ordering::Relaxed);
        self.cell.since.store(soon(), Ordering::Relaxed);
        self.cell.task.store(task, Ordering::Release);
        // Nobody else changes the state of an entry that this child has taken.
        entry(self.memory, at)?.state.store(at << SHIFT | run, Ordering::Release);
        self.stop_searching();
        self.told = false;
        self.idle_since = None;
        Some(task)
    }

    /// Looks for work without sleeping, unless another child does so already.
    fn search(&mut self, payload: &mut Vec<u8>) -> Option<Found> {
        let head = self.memory.head();
        let free =
            |word: &AtomicU32| word.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        self.searching = self.searching || free(&head.searching);
        if !self.searching {
            return None;
        }
        // The next entry comes into the processor's cache together with the word that says that it is there, not after it.
        let next = place(ROOM, self.at);
        self.spin.until(|| {
            self.memory.prefetch(next);
            head.end.load(Ordering::Relaxed) != self.at
        });
        let found = self.look(payload);
        self.stop_searching();
        found
    }

    /// Ends this child's search, if it was the one that searched. If there are more entries, wakes another child to
    /// search.
    fn stop_searching(&mut self) {
        let head = self.memory.head();
        if std::mem::take(&mut self.searching) {
            head.searching.swap(0, Ordering::AcqRel);
            fence(Ordering::SeqCst);
            if self.at < head.end.load(Ordering::Acquire) {
                wake_one(head);
            }
        }
    }
}
