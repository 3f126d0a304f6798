//! Where a posted task is, and how it is ended before its time.

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

/// When to look again whether a task has begun that has a time limit, or is to be cancelled.
const SOON: Duration = Duration::from_millis(1);
/// A task that has begun and is to be ended is on its way back for so long at most.
const ON_ITS_WAY: Duration = Duration::from_millis(200);

/// Where a posted task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// In a queue, here or in the job queue.
    Waiting,
    /// In the child with this number, since then.
    Running(u64, Instant),
    /// Between the two, or on its way back.
    Unknown,
}

/// Where a queued task of `group` is.
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

/// The child that runs a task, if it is one that stays.
pub(crate) fn child_of(group: &Group, id: u64) -> Option<u64> {
    match whereabouts(group, id) {
        Whereabouts::Running(child, _) => Some(child),
        _ => None,
    }
}

/// The process that runs a task, as far as is known.
pub(crate) fn pid_of(group: &Group, id: u64) -> Option<i32> {
    state().worker(child_of(group, id)?).map(|worker| worker.pid)
}

/// Takes a task back that has not begun. False when it has.
pub(crate) fn withdraw(group: &Group, id: u64) -> bool {
    if !group.ledger.borrow().is_out(id) {
        group.take_job(id); // it is not serialized any more
        return true;
    }
    group.workers.borrow().as_ref().is_none_or(|workers| workers.job_queue.retract(id))
}

/// Ends a task that has begun: its child goes with it, and takes no other.
pub(crate) fn end(future: &Object<Future>, ending: Ending) {
    future.ending.set(Some(ending));
    let group = future.group.borrow().clone();
    let Some(group) = group else {
        return;
    };
    let workers = group.workers.borrow().clone();
    // Those that are being killed take all their tasks along.
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

/// A task that was to be ended has not begun, and does not begin.
fn call_back(group: &Rc<Group>, id: u64) -> bool {
    if let Some(future) = group.end(id) {
        let ended = Ended { id, exit: Exit::Unknown, message: Message::Nothing };
        finish(group, future, Phase::Reported(ended));
    }
    true
}

impl Workers {
    /// Ends a child for a task that it has. False when that may be on its way back: then the child takes no other.
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

/// The time of a task is up, or may be: it counts from when it began.
pub(crate) fn expire(future: &Object<Future>) {
    match future.ending.get() {
        Some(ending) => end(future, ending),
        None => watch(future),
    }
}

/// The time limit of a task has changed, which may have been posted; 0 lifts it.
pub(crate) fn renew_limit(future: &Object<Future>) {
    let group = future.group.borrow().clone();
    let posted = |group: Rc<Group>| group.stays.get() && group.ledger.borrow().is_out(future.id.get());
    let forked = future.times().started.is_some();
    if !forked && future.ending.get().is_none() && group.is_some_and(posted) {
        state().deadlines.borrow_mut().clear(future.id.get());
        watch(future);
    }
}

/// Looks after the time limit of a posted task.
pub(crate) fn watch(future: &Object<Future>) {
    let limit = future.times().limit.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let Some(limit) = limit.filter(|limit| !limit.is_zero()) else {
        return;
    };
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

/// When a task began: at the time that its child says, if that can be, and once that was asked, then.
fn began(future: &Future, said: Instant, now: Instant) -> Instant {
    let at = match future.times().seen {
        Seen::Never => said.min(now),
        Seen::Waiting(then) => said.clamp(then, now.max(then)),
        Seen::Begun(at) => at,
    };
    future.set_times(|times| times.seen = Seen::Begun(at));
    at
}
