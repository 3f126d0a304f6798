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
//! A [`Sink`] is told of each transition by one [`Event`]. Nobody listens yet outside of the tests, and that costs
//! nothing.
//!
//! No other module keeps a list of the attempts. When a warm worker takes a posted attempt, the parent is not notified:
//! the job queue in shared memory says which worker has it. A retry is a new attempt with a new id, as the process of
//! the former attempt may still be there.

use std::collections::VecDeque;

use super::ids::{IdMap, IdSet};

/// How many stale ids the queue may hold in addition to one for each valid id: if there are more, they are cleared out.
const STALE: usize = 64;

/// Where an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// In the pool's queue.
    Queued,
    /// It is a retry, and waits for its backoff to be over.
    Resting,
    /// About to run: a process is about to be forked for it, or a warm worker takes it from the job queue.
    Posted,
    /// In a process of its own.
    Running,
    /// Its process has sent everything, but has not ended yet. It needs no slot any more.
    Reported,
    /// This pool does not wait for its process any more, but the slot is taken until that process has ended. Either its
    /// task belongs to another pool by now, or its outcome is still in the memory of that process.
    Disowned,
}

/// One attempt. Its owner, `of`, is removed as soon as the attempt has sent everything or is disowned.
#[derive(Debug)]
struct Record<A> {
    stage: Stage,
    of: Option<A>,
}

/// How many attempts are in each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    queued: usize,
    resting: usize,
    /// Posted or running.
    out: usize,
    reported: usize,
    disowned: usize,
}

impl Counts {
    fn of(&mut self, stage: Stage) -> &mut usize {
        match stage {
            Stage::Queued => &mut self.queued,
            Stage::Resting => &mut self.resting,
            Stage::Posted | Stage::Running => &mut self.out,
            Stage::Reported => &mut self.reported,
            Stage::Disowned => &mut self.disowned,
        }
    }
}

/// One transition of one attempt. What happens to an attempt is told once, and in order.
///
/// When it was is for the [`Sink`] to say, as nothing here reads a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event<'l, A> {
    /// The attempt. If a worker is forked for it, this is the id of that worker, too.
    pub(crate) attempt: u64,
    /// Its owner, unless somebody has it already.
    pub(crate) of: Option<&'l A>,
    /// Where it was; `None` for a new one.
    pub(crate) from: Option<Stage>,
    /// Where it is; `None` if it is over.
    pub(crate) to: Option<Stage>,
}

/// Whoever is told of all transitions of a ledger, as they happen. The ledger is borrowed then, so that it has to be
/// left alone, and no PHP code may run.
pub(crate) trait Sink<A> {
    /// Something has happened.
    fn take(&mut self, event: Event<'_, A>);
}

/// The sink of a ledger to which nobody listens: the calls are compiled away.
#[derive(Debug)]
pub(crate) struct Nobody;

impl<A> Sink<A> for Nobody {
    #[inline]
    fn take(&mut self, _: Event<'_, A>) {}
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
    queue: VecDeque<u64>,
    counts: Counts,
    sink: S,
}

impl<A> Ledger<A> {
    /// A ledger without attempts, with `limit` slots, to which nobody listens.
    pub(crate) fn new(limit: usize) -> Self {
        Self::told_to(Nobody, limit)
    }
}

impl<A, S: Sink<A>> Ledger<A, S> {
    /// A ledger without attempts, with `limit` slots, of whose transitions `sink` is told.
    fn told_to(sink: S, limit: usize) -> Self {
        Self {
            limit,
            stopped: false,
            records: IdMap::default(),
            queue: VecDeque::new(),
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
    pub(crate) fn next(&mut self) -> Option<(u64, &A)> {
        self.next_within(self.limit)
    }

    /// Takes the next attempt from the queue while fewer than `ahead` attempts are posted, running or disowned.
    /// Processes that are about to end need no slot, but should not pile up: if more than `ahead` of them are left,
    /// nothing is taken.
    pub(crate) fn next_within(&mut self, ahead: usize) -> Option<(u64, &A)> {
        if self.stopped || self.counts.queued == 0 || self.slots_taken() >= ahead {
            return None;
        }
        if self.counts.reported > ahead {
            return None;
        }
        let id = loop {
            let id = self.queue.pop_front()?;
            if self.stage(id) == Some(Stage::Queued) {
                break id;
            }
        };
        self.step(id, Stage::Posted)?.of.as_ref().map(|of| (id, of))
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
            self.queue.push_front(id);
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

    /// An attempt is over: its slot is free. Returns the owner; `None` if the attempt had already sent everything.
    pub(crate) fn end(&mut self, id: u64) -> Option<A> {
        let Record { stage, of } = self.records.remove(&id)?;
        *self.counts.of(stage) -= 1;
        self.sink.take(Event { attempt: id, of: of.as_ref(), from: Some(stage), to: None });
        self.tidy();
        of
    }

    /// Removes all attempts, and returns their owners.
    #[must_use = "the values are dropped when nothing is borrowed"]
    pub(crate) fn clear(&mut self) -> Vec<A> {
        self.queue.clear();
        self.counts = Counts::default();
        let records = std::mem::take(&mut self.records);
        for (&attempt, Record { stage, of }) in &records {
            self.sink.take(Event { attempt, of: of.as_ref(), from: Some(*stage), to: None });
        }
        records.into_values().filter_map(|record| record.of).collect()
    }

    /// The owner of an attempt.
    pub(crate) fn get(&self, id: u64) -> Option<&A> {
        self.records.get(&id)?.of.as_ref()
    }

    /// The stage of an attempt.
    pub(crate) fn stage(&self, id: u64) -> Option<Stage> {
        self.records.get(&id).map(|record| record.stage)
    }

    /// The attempts that have not sent everything, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, Stage, &A)> {
        self.records.iter().filter_map(|(&id, record)| Some((id, record.stage, record.of.as_ref()?)))
    }

    /// Is there a process that has sent everything, and has not ended yet?
    pub(crate) fn has_reported(&self) -> bool {
        self.counts.reported > 0
    }

    /// Has an attempt left the queue, and not ended?
    pub(crate) fn is_out(&self, id: u64) -> bool {
        matches!(self.stage(id), Some(Stage::Posted | Stage::Running | Stage::Reported | Stage::Disowned))
    }

    /// Has an attempt left the queue, and not sent everything?
    pub(crate) fn expects(&self, id: u64) -> bool {
        let is_out = |stage| !matches!(stage, Stage::Queued | Stage::Resting);
        self.records.get(&id).is_some_and(|record| record.of.is_some() && is_out(record.stage))
    }

    /// Is an attempt in the queue, or waiting for its backoff?
    pub(crate) fn is_waiting(&self, id: u64) -> bool {
        matches!(self.stage(id), Some(Stage::Queued | Stage::Resting))
    }

    /// Is there work in progress that will end or be retried by itself? Of the attempts that have left the queue here
    /// or in other pools, `in_hand` are still being prepared and run nowhere. This pool's share of them does not count,
    /// and is subtracted from `in_hand`.
    pub(crate) fn is_busy_besides(&self, in_hand: &mut usize) -> bool {
        let left = self.not_ended();
        let here = left.min(*in_hand);
        *in_hand -= here;
        left > here || !self.stopped && self.counts.resting > 0
    }

    /// Is there an attempt that will start, now or later?
    pub(crate) fn has_waiting(&self) -> bool {
        !self.stopped && self.counts.queued + self.counts.resting > 0
    }

    /// How many attempts are in the queue, or wait for their backoff.
    pub(crate) fn waiting(&self) -> usize {
        self.counts.queued + self.counts.resting
    }

    /// Does nothing run, and will nothing start by itself?
    pub(crate) fn is_idle(&self) -> bool {
        self.not_ended() == 0 && !self.has_waiting()
    }

    /// Is there an attempt that has not sent everything?
    pub(crate) fn has_untold(&self) -> bool {
        self.records.len() > self.counts.reported + self.counts.disowned
    }

    fn slots_taken(&self) -> usize {
        self.counts.out + self.counts.disowned
    }

    /// How many attempts have left the queue, and not ended.
    fn not_ended(&self) -> usize {
        self.slots_taken() + self.counts.reported
    }

    /// Clears stale ids out of the queue, when there are many.
    fn tidy(&mut self) {
        if self.queue.len() <= 2 * self.counts.queued + STALE {
            return;
        }
        let (records, mut seen) = (&self.records, IdSet::default());
        let is_queued = |id| records.get(&id).is_some_and(|record| record.stage == Stage::Queued);
        self.queue.retain(|&id| is_queued(id) && seen.insert(id));
    }

    fn add(&mut self, id: u64, stage: Stage, of: A) {
        *self.counts.of(stage) += 1;
        self.sink.take(Event { attempt: id, of: Some(&of), from: None, to: Some(stage) });
        let known = self.records.insert(id, Record { stage, of: Some(of) });
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
        let from = std::mem::replace(&mut record.stage, to);
        *self.counts.of(from) -= 1;
        *self.counts.of(to) += 1;
        // To be moved within the queue is no transition.
        if from != to {
            self.sink.take(Event { attempt: id, of: record.of.as_ref(), from: Some(from), to: Some(to) });
        }
        Some(record)
    }
}

#[cfg(test)]
mod tests;
