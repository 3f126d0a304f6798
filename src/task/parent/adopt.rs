//! Futures that are added to a pool, perhaps after they were started outside of any.
//!
//! A running one holds a slot of its pool from then on, and its slot in the group where it began until its child has
//! ended: so a loop that starts tasks outside of pools, and adds each to a pool, has no more processes than both allow.

use std::rc::Rc;

use crate::pool::ledger::Stage;
use crate::task::life::attempt::Attempt;
use crate::task::life::future::{Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::shutdown;
use crate::task::life::state::state;
use crate::task::life::worker::Budget;
use crate::task::parent::{cancel, event_loop, listeners, start};
use crate::task::workers;
use crate::task::workers::launch;
use crate::zend::object::Object;

/// Makes a future that is in no pool one of `group`, whatever its state. One that has not begun is cancelled if the
/// group was stopped. Re-enters PHP.
pub(crate) fn add(group: &Rc<Group>, future: &Object<Future>) {
    if !adopt(group, future) {
        group.ledger.change(|ledger| ledger.unrank(future.id.get()));
        future.group.set(Some(Rc::clone(group)));
        cancel::cancel(future);
        shutdown::register();
    }
    event_loop::leave();
}

/// Sets the priority of a future that is about to be added to `group`, unless it runs already.
pub(crate) fn rank(group: &Group, future: &Future, priority: i64) {
    if !future.has_ended() && future.stage() != Some(Stage::Running) {
        future.set_priority(priority);
        group.keep_close();
        group.ledger.change(|ledger| ledger.rank(future.id.get(), priority));
    }
}

/// False when the future has not begun, and will not, as the group was stopped.
fn adopt(group: &Rc<Group>, future: &Object<Future>) -> bool {
    if future.is_pending() || withdrawn(future) {
        if group.ledger.borrow().is_stopped() {
            return false;
        }
        start::enqueue(group, future);
    } else if !take_over(group, future) {
        group.note_end(future);
    }
    true
}

/// Takes a future out of the queue that it is in. False when it is in none.
fn withdrawn(future: &Future) -> bool {
    let group = future.group.borrow().clone();
    let queued = group.and_then(|group| group.ledger.change(|ledger| ledger.remove(future.id.get())));
    if queued.is_some() {
        future.phase.set(Phase::Pending);
    }
    queued.is_some()
}

/// Gives a running task to `group`. False when it has ended.
fn take_over(group: &Rc<Group>, future: &Object<Future>) -> bool {
    let (state, id) = (state(), future.id.get());
    let Some(worker) = state.worker(id) else {
        return false;
    };
    let begun_in = worker.group().filter(|group| group.has_task(id));
    let (Some(begun_in), Budget::One { origin }) = (begun_in, &worker.budget) else {
        return false;
    };
    origin.set(Some(Rc::clone(&begun_in)));
    worker.group.set(Some(Rc::clone(group)));
    // It keeps its slot there until its child has ended.
    let parted = begun_in.ledger.change(|ledger| ledger.disown(id));
    future.group.set(Some(Rc::clone(group)));
    group.ledger.change(|ledger| ledger.adopt(id, Attempt::Task(future.clone())));
    drop(parted);
    group.adopted.set(group.adopted.get() + 1);
    group.activate();
    workers::shrink(group);
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.forward(id, group.forwarded.get());
    }
    // The pool's time limit holds for it, unless it has a limit of its own.
    if future.times().limit == begun_in.timeout.get() {
        future.set_times(|times| times.limit = group.timeout.get());
        launch::set_deadline(future);
    }
    if group.listener.borrow().is_some() {
        listeners::catch_up(future);
    }
    true
}

/// A child has ended that ran a task of `group` which had begun in `origin`.
pub(crate) fn give_back(group: &Group, origin: &Group, id: u64) {
    group.adopted.set(group.adopted.get().saturating_sub(1));
    let _ = origin.end(id); // nobody's there
    if !origin.idle() {
        state().held_back.set(true);
    }
}
