//! The early end of a map call: its pool was stopped or cancelled, or its iterator is gone. Runs in the parent.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::pool::ledger::Stage;
use crate::task::life::attempt::Attempt;
use crate::task::life::group::Group;
use crate::task::life::map_call::{Batch, MapCall, Said, Source};
use crate::task::life::state::state;
use crate::task::workers;

/// No further item of the map calls of `group` begins; those that workers run now are run to their end. Runs PHP code:
/// destructors.
pub(crate) fn stop(group: &Group) {
    for map_call in maps(group) {
        map_call.stop();
    }
}

/// No further item of the map calls of `group` begins, and results that arrive from now on are dropped. Runs PHP code:
/// destructors.
pub(crate) fn cancel(group: &Group) {
    for map_call in maps(group) {
        map_call.cancel();
    }
}

/// The workers of `group` are gone: its map calls have no more results than those that have arrived. Runs PHP code:
/// destructors.
pub(crate) fn end(group: &Group) {
    for map_call in maps(group) {
        map_call.cancel();
        for batch in map_call.cancelled() {
            map_call.over(batch, None);
        }
    }
}

/// The map calls that have an iterator, and those that were cancelled and whose workers have not ended.
fn maps(group: &Group) -> Vec<Rc<MapCall>> {
    let maps = group.maps.borrow();
    let ledger = group.ledger.borrow();
    let out = ledger.iter().filter_map(|(.., of)| of.map_call());
    let all: BTreeMap<_, _> = maps.values().chain(out).map(|map| (map.id, map)).collect();
    all.into_values().cloned().collect()
}

impl MapCall {
    fn stop(&self) {
        self.halted.set(true);
        let left = (self.source.replace(Source::Empty), self.returned.take());
        for (id, _) in self.unfinished() {
            if self.take_back(id) {
                self.cut(id);
            }
        }
        // A batch is open again when its worker was killed while it took that from the job queue.
        for id in self.cancelled().into_iter().filter(|&id| workers::withdraw(&self.group, id)) {
            self.over(id, None);
        }
        drop(left);
    }

    fn cancel(&self) {
        self.halted.set(true);
        for (id, left) in self.unfinished() {
            if self.take_back(id) {
                self.over(id, None);
            } else {
                self.group.ledger.change(|ledger| ledger.cancel(id, left));
            }
            self.shorten(id);
        }
        self.repeats.set(0);
        self.forget_awaited();
        self.stop();
    }

    /// The batches of which results are missing, and how many.
    fn unfinished(&self) -> Vec<(u64, usize)> {
        let batches = self.batches.borrow();
        let left = |(&id, batch): (&u64, &Batch)| (id, batch.len() - batch.answered);
        batches.iter().map(left).filter(|&(_, left)| left > 0).collect()
    }

    fn is_repeat(&self, id: u64) -> bool {
        self.batches.borrow().get(&id).is_some_and(|batch| batch.repeat.is_some())
    }

    /// Takes back a batch that no worker has begun. False when one has.
    fn take_back(&self, id: u64) -> bool {
        let withdrawn = workers::withdraw(&self.group, id);
        if withdrawn {
            state().deadlines.borrow_mut().clear(id); // it may have waited for its backoff
        }
        withdrawn
    }

    /// No more of a batch is run. If it is a retry, the item has failed as it did before. Runs PHP code: destructors.
    pub(crate) fn cut(&self, id: u64) {
        if self.is_repeat(id) {
            self.give_up(id);
        } else if !self.end_cancelled(id) {
            self.shorten(id);
            self.over(id, None);
        }
    }

    /// Cuts off the items of a batch that have no results.
    fn shorten(&self, id: u64) {
        let left_out = self.batches.change(|batches| {
            let batch = batches.get_mut(&id)?;
            let items = batch.shorten();
            let given = if batch.given == batch.len() { batches.remove(&id) } else { None };
            Some((items, given))
        });
        drop(left_out);
    }

    /// Leaves out items that wait for a retry.
    fn forget_awaited(&self) {
        let given = self.batches.change(|batches| {
            for batch in batches.values_mut() {
                batch.forget_awaited(self.array.array());
            }
            let all = std::mem::take(batches).into_iter();
            let (given, left): (Vec<_>, _) = all.partition(|(_, batch)| batch.given == batch.len());
            *batches = left.into_iter().collect();
            given
        });
        drop(given);
    }

    /// Its batches that were cancelled, and whose workers are not done with them.
    pub(crate) fn cancelled(&self) -> Vec<u64> {
        let ledger = self.group.ledger.borrow();
        let own = |of: &Attempt| of.map_call().is_some_and(|of| std::ptr::eq(&raw const **of, self));
        ledger.cancelled().filter(|(_, of)| own(of)).map(|(id, _)| id).collect()
    }

    /// Is a result that `worker` has sent to be dropped, as its batch was cancelled?
    pub(crate) fn drops(&self, batch: u64, worker: u64) -> bool {
        let last = self.group.ledger.change(|ledger| ledger.drop_result(batch));
        if last == Some(true) {
            self.over(batch, Some(worker));
        }
        last.is_some()
    }

    /// Was a batch cancelled that a worker had, and is that not done with it?
    pub(crate) fn is_cancelled(&self, batch: u64) -> bool {
        self.group.ledger.borrow().stage(batch) == Some(Stage::Cancelled)
    }

    /// The worker of a batch is gone. False when the batch was not cancelled.
    pub(crate) fn end_cancelled(&self, batch: u64) -> bool {
        let is_cancelled = self.is_cancelled(batch);
        if is_cancelled {
            self.over(batch, None);
        }
        is_cancelled
    }

    /// Its iterator is gone, or at its end: what has not begun does not begin, and all else is dropped. Runs PHP code:
    /// destructors.
    pub(crate) fn abandon(&self) {
        self.halted.set(true);
        let left = (self.source.replace(Source::Empty), self.thrown.take(), self.returned.take());
        self.repeats.set(0);
        for (_, said, _) in self.doubts.take() {
            said.discard();
        }
        let batches = self.batches.take();
        for (id, mut batch) in batches {
            batch.said.drain(..).for_each(Said::discard);
            if batch.answered < batch.len() {
                workers::withdraw(&self.group, id);
                state().deadlines.borrow_mut().clear(id);
                self.over(id, None);
            }
        }
        let forgotten = self.group.maps.remove(&self.id);
        drop((left, forgotten));
        self.group.rest();
    }
}
