//! From the queue into a process: starts tasks for which there is room. Runs in the parent.

use std::rc::Rc;

use crate::pool::ledger::Ledger;
use crate::process::fork::{Child, Refused};
use crate::task::life::attempt::Attempt;
use crate::task::life::future::{Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::state::{Request, state};
use crate::task::life::underway::Underway;
use crate::task::life::{shutdown, support};
use crate::task::parent::{at_exit, in_line, scale};
use crate::task::workers::spawn::{self, Charge, NotSpawned, spawn};
use crate::task::workers::{feed, launch, retry, workers_of};
use crate::task::{map, workers};
use crate::zend::exception;
use crate::zend::object::Object;

/// Queues a future, and starts what may start; without processes it is run to its end. Re-enters PHP.
pub(crate) fn enqueue(group: &Rc<Group>, future: &Object<Future>) {
    at_exit::precede();
    queue(group, future);
    pump(group);
    if state().request.get() == Request::Over {
        at_exit::end_request();
    }
}

fn queue(group: &Rc<Group>, future: &Object<Future>) {
    future.phase.set(Phase::Active);
    future.group.set(Some(Rc::clone(group)));
    future.epoch.set(state().code_index.borrow().next_epoch());
    group.ledger.change(|ledger| ledger.enqueue(future.id.get(), Attempt::Task(future.clone())));
    group.activate();
    shutdown::register();
}

/// Goes on with an attempt of `future`, the only one that `group` has to start, in a process that is there already.
pub(crate) fn adopt(group: &Rc<Group>, future: &Object<Future>, child: Child) {
    queue(group, future);
    drop(group.ledger.change(Ledger::next));
    if let Err(refused) = spawn::adopt(group, future, child) {
        let parked = group.end(future.id.get());
        retry::no_process(group, future, refused);
        drop(parked);
    }
}

/// Makes a queued future the next one to start: now, or when a slot is free. Re-enters PHP: hooks run.
pub(crate) fn hasten(future: &Object<Future>) {
    let group = future.group.borrow().clone();
    if let Some(group) = group.filter(|group| group.ledger.change(|ledger| ledger.hasten(future.id.get()))) {
        pump(&group);
    }
}

/// Starts queued tasks while there are slots. Re-enters PHP: hooks run.
pub(crate) fn pump(group: &Rc<Group>) {
    if support::in_line() && in_line::is_possible(group) {
        while !put_off() && in_line::run_next(group) {}
        return;
    }
    let _underway = Underway::new();
    if group.stays.get() {
        if !put_off() {
            feed(group);
        }
        return;
    }
    while !put_off() && (!group.is_paced() || group.ledger.borrow().has_queued() && group.is_time_to_start())
    {
        let next = group.ledger.change(Ledger::next).and_then(|(_, of)| of.into_future());
        let Some(future) = next else {
            return;
        };
        group.note_start();
        if launch(group, &future).is_break() {
            return;
        }
    }
}

/// While an exit or the end of a fiber is pending, from a hook, nothing is started: a child would unwind its stack,
/// too. True if so; it is tried again soon.
fn put_off() -> bool {
    let pending = exception::pending();
    if pending {
        state().held_back.set(true);
    }
    pending
}

/// Forks a child for a future that has a slot. Breaks when there is no point in trying the next future.
fn launch(group: &Rc<Group>, future: &Object<Future>) -> std::ops::ControlFlow<()> {
    match spawn(group, Charge::Attempt(future)) {
        Ok(()) => std::ops::ControlFlow::Continue(()),
        // A child of this process will end and make room, or another process will.
        Err(NotSpawned { refused, tasks })
            if tasks.is_empty() && launch::is_shortage(refused.errno) && launch::children() > 0 =>
        {
            if group.ledger.borrow().has_reported() {
                // A child that is ending makes room soon: no idle worker has to end for that.
                state().held_back.set(true);
            } else {
                hold_back();
            }
            group.ledger.change(|ledger| ledger.requeue(future.id.get()));
            std::ops::ControlFlow::Break(())
        }
        Err(NotSpawned { refused, .. }) => {
            let parked = group.end(future.id.get());
            retry::no_process(group, future, refused);
            drop(parked);
            std::ops::ControlFlow::Continue(())
        }
    }
}

/// There is no room for another process now: has an idle worker end, and it is tried again soon.
pub(crate) fn hold_back() {
    state().held_back.set(true);
    map::remote_payload::fetch_all();
    workers::make_room();
}

/// Posts what is queued, and forks the workers that are missing. Re-enters PHP: hooks of serialization and of forks.
pub(crate) fn feed(group: &Rc<Group>) {
    match workers_of(group) {
        Ok(workers) => {
            map::remote_payload::make_way(group);
            feed::post_all(group, &workers);
            scale::scale(group, &workers);
        }
        Err(refused) => while fail_next(group, refused).is_some() {},
    }
}

/// Fails the first task of the queue.
fn fail_next(group: &Rc<Group>, refused: Refused) -> Option<()> {
    let (id, _) = group.ledger.change(|ledger| ledger.next_within(usize::MAX))?;
    group.take_job(id);
    fail(group, id, refused);
    Some(())
}

/// There was no process for a task, or for items of a map.
pub(crate) fn fail(group: &Rc<Group>, id: u64, refused: Refused) {
    if let Some(map_call) = group.map_call(id) {
        map_call.refused(id, refused);
        return;
    }
    if let Some(future) = group.end(id) {
        retry::no_process(group, &future, refused);
    }
}
