//! A map call in a worker, which has had it since its fork: runs the items of a job.

use ext_php_rs::types::Zval;

use crate::task::life::map_call::{Batch, Items, MapCall};
use crate::task::workers::job::Listed;
use crate::zend::handler::Returned;
use crate::zend::iterate::{seek, value_at};

impl MapCall {
    /// How many items a job has.
    pub(crate) fn count(&self, portion: &Listed) -> u64 {
        let count = match portion {
            Listed::Range { from, count, .. } => count.saturating_sub(*from),
            Listed::Values(values) => values.len(),
            Listed::Batch(batch) => {
                let batches = self.batches.borrow();
                batches.get(batch).map_or(0, |batch| batch.len() - batch.posted_from)
            }
        };
        count as u64
    }

    /// Calls `each` with the items of a job, as long as it returns true.
    pub(crate) fn walk(&self, portion: Listed, mut each: impl FnMut(Zval) -> bool) {
        match portion {
            Listed::Range { first, from, count } => {
                let Some(table) = self.array.array() else {
                    return;
                };
                let next = |at: &u32| seek(table, at + 1);
                let positions = std::iter::successors(seek(table, first), next);
                let mut wanted = positions.take(count).skip(from);
                wanted.all(|position| each(value_at(table, position).shallow_clone()));
            }
            Listed::Values(values) => {
                values.into_iter().all(each);
            }
            Listed::Batch(batch) => {
                // Never dropped: destructors of what only this batch refers to are the parent's to call.
                let batch = self.batches.remove(&batch).map(std::mem::ManuallyDrop::new);
                if let Some(Batch { items: Items::Listed(items), posted_from, .. }) = batch.as_deref() {
                    items.iter().skip(*posted_from).all(|(_, value)| each(value.shallow_clone()));
                }
            }
        }
    }

    /// Calls the function. Re-enters PHP.
    pub(crate) fn call(&self, item: Zval) -> Returned {
        self.callable.call(&mut [item])
    }
}
