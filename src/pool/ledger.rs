//! Where each attempt of one pool is: an attempt of a task, of a portion of a `map()`, or a retry.
//!
//! ```text
//!            enqueue            next               run              report           end
//!    (new) ----------> Queued ----------> Posted ----------> Running -------> Reported ------> (gone)
//!                       ^  ^ `-- remove     |  ^                |                               ^
//!                       |  `--- requeue ----+--|----------------'                               |
//!      rest            wake                 `--|----------------- end --------------------------'
//!    (new) ---------> Resting                  |
//!      post                                    |
//!    (new) ------------------------------------'
//! ```
//!
//! An attempt that is cancelled while a warm worker has it is `Cancelled` until its last result has arrived, or that
//! worker is gone. A [`Sink`] is told of each transition by one [`Event`]. Nobody listens yet outside of the tests, and
//! that costs nothing.
//!
//! No other module keeps a list of the attempts. When a warm worker takes a posted attempt, the parent is not notified:
//! the job queue in shared memory says which worker has it. A retry is a new attempt with a new id, as the process of
//! the former attempt may still be there.

mod event;
mod queries;
mod stage;

use super::ids::{IdMap, IdSet};
use super::queue::Queue;
use event::{Event, Nobody, Sink};
use stage::Counts;

pub(crate) use stage::Stage;

/// How many stale ids the queue may hold in addition to one for each valid id: if there are more, they are cleared out.
const STALE: usize = 64;

/// One attempt.
#[derive(Debug)]
struct Record<A> {
    stage: Stage,
    /// How many results of a cancelled attempt have not arrived.
    unwanted: u32,
    /// Its owner, until the attempt has sent everything or is disowned.
    of: Option<A>,
}

/// The attempts of one pool, its queue and its slots.
#[derive(Debug)]
pub(crate) struct Ledger<A, S = Nobody> {
    limit: usize,
    stopped: bool,
    records: IdMap<Record<A>>,
    /// Ids of queued attempts, in the order in which they start. It may also hold stale ids, which are skipped: a
    /// second one of an attempt that was moved to the front, and those of attempts that have left the queue in another
    /// way.
    queue: Queue,
    /// Nothing is posted for workers that are not free.
    close: bool,
    counts: Counts,
    sink: S,
}

impl<A: Clone> Ledger<A> {
    /// A ledger without attempts, with `limit` slots, to which nobody listens.
    pub(crate) fn new(limit: usize) -> Self {
        Self::told_to(Nobody, limit)
    }
}

impl<A: Clone, S: Sink<A>> Ledger<A, S> {
    /// A ledger without attempts, with `limit` slots, of whose transitions `sink` is told.
    fn told_to(sink: S, limit: usize) -> Self {
        Self {
            limit,
            stopped: false,
            records: IdMap::default(),
            queue: Queue::default(),
            close: false,
            counts: Counts::default(),
            sink,
        }
    }

    /// How many slots there are.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Changes the number of slots. Attempts beyond the new number go on.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Starts no more attempts.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Are no more attempts started?
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Leaves attempts in the queue until a slot is free for them, as their order, or the time of their start, matters.
    pub(crate) fn keep_close(&mut self) {
        self.close = true;
    }

    /// Is that so?
    pub(crate) fn is_close(&self) -> bool {
        self.close
    }

    /// How many attempts may be posted or running, where `most` would be possible.
    pub(crate) fn ahead(&self, most: usize) -> usize {
        if self.close { self.limit.min(most) } else { most }
    }

    /// Sets the priority of an attempt that is about to be added: 0, if it is not set.
    pub(crate) fn rank(&mut self, id: u64, priority: i64) {
        self.queue.rank(id, priority);
    }

    /// An attempt has not been added after all.
    pub(crate) fn unrank(&mut self, id: u64) {
        self.queue.forget(id);
    }

    /// Adds a new attempt at the end of the queue.
    pub(crate) fn enqueue(&mut self, id: u64, of: A) {
        self.add(id, Stage::Queued, of);
        self.queue.push_back(id);
    }

    /// Adds a new attempt at the front of the queue.
    pub(crate) fn enqueue_first(&mut self, id: u64, of: A) {
        self.add(id, Stage::Queued, of);
        self.queue.push_front(id);
    }

    /// Adds a new attempt that waits for its backoff, without a slot.
    pub(crate) fn rest(&mut self, id: u64, of: A) {
        self.add(id, Stage::Resting, of);
    }

    /// Adds a new attempt that is about to run, without having been in the queue.
    pub(crate) fn post(&mut self, id: u64, of: A) {
        self.add(id, Stage::Posted, of);
    }

    /// Adds a new attempt that is running already: it began in another pool.
    pub(crate) fn adopt(&mut self, id: u64, of: A) {
        self.add(id, Stage::Running, of);
    }

    /// Takes the next attempt from the queue, if a slot is free; it occupies that slot.
    pub(crate) fn next(&mut self) -> Option<(u64, A)> {
        self.next_within(self.limit)
    }

    /// Takes the next attempt from the queue while fewer than `ahead` attempts are posted, running or disowned.
    /// Processes that are about to end need no slot, but should not pile up: if more than `ahead` of them are left,
    /// nothing is taken.
    pub(crate) fn next_within(&mut self, ahead: usize) -> Option<(u64, A)> {
        if self.stopped || self.counts.queued == 0 || self.counts.slots() >= ahead {
            return None;
        }
        if self.counts.reported > ahead {
            return None;
        }
        loop {
            let id = self.queue.pop()?;
            // One search for each attempt: this is done for each task.
            let Some(record) = self.records.get_mut(&id).filter(|record| record.stage == Stage::Queued)
            else {
                continue;
            };
            Self::change_stage(record, id, Stage::Posted, &mut self.counts, &mut self.sink);
            return record.of.clone().map(|of| (id, of));
        }
    }

    /// The backoff of an attempt is over: it takes the next free slot. False if the attempt is not waiting for its
    /// backoff.
    pub(crate) fn wake(&mut self, id: u64) -> bool {
        let rests = self.stage(id) == Some(Stage::Resting);
        if rests {
            self.step(id, Stage::Queued);
            self.queue.push_front(id);
        }
        rests
    }

    /// An attempt could not be started: it returns to the front of the queue.
    pub(crate) fn requeue(&mut self, id: u64) {
        if matches!(self.stage(id), Some(Stage::Posted | Stage::Running)) {
            self.step(id, Stage::Queued);
            self.queue.push_front(id);
        }
    }

    /// Moves a waiting attempt to the front of the queue: it takes the next free slot, and its backoff ends. False if
    /// it is not waiting.
    pub(crate) fn hasten(&mut self, id: u64) -> bool {
        let waits = self.is_waiting(id);
        if waits {
            self.step(id, Stage::Queued);
            self.queue.push_first(id);
            self.tidy();
        }
        waits
    }

    /// An attempt has a process of its own now.
    pub(crate) fn run(&mut self, id: u64) {
        if self.stage(id) == Some(Stage::Posted) {
            self.step(id, Stage::Running);
        }
    }

    /// The process of an attempt has sent everything, and has not ended yet. Returns the owner; `None` if that was
    /// reported before.
    pub(crate) fn report(&mut self, id: u64) -> Option<A> {
        self.part(id, Stage::Reported)
    }

    /// Takes a running attempt from its owner; it occupies its slot until its process has ended. Returns the owner;
    /// `None` if the attempt is not running.
    pub(crate) fn disown(&mut self, id: u64) -> Option<A> {
        self.part(id, Stage::Disowned)
    }

    /// Removes an attempt that has not started. `None` for any other.
    pub(crate) fn remove(&mut self, id: u64) -> Option<A> {
        if self.is_waiting(id) { self.end(id) } else { None }
    }

    /// Nobody wants the results of an attempt any more that is out: so many of them have not arrived.
    pub(crate) fn cancel(&mut self, id: u64, results: usize) {
        if self.stage(id) == Some(Stage::Posted)
            && let Some(record) = self.step(id, Stage::Cancelled)
        {
            record.unwanted = u32::try_from(results).unwrap_or(u32::MAX);
        }
    }

    /// A result of an attempt has arrived. If the attempt was cancelled, the result is to be dropped: whether it was the
    /// last one. `None` for any other attempt.
    pub(crate) fn drop_result(&mut self, id: u64) -> Option<bool> {
        if self.counts.cancelled == 0 {
            return None;
        }
        let record = self.records.get_mut(&id).filter(|record| record.stage == Stage::Cancelled)?;
        record.unwanted = record.unwanted.saturating_sub(1);
        Some(record.unwanted == 0)
    }

    /// The cancelled attempts.
    pub(crate) fn cancelled(&self) -> impl Iterator<Item = (u64, &A)> {
        let any = if self.counts.cancelled > 0 { Some(self.iter()) } else { None };
        any.into_iter()
            .flatten()
            .filter_map(|(id, stage, of)| (stage == Stage::Cancelled).then_some((id, of)))
    }

    /// An attempt is over: its slot is free. Returns the owner; `None` if the attempt had already sent everything.
    pub(crate) fn end(&mut self, id: u64) -> Option<A> {
        self.end_in(None, id)
    }

    /// The same, if it is known which warm worker had it.
    pub(crate) fn end_in(&mut self, worker: Option<u64>, id: u64) -> Option<A> {
        let Record { stage, of, .. } = self.records.remove(&id)?;
        self.queue.forget(id);
        *self.counts.of(stage) -= 1;
        self.sink.take(Event::new(id, of.as_ref(), worker, (Some(stage), None)));
        self.tidy();
        of
    }

    /// Removes all attempts, and returns their owners.
    #[must_use = "the values are dropped when nothing is borrowed"]
    pub(crate) fn clear(&mut self) -> Vec<A> {
        self.queue.clear();
        self.counts = Counts::default();
        let records = std::mem::take(&mut self.records);
        for (&id, Record { stage, of, .. }) in &records {
            self.sink.take(Event::new(id, of.as_ref(), None, (Some(*stage), None)));
        }
        records.into_values().filter_map(|record| record.of).collect()
    }

    /// Clears stale ids out of the queue, when there are many.
    #[inline]
    fn tidy(&mut self) {
        if self.queue.len() > 2 * self.counts.queued + STALE {
            self.clear_out();
        }
    }

    #[cold]
    fn clear_out(&mut self) {
        let (records, mut seen) = (&self.records, IdSet::default());
        let is_queued = |id| records.get(&id).is_some_and(|record| record.stage == Stage::Queued);
        self.queue.retain(|id| is_queued(id) && seen.insert(id));
    }

    fn add(&mut self, id: u64, stage: Stage, of: A) {
        *self.counts.of(stage) += 1;
        self.sink.take(Event::new(id, Some(&of), None, (None, Some(stage))));
        let known = self.records.insert(id, Record { stage, unwanted: 0, of: Some(of) });
        debug_assert!(known.is_none(), "numbers of attempts never come again");
    }

    fn part(&mut self, id: u64, to: Stage) -> Option<A> {
        if self.stage(id) != Some(Stage::Running) {
            return None;
        }
        self.step(id, to)?.of.take()
    }

    fn step(&mut self, id: u64, to: Stage) -> Option<&mut Record<A>> {
        let record = self.records.get_mut(&id)?;
        Self::change_stage(record, id, to, &mut self.counts, &mut self.sink);
        Some(record)
    }

    fn change_stage(record: &mut Record<A>, id: u64, to: Stage, counts: &mut Counts, sink: &mut S) {
        let from = std::mem::replace(&mut record.stage, to);
        *counts.of(from) -= 1;
        *counts.of(to) += 1;
        // To be moved within the queue is no transition.
        if from != to {
            sink.take(Event::new(id, record.of.as_ref(), None, (Some(from), Some(to))));
        }
    }
}

#[cfg(test)]
mod tests;
