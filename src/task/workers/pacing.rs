//! Pools whose tasks start in an order or at a pace of their own: nothing is handed to a worker before its time. Runs
//! in the parent.

use std::time::Instant;

use crate::pool::deadlines::Stage;
use crate::pool::ledger::Ledger;
use crate::pool::pace::Pace;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::workers::withdraw;

impl Group {
    /// From now on its tasks start at this pace.
    pub(crate) fn set_pace(&self, pace: Pace) {
        let id = self.pace.borrow().as_ref().map_or_else(|| state().next_id(), |known| known.1);
        self.pace.replace(Some(Box::new((pace, id))));
        self.keep_close();
    }

    /// Do its tasks start at a pace of their own?
    pub(crate) fn is_paced(&self) -> bool {
        self.pace.borrow().is_some()
    }

    /// May a task start now, as far as the pace goes? If not, the event loop tries again when it may.
    pub(crate) fn is_time_to_start(&self) -> bool {
        let mut pace = self.pace.borrow_mut();
        let Some((pace, id)) = pace.as_deref_mut() else {
            return true;
        };
        let now = Instant::now();
        let next = pace.next(now);
        if next > now {
            state().deadlines.borrow_mut().set(*id, next, Stage::Start);
        }
        next <= now
    }

    /// A task starts.
    pub(crate) fn note_start(&self) {
        if let Some((pace, _)) = self.pace.borrow_mut().as_deref_mut() {
            pace.start(Instant::now());
        }
    }

    /// Hands nothing to workers any more that are not free, and takes back what no worker has taken. Tasks that are
    /// taken back are serialized once more.
    pub(crate) fn keep_close(&self) {
        self.ledger.change(Ledger::keep_close);
        let workers = self.workers.borrow().clone();
        let mut posted = Vec::new();
        if let Some(workers) = workers {
            workers.job_queue.each_open(|id, _| posted.push(id));
        }
        posted.sort_unstable();
        for id in posted.into_iter().rev().filter(|&id| self.has_task(id)) {
            if withdraw(self, id) {
                state().deadlines.borrow_mut().clear(id);
                if let Some(future) = self.future(id) {
                    future.wait_again();
                }
                self.ledger.change(|ledger| ledger.requeue(id));
            }
        }
    }
}
