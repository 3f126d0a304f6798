//! Cancels tasks: one, all of a pool, or those of `any()` and `race()` that have not won. Runs in the parent.

use std::time::Duration;

use crate::error::Error;
use crate::pool::ledger::{Ledger, Stage};
use crate::task::life::ended;
use crate::task::life::future::{Ending, Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::map::{halt, remote_payload};
use crate::task::parent::event_loop;
use crate::task::workers;
use crate::task::workers::{Whereabouts, outcome, retry, whereabouts};
use crate::zend::interrupt;
use crate::zend::object::Object;

/// Cancels a task that is queued or running. Returns false if it has already ended.
pub(crate) fn cancel(future: &Object<Future>) -> bool {
    let group = future.group.borrow().clone();
    if waits(group.as_deref(), future) && take_back(group.as_deref(), future) {
        future.ending.set(Some(Ending::Cancelled));
        let previous = future.keep_previous(None);
        outcome::fail(future, &Error::Cancelled { subject: future.subject(), unended: None });
        drop(previous);
        future.observed.set(true);
        match group {
            Some(group) => ended::end(&group, future.clone()),
            None => state().reported.push_back(future.clone()),
        }
        interrupt::flags().raise();
        return true;
    }
    let runs = !future.is_pending() && !future.has_ended();
    if runs {
        future.observed.set(true);
        event_loop::end(future.id.get(), Ending::Cancelled);
    }
    runs
}

/// Cancels a task that has not begun, for a pool that is stopped. A task that waits for a retry ends with its last
/// failure instead.
fn call_off(future: &Object<Future>) {
    let group = future.group.borrow().clone();
    if !waits(group.as_deref(), future) {
        return;
    }
    match group {
        Some(group) if future.has_previous() => {
            if take_back(Some(&group), future) && retry::give_up(&group, future) {
                interrupt::flags().raise();
            }
        }
        _ => drop(cancel(future)),
    }
}

/// Has a task not begun, as far as is known?
fn waits(group: Option<&Group>, future: &Future) -> bool {
    match (&*future.phase.borrow(), group, future.stage()) {
        (Phase::Pending, ..) => true,
        (Phase::Active, Some(group), Some(stage)) if stage != Stage::Running => {
            matches!(whereabouts(group, future.id.get()), Whereabouts::Waiting)
        }
        _ => false,
    }
}

/// Removes a waiting task from the queue of its group. Returns false if it has already begun.
fn take_back(group: Option<&Group>, future: &Object<Future>) -> bool {
    let (Some(group), id) = (group, future.id.get()) else {
        return true;
    };
    if !workers::withdraw(group, id) {
        return false;
    }
    state().deadlines.borrow_mut().clear(id);
    drop(group.end(id));
    true
}

/// Stops a group: nothing more begins, and those of `futures`, which are its own, and of the items of its map calls
/// that have not begun are cancelled. Runs PHP code: destructors.
pub(crate) fn stop_all(group: &Group, futures: &[Object<Future>]) {
    group.ledger.change(Ledger::stop);
    workers::dismiss_all(group);
    for future in futures {
        call_off(future);
    }
    halt::stop(group);
    group.let_go();
    event_loop::leave();
}

/// Stops a group: `futures`, which are its own, and its map calls are cancelled, and nothing more begins. Runs PHP
/// code: destructors.
pub(crate) fn cancel_all(group: &Group, futures: &[Object<Future>]) {
    group.ledger.change(Ledger::stop);
    if !group.maps.borrow().is_empty() {
        // The results of items that are already done are still delivered.
        event_loop::look();
        remote_payload::fetch_all();
    }
    workers::dismiss_all(group);
    workers::end_items(group);
    for future in futures {
        cancel(future);
    }
    halt::cancel(group);
    group.let_go();
}

/// A task of a pool has failed whose first failure cancels the rest. Runs PHP code: destructors.
pub(crate) fn after_failure(future: &Future) {
    if matches!(future.ending.get(), Some(Ending::Cancelled | Ending::Abandoned)) {
        return;
    }
    let Some(group) = future.fail_fast() else {
        return;
    };
    let mut rest: Vec<_> = {
        let ledger = group.ledger.borrow();
        ledger.iter().filter_map(|(id, _, of)| Some((id, of.future()?.clone()))).collect()
    };
    rest.sort_unstable_by_key(|(id, _)| *id);
    let rest: Vec<_> = rest.into_iter().map(|(_, future)| future).collect();
    cancel_all(&group, &rest);
}

/// Cancels those of `futures` that have not ended, as another one has the outcome that was wanted. Their failures, also
/// earlier ones, count as handled. Re-enters PHP: hooks of forks, as slots become free.
pub(crate) fn cancel_losers<'f>(futures: impl Iterator<Item = &'f Object<Future>>) {
    // Those that have ended by now are not cancelled. Nothing is started before the cancellation: hooks of a start may
    // wait for something that a loser holds.
    event_loop::look();
    for future in futures {
        cancel(future);
        future.observed.set(true);
    }
    let _ = event_loop::wait(Some(Duration::ZERO));
    event_loop::leave();
}
