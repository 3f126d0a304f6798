//! How many warm workers are forked for what was posted. Runs in the parent.

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::pool::scaling::{IN_ORDER, Need, need};
use crate::process::fork::Refused;
use crate::task::life::group::Group;
use crate::task::life::map_call::MapCall;
use crate::task::life::shutdown;
use crate::task::life::state::state;
use crate::task::life::workers::Workers;
use crate::task::parent::{event_loop, start, wait};
use crate::task::workers::spawn::{Charge, NotSpawned, spawn};
use crate::task::workers::{capacity, is_any_ending, launch, make_room_for, workers_of};
use crate::zend::exception;
use crate::zend::handler::Thrown;

/// Forks the workers that are missing for what was posted. Re-enters PHP: hooks.
pub(crate) fn scale_for(group: &Rc<Group>) {
    let workers = group.workers.borrow().clone();
    if let Some(workers) = workers {
        scale(group, &workers);
    }
}

/// Forks as many workers as there is work for, within the pool's limit.
pub(crate) fn scale(group: &Rc<Group>, workers: &Rc<Workers>) {
    workers.note_departures();
    if workers.is_full(group) && workers.oldest.get() >= Some(workers.job_queue.newest()) {
        return; // the search below comes to the same, and costs much
    }
    loop {
        if !group.is_here() {
            return; // a hook has forked, and this is its child
        }
        if exception::pending() {
            // A hook of serialization, or of a fork, has exited: a child would do so too.
            state().held_back.set(true);
            return;
        }
        // In this order: a task that a worker takes meanwhile is not counted as one that waits for an idle worker.
        let open = workers.job_queue.open(workers.count() + 1);
        workers.note_departures();
        let others = match need(open, workers.idle(), workers.is_full(group)) {
            Need::Worker(others) => others,
            Need::Takers if workers.awaits_somebody() => {
                state().held_back.set(true); // to see whether one of them came
                return;
            }
            Need::Slot => {
                // Its end is not waited for here: the next task would start at once, but each of a hundred tasks would
                // have a worker of its own forked.
                workers.dismiss_one();
                return;
            }
            Need::Nothing | Need::Takers | Need::Turn => return,
        };
        match spawn(group, Charge::Jobs(workers, others)) {
            Ok(()) => {}
            Err(NotSpawned { refused, tasks })
                if tasks.is_empty() && launch::is_shortage(refused.errno) && launch::children() > 0 =>
            {
                start::hold_back();
                return;
            }
            Err(NotSpawned { refused, mut tasks }) => {
                if tasks.is_empty() {
                    tasks.extend(workers.first_open(group));
                }
                if tasks.is_empty() {
                    return;
                }
                for id in tasks {
                    workers.job_queue.retract(id);
                    start::fail(group, id, refused);
                }
            }
        }
    }
}

/// Forks warm workers for tasks that are still to come, until there are `wanted`, or as many as there is room for.
/// Waits for the room that children leave who are ending, as a task would, but not for those that have work. Re-enters
/// PHP: hooks, and handlers while it waits.
///
/// # Errors
///
/// When there is none at all.
pub(crate) fn warm(group: &Rc<Group>, wanted: usize) -> Result<(), Refused> {
    shutdown::register();
    let wanted = wanted.min(capacity(group));
    group.kept.set(wanted);
    let mut forks = wanted;
    let mut forked = fork_warm(group, wanted, &mut forks);
    if matches!(forked, Ok(ControlFlow::Continue(()))) {
        // What ends the wait is pending.
        let _ = wait::ticking(|| {
            forked = fork_warm(group, wanted, &mut forks);
            Ok(!matches!(forked, Ok(ControlFlow::Continue(()))))
        });
    }
    let has_some = || group.workers.borrow().as_ref().is_some_and(|workers| workers.staying().0 > 0);
    if has_some() { Ok(()) } else { forked.map(drop) }
}

/// Forks those that are missing. Continues when there will soon be room for one more, and breaks when no more are
/// wanted. There are `forks` left: where the hook of each fork takes the room of the one before, there would be no end.
///
/// # Errors
///
/// When there is no room for one.
fn fork_warm(group: &Rc<Group>, wanted: usize, forks: &mut usize) -> Result<ControlFlow<()>, Refused> {
    let workers = workers_of(group)?;
    workers.reopen();
    workers.keep(wanted);
    let mut has_looked = false;
    loop {
        workers.note_departures();
        // While it waited, a handler may have stopped the pool, or have it fork a child for each task.
        let is_wanted = group.is_here() && group.stays.get() && !group.ledger.borrow().is_stopped();
        if workers.staying().0 >= wanted || !is_wanted || *forks == 0 || exception::pending() {
            return Ok(ControlFlow::Break(()));
        }
        let refused = if workers.is_full(group) {
            None
        } else {
            match spawn(group, Charge::Jobs(&workers, IN_ORDER)) {
                Ok(()) => {
                    *forks -= 1;
                    continue;
                }
                Err(NotSpawned { refused, tasks }) if tasks.is_empty() => Some(refused),
                Err(NotSpawned { refused, tasks }) => {
                    for task in tasks {
                        start::fail(group, task, refused);
                    }
                    return Err(refused);
                }
            }
        };
        // A child may be gone, or ending, without having been heard of.
        if !std::mem::replace(&mut has_looked, true) {
            event_loop::look();
            continue;
        }
        let has_room_soon = || is_any_ending() || refused.is_some() && make_room_for(&workers);
        return match refused {
            _ if refused.is_none_or(|refused| launch::is_shortage(refused.errno)) && has_room_soon() => {
                Ok(ControlFlow::Continue(()))
            }
            Some(refused) => Err(refused),
            None => Ok(ControlFlow::Break(())),
        };
    }
}

/// Posts items of a map until enough of them are ahead, and forks the workers that are missing for them. Re-enters PHP.
///
/// # Errors
///
/// When the source exits.
pub(crate) fn feed_map(map_call: &Rc<MapCall>) -> Result<(), Thrown> {
    map_call.feed()?;
    scale_for(&map_call.group);
    Ok(())
}
