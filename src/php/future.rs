//! `Async\Future`: the parent's handle for one task.

use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::php::channel;
use crate::php::settled;
use crate::php::status as enums;
use crate::process::output::Stream;
use crate::task::life::conclusion;
use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::task::life::handler::Handler;
use crate::task::parent::status::Status;
use crate::task::parent::wait::Patience;
use crate::task::parent::{
    at_exit, cancel as task, event_loop, handlers, start, status as states, steer, wait,
};
use crate::task::workers;
use crate::task::workers::{launch, outcome};
use crate::zend::callable::Callable;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::object::Object;
use crate::zend::{object, string};

/// Registers the class. MINIT.
pub(crate) fn register() {
    object::register::<Future>(&[
        object::private_constructor(),
        Function::new("resolved", "mixed $value", "self", entry(settled::resolved)).fixed(),
        Function::new("failed", "Throwable $throwable", "self", entry(settled::failed)).fixed(),
        Function::new("then", "callable $fn", "self", entry(then)),
        Function::new("catch", "callable $fn", "self", entry(catch)),
        Function::new("finally", "callable $fn", "self", entry(finally)),
        Function::new("timeout", "callable|float $limit", "self", entry(timeout)),
        Function::new("start", "", "self", entry(start)),
        Function::new("cancel", "?float $grace = null", "bool", entry(cancel)),
        Function::new("channel", "", "Async\\Channel", entry(channel)),
        Function::new("progress", "", "?float", entry(progress)),
        Function::new("progressMessage", "", "?string", entry(progress_message)),
        Function::new("await", "?float $timeout = null", "mixed", entry(await_one)),
        Function::new("__invoke", "", "mixed", entry(invoke)),
        Function::new("status", "", "Async\\Status", entry(status)),
        Function::new("key", "", "string|int|null", entry(key)),
        Function::new("pid", "", "?int", entry(pid)),
        Function::new("error", "", "?Throwable", entry(error)),
        Function::new("route", "", "?Async\\Route", entry(route)),
        Function::new("attempts", "", "int", entry(attempts)),
        Function::new("output", "", "string", entry(output)),
        Function::new("errorOutput", "", "string", entry(error_output)),
        Function::new("atExit", "", "void", entry(at_end_of_script)).private_static(),
    ]);
}

fn this(call: &Call) -> Result<Object<Future>, Thrown> {
    call.this().ok_or(Thrown)
}

/// The future whose method is called. Throws in a process that the future does not belong to, for methods that change
/// it.
fn changeable(call: &Call) -> Result<Object<Future>, Thrown> {
    let future = this(call)?;
    wait::ensure_here(&future)?;
    Ok(future)
}

fn then(call: &Call) -> Returned {
    add(call, Handler::Then)
}

fn catch(call: &Call) -> Returned {
    add(call, Handler::Catch)
}

fn finally(call: &Call) -> Returned {
    add(call, Handler::Finally)
}

fn add(call: &Call, handler: fn(Callable) -> Handler) -> Returned {
    call.expect(1, Some(1))?;
    let callable = call.callable(0)?;
    let future = changeable(call)?;
    handlers::attach(&future, handler(callable));
    Ok(future.zval())
}

fn timeout(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let future = changeable(call)?;
    match call.arg(0) {
        Some(limit) if limit.is_long() || limit.is_double() => {
            let seconds = call.optional_finite(0)?.filter(|seconds| *seconds >= 0.0);
            let seconds = seconds.ok_or_else(|| call.value_error(0, "must be greater than or equal to 0"))?;
            future.set_times(|times| times.limit = Some(seconds));
            launch::set_deadline(&future);
            workers::renew_limit(&future);
            steer::tell_limit(&future);
            event_loop::leave();
        }
        _ => handlers::attach(&future, Handler::Timeout(call.callable_of(0, c"callable|float")?)),
    }
    Ok(future.zval())
}

fn start(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let future = changeable(call)?;
    if future.is_pending() {
        start::enqueue(&Group::default_group(), &future);
    }
    start::hasten(&future);
    event_loop::leave();
    Ok(future.zval())
}

fn cancel(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let grace = call.optional_finite(0)?;
    if grace.is_some_and(|grace| grace < 0.0) {
        return Err(call.value_error(0, "must be greater than or equal to 0"));
    }
    let future = changeable(call)?;
    // Process pending reports first, as the task may have ended already. Queued tasks are only started after the
    // cancellation: their fork hooks may wait for something that this task holds.
    event_loop::look();
    let mut cancelled = Zval::new();
    cancelled.set_bool(cancel_within(&future, grace));
    let _ = event_loop::wait(Some(Duration::ZERO));
    event_loop::leave();
    Ok(cancelled)
}

/// Cancels a task; one that runs is asked first, if there is a grace, and has so many seconds then. Returns false if it
/// has already ended.
fn cancel_within(future: &Object<Future>, grace: Option<f64>) -> bool {
    let grace = grace.map(|grace| Duration::try_from_secs_f64(grace).unwrap_or(Duration::MAX));
    let asked = grace.filter(|_| Status::of(future) == Status::Running && !future.has_ended());
    let Some(grace) = asked else {
        return task::cancel(future);
    };
    if future.ending.get().is_none() {
        steer::ask(future, grace);
    }
    true
}

fn channel(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    channel::of_parent(this(call)?)
}

fn progress(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut fraction = Zval::new();
    if let Some(report) = steer::report_of(&*this(call)?) {
        fraction.set_double(report.fraction);
    }
    Ok(fraction)
}

fn progress_message(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let text = steer::report_of(&*this(call)?).map(|report| report.text).filter(|text| !text.is_empty());
    Ok(text.map_or_else(Zval::new, string::zval))
}

fn await_one(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let patience = patience(call, 0)?;
    wait::one(&this(call)?, patience)
}

/// Parses the time limit of an `await`.
pub(crate) fn patience(call: &Call, index: u32) -> Result<Option<Patience>, Thrown> {
    let seconds = call.optional_double(index)?;
    if seconds.is_some_and(f64::is_nan) {
        return Err(call.value_error(index, "must not be NAN"));
    }
    if seconds.is_some_and(|seconds| seconds < 0.0) {
        return Err(call.value_error(index, "must be greater than or equal to 0"));
    }
    Ok(Patience::new(seconds))
}

fn invoke(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    wait::one(&this(call)?, None)
}

fn status(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let future = this(call)?;
    outcome::settle(&future)?;
    Ok(Status::of(&future).case())
}

fn key(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(this(call)?.key.borrow().shallow_clone())
}

fn pid(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut pid = Zval::new();
    if let Some(number) = states::pid(&*this(call)?) {
        pid.set_long(number);
    }
    Ok(pid)
}

fn error(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let future = this(call)?;
    outcome::settle(&future)?;
    match conclusion::outcome_of(&future) {
        Some(Err(throwable)) => {
            future.observed.set(true);
            Ok(throwable)
        }
        _ => Ok(Zval::new()),
    }
}

fn route(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(enums::route(&*this(call)?))
}

fn attempts(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut attempts = Zval::new();
    attempts.set_long(i64::from(states::attempts(&*this(call)?)));
    Ok(attempts)
}

fn output(call: &Call) -> Returned {
    printed(call, Stream::Output)
}

fn error_output(call: &Call) -> Returned {
    printed(call, Stream::Error)
}

fn printed(call: &Call, stream: Stream) -> Returned {
    call.expect(0, Some(0))?;
    Ok(string::zval(states::printed(&*this(call)?, stream)))
}

fn at_end_of_script(_: &Call) -> Returned {
    at_exit::at_exit()?;
    Ok(Zval::new())
}
