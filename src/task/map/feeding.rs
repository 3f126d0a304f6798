//! Takes items from the source of a map call, and posts them for warm workers.

use std::rc::Rc;

use crate::process::shared::job_queue::Full;
use crate::task::life::attempt::Attempt;
use crate::task::life::map_call::{Batch, Items, MapCall};
use crate::task::life::state::state;
use crate::task::life::underway::Underway;
use crate::task::life::workers::{Job, Workers};
use crate::task::map::remote_payload;
use crate::task::workers;
use crate::task::workers::{feed, job};
use crate::zend::handler::Thrown;

/// How many portions for each worker may be posted, or have results that were not fetched by the script, at a time.
const AHEAD: usize = 4;

impl MapCall {
    /// Posts items until enough of them are ahead, or the job queue is full. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When the source exits.
    pub(crate) fn feed(self: &Rc<Self>) -> Result<(), Thrown> {
        if self.in_line || self.feeding.replace(true) {
            return Ok(());
        }
        let underway = Underway::new();
        let fed = self.feed_all();
        drop(underway);
        self.feeding.set(false);
        remote_payload::make_way(&self.group);
        fed
    }

    pub(super) fn feed_all(self: &Rc<Self>) -> Result<(), Thrown> {
        let children = self.group.ledger.borrow().limit();
        let workers = match workers::workers_of(&self.group) {
            Ok(workers) => workers,
            Err(refused) => return self.refuse_all(children, refused),
        };
        if self.group.has_unposted() {
            feed::post_all(&self.group, &workers);
        }
        while self.wants_items() && !self.group.has_unposted() {
            let Some((batch, job)) = self.next_batch(children)? else {
                return Ok(());
            };
            self.group.note_start();
            self.post(batch, job, &workers);
        }
        Ok(())
    }

    /// Should something be posted now?
    pub(crate) fn wants_more(&self) -> bool {
        !self.in_line && (self.wants_items() || self.group.has_unposted())
    }

    /// Are there items left to take from the source, and may more of them be posted?
    pub(super) fn wants_items(&self) -> bool {
        let has_room = || {
            let ledger = self.group.ledger.borrow();
            self.ahead() < ledger.ahead(AHEAD * ledger.limit())
        };
        !self.is_exhausted() && has_room() && self.group.is_time_to_start()
    }

    /// Posts a batch. PHP code has run to take its items and to serialize them, and may have stopped the pool.
    pub(super) fn post(&self, batch: u64, job: Job, workers: &Workers) {
        if self.halted.get() {
            self.cut(batch);
        } else if workers.post(batch, &job) == Err(Full) {
            self.group.put_back(batch, job);
        }
    }

    /// How many portions are posted, or have results that were not fetched by the script.
    pub(super) fn ahead(&self) -> usize {
        self.batches.borrow().len() - self.repeats.get()
    }

    /// Takes the next items out of the source; none in a fork that its code has made. Re-enters PHP.
    pub(super) fn next_batch(self: &Rc<Self>, children: usize) -> Result<Option<(u64, Job)>, Thrown> {
        let Some(items) = self.take_items(children)?.filter(|_| self.is_here()) else {
            return Ok(None);
        };
        let batch = state().next_id();
        self.begin_batch(batch, Batch::new(items), false);
        loop {
            if let Some(job) = self.sent(batch, false) {
                return Ok(Some((batch, job)));
            }
            if !self.halve(batch) {
                return Ok(Some((batch, job::inherited_portion(self.id, batch))));
            }
        }
    }

    pub(super) fn begin_batch(self: &Rc<Self>, id: u64, batch: Batch, rests: bool) {
        self.batches.insert(id, batch);
        let portion = Attempt::Portion(Rc::clone(self));
        self.group.ledger.change(
            |ledger| {
                if rests { ledger.rest(id, portion) } else { ledger.post(id, portion) }
            },
        );
        self.group.activate();
    }

    /// Takes the second half of a batch back, as its items are too long for one job, or one of them cannot be
    /// serialized. Only for the latest batch: what was taken back is taken first for the next one.
    pub(super) fn halve(&self, batch: u64) -> bool {
        let back = self.batches.change(|batches| match &mut batches.get_mut(&batch)?.items {
            Items::Listed(items) => Some(items.split_off(items.len().div_ceil(2))),
            Items::Range(..) => None,
        });
        let Some(back) = back.filter(|back| !back.is_empty()) else {
            return false;
        };
        self.returned.change(|returned| returned.splice(0..0, back).count());
        true
    }

    /// The rest of a batch as a job, if it can be sent: positions in the array always, values unless a worker has
    /// declined them. Re-enters PHP: hooks of serialization.
    pub(super) fn sent(&self, batch: u64, declined: bool) -> Option<Job> {
        let batches = self.batches.borrow();
        let Batch { items, posted_from: from, .. } = batches.get(&batch)?;
        let values: Vec<_> = match items {
            Items::Range(first, count) => {
                return Some(job::range(self.id, self.epoch, *first, *from, *count));
            }
            Items::Listed(_) if declined => return None,
            Items::Listed(items) => {
                items.iter().skip(*from).map(|(_, value)| value.shallow_clone()).collect()
            }
        };
        drop(batches);
        job::listed(self.id, self.epoch, values)
    }
}
