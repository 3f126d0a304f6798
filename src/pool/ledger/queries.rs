//! What can be asked about the attempts of a pool: nothing here changes anything.

use super::event::Sink;
use super::{Ledger, Stage};

impl<A: Clone, S: Sink<A>> Ledger<A, S> {
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
        self.stage(id).is_some_and(|stage| !stage.is_waiting())
    }

    /// Has an attempt left the queue, and not sent everything?
    pub(crate) fn expects(&self, id: u64) -> bool {
        self.records.get(&id).is_some_and(|record| record.of.is_some() && !record.stage.is_waiting())
    }

    /// Is an attempt in the queue, or waiting for its backoff?
    pub(crate) fn is_waiting(&self, id: u64) -> bool {
        self.stage(id).is_some_and(Stage::is_waiting)
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

    /// Is an attempt in the queue that may start?
    pub(crate) fn has_queued(&self) -> bool {
        !self.stopped && self.counts.queued > 0
    }

    /// How many attempts wait for a slot: those too that were posted for workers which have none free.
    pub(crate) fn backlog(&self) -> usize {
        self.waiting() + self.counts.out.saturating_sub(self.limit)
    }

    /// Does nothing run, and will nothing start by itself?
    pub(crate) fn is_idle(&self) -> bool {
        self.not_ended() == 0 && !self.has_waiting()
    }

    /// Is there an attempt that has not sent everything?
    pub(crate) fn has_untold(&self) -> bool {
        self.records.len() > self.counts.reported + self.counts.disowned
    }

    /// How many attempts have left the queue, and not ended.
    fn not_ended(&self) -> usize {
        self.counts.slots() + self.counts.reported
    }
}
