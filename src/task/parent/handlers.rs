//! Handlers: what is called in the parent when a task has ended. Never two at a time, and never in the middle of a
//! statement.

use ext_php_rs::types::Zval;

use crate::ini;
use crate::pool::place::Place;
use crate::task::life::conclusion;
use crate::task::life::future::{Ending, Future, Outcome, Phase};
use crate::task::life::handler::{Handler, Registered};
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::life::surfacing::release;
use crate::task::parent::{cancel, follow, listeners};
use crate::task::workers::outcome;
use crate::zend::callable::Callable;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::interrupt::{FiberBlock, Floor};
use crate::zend::object::Object;
use crate::zend::scope::Scope;
use crate::zend::{exception, interrupt};

/// Adds a handler. If the task has ended already, it runs at the next safe point.
pub(crate) fn attach(future: &Object<Future>, handler: Handler) {
    let scope = if matches!(handler, Handler::Follow(_)) { None } else { Some(Scope::here()) };
    future.push_handler(Registered { handler, scope });
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
    let done = outcome::settle(future).and_then(|()| {
        if !future.has_extra() {
            return Ok(());
        }
        // All messages of a task come before its own handlers.
        if future.has_channel() {
            if !listeners::deliver(future, moment)? || !future.has_ended() {
                return Ok(());
            }
            listeners::fail(future);
        }
        run_all(future, moment)
    });
    // Handlers that are left run at the script's end.
    if done.is_err() && (future.has_handlers() || future.has_undelivered()) {
        state().settled.change(|settled| settled.push_front(future.clone()));
    }
    done
}

fn run_all(future: &Object<Future>, moment: Moment) -> Result<(), Thrown> {
    let followed = future.followed();
    if let Some(followed) = followed.filter(|followed| followed.has_ended()) {
        complete(&followed, moment)?;
    }
    if future.is_following() || future.is_being_read() {
        return Ok(());
    }
    if !future.has_handlers() || future.handling.replace(true) {
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
        let next = future.pop_handler();
        let Some(Registered { handler, .. }) = next else {
            return Ok(());
        };
        let done = step(future, &handler);
        release(handler);
        done?;
        if future.is_following() {
            return Ok(()); // its other handlers run when the followed future has ended
        }
    }
}

/// Makes sure that the next handler may run now.
///
/// # Errors
///
/// When it may not. The error has the scope that it waits for: one of these functions has to go on; `None` if it waits
/// for a call that waits for tasks.
fn ensure_allowed(future: &Future, moment: Moment) -> Result<(), Option<Scope>> {
    future.next_scope().map_or(Ok(()), |scope| ensure_allowed_in(scope, future.place.get(), moment))
}

/// The same for a handler that was registered in `scope`; `place` is where its pool lets handlers run, if it says so.
pub(super) fn ensure_allowed_in(
    scope: Scope,
    place: Option<Place>,
    moment: Moment,
) -> Result<(), Option<Scope>> {
    let place = place.unwrap_or_else(ini::handlers);
    if moment.allows(place, &scope) { Ok(()) } else { Err((place == Place::Scope).then_some(scope)) }
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
        (Handler::FailFast, _, Some(failure)) => {
            cancel::after_failure(future);
            release(failure);
            Ok(())
        }
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

/// Calls a handler, and processes what it returns before its arguments are dropped: exceptions of their destructors are
/// not the handler's.
pub(super) fn call(
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
            conclusion::set(future, Outcome::Value(value));
            Ok(())
        }
        Err(thrown) => fail(future, thrown),
    }
}

/// A handler threw: that is the outcome of the future from now on.
fn fail(future: &Future, thrown: Thrown) -> Result<(), Thrown> {
    let throwable = exception::take().ok_or(thrown)?;
    conclusion::fail(future, throwable);
    Ok(())
}
