//! Outcomes: how a task has ended, and what handlers have made of that.

use ext_php_rs::types::Zval;

use crate::exceptions;
use crate::task::life::future::{Ending, Future, Outcome, Phase};
use crate::task::life::handler::{Handler, Registered};
use crate::task::life::surfacing::release;

/// Sets how the task has ended. Handlers may replace that.
pub(crate) fn conclude(future: &Future, outcome: Outcome) {
    if let Outcome::Failed(throwable) = &outcome
        && future.is_asked()
        && future.ending.get().is_none()
        && exceptions::is_cancelled(throwable)
    {
        future.ending.set(Some(Ending::Cancelled));
        future.observed.set(true);
    }
    let old = match &outcome {
        Outcome::Failed(throwable) => {
            if future.fails_fast() {
                future.push_handler(Registered { handler: Handler::FailFast, scope: None });
            }
            future.note_failure(Some(throwable.shallow_clone()))
        }
        Outcome::Value(_) => future.note_failure(None),
    };
    set(future, outcome);
    future.count_end();
    if old.is_some() {
        release(old);
    }
}

/// A handler has failed, or a future that it has returned: that is the outcome from now on.
pub(crate) fn fail(future: &Future, throwable: Zval) {
    future.observed.set(false);
    if future.fails_fast() {
        // Behind the handlers that may still deal with it.
        future.push_handler(Registered { handler: Handler::FailFast, scope: None });
    }
    set(future, Outcome::Failed(throwable));
}

/// Replaces the outcome. The old one is dropped when nothing is borrowed: that may run a destructor.
pub(crate) fn set(future: &Future, outcome: Outcome) {
    release(future.phase.replace(Phase::Done(outcome)));
}

/// The value of a future that has one, or its failure.
pub(crate) fn outcome_of(future: &Future) -> Option<Result<Zval, Zval>> {
    match &*future.phase.borrow() {
        Phase::Done(Outcome::Value(value)) => Some(Ok(value.shallow_clone())),
        Phase::Done(Outcome::Failed(throwable)) => Some(Err(throwable.shallow_clone())),
        _ => None,
    }
}
