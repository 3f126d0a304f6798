//! Time limits of the items of map calls: a worker that is at one for too long is ended. Runs in the parent.
//!
//! If there is a limit, workers write into shared memory when they begin an item, and do not notify the parent. It
//! looks there when the item that a worker was at the last time would have exceeded the limit.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::pool::deadlines::Stage;
use crate::process::shared::job_queue::Item;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::worker::{Warm, Worker};
use crate::task::workers::ending;

/// How long an item of `group` may take, if there is a limit and there are items.
pub(crate) fn limit(group: &Group) -> Option<Duration> {
    time(group).filter(|_| !group.maps.borrow().is_empty())
}

fn time(group: &Group) -> Option<Duration> {
    let limit = Duration::try_from_secs_f64(group.timeout.get()?).ok()?;
    Some(limit).filter(|limit| !limit.is_zero())
}

/// Begins to watch the items of all workers of `group`.
pub(crate) fn watch_items(group: &Group) {
    let workers = group.workers.borrow().clone();
    let (Some(workers), Some(limit)) = (workers, limit(group)) else {
        return;
    };
    for (child, worker) in workers.members().iter() {
        workers.job_queue.time_items(worker.slot);
        // One that is being ended has its time already.
        if worker.overdue.get().is_none() {
            look_after(child, limit);
        }
    }
}

/// Looks at the item of a worker in `time` from now.
pub(crate) fn look_after(child: u64, time: Duration) {
    if let Some(at) = Instant::now().checked_add(time) {
        state().deadlines.borrow_mut().set(child, at, Stage::Look);
    }
}

/// Looks how long a worker has been at its item: ends it, or looks again later.
pub(crate) fn look(child: u64) {
    let Some(known) = state().worker(child) else {
        return;
    };
    let (Some(group), Some(worker)) = (known.group(), known.warm()) else {
        return;
    };
    let Some(limit) = time(&group) else {
        return;
    };
    let workers = &worker.workers;
    workers.job_queue.time_items(worker.slot);
    let left = match workers.job_queue.item(worker.slot) {
        Some((item, time)) if time >= limit => {
            if end(child, worker, item) {
                worker.overdue.set(group.timeout.get());
                return;
            }
            limit
        }
        Some((_, time)) => limit.saturating_sub(time),
        // After a map has been abandoned, workers still run the items that they have begun.
        None if group.maps.borrow().is_empty() => return,
        None => limit,
    };
    look_after(child, left);
}

/// Ends a worker that is still at this item. False for one that is not: it begins no further item.
fn end(child: u64, worker: &Warm, item: Item) -> bool {
    let workers = &worker.workers;
    workers.dismiss(child, worker);
    if workers.job_queue.item(worker.slot).is_none_or(|(now, _)| now != item) {
        return false;
    }
    ending::dismiss(child);
    true
}

/// The workers of `group` begin nothing more, neither tasks nor items: each ends when it has done what it runs.
pub(crate) fn dismiss_all(group: &Group) {
    for worker in all_of(group) {
        if let Some(warm) = worker.warm().filter(|warm| !warm.is_leaving()) {
            warm.workers.dismiss(worker.id, warm);
        }
    }
}

/// Ends the workers of `group` that run items. They were dismissed before: one that runs none begins none.
pub(crate) fn end_items(group: &Group) {
    let at_items = |warm: &Warm| {
        let job_queue = &warm.workers.job_queue;
        job_queue.running(warm.slot).is_some() && job_queue.begun(warm.slot) > 0
    };
    for worker in all_of(group) {
        if worker.warm().is_some_and(at_items) {
            ending::dismiss(worker.id);
        }
    }
}

/// The workers of `group`, including those that do not belong to it any more and have not ended.
fn all_of(group: &Group) -> Vec<Rc<Worker>> {
    state().workers.borrow().values().filter(|worker| worker.is_of(group)).cloned().collect()
}

/// The limit that a worker has exceeded, and for which it is being ended, and how many items it had begun.
pub(crate) fn overdue(group: &Group, child: u64) -> Option<(f64, usize)> {
    let worker = state().worker(child).filter(|worker| worker.is_of(group))?;
    let warm = worker.warm()?;
    Some((warm.overdue.get()?, warm.workers.job_queue.begun(warm.slot)))
}
