//! What is posted for warm workers.

use std::rc::Rc;

use crate::process::shared::job_queue::Full;
use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::workers::{Job, Route, Workers};
use crate::task::workers::job;
use crate::task::workers::reach::watch;
use crate::zend::object::Object;

/// Posted tasks of one pool that nobody has run yet: more would only lie there.
const AHEAD: usize = 1024;

pub(crate) fn post_all(group: &Rc<Group>, workers: &Workers) {
    loop {
        let next = if workers.held.borrow().is_empty() {
            next_job(group, workers)
        } else {
            let held = workers.held.borrow_mut().pop_front();
            held.map(|(id, job)| (id, group.future(id), job))
        };
        let Some((id, future, job)) = next else {
            return;
        };
        if workers.post(id, &job) == Err(Full) {
            // Serializing it may have filled the job queue, and left another one here.
            workers.held.borrow_mut().push_front((id, job));
            return;
        }
        workers.spare.replace(job.bytes);
        if let Some(future) = future {
            future.limit_by_default(group.timeout.get());
            watch(&future);
            future.give_back();
        }
    }
}

/// The next task of the queue as a job, in the cheapest way that is right. Re-enters PHP.
fn next_job(group: &Rc<Group>, workers: &Workers) -> Option<(u64, Option<Object<Future>>, Job)> {
    loop {
        let (id, future) = group.ledger.change(|ledger| {
            let (id, of) = ledger.next_within(AHEAD)?;
            Some((id, of.future()?.clone()))
        })?;
        let known_since = future.epoch.get();
        let all_have_it = workers.oldest.get().is_some_and(|oldest| oldest >= known_since);
        let sent = if all_have_it || future.declined.get() { None } else { pack(workers, &future) };
        // Serializing it may have cancelled it.
        if future.has_ended() {
            drop(group.end(id));
            continue;
        }
        future.set_route(if sent.is_some() { Route::Sent } else { Route::Inherited });
        let job = sent.unwrap_or_else(|| job::inherited(known_since));
        return Some((id, Some(future), job));
    }
}

fn pack(workers: &Workers, future: &Future) -> Option<Job> {
    let job = job::pack(&state().code_index, &future.work, workers.spare.take());
    // An exit is told by what is pending.
    job.ok().flatten()
}
