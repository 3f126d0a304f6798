//! From the queue of a pool into the job queue of its warm workers. Runs in the parent.

use std::rc::Rc;

use crate::pool::ledger::Ledger;
use crate::process::shared::job_queue::Full;
use crate::task::life::attempt::Attempt;
use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::workers::{Job, Route, Workers};
use crate::task::workers::reach::watch;
use crate::task::workers::{job, retry};

/// The most posted tasks of one pool: more of them would only wait in the job queue, and not in the pool's own.
const AHEAD: usize = 1024;

/// Posts what is in the queue, as long as there is room for it. Re-enters PHP: hooks of serialization, destructors.
pub(crate) fn post_all(group: &Rc<Group>, workers: &Workers) {
    while let Some((id, attempt, job)) = next_job(group, workers) {
        if workers.post(id, &job) == Err(Full) {
            group.put_back(id, job);
            return;
        }
        let route = if job::is_inherited(job.bytes.len()) { Route::Inherited } else { Route::Sent };
        workers.spare.replace(job.bytes);
        if let Attempt::Task(future) = attempt {
            future.set_route(route);
            future.limit_by_default(group.timeout.get());
            watch(&future);
            future.give_back();
        }
    }
}

/// The next attempt of the queue as a job, in the cheapest way that is right. Re-enters PHP.
fn next_job(group: &Rc<Group>, workers: &Workers) -> Option<(u64, Attempt, Job)> {
    loop {
        // Most queues are not kept close, and it costs less not to ask first.
        let next = |ledger: &mut Ledger<Attempt>| {
            if ledger.is_close() { Err(Close) } else { Ok(ledger.next_within(AHEAD)) }
        };
        let (id, attempt) = group.ledger.change(next).unwrap_or_else(|Close| next_in_time(group))?;
        if let Some(job) = group.take_job(id) {
            return Some((id, attempt, job));
        }
        let future = match &attempt {
            Attempt::Task(future) => future,
            Attempt::Portion(map_call) => {
                let job = job::inherited_portion(map_call.id, id);
                return Some((id, attempt, job));
            }
        };
        let known_since = future.epoch.get();
        let all_have_it = workers.oldest.get().is_some_and(|oldest| oldest >= known_since);
        let sent = if all_have_it || future.declined.get() { None } else { pack(workers, future) };
        // Serializing it may have cancelled it, or stopped its pool.
        if future.has_ended() {
            drop(group.end(id));
        } else if retry::is_called_off(group, future) {
            retry::call_off(group, future.clone());
        } else {
            return Some((id, attempt, sent.unwrap_or_else(|| job::inherited(known_since))));
        }
    }
}

/// Attempts stay in the queue until a slot is free for them, or until it is time for them to start.
struct Close;

/// The next attempt of a queue that is kept close, if a slot is free, and if it may start now.
#[cold]
fn next_in_time(group: &Group) -> Option<(u64, Attempt)> {
    if !group.ledger.borrow().has_queued() || !group.is_time_to_start() {
        return None;
    }
    let next = group.ledger.change(|ledger| ledger.next_within(ledger.ahead(AHEAD)))?;
    group.note_start();
    Some(next)
}

fn pack(workers: &Workers, future: &Future) -> Option<Job> {
    let job = job::pack(&state().code_index, &future.work, workers.spare.take());
    // When a hook of serialization has called `exit`, that is pending, and the caller sees it there.
    let mut job = job.ok().flatten()?;
    if let Some(seconds) = future.times().limit {
        job::limit(&mut job, seconds);
    }
    Some(job)
}
