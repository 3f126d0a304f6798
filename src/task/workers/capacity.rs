//! How many warm workers a pool may have.

use crate::process::shared::job_queue::SLOTS;
use crate::task::life::group::Group;

/// How many warm workers a group may have.
pub(crate) fn capacity(group: &Group) -> usize {
    group.ledger.borrow().limit().saturating_sub(group.adopted.get()).min(SLOTS)
}

/// Dismisses the workers that are too many since the group's limit was lowered, or one of its slots went to a task that
/// began elsewhere.
pub(crate) fn shrink(group: &Group) {
    let limit = capacity(group);
    group.workers.borrow().iter().for_each(|workers| workers.dismiss_down_to(limit));
}
