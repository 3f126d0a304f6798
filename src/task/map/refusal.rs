//! Items for which there is no process. Runs in the parent.

use std::rc::Rc;

use crate::process::fork::Refused;
use crate::task::life::map_call::{Batch, MapCall, Said};
use crate::task::life::state::state;
use crate::zend::handler::Thrown;

impl MapCall {
    /// No worker can be forked for a batch that waits for one: its next item fails with that, and the others wait on.
    /// Re-enters PHP: hooks of serialization.
    pub(crate) fn refused(self: &Rc<Self>, batch: u64, refused: Refused) {
        if self.end_cancelled(batch) {
            return;
        }
        self.push(batch, Said::Refused(refused), None);
        let workers = self.group.workers.borrow().clone();
        if let Some(workers) = workers {
            self.post_rest(batch, &workers, false);
        }
    }

    /// There is no memory for a job queue: all that would be posted now fails. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When the source exits.
    pub(crate) fn refuse_all(self: &Rc<Self>, children: usize, refused: Refused) -> Result<(), Thrown> {
        while self.wants_items() {
            let Some(items) = self.take_items(children)? else {
                return Ok(());
            };
            let batch = state().next_id();
            self.begin_batch(batch, Batch::new(items), false);
            while self.has_open(batch) {
                self.push(batch, Said::Refused(refused), None);
            }
        }
        Ok(())
    }

    fn has_open(&self, batch: u64) -> bool {
        self.batches.borrow().get(&batch).is_some_and(|batch| batch.answered < batch.len())
    }
}
