//! Where a posted task is, and how it is ended before its time.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::pool::deadlines::Stage;
use crate::process::shared::board::Progress;
use crate::task::life::future::{Ending, Future};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::workers::ending;
use crate::zend::object::Object;

/// When to look again whether a task has begun that has a time limit, or is to be cancelled.
const SOON: Duration = Duration::from_millis(1);

/// Where a posted task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// In a queue, here or on the board.
    Waiting,
    /// In the child with this number, since then.
    Running(u64, Instant),
    /// Between the two, or on its way back.
    Unknown,
}

/// Where a queued task of `group` is.
pub(crate) fn whereabouts(group: &Group, id: u64) -> Whereabouts {
    let crew = group.crew.borrow();
    let Some(crew) = crew.as_ref().filter(|_| group.ledger.borrow().is_out(id)) else {
        return Whereabouts::Waiting;
    };
    if crew.is_open(id) {
        return Whereabouts::Waiting;
    }
    match crew.board.progress(id) {
        Progress::Open => Whereabouts::Waiting,
        Progress::Running(seat, time) => {
            let since = Instant::now().checked_sub(time).unwrap_or_else(Instant::now);
            crew.child_on(seat).map_or(Whereabouts::Unknown, |child| Whereabouts::Running(child, since))
        }
        Progress::Unknown => Whereabouts::Unknown,
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
    let child = child_of(group, id)?;
    let crew = group.crew.borrow();
    crew.as_ref().and_then(|crew| crew.members.borrow().get(&child).map(|member| member.pid))
}

/// Takes a task back that has not begun. False when it has.
pub(crate) fn withdraw(group: &Group, id: u64) -> bool {
    let crew = group.crew.borrow();
    let Some(crew) = crew.as_ref() else {
        return true;
    };
    let mut waiting = crew.held.borrow_mut();
    let held = waiting.iter().position(|(held, _)| *held == id).and_then(|at| waiting.remove(at)).is_some();
    drop(waiting);
    held || !group.ledger.borrow().is_out(id) || crew.board.retract(id)
}

/// Ends a task that has begun: its child goes with it, and takes no other.
pub(crate) fn end(future: &Object<Future>, ending: Ending) {
    future.ending.set(Some(ending));
    let group = future.group.borrow().clone();
    let Some(group) = group else {
        return;
    };
    let state = state();
    let Whereabouts::Running(child, _) = whereabouts(&group, future.id.get()) else {
        state.deadlines.borrow_mut().set(future.id.get(), Instant::now() + SOON, Stage::Expire);
        return;
    };
    let Some((_, crew)) = state.workers.borrow().get(&child).cloned() else {
        return;
    };
    let seat = crew.members.borrow().get(&child).map(|member| {
        crew.dismiss(child, member);
        member.seat
    });
    // It may have ended just now; then its child has nothing to do, and goes by itself.
    if seat.and_then(|seat| crew.board.running(seat)) == Some(future.id.get()) {
        ending::dismiss(child);
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
    let forked = future.started.get().is_some();
    if !forked && future.ending.get().is_none() && group.is_some_and(posted) {
        state().deadlines.borrow_mut().clear(future.id.get());
        watch(future);
    }
}

/// Looks after the time limit of a posted task.
pub(crate) fn watch(future: &Object<Future>) {
    let limit = future.limit.get().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let Some(limit) = limit.filter(|limit| !limit.is_zero()) else {
        return;
    };
    let group = future.group.borrow().clone();
    let now = Instant::now();
    let begun = match group.map(|group| whereabouts(&group, future.id.get())) {
        Some(Whereabouts::Running(_, since)) => since,
        _ => now,
    };
    match begun.checked_add(limit) {
        Some(at) if at > now => state().deadlines.borrow_mut().set(future.id.get(), at, Stage::Expire),
        Some(_) => end(future, Ending::TimedOut),
        None => {}
    }
}
