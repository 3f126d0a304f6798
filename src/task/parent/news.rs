//! Messages of warm workers: results, and tasks that they cannot run.

use std::rc::Rc;

use crate::process::poller::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::worker::{Warm, Worker};
use crate::task::life::workers::Workers;
use crate::task::map::Answered;
use crate::task::parent::check::accuse;
use crate::task::workers::retry::finish;
use crate::task::workers::{collect, retry};
use crate::wire::frame::{Frame, Kind};

/// A child has told what became of a task.
pub(crate) fn answered(child: u64, task: u64, message: Message) -> Option<Rc<Group>> {
    let worker = state().worker(child);
    let Some((group, worker, warm)) = worker.as_ref().and_then(employed) else {
        collect::go_on(child); // nobody waits for what it says
        return None;
    };
    let workers = &warm.workers;
    if let Message::Frame(Frame { kind: Kind::Passed, .. }) = message {
        return Some(group);
    }
    let map_call = group.map_call(task);
    let Ok(pid) = admit(&group, worker, warm, task, map_call.is_none()) else {
        return Some(group);
    };
    if let Message::Frame(Frame { kind: Kind::Declined, .. }) = message {
        collect::printed_so_far(child);
        workers.job_queue.over(task);
        warm.ends.set(None);
        declined(&group, workers, task);
    } else if let Some(map_call) = map_call {
        collect::printed_so_far(child);
        let over = map_call.answered(task, child, pid, Answered::Told(message));
        collect::go_on(child);
        if over {
            end_of_batch(&group, workers, task);
            return Some(group);
        }
        return None;
    } else {
        let ended = Ended { id: task, exit: Exit::Unknown, message };
        told(&group, child, pid, task, Phase::Reported(ended));
    }
    collect::go_on(child);
    Some(group)
}

/// A child has told several values in a row of one task.
pub(crate) fn values(child: u64, task: u64, values: Vec<Frame>) -> Option<Rc<Group>> {
    let worker = state().worker(child);
    if let Some((group, worker, warm)) = worker.as_ref().and_then(employed)
        && let Some(map_call) = group.map_call(task).filter(|_| !collect::captures())
    {
        let over = match admit(&group, worker, warm, task, false) {
            Ok(pid) => map_call.answered_all(task, child, pid, values),
            Err(Accused) => return Some(group),
        };
        if over {
            end_of_batch(&group, &warm.workers, task);
        }
        return over.then_some(group);
    }
    // What was printed has to be taken after each of them; or they are from a worker that is not waited for.
    values.into_iter().fold(None, |freed, value| answered(child, task, Message::Frame(value)).or(freed))
}

/// A worker has sent something about a task that it was not given, and is being killed for that.
struct Accused;

/// A warm worker and its pool, if that still waits for it.
fn employed(worker: &Rc<Worker>) -> Option<(Rc<Group>, &Worker, &Warm)> {
    Some((worker.group()?, worker, worker.warm()?))
}

/// The process of a worker, if it was given this task; `None` if it was not, and the task is over. A worker that was
/// not given a task that is not over is killed: one of its tasks has written over shared memory.
fn admit(group: &Group, worker: &Worker, warm: &Warm, task: u64, last: bool) -> Result<Option<i32>, Accused> {
    let admitted = warm.admit(task, last);
    if !admitted && group.ledger.borrow().get(task).is_some() {
        accuse(worker.id);
        return Err(Accused);
    }
    Ok(admitted.then_some(worker.pid))
}

/// Ends a batch whose results have all arrived.
fn end_of_batch(group: &Group, workers: &Workers, batch: u64) {
    if !group.expects(batch) {
        workers.job_queue.over(batch);
    }
}

/// A worker keeps a result in its memory.
pub(crate) fn offered(child: u64, task: u64, phase: Phase) -> Option<Rc<Group>> {
    let worker = state().worker(child);
    let Some((group, worker, warm)) = worker.as_ref().and_then(employed) else {
        collect::release(child); // nobody waits for what it has
        return None;
    };
    let workers = &warm.workers;
    let map_call = group.map_call(task);
    let Ok(pid) = admit(&group, worker, warm, task, map_call.is_none()) else {
        return Some(group);
    };
    match map_call {
        Some(map_call) => {
            collect::printed_so_far(child);
            map_call.answered(task, child, pid, Answered::Offered(phase));
            end_of_batch(&group, workers, task);
        }
        None => told(&group, child, pid, task, phase),
    }
    Some(group)
}

/// A task has ended in a worker: `phase` has what the worker sent, or where it is.
fn told(group: &Rc<Group>, child: u64, pid: Option<i32>, task: u64, phase: Phase) {
    let page = collect::printed_so_far(child);
    let Some(future) = group.end_in(child, task) else {
        // The task was over for its pool.
        if let Phase::Remote { child, .. } = phase {
            collect::release(child);
        }
        return;
    };
    future.pid.set(pid.or(future.pid.get()));
    future.captured.replace(page);
    finish(group, future, phase);
}

/// A worker cannot run a task: one that is forked from now on can.
fn declined(group: &Rc<Group>, workers: &Workers, task: u64) {
    if let Some(map_call) = group.map_call(task) {
        map_call.declined(task, workers);
        return;
    }
    let Some(future) = group.future(task) else {
        return;
    };
    if retry::is_called_off(group, &future) {
        retry::call_off(group, future);
    } else {
        future.declined.set(true);
        future.wait_again();
        future.epoch.set(state().code_index.borrow().next_epoch());
        group.ledger.change(|ledger| ledger.requeue(task));
    }
}
