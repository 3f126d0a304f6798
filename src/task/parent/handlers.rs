//! What is called in the parent when a task has ended. Never two at a time, and never in the middle of something.

use ext_php_rs::types::Zval;

use crate::ini;
use crate::pool::place::Place;
use crate::task::life::future::{Ending, Future, Outcome, Phase};
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::life::surfacing::release;
use crate::task::parent::follow;
use crate::task::workers::outcome;
use crate::zend::callable::Callable;
use crate::zend::exception;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::interrupt::{self, FiberBlock, Floor};
use crate::zend::object::{Object, Tracer};
use crate::zend::scope::Scope;

/// One step of the chain behind a future.
#[derive(Debug)]
pub(crate) enum Handler {
    /// For a value; what it returns, if its code has a return statement, replaces it.
    Then(Callable),
    /// For a failure that its first parameter takes; what it returns is the value from then on.
    Catch(Callable),
    /// For any end.
    Finally(Callable),
    /// For an end by a deadline; what it returns is the value from then on.
    Timeout(Callable),
    /// For any end: this future, which follows, ends in the same way.
    Follow(Object<Future>),
}

impl Handler {
    /// Its values, for the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        match self {
            Self::Then(callable)
            | Self::Catch(callable)
            | Self::Finally(callable)
            | Self::Timeout(callable) => tracer.value(callable.value()),
            Self::Follow(future) => future.trace_in(tracer),
        }
    }
}

/// A handler, and the functions that know of it.
#[derive(Debug)]
pub(crate) struct Registered {
    /// What is to be done.
    pub(crate) handler: Handler,
    /// None for what is ours, and runs no PHP code.
    scope: Option<Scope>,
}

/// Adds a handler. One that comes after the end runs at the next safe point, too.
pub(crate) fn attach(future: &Object<Future>, handler: Handler) {
    let scope = if matches!(handler, Handler::Follow(_)) { None } else { Some(Scope::here()) };
    future.handlers.push_back(Registered { handler, scope });
    if matches!(*future.phase.borrow(), Phase::Done(_)) && !future.handling.get() {
        state().reported.push_back(future.clone());
        interrupt::flags().raise();
    }
}

/// Gives a future that has ended its outcome, and runs its handlers, as far as they may run now. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting; an exception of a handler becomes the future's failure instead.
pub(crate) fn complete(future: &Object<Future>, moment: Moment) -> Result<(), Thrown> {
    let done = outcome::settle(future).and_then(|()| run_all(future, moment));
    // Those that are left run at the script's end.
    if done.is_err() && !future.handlers.borrow().is_empty() {
        state().settled.change(|settled| settled.push_front(future.clone()));
    }
    done
}

fn run_all(future: &Object<Future>, moment: Moment) -> Result<(), Thrown> {
    let followed = future.following.borrow().clone();
    if let Some(followed) = followed.filter(|followed| followed.has_ended()) {
        complete(&followed, moment)?;
    }
    if future.following.borrow().is_some() || future.is_being_read() {
        return Ok(());
    }
    if future.handlers.borrow().is_empty() || future.handling.replace(true) {
        return Ok(());
    }
    let _fibers = FiberBlock::new();
    let _floor = Floor::new();
    let done = run(future, moment);
    future.handling.set(false);
    done
}

fn run(future: &Object<Future>, moment: Moment) -> Result<(), Thrown> {
    loop {
        // A destructor may have called exit: nothing can be called any more.
        if exception::pending() {
            return Err(Thrown);
        }
        if let Err(scope) = ensure_allowed(future, moment) {
            state().held.change(|held| held.push(scope, future.clone()));
            return Ok(());
        }
        let next = future.handlers.pop_front();
        let Some(Registered { handler, .. }) = next else {
            return Ok(());
        };
        let done = step(future, &handler);
        release(handler);
        done?;
        if future.following.borrow().is_some() {
            return Ok(()); // the others run when that one has ended
        }
    }
}

/// May the next handler run now?
///
/// # Errors
///
/// With what it waits for: one of these functions, or, without any, a call.
fn ensure_allowed(future: &Future, moment: Moment) -> Result<(), Option<Scope>> {
    let handlers = future.handlers.borrow();
    let Some(Registered { scope: Some(scope), .. }) = handlers.front() else {
        return Ok(());
    };
    let place = future.place.get().unwrap_or_else(ini::handlers);
    if moment.allows(place, scope) { Ok(()) } else { Err((place == Place::Scope).then(|| scope.clone())) }
}

fn step(future: &Object<Future>, handler: &Handler) -> Result<(), Thrown> {
    let (value, failure) = match &*future.phase.borrow() {
        Phase::Done(Outcome::Value(value)) => (Some(value.shallow_clone()), None),
        Phase::Done(Outcome::Failed(throwable)) => (None, Some(throwable.shallow_clone())),
        _ => return Ok(()),
    };
    match (handler, value, failure) {
        (Handler::Then(callable), Some(value), _) => {
            call(callable, &mut [value], |returned| match returned {
                Ok(returned) if returned.is_null() && !callable.returns() => Ok(()),
                returned => replace(future, returned),
            })
        }
        (Handler::Catch(callable), _, Some(failure)) if callable.accepts(&failure) => {
            future.observed.set(true);
            call(callable, &mut [failure], |returned| replace(future, returned))
        }
        (Handler::Timeout(callable), _, Some(failure)) if future.ending.get() == Some(Ending::TimedOut) => {
            future.observed.set(true);
            call(callable, &mut [failure], |returned| replace(future, returned))
        }
        (Handler::Finally(callable), ..) => call(callable, &mut [], |returned| match returned {
            Ok(value) => {
                release(value);
                Ok(())
            }
            Err(thrown) => fail(future, thrown),
        }),
        (Handler::Follow(follower), ..) => {
            follow::arrive(follower, future);
            Ok(())
        }
        (_, value, failure) => {
            release((value, failure));
            Ok(())
        }
    }
}

/// Calls a handler, and deals with what it returns before its arguments go: their destructors are none of its doing.
fn call(
    callable: &Callable,
    args: &mut [Zval],
    deal_with: impl FnOnce(Returned) -> Result<(), Thrown>,
) -> Result<(), Thrown> {
    let done = deal_with(callable.call(args));
    for arg in args {
        release(std::mem::take(arg));
    }
    done
}

/// What a handler returned is the value from now on, or that of the future that it returned.
fn replace(future: &Object<Future>, returned: Returned) -> Result<(), Thrown> {
    match returned {
        Ok(value) => {
            if let Some(other) = Object::<Future>::from_zval(&value) {
                return follow::follow(future, &other).or_else(|thrown| fail(future, thrown));
            }
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

/// The task has ended so; handlers may make something else of it.
pub(crate) fn conclude(future: &Future, outcome: Outcome) {
    let failure = match &outcome {
        Outcome::Failed(throwable) => Some(throwable.shallow_clone()),
        Outcome::Value(_) => None,
    };
    let old = future.failure.replace(failure);
    set(future, outcome);
    release(old);
}

/// Replaces the outcome. The old one is released when nothing is borrowed: its destructor may be PHP's.
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
