//! Who is hired for what was posted. Runs in the parent.

use crate::task::life::map_call::MapCall;
use crate::zend::handler::Thrown;
use std::rc::Rc;

use crate::pool::scaling::{Need, need};
use crate::process::fork::Refused;
use crate::task::life::group::Group;
use crate::task::life::shutdown;
use crate::task::life::state::state;
use crate::task::life::workers::Workers;
use crate::task::parent::start;
use crate::task::workers::spawn::{Charge, NotSpawned, spawn};
use crate::task::workers::{capacity, launch, workers_of};
use crate::zend::exception;

/// Hires whoever is missing for what was posted. Re-enters PHP: hooks.
pub(crate) fn scale_for(group: &Rc<Group>) {
    let workers = group.workers.borrow().clone();
    if let Some(workers) = workers {
        scale(group, &workers);
    }
}

/// Hires as many children as there is work for, within the pool's limit.
pub(crate) fn scale(group: &Rc<Group>, workers: &Rc<Workers>) {
    workers.note_departures();
    if workers.is_full(group) && workers.oldest.get() >= Some(workers.job_queue.newest()) {
        return; // it costs much to find that out below
    }
    if exception::pending() {
        // A hook of serialization has exited: a child would do so too.
        state().held_back.set(true);
        return;
    }
    loop {
        // In this order: a task that is taken meanwhile is not taken for one that an idle child will take.
        let open = workers.job_queue.open(workers.count() + 1);
        workers.note_departures();
        let others = match need(open, workers.idle(), workers.is_full(group)) {
            Need::Worker(others) => others,
            Need::Takers if workers.awaits_somebody() => {
                state().held_back.set(true); // to see whether one of them came
                return;
            }
            Need::Slot => {
                // To wait for its end would let the next task start at once, but each of a hundred fork a child of its
                // own.
                workers.dismiss_one();
                return;
            }
            Need::Nothing | Need::Takers | Need::Turn => return,
        };
        match spawn(group, Charge::Jobs(workers, others)) {
            Ok(()) => {}
            Err(NotSpawned { refused, task: None })
                if launch::is_shortage(refused.errno) && launch::children() > 0 =>
            {
                start::hold_back();
                return;
            }
            Err(NotSpawned { refused, task }) => {
                let Some(id) = task.or_else(|| workers.first_open(group)) else {
                    return;
                };
                workers.job_queue.retract(id);
                start::fail(group, id, refused);
            }
        }
    }
}

/// Forks warm workers without work, too, until there are `wanted`, or as many as there is room for. Re-enters PHP:
/// hooks.
///
/// # Errors
///
/// When there is none at all.
pub(crate) fn warm(group: &Rc<Group>, wanted: usize) -> Result<(), Refused> {
    shutdown::register();
    let workers = workers_of(group)?;
    workers.reopen();
    let wanted = wanted.min(capacity(group));
    group.kept.set(wanted);
    workers.keep(wanted);
    workers.note_departures();
    while workers.staying().0 < wanted && !workers.is_full(group) && !exception::pending() {
        let Err(NotSpawned { refused, task }) = spawn(group, Charge::Jobs(&workers, u64::MAX)) else {
            continue;
        };
        if let Some(task) = task {
            start::fail(group, task, refused);
        }
        return if workers.staying().0 == 0 { Err(refused) } else { Ok(()) };
    }
    Ok(())
}

/// Posts items of a map as long as children may want some, and hires whoever is missing for them. Re-enters PHP.
///
/// # Errors
///
/// When the source exits.
pub(crate) fn feed_map(map_call: &Rc<MapCall>) -> Result<(), Thrown> {
    map_call.feed()?;
    scale_for(&map_call.group);
    Ok(())
}
