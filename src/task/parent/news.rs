//! What warm workers have told, and what becomes of their tasks when they are gone.

use std::rc::Rc;

use crate::process::poller::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::life::future::{Ending, Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::map_call::MapCall;
use crate::task::life::state::{Stray, state};
use crate::task::life::workers::{Worker, Workers};
use crate::task::map;
use crate::task::map::{Answered, End};
use crate::task::parent::check::accuse;
use crate::task::workers::retry::finish;
use crate::task::workers::warm_worker::first_open;
use crate::task::workers::{collect, retry};
use crate::wire::frame::{Frame, Kind, Malformed};
use crate::zend::object::Object;

/// A child has told what became of a task.
pub(crate) fn answered(child: u64, task: u64, message: Message) -> Option<Rc<Group>> {
    let employer = state().warm_workers.borrow().get(&child).cloned();
    let Some((group, workers)) = employer else {
        collect::go_on(child); // nobody waits for what it says
        return None;
    };
    if let Message::Frame(Frame { kind: Kind::Passed, .. }) = message {
        return Some(group);
    }
    let map_call = mapping_of(&group, task);
    let Ok(pid) = admit(&group, &workers, child, task, map_call.is_none()) else {
        return Some(group);
    };
    if let Message::Frame(Frame { kind: Kind::Declined, .. }) = message {
        collect::printed_so_far(child);
        workers.job_queue.over(task);
        if let Some(worker) = workers.all.borrow().get(&child) {
            worker.ends.set(None);
        }
        declined(&group, &workers, task);
    } else if let Some(map_call) = map_call {
        collect::printed_so_far(child);
        map_call.answered(task, child, pid, Answered::Told(message));
        end_of_batch(&group, &workers, task);
    } else {
        let ended = Ended { id: task, exit: Exit::Unknown, message };
        told(&group, child, pid, task, Phase::Reported(ended));
    }
    collect::go_on(child);
    Some(group)
}

/// A child has told something of a task that it was not given, and is being ended for it.
struct Accused;

/// The process of a child, if it was given this task, or if nobody waits for that any more. Any other has lost its mind,
/// or a task of it has written over what it was told.
fn admit(
    group: &Group,
    workers: &Workers,
    child: u64,
    task: u64,
    last: bool,
) -> Result<Option<i32>, Accused> {
    let pid = workers.admit(child, task, last);
    if pid.is_none() && group.ledger.borrow().get(task).is_some() {
        accuse(child);
        return Err(Accused);
    }
    Ok(pid)
}

/// Nothing more comes of a batch whose items have all come back.
fn end_of_batch(group: &Group, workers: &Workers, batch: u64) {
    if !group.expects(batch) {
        workers.job_queue.over(batch);
    }
}

/// Whose items a child has, if it has some under this number.
fn mapping_of(group: &Group, batch: u64) -> Option<Rc<MapCall>> {
    group.map_call(batch)
}

/// A child has a result in memory.
pub(crate) fn offered(child: u64, task: u64, phase: Phase) -> Option<Rc<Group>> {
    let employer = state().warm_workers.borrow().get(&child).cloned();
    let Some((group, workers)) = employer else {
        collect::release(child); // nobody waits for what it has
        return None;
    };
    let map_call = mapping_of(&group, task);
    let Ok(pid) = admit(&group, &workers, child, task, map_call.is_none()) else {
        return Some(group);
    };
    match map_call {
        Some(map_call) => {
            collect::printed_so_far(child);
            map_call.answered(task, child, pid, Answered::Offered(phase));
            end_of_batch(&group, &workers, task);
        }
        None => told(&group, child, pid, task, phase),
    }
    Some(group)
}

/// A task of a child has ended: `phase` is what there is to be looked at.
fn told(group: &Rc<Group>, child: u64, pid: Option<i32>, task: u64, phase: Phase) {
    let page = collect::printed_so_far(child);
    let Some(future) = group.end(task) else {
        // Nobody wants it any more.
        if let Phase::Remote { child, .. } = phase {
            collect::release(child);
        }
        return;
    };
    future.pid.set(pid.or(future.pid.get()));
    future.captured.replace(page);
    finish(group, future, phase);
}

/// A child cannot run a task: one that is forked from now on can.
fn declined(group: &Rc<Group>, workers: &Workers, task: u64) {
    if let Some(map_call) = mapping_of(group, task) {
        map_call.declined(task, workers);
        return;
    }
    let is_cancelled = |future: &Object<Future>| future.ending.get() == Some(Ending::Cancelled);
    if group.ledger.borrow().is_stopped() || group.future(task).as_ref().is_some_and(is_cancelled) {
        if let Some(future) = group.end(task) {
            call_off(group, future);
        }
        return;
    }
    if let Some(future) = group.future(task) {
        future.declined.set(true);
        future.wait_again();
        future.epoch.set(state().code_index.borrow().next_epoch());
        group.ledger.change(|ledger| ledger.requeue(task));
    }
}

/// A task that was on its way has not begun, and it was cancelled or its pool stopped meanwhile: as for one that was in
/// the queue then.
pub(crate) fn call_off(group: &Rc<Group>, future: Object<Future>) {
    let id = future.id.get();
    state().deadlines.borrow_mut().clear(id);
    if future.ending.get() != Some(Ending::Cancelled) && retry::give_up(group, &future) {
        return;
    }
    future.ending.set(Some(Ending::Cancelled));
    future.observed.set(true);
    let ended = Ended { id, exit: Exit::Unknown, message: Message::Nothing };
    retry::conclude(group, future, Phase::Reported(ended));
}

/// A child that stayed is gone, or nobody waits for it any more: whatever it ran has ended with it.
pub(crate) fn gone(ended: Ended) -> Option<Rc<Group>> {
    collect::forget_loan(ended.id);
    let printed = collect::printed_by(ended.id);
    state().deadlines.borrow_mut().clear(ended.id);
    let (group, workers) = state().warm_workers.remove(&ended.id)?;
    workers.note_departures();
    let worker = workers.remove(ended.id)?;
    // One that died before it took anything costs a task too, and one that died before it began the first of its items
    // costs that: the next one may die of the same, and so on for ever. Who was told to leave may have begun none.
    let unasked = !worker.is_leaving();
    let took_nothing = workers.job_queue.has_taken_nothing(worker.slot) && !worker.proven.get() && unasked;
    let begun = workers.job_queue.begun(worker.slot).max(usize::from(unasked));
    let Worker { slot, pid, .. } = worker;
    let (overdue, ends) = (worker.overdue.get(), worker.ends.get());
    if let Exit::Unended(_) = ended.exit {
        workers.strays.borrow_mut().insert(ended.id, worker);
        state().strays.borrow_mut().insert(ended.id, Stray::Worker(Rc::clone(&workers)));
    }
    if workers.condemned.get() {
        workers.settle_if_last(&group);
        return Some(group);
    }
    // Whatever is said of that by now: it was ended for this.
    if let Some(task) = ends {
        workers.job_queue.over(task);
    }
    let mut had = workers.job_queue.reap(slot, |task| group.expects(task));
    had.extend(ends.filter(|&task| group.expects(task)));
    if had.is_empty() && took_nothing {
        had.extend(first_open(&group, &workers).filter(|&open| workers.job_queue.retract(open)));
    }
    if group.ledger.borrow().is_stopped() {
        map::halt::stop(&group); // what it had taken and not begun is open again
    }
    let exit = ended.exit;
    let (mut ended, mut printed) = (Some(ended), printed);
    for task in had {
        let overwritten = || {
            let message = Message::Malformed(Malformed::Overwritten);
            Ended { id: task, exit, message }
        };
        let ended = ended.take().unwrap_or_else(overwritten);
        if let Some(map_call) = mapping_of(&group, task) {
            map_call.died(task, begun, End { pid: Some(pid), overdue, ended }, &workers);
            continue;
        }
        if let Some(future) = group.end(task) {
            future.pid.set(Some(pid));
            future.captured.replace(printed.take());
            finish(&group, future, Phase::Reported(Ended { id: task, ..ended }));
        }
    }
    Some(group)
}
