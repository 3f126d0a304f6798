//! Where a task of a pool with warm workers is, and how it is taken back, ended, or ended when its time is up.
//!
//! The parent posts a task in the job queue, and is not notified when a worker takes it. So it looks into the memory
//! that it shares with the workers, and what it finds may be out of date by the time it acts.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::pool::deadlines::Stage;
use crate::process::poller::reactor::{Ended, Message};
use crate::process::shared::job_queue::Progress;
use crate::process::wait::Exit;
use crate::task::life::future::{Ending, Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::times::Seen;
use crate::task::life::workers::Workers;
use crate::task::workers::ending;
use crate::task::workers::retry::finish;
use crate::zend::object::Object;

/// When to look again at a task that could not be ended, as it was just being taken or has just ended.
const SOON: Duration = Duration::from_millis(1);
/// A task that is to be ended, and that no worker says it runs, may be in such a moment for this long. After that,
/// shared memory was written over.
const ON_ITS_WAY: Duration = Duration::from_millis(200);

/// Where a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// In the queue of its pool, or in the job queue.
    Waiting,
    /// In the worker with this id, since then.
    Running(u64, Instant),
    /// A worker is just taking it from the job queue, or has just ended it and its outcome has not been read.
    Unknown,
}

/// Where a task of `group` is.
pub(crate) fn whereabouts(group: &Group, id: u64) -> Whereabouts {
    let workers = group.workers.borrow();
    let Some(workers) = workers.as_ref().filter(|_| group.ledger.borrow().is_out(id)) else {
        return Whereabouts::Waiting;
    };
    match workers.job_queue.progress(id) {
        Progress::Open => Whereabouts::Waiting,
        Progress::Running(slot, time) => {
            let since = Instant::now().checked_sub(time).unwrap_or_else(Instant::now);
            workers.child_on(slot).map_or(Whereabouts::Unknown, |child| Whereabouts::Running(child, since))
        }
        Progress::Taken(_) | Progress::Unknown => Whereabouts::Unknown,
    }
}

/// The id of the warm worker that runs a task.
pub(crate) fn child_of(group: &Group, id: u64) -> Option<u64> {
    match whereabouts(group, id) {
        Whereabouts::Running(child, _) => Some(child),
        _ => None,
    }
}

/// The process id of the warm worker that runs a task.
pub(crate) fn pid_of(group: &Group, id: u64) -> Option<i32> {
    state().worker(child_of(group, id)?).map(|worker| worker.pid)
}

/// Takes a task back from the job queue, if it was posted there. False when a worker has taken it.
pub(crate) fn withdraw(group: &Group, id: u64) -> bool {
    if !group.ledger.borrow().is_out(id) {
        group.take_job(id); // the pool's queue may have kept its job, which is not needed any more
        return true;
    }
    group.workers.borrow().as_ref().is_none_or(|workers| workers.job_queue.retract(id))
}

/// Ends a task that was posted. If a worker has taken it, that worker is ended with it. When it cannot be said at this
/// moment whether one has, this is tried again soon.
pub(crate) fn end(future: &Object<Future>, ending: Ending) {
    future.ending.set(Some(ending));
    let group = future.group.borrow().clone();
    let Some(group) = group else {
        return;
    };
    let workers = group.workers.borrow().clone();
    // If all workers of the pool are being killed, the task ends with them.
    let Some(workers) = workers.filter(|workers| !workers.condemned.get()) else {
        return;
    };
    let id = future.id.get();
    let since = future.times().sought.unwrap_or_else(Instant::now);
    future.set_times(|times| times.sought = Some(since));
    let is_late = since.elapsed() >= ON_ITS_WAY;
    let is_out = group.ledger.borrow().is_out(id);
    let progress = if is_out { workers.job_queue.progress(id) } else { Progress::Open };
    let child = match progress {
        Progress::Running(slot, _) | Progress::Taken(slot) => workers.child_on(slot),
        Progress::Open | Progress::Unknown => None,
    };
    let done = match (progress, child) {
        (Progress::Taken(_), Some(_)) if !is_late => false,
        (_, Some(child)) => workers.end(child, id, is_late),
        (Progress::Open, None) => withdraw(&group, id) && call_back(&group, id),
        (_, None) if is_late => {
            workers.condemn();
            true
        }
        (_, None) => false,
    };
    if !done {
        state().deadlines.borrow_mut().set(id, Instant::now() + SOON, Stage::Expire);
    }
}

/// A task that was to be ended was taken back: it has ended.
fn call_back(group: &Rc<Group>, id: u64) -> bool {
    if let Some(future) = group.end(id) {
        let ended = Ended { id, exit: Exit::Unknown, message: Message::Nothing };
        finish(group, future, Phase::Reported(ended));
    }
    true
}

impl Workers {
    /// Ends a worker that has taken a task which is to be ended. False when the worker may have ended the task just
    /// now: it is not killed then, but it takes no other task.
    fn end(&self, child: u64, task: u64, is_late: bool) -> bool {
        let worker = state().worker(child);
        let Some(worker) = worker.as_ref().and_then(|worker| worker.warm()) else {
            return false;
        };
        self.dismiss(child, worker);
        let ends = is_late || self.job_queue.running(worker.slot) == Some(task);
        if ends {
            worker.ends.set(Some(task));
            ending::dismiss(child);
        }
        ends
    }
}

/// A deadline of a task is over: that of its time limit, which counts from when the task began, or that of another try
/// to end it.
pub(crate) fn expire(future: &Object<Future>) {
    match future.ending.get() {
        Some(ending) => end(future, ending),
        None => watch(future),
    }
}

/// The time limit of a task has changed. 0 seconds are none. Does nothing for a task that was not posted.
pub(crate) fn renew_limit(future: &Object<Future>) {
    let group = future.group.borrow().clone();
    let posted = |group: Rc<Group>| group.stays.get() && group.ledger.borrow().is_out(future.id.get());
    let forked = future.times().started.is_some();
    if !forked && future.ending.get().is_none() && group.is_some_and(posted) {
        state().deadlines.borrow_mut().clear(future.id.get());
        watch(future);
    }
}

/// Sets the deadline for the time limit of a posted task; ends the task if that is over. A task that waits in the job
/// queue gets a deadline, too, at which it is looked up again, as the parent is not notified when it begins.
#[inline]
pub(crate) fn watch(future: &Object<Future>) {
    if let Some(seconds) = future.times().limit
        && let Ok(limit) = Duration::try_from_secs_f64(seconds)
        && !limit.is_zero()
    {
        watch_for(future, limit);
    }
}

fn watch_for(future: &Object<Future>, limit: Duration) {
    let group = future.group.borrow().clone();
    let now = Instant::now();
    let begun = match group.map(|group| whereabouts(&group, future.id.get())) {
        None | Some(Whereabouts::Waiting) => {
            future.set_times(|times| times.seen = Seen::Waiting(now));
            now
        }
        Some(Whereabouts::Running(_, since)) => began(future, since, now),
        Some(Whereabouts::Unknown) => began(future, now, now),
    };
    match begun.checked_add(limit) {
        Some(at) if at > now => state().deadlines.borrow_mut().set(future.id.get(), at, Stage::Expire),
        Some(_) => end(future, Ending::TimedOut),
        None => {}
    }
}

/// When a task began. The worker has written that to shared memory: what it says is not believed if it is earlier than
/// the last look that found the task waiting, or later than now. What the first look has found stays.
fn began(future: &Future, said: Instant, now: Instant) -> Instant {
    let at = match future.times().seen {
        Seen::Never => said.min(now),
        Seen::Waiting(then) => said.clamp(then, now.max(then)),
        Seen::Begun(at) => at,
    };
    future.set_times(|times| times.seen = Seen::Begun(at));
    at
}
