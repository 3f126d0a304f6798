//! What is called in the parent when a task has ended. Never two at a time, and never in the middle of something.

use ext_php_rs::types::Zval;

use super::future::{Ending, Future, Outcome, Phase};
use super::outcome;
use crate::zend::callable::Callable;
use crate::zend::exception;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::interrupt::FiberBlock;
use crate::zend::object::Object;

/// One step of the chain behind a future.
#[derive(Debug)]
pub(crate) enum Handler {
    /// For a value; what it returns, unless null, replaces it.
    Then(Callable),
    /// For a failure that its first parameter takes; what it returns is the value from then on.
    Catch(Callable),
    /// For any end.
    Finally(Callable),
    /// For an end by a deadline; what it returns, unless null, is the value from then on.
    Timeout(Callable),
}

impl Handler {
    /// What is called.
    pub(crate) fn callable(&self) -> &Callable {
        match self {
            Self::Then(callable)
            | Self::Catch(callable)
            | Self::Finally(callable)
            | Self::Timeout(callable) => callable,
        }
    }
}

/// Gives a future that has ended its outcome, and runs its handlers. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting; an exception of a handler becomes the future's failure instead.
pub(crate) fn complete(future: &Object<Future>) -> Result<(), Thrown> {
    outcome::settle(future)?;
    if future.handlers.borrow().is_empty() || future.handling.replace(true) {
        return Ok(());
    }
    let _fibers = FiberBlock::new();
    let done = run(future);
    future.handling.set(false);
    done
}

fn run(future: &Object<Future>) -> Result<(), Thrown> {
    loop {
        let next = future.handlers.borrow_mut().pop_front();
        let Some(handler) = next else {
            return Ok(());
        };
        step(future, &handler)?;
    }
}

fn step(future: &Future, handler: &Handler) -> Result<(), Thrown> {
    let (value, failure) = match &*future.phase.borrow() {
        Phase::Done(Outcome::Value(value)) => (Some(value.shallow_clone()), None),
        Phase::Done(Outcome::Failed(throwable)) => (None, Some(throwable.shallow_clone())),
        _ => return Ok(()),
    };
    match (handler, value, failure) {
        (Handler::Then(callable), Some(value), _) => replace_unless_null(future, callable.call(&mut [value])),
        (Handler::Catch(callable), _, Some(failure)) if callable.accepts(&failure) => {
            future.observed.set(true);
            match callable.call(&mut [failure]) {
                Ok(value) => {
                    set(future, Outcome::Value(value));
                    Ok(())
                }
                Err(thrown) => fail(future, thrown),
            }
        }
        (Handler::Finally(callable), ..) => {
            callable.call(&mut []).map_or_else(|thrown| fail(future, thrown), |_| Ok(()))
        }
        (Handler::Timeout(callable), _, Some(failure)) if future.ending.get() == Some(Ending::TimedOut) => {
            future.observed.set(true);
            replace_unless_null(future, callable.call(&mut [failure]))
        }
        _ => Ok(()),
    }
}

fn replace_unless_null(future: &Future, returned: Returned) -> Result<(), Thrown> {
    match returned {
        Ok(value) if value.is_null() => Ok(()),
        Ok(value) => {
            set(future, Outcome::Value(value));
            Ok(())
        }
        Err(thrown) => fail(future, thrown),
    }
}

/// A handler threw: that is how the future ended, from now on.
fn fail(future: &Future, thrown: Thrown) -> Result<(), Thrown> {
    let throwable = exception::take().ok_or(thrown)?;
    future.observed.set(false);
    set(future, Outcome::Failed(throwable));
    Ok(())
}

/// Replaces the outcome. The old one is released when nothing is borrowed: its destructor may be PHP's.
pub(crate) fn set(future: &Future, outcome: Outcome) {
    let old = future.phase.replace(Phase::Done(outcome));
    drop(old);
}

/// The value of a future that has one, or its failure.
pub(crate) fn outcome_of(future: &Future) -> Option<Result<Zval, Zval>> {
    match &*future.phase.borrow() {
        Phase::Done(Outcome::Value(value)) => Some(Ok(value.shallow_clone())),
        Phase::Done(Outcome::Failed(throwable)) => Some(Err(throwable.shallow_clone())),
        _ => None,
    }
}
