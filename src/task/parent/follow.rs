//! Following: a handler has returned a future, whose outcome becomes that of the handler's own future.
//!
//! Nothing waits here: the future keeps its remaining handlers, and gets the outcome by a last handler of the other
//! one. Runs in the parent.

use crate::error::Error;
use crate::exceptions;
use crate::task::life::conclusion;
use crate::task::life::future::{Future, Outcome};
use crate::task::life::group::Group;
use crate::task::life::handler::Handler;
use crate::task::life::state::state;
use crate::task::life::surfacing::release;
use crate::task::parent::{handlers, start, wait};
use crate::zend::handler::Thrown;
use crate::zend::interrupt;
use crate::zend::object::Object;

/// From now on `future` ends when `other` does, which one of the handlers of `future` has returned. Re-enters PHP:
/// `other` may be started, and its handlers run.
///
/// # Errors
///
/// `AsyncError` when it could never end.
pub(crate) fn follow(future: &Object<Future>, other: &Object<Future>) -> Result<(), Thrown> {
    if leads_to(other, future) {
        return Err(exceptions::throw(&Error::Misuse(
            "a handler cannot return a future that ends only after the handler's own",
        )));
    }
    wait::ensure_here(other)?;
    let old = future.set_followed(Some(other.clone()));
    release(old);
    if other.is_pending() {
        start::enqueue(&Group::default_group(), other);
    }
    handlers::attach(other, Handler::Follow(future.clone()));
    Ok(())
}

/// Is `from` the future `to`, or one that ends only after it?
fn leads_to(from: &Object<Future>, to: &Object<Future>) -> bool {
    let mut at = Some(from.clone());
    while let Some(here) = at {
        if here.std() == to.std() {
            return true;
        }
        at = here.followed();
    }
    false
}

/// `other` has ended: so has `future`, in the same way. Its remaining handlers run next.
pub(crate) fn arrive(future: &Object<Future>, other: &Future) {
    let followed = future.set_followed(None);
    other.observed.set(true);
    match conclusion::outcome_of(other) {
        Some(Ok(value)) => conclusion::set(future, Outcome::Value(value)),
        Some(Err(throwable)) => conclusion::fail(future, throwable),
        None => {}
    }
    state().reported.push_back(future.clone());
    interrupt::flags().raise();
    release(followed);
}
