//! What the parent sends to running tasks, and what it reads of them: requests to stop, changed limits, signals,
//! progress. Runs in the parent.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::pool::deadlines::Stage;
use crate::process::clock;
use crate::process::shared::control::Report;
use crate::task::life::future::{Ending, Future};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::worker::Worker;
use crate::task::parent::event_loop;
use crate::task::workers;
use crate::task::workers::Whereabouts;
use crate::zend::object::Object;

/// When to look again for a task that a worker is just taking from the job queue.
const SOON: Duration = Duration::from_millis(1);
/// Added to the number of an attempt: the key of the deadline of what it was asked, as it may have a time limit, too.
const ASKED: u64 = 1 << 63;

/// The worker that runs a task.
fn worker_of(future: &Future) -> Option<Rc<Worker>> {
    let id = future.id.get();
    if let Some(worker) = state().worker(id) {
        return Some(worker).filter(|_| !future.has_ended());
    }
    let group = future.group.borrow().clone()?;
    state().worker(workers::child_of(&group, id)?)
}

/// Asks a task that runs to stop, and ends it when it has not done so after `grace`.
pub(crate) fn ask(future: &Object<Future>, grace: Duration) {
    let until = Instant::now().checked_add(grace);
    // To be asked twice gives no more time.
    let until = until.into_iter().chain(future.times().asked).min();
    let until = until.unwrap_or_else(|| Instant::now() + Duration::from_secs(1 << 30));
    future.set_times(|times| times.asked = Some(until));
    future.observed.set(true);
    if !state().runs_in_line(future.id.get()) {
        remind(future, until);
    }
}

fn remind(future: &Object<Future>, until: Instant) {
    let id = future.id.get();
    let worker = worker_of(future);
    if let Some(place) = worker.as_ref().and_then(|worker| worker.place.as_ref()) {
        place.ask(id);
    }
    let at = if worker.is_some() { until } else { until.min(Instant::now() + SOON) };
    state().deadlines.borrow_mut().set(id | ASKED, at, Stage::Ask);
}

/// The deadline of a task that was asked to stop: it is ended if its time is over, or asked again where it is now.
pub(crate) fn due(key: u64) {
    let id = key & !ASKED;
    let Some(future) = running(id) else {
        return;
    };
    match future.times().asked {
        Some(until) if until > Instant::now() => remind(&future, until),
        Some(_) if future.ending.get().is_none() => event_loop::end(id, Ending::Cancelled),
        _ => {}
    }
}

/// The future of an attempt that has left its queue, and has not sent everything.
fn running(id: u64) -> Option<Object<Future>> {
    let active = state().active.borrow();
    let future = active.iter().find_map(|group| group.future(id))?;
    (!future.has_ended()).then_some(future)
}

/// The time limit of a task has changed, which may be running.
pub(crate) fn tell_limit(future: &Future) {
    let (times, id) = (future.times(), future.id.get());
    let Some(worker) = worker_of(future) else {
        return;
    };
    let since = times.started.or_else(|| {
        let group = future.group.borrow().clone()?;
        let Whereabouts::Running(_, since) = workers::whereabouts(&group, id) else {
            return None;
        };
        Some(since)
    });
    let (Some(place), Some(since)) = (&worker.place, since) else {
        return;
    };
    let limit = times.limit.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let until = limit.filter(|limit| !limit.is_zero()).map(|limit| {
        let spent = since.elapsed();
        let until = (clock::monotonic() + limit).saturating_sub(spent);
        u64::try_from(until.as_nanos()).unwrap_or(u64::MAX - 1)
    });
    place.limit(id, until);
}

/// What a task has reported of itself; none before it has, and when it has ended.
pub(crate) fn report_of(future: &Future) -> Option<Report> {
    if state().runs_in_line(future.id.get()) {
        return future.reported_here();
    }
    worker_of(future)?.place.as_ref()?.report(future.id.get())
}

/// Sends a signal to each child of `group` that runs something now, and to what it has started.
pub(crate) fn signal(group: &Group, signal: i32) {
    let state = state();
    let at_work = |worker: &&Rc<Worker>| {
        worker.is_of(group)
            && match worker.warm() {
                None => true,
                Some(warm) => warm.workers.job_queue.running(warm.slot).is_some(),
            }
    };
    let children: Vec<_> = state.workers.borrow().values().filter(at_work).map(|worker| worker.id).collect();
    if let Some(reactor) = state.reactor.borrow().as_ref() {
        for child in children {
            reactor.pass(child, signal);
        }
    }
}
