//! Gives ended futures their outcomes, and runs their handlers.

use std::time::Duration;

use super::event_loop::{HELD_BACK, RETRY};
use crate::task::life::future::Future;
use crate::task::life::held::{Held, Moment};
use crate::task::life::state::{State, state};
use crate::task::life::surfacing;
use crate::task::parent::{doubts, handlers};
use crate::task::workers::{ending, outcome};
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::interrupt::FiberBlock;
use crate::zend::object::Object;

/// After this time it is checked less often whether the function goes on for which handlers wait.
const BRIEF: Duration = Duration::from_secs(1);

/// Gives ended futures their outcomes, and runs their handlers, those that may run at this moment. While handlers are
/// running already, those wait, and nothing else does: what a child keeps in memory is fetched, and its slot becomes
/// free. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting.
pub(crate) fn dispatch(moment: Moment) -> Result<(), Thrown> {
    let state = state();
    ending::give_notices();
    if state.dispatching.get() {
        if moment == Moment::Call {
            doubts::ask_all(moment)?;
        }
        return read();
    }
    if !is_due_in_a_call() {
        return Ok(());
    }
    // A handler that suspended its fiber, and was never resumed, would keep all others waiting.
    let _fibers = FiberBlock::new();
    state.dispatching.set(true);
    let done = run_handlers(moment);
    state.dispatching.set(false);
    done
}

fn run_handlers(moment: Moment) -> Result<(), Thrown> {
    loop {
        doubts::ask_all(moment)?;
        let state = state();
        let is_any_held = !state.held.borrow().is_empty();
        let held = if is_any_held { state.held.change(|held| held.pop(moment)) } else { None };
        let settled = held.or_else(|| state.settled.pop_front());
        let Some(future) = settled.or_else(|| unread(state)) else {
            return Ok(());
        };
        let done = handlers::complete(&future, moment);
        surfacing::release(future);
        done?;
    }
}

/// Gives ended futures their outcomes, and runs no handler. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting.
pub(crate) fn read() -> Result<(), Thrown> {
    while let Some(future) = unread(state()) {
        let mut read = outcome::settle(&future);
        if read.is_ok() && future.has_only_to_fail_fast() {
            read = handlers::complete(&future, Moment::Call);
        }
        if future.has_handlers() || future.has_undelivered() {
            state().settled.push_back(future);
        } else {
            surfacing::release(future);
        }
        read?;
    }
    Ok(())
}

/// The next future whose outcome is to be read. One that is being read, further down the stack, stays in the list, as
/// that may be done by a function that runs no handlers.
#[expect(
    clippy::inline_always,
    reason = "a call would cost more than what it finds out for most tasks: nothing"
)]
#[inline(always)]
fn unread(state: &State) -> Option<Object<Future>> {
    state.reported.change(|reported| {
        if reported.front().is_some_and(|future| !future.is_being_read()) {
            return reported.pop_front();
        }
        let at = reported.iter().position(|future| !future.is_being_read())?;
        reported.remove(at)
    })
}

/// Is there something for [`dispatch`]?
#[expect(
    clippy::inline_always,
    reason = "a call would cost more than what it finds out for most tasks: nothing"
)]
#[inline(always)]
pub(crate) fn is_due() -> bool {
    let state = state();
    let waits = || !state.settled.borrow().is_empty() || doubts::may_ask(Moment::Interrupt(None));
    has_unread(state) || !state.dispatching.get() && waits() || !state.notices.borrow().is_empty()
}

fn has_unread(state: &State) -> bool {
    let reported = state.reported.borrow();
    !reported.is_empty() && reported.iter().any(|future| !future.is_being_read())
}

/// The same for a call that waits, where no handler is held back.
#[expect(
    clippy::inline_always,
    reason = "a call would cost more than what it finds out for most tasks: nothing"
)]
#[inline(always)]
pub(crate) fn is_due_in_a_call() -> bool {
    let state = state();
    let waits = || !state.settled.borrow().is_empty() || !state.held.borrow().is_empty();
    has_unread(state)
        || !state.doubts.borrow().is_empty()
        || !state.notices.borrow().is_empty()
        || !state.dispatching.get() && waits()
}

/// A notice is raised when handlers have waited for very long for a function to go on.
pub(super) fn look_out() {
    let in_vain = state().held.change(Held::in_vain);
    if let Some(future) = in_vain {
        exception::notice(&format!(
            "The handlers of {} have waited for 10 s for the function that registered them, or one that had called it, to \
             go on; call Async\\Pool::tick() where it is right to run them, or set async.handlers=anywhere",
            future.subject()
        ));
        surfacing::release(future);
    }
}

/// When to check again whether the function goes on for which handlers wait.
pub(super) fn look_for_held() -> Option<Duration> {
    let held = state().held.borrow();
    if !held.awaits_function() {
        return None;
    }
    Some(if held.waited() < BRIEF { RETRY } else { HELD_BACK })
}
