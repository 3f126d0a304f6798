//! Where every attempt of one pool is: of a task, of a portion of a map, and of what is run again.
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
//! Nothing else keeps a list of them. An attempt that is posted for warm workers is taken by one of them without a word
//! to the parent: which one, the job queue in shared memory says. One that is run again is a new attempt, with a number
//! of its own, as the process of the one before may still be there.

use std::collections::VecDeque;

use super::ids::{IdMap, IdSet};

/// Numbers in the queue that mean nothing any more, for each that does, and some: more of them are cleared out.
const STALE: usize = 64;

/// Where an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// In the queue.
    Queued,
    /// It repeats one that has failed, and waits for its time.
    Resting,
    /// Made ready: whoever is to run it is about to be forked, or takes it out of shared memory.
    Posted,
    /// In a process of its own.
    Running,
    /// That process has told everything, and is not gone yet: it needs no slot any more.
    Reported,
    /// Nobody here waits for that process any more, but it has its slot until it is gone: its task belongs to another
    /// pool by now, or its outcome is still in its memory.
    Disowned,
}

/// One attempt. Whoever it is of leaves as soon as it has told everything.
#[derive(Debug)]
struct Record<A> {
    stage: Stage,
    of: Option<A>,
}

/// How many attempts are where.
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

/// The attempts of one pool, its queue and its slots.
#[derive(Debug)]
pub(crate) struct Ledger<A> {
    limit: usize,
    stopped: bool,
    records: IdMap<Record<A>>,
    /// Those that are queued, in the order in which they start. A number may be there once more, behind, where it was
    /// before it was moved to the front, and numbers of those that have left by another way are there until they are
    /// met.
    queue: VecDeque<u64>,
    counts: Counts,
}

impl<A> Ledger<A> {
    /// An empty one with `limit` slots.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            stopped: false,
            records: IdMap::default(),
            queue: VecDeque::new(),
            counts: Counts::default(),
        }
    }

    /// How many slots there are.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Changes the number of slots; what runs above the new number goes on.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Starts nothing more.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Does nothing start any more?
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// A new attempt, at the end of the queue.
    pub(crate) fn enqueue(&mut self, id: u64, of: A) {
        self.add(id, Stage::Queued, of);
        self.queue.push_back(id);
    }

    /// A new attempt, before all others.
    pub(crate) fn enqueue_first(&mut self, id: u64, of: A) {
        self.add(id, Stage::Queued, of);
        self.queue.push_front(id);
    }

    /// A new attempt that waits for its time, without a slot.
    pub(crate) fn rest(&mut self, id: u64, of: A) {
        self.add(id, Stage::Resting, of);
    }

    /// A new attempt that is ready at once, and was never in the queue.
    pub(crate) fn post(&mut self, id: u64, of: A) {
        self.add(id, Stage::Posted, of);
    }

    /// A new attempt that runs already: it began in another pool.
    pub(crate) fn adopt(&mut self, id: u64, of: A) {
        self.add(id, Stage::Running, of);
    }

    /// The next attempt that may start now; it takes a slot.
    pub(crate) fn next(&mut self) -> Option<(u64, &A)> {
        self.next_within(self.limit)
    }

    /// The next attempt that is to be made ready, while fewer than `ahead` are that have not told everything. Processes
    /// on their way out need no slot, but are not to heap up either: no more than `ahead` of them may be left.
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

    /// An attempt that rests has waited long enough: it takes the next free slot. False for one that does not rest.
    pub(crate) fn wake(&mut self, id: u64) -> bool {
        let rests = self.stage(id) == Some(Stage::Resting);
        if rests {
            self.step(id, Stage::Queued);
            self.queue.push_front(id);
        }
        rests
    }

    /// An attempt that could not be started goes back to where it was.
    pub(crate) fn requeue(&mut self, id: u64) {
        if matches!(self.stage(id), Some(Stage::Posted | Stage::Running)) {
            self.step(id, Stage::Queued);
            self.queue.push_front(id);
        }
    }

    /// An attempt is to start before all others: it takes the next free slot, and rests no more. False when it is
    /// neither queued nor resting.
    pub(crate) fn hasten(&mut self, id: u64) -> bool {
        let waits = self.is_waiting(id);
        if waits {
            self.step(id, Stage::Queued);
            self.queue.push_front(id);
            self.tidy();
        }
        waits
    }

    /// An attempt has a process of its own.
    pub(crate) fn run(&mut self, id: u64) {
        if self.stage(id) == Some(Stage::Posted) {
            self.step(id, Stage::Running);
        }
    }

    /// The process of an attempt has told everything, and is still there. Whose it was; none when it had told before.
    pub(crate) fn report(&mut self, id: u64) -> Option<A> {
        self.part(id, Stage::Reported)
    }

    /// An attempt that runs is nobody's from now on, and has its slot until its process is gone. Whose it was; none
    /// when it does not run.
    pub(crate) fn disown(&mut self, id: u64) -> Option<A> {
        self.part(id, Stage::Disowned)
    }

    /// Takes an attempt out that has not started. None for any other.
    pub(crate) fn remove(&mut self, id: u64) -> Option<A> {
        if self.is_waiting(id) { self.end(id) } else { None }
    }

    /// An attempt is over: its slot is free. Whose it was; none when it had told everything before.
    pub(crate) fn end(&mut self, id: u64) -> Option<A> {
        let record = self.records.remove(&id)?;
        *self.counts.of(record.stage) -= 1;
        self.tidy();
        record.of
    }

    /// Forgets all of them: whose they were.
    #[must_use = "the values are dropped when nothing is borrowed"]
    pub(crate) fn clear(&mut self) -> Vec<A> {
        self.queue.clear();
        self.counts = Counts::default();
        std::mem::take(&mut self.records).into_values().filter_map(|record| record.of).collect()
    }

    /// Whose an attempt is.
    pub(crate) fn get(&self, id: u64) -> Option<&A> {
        self.records.get(&id)?.of.as_ref()
    }

    /// Where an attempt is.
    pub(crate) fn stage(&self, id: u64) -> Option<Stage> {
        self.records.get(&id).map(|record| record.stage)
    }

    /// Those that have not told everything, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, Stage, &A)> {
        self.records.iter().filter_map(|(&id, record)| Some((id, record.stage, record.of.as_ref()?)))
    }

    /// Is there a process that has told everything, and is still there?
    pub(crate) fn has_reported(&self) -> bool {
        self.counts.reported > 0
    }

    /// Has an attempt left the queue, and not ended?
    pub(crate) fn is_out(&self, id: u64) -> bool {
        matches!(self.stage(id), Some(Stage::Posted | Stage::Running | Stage::Reported | Stage::Disowned))
    }

    /// The same, of one that has not told everything.
    pub(crate) fn expects(&self, id: u64) -> bool {
        let is_out = |stage| !matches!(stage, Stage::Queued | Stage::Resting);
        self.records.get(&id).is_some_and(|record| record.of.is_some() && is_out(record.stage))
    }

    /// Is an attempt queued, or resting?
    fn is_waiting(&self, id: u64) -> bool {
        matches!(self.stage(id), Some(Stage::Queued | Stage::Resting))
    }

    /// Has anything left the queue that will come to an end, or back, by itself? Of what has left it, `in_hand` are
    /// nobody's yet, here or elsewhere: takes off those that may be meant.
    pub(crate) fn is_busy_besides(&self, in_hand: &mut usize) -> bool {
        let left = self.not_ended();
        let here = left.min(*in_hand);
        *in_hand -= here;
        left > here || !self.stopped && self.counts.resting > 0
    }

    /// Is there something that is to start, now or later?
    pub(crate) fn has_waiting(&self) -> bool {
        !self.stopped && self.counts.queued + self.counts.resting > 0
    }

    /// How many wait, in the queue or for their time.
    pub(crate) fn waiting(&self) -> usize {
        self.counts.queued + self.counts.resting
    }

    /// Nothing runs, and nothing will start by itself.
    pub(crate) fn is_idle(&self) -> bool {
        self.not_ended() == 0 && !self.has_waiting()
    }

    /// Is there an attempt that has not told everything?
    pub(crate) fn has_untold(&self) -> bool {
        self.records.len() > self.counts.reported + self.counts.disowned
    }

    fn slots_taken(&self) -> usize {
        self.counts.out + self.counts.disowned
    }

    /// How many have left the queue, and not ended.
    fn not_ended(&self) -> usize {
        self.slots_taken() + self.counts.reported
    }

    /// Clears numbers out of the queue that mean nothing any more, when there are many.
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
        Some(record)
    }
}

#[cfg(test)]
mod tests;
