//! `Async\Pool`: tasks under keys, and how many of them run at once.

use std::cell::{Cell, RefCell};
use std::ffi::CStr;
use std::rc::Rc;

use ext_php_rs::types::Zval;
use nix::errno::Errno;

use super::future::cancel_task;
use super::pool_iterator::PoolIterator;
use super::status::{Counts, Status, pool_status};
use super::{exceptions, functions, task};
use crate::error::Error;
use crate::ini;
use crate::process::beacon::Beacon;
use crate::process::fork::Refused;
use crate::state::state;
use crate::task::future::{Future, Outcome, Phase};
use crate::task::group::{Ended, Group};
use crate::task::wait::Patience;
use crate::task::work::Work;
use crate::task::{at_exit, handlers, launch, outcome, support, turn, wait};
use crate::zend::array::Array;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::object::{self, Native, Object, Registration, Tracer};
use crate::zend::{request, string};

/// The data of a pool.
#[derive(Debug)]
pub(crate) struct Pool {
    /// Its queue and slots, which outlive it while something runs.
    pub(crate) group: Rc<Group>,
    /// Its futures under their keys, until they are cleared.
    entries: RefCell<Array>,
    /// The stream that `stream()` gives, once it was asked for.
    stream: RefCell<Option<Zval>>,
    alive: Cell<bool>,
    /// How many had ended when `tick()` last said so.
    told: Cell<u64>,
}

static REGISTRATION: Registration = Registration::new();

impl Native for Pool {
    const NAME: &'static CStr = c"Async\\Pool";

    fn registration() -> &'static Registration {
        &REGISTRATION
    }

    fn create() -> Self {
        let group = Group::new(ini::concurrency(), ini::timeout());
        group.ended.replace(Some(Ended::default()));
        let state = state();
        state.pools.set(state.pools.get() + 1);
        Self {
            group,
            entries: RefCell::new(Array::new()),
            stream: RefCell::default(),
            alive: Cell::new(true),
            told: Cell::new(0),
        }
    }

    fn trace(&self, tracer: &mut Tracer) {
        if let Ok(entries) = self.entries.try_borrow() {
            entries.values().for_each(|value| tracer.value(value));
        }
        if let Ok(ended) = self.group.ended.try_borrow() {
            ended
                .iter()
                .flat_map(Ended::futures)
                .for_each(|future| tracer.value(&future.borrowed()));
        }
        if let Ok(hooks) = self.group.hooks.try_borrow() {
            let callables = hooks
                .iter()
                .flat_map(|hook| hook.child.iter().chain(&hook.parent));
            callables.for_each(|callable| tracer.value(callable.value()));
        }
    }

    /// What is queued or running goes on without the object.
    fn released(this: &Object<Self>) {
        if this.alive.replace(false) && this.group.is_here() {
            let state = state();
            state.pools.set(state.pools.get().saturating_sub(1));
        }
        let ended = this.group.ended.take();
        drop(ended);
    }
}

/// Registers the class. MINIT.
pub(crate) fn register() {
    object::register::<Pool>(&[
        Function::new("create", "", "self", entry(create)).fixed(),
        Function::new("__construct", "", "", entry(construct)),
        Function::new("isSupported", "", "bool", entry(is_supported)).fixed(),
        Function::new("concurrency", "int $n", "self", entry(concurrency)),
        Function::new("timeout", "?float $seconds", "self", entry(timeout)),
        Function::new(
            "onFork",
            "?callable $child = null, ?callable $parent = null",
            "self",
            entry(on_fork),
        ),
        Function::new(
            "add",
            "Async\\Task|Async\\Future|callable $task, string|int|null $key = null",
            "Async\\Future",
            entry(add),
        ),
        Function::new("offsetExists", "mixed $offset", "bool", entry(offset_exists)),
        Function::new("offsetGet", "mixed $offset", "Async\\Future", entry(offset_get)),
        Function::new(
            "offsetSet",
            "mixed $offset, mixed $value",
            "void",
            entry(offset_set),
        ),
        Function::new("offsetUnset", "mixed $offset", "void", entry(offset_unset)),
        Function::new("count", "", "int", entry(count)),
        Function::new("getIterator", "", "Iterator", entry(get_iterator)),
        Function::new("keys", "", "array", entry(keys)),
        Function::new("wait", "?callable $tick = null", "array", entry(wait_for_all)),
        Function::new("tick", "", "int", entry(tick)),
        Function::new("stream", "", "", entry(stream)),
        Function::new("stop", "", "self", entry(stop)),
        Function::new("cancel", "", "self", entry(cancel)),
        Function::new("status", "", "Async\\PoolStatus", entry(status)),
        Function::new("getQueue", "", "array", entry(get_queue)),
        Function::new("getInProgress", "", "array", entry(get_in_progress)),
        Function::new("getFinished", "", "array", entry(get_finished)),
        Function::new("getFailed", "", "array", entry(get_failed)),
        Function::new("getTimeouts", "", "array", entry(get_timeouts)),
        Function::new("clearFinished", "", "self", entry(clear_finished)),
        Function::new("clearResults", "", "self", entry(clear_results)),
        Function::new("atExit", "", "void", entry(at_end_of_script)).private_static(),
    ]);
    for interface in [
        object::array_access(),
        object::countable(),
        object::iterator_aggregate(),
    ] {
        REGISTRATION.class.implement(interface);
    }
}

/// `Pool` outside the namespace, where the name is free. MINIT.
pub(crate) fn register_short_name() {
    REGISTRATION.class.alias(c"Pool");
}

/// The pool whose method is called, in the process that it belongs to.
fn this(call: &Call) -> Result<Object<Pool>, Thrown> {
    let pool: Object<Pool> = call.this().ok_or(Thrown)?;
    here(&pool)?;
    Ok(pool)
}

fn here(pool: &Pool) -> Result<(), Thrown> {
    if pool.group.is_here() {
        return Ok(());
    }
    Err(exceptions::throw(&Error::Misuse(
        "this pool belongs to the parent process: a task that needs one makes its own with Async\\Pool::create()",
    )))
}

fn none(call: &Call) -> Result<Object<Pool>, Thrown> {
    call.expect(0, Some(0))?;
    this(call)
}

fn create(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(Object::<Pool>::new().zval())
}

fn construct(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(Zval::new())
}

fn is_supported(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(boolean(support::supported()))
}

fn boolean(is: bool) -> Zval {
    let mut value = Zval::new();
    value.set_bool(is);
    value
}

fn concurrency(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let limit = usize::try_from(call.long(0)?).ok().filter(|&limit| limit > 0);
    let limit = limit.ok_or_else(|| call.value_error(0, "must be greater than or equal to 1"))?;
    pool.group.scheduler.borrow_mut().set_limit(limit);
    launch::pump(&pool.group);
    turn::leave();
    Ok(pool.zval())
}

fn timeout(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let seconds = call.optional_double(0)?;
    if seconds.is_some_and(|seconds| !seconds.is_finite() || seconds < 0.0) {
        return Err(call.value_error(0, "must be greater than or equal to 0"));
    }
    pool.group.timeout.set(seconds);
    Ok(pool.zval())
}

fn on_fork(call: &Call) -> Returned {
    let pool = this(call)?;
    let hook = functions::hook(call)?;
    pool.group.hooks.borrow_mut().push(hook);
    Ok(pool.zval())
}

fn add(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    let pool = this(call)?;
    let key = match call.arg(1) {
        None => None,
        Some(key) if key.is_null() => None,
        Some(key) if key.is_long() || key.is_string() => Some(normal(key)),
        Some(key) if key.is_bool() || key.is_double() => {
            let mut number = Zval::new();
            number.set_long(call.long(1)?);
            Some(number)
        }
        Some(_) => return Err(call.type_error(1, c"string|int|null")),
    };
    insert(call, &pool, 0, key.map(|key| (1, key)))
}

/// The key as the array keeps it: "7" is 7.
fn normal(key: &Zval) -> Zval {
    crate::zend::array::normal_key(key).unwrap_or_default()
}

/// The key in an offset; none for null.
fn offset(call: &Call) -> Result<Option<Zval>, Thrown> {
    match call.arg(0) {
        Some(key) if key.is_null() => Ok(None),
        Some(key) if key.is_long() || key.is_string() => Ok(Some(normal(key))),
        _ => Err(call.type_error(0, c"string|int|null")),
    }
}

fn offset_set(call: &Call) -> Returned {
    call.expect(2, Some(2))?;
    let pool = this(call)?;
    let key = offset(call)?;
    insert(call, &pool, 1, key.map(|key| (0, key)))?;
    Ok(Zval::new())
}

/// Adds the task in one argument under the key of another; both are named in errors.
fn insert(call: &Call, pool: &Object<Pool>, task: u32, key: Option<(u32, Zval)>) -> Returned {
    support::mode().map_err(|error| exceptions::throw(&error))?;
    // Before a callable becomes a future: one that is dropped would be started.
    if let Some((argument, key)) = &key
        && pool.entries.borrow().get(key).is_some()
    {
        return Err(call.value_error(*argument, &format!("must not be in use, {} is", shown(key))));
    }
    let future = future_in(call, task)?;
    if future.added.get() {
        return Err(exceptions::throw(&Error::Misuse(
            "this future is in a pool already",
        )));
    }
    if !future.is_pending() {
        return Err(exceptions::throw(&Error::Misuse(
            "this future has started already: it cannot be added to a pool",
        )));
    }
    let stored = match key {
        Some((_, key)) => {
            pool.entries.borrow_mut().set(&key, future.zval());
            key
        }
        None => pool.entries.borrow_mut().append(future.zval()).ok_or_else(|| {
            exceptions::throw(&Error::Misuse(
                "there is no next key: the last one is PHP_INT_MAX",
            ))
        })?,
    };
    future.added.set(true);
    future.key.replace(stored);
    launch::enqueue(&pool.group, &future);
    turn::leave();
    Ok(future.zval())
}

fn shown(key: &Zval) -> String {
    key.zend_str().map_or_else(
        || key.long().unwrap_or_default().to_string(),
        |key| format!("\"{}\"", string::lossy(key)),
    )
}

fn future_in(call: &Call, index: u32) -> Result<Object<Future>, Thrown> {
    let expected = c"Async\\Task|Async\\Future|callable";
    let Some(task) = call.arg(index) else {
        return Err(call.type_error(index, expected));
    };
    if let Some(future) = Object::<Future>::from_zval(task) {
        return Ok(future);
    }
    let work = if task::is_task(task) {
        Work::Task(task.shallow_clone())
    } else {
        Work::Call(call.callable_of(index, expected)?, Vec::new(), None)
    };
    let future = Object::<Future>::new();
    future.work.replace(Some(work));
    Ok(future)
}

fn offset_exists(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let found = offset(call)?.and_then(|key| pool.entries.borrow().get(&key));
    Ok(boolean(found.is_some()))
}

fn offset_get(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let key = offset(call)?.unwrap_or_default();
    let found = pool.entries.borrow().get(&key);
    found.ok_or_else(|| call.value_error(0, &format!("must be a key of the pool, {} given", shown(&key))))
}

fn offset_unset(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let Some(key) = offset(call)? else {
        return Ok(Zval::new());
    };
    let removed = pool.entries.borrow_mut().remove(&key);
    if let Some(future) = removed.as_ref().and_then(Object::<Future>::from_zval) {
        cancel_task(&future);
        turn::leave();
    }
    Ok(Zval::new())
}

fn count(call: &Call) -> Returned {
    let pool = none(call)?;
    let mut count = Zval::new();
    count.set_long(i64::try_from(pool.entries.borrow().len()).unwrap_or(i64::MAX));
    Ok(count)
}

fn get_iterator(call: &Call) -> Returned {
    let pool = none(call)?;
    Ok(PoolIterator::over(pool).zval())
}

fn keys(call: &Call) -> Returned {
    let pool = none(call)?;
    let mut keys = Array::new();
    for (key, _) in pool.entries.borrow().entries() {
        keys.append(key);
    }
    Ok(keys.into_zval())
}

/// Waits until everything in a pool has ended, also what handlers add meanwhile. Gives its futures under their keys,
/// but for those that were cancelled: they have no value, and whoever cancelled them knows. Re-enters PHP.
///
/// # Errors
///
/// When patience is at an end, or the pool belongs to another process. What tasks threw is not thrown here.
pub(crate) fn finish(
    pool: &Object<Pool>,
    patience: Option<Patience>,
) -> Result<Vec<(Zval, Object<Future>)>, Thrown> {
    here(pool)?;
    wait::until(patience, || Ok(pool.group.idle()))?;
    let entries = entries(pool);
    for (_, future) in &entries {
        wait::finish(future, patience)?;
    }
    if !pool.group.idle() {
        return finish(pool, patience);
    }
    Ok(entries
        .into_iter()
        .filter(|(_, future)| Status::of(future) != Status::Cancelled)
        .collect())
}

/// The futures of a pool under their keys, in order.
pub(crate) fn entries(pool: &Pool) -> Vec<(Zval, Object<Future>)> {
    let entries = pool.entries.borrow().entries();
    entries
        .into_iter()
        .filter_map(|(key, value)| Some((key, Object::from_zval(&value)?)))
        .collect()
}

fn wait_for_all(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let pool = this(call)?;
    if let Some(tick) = call.optional_callable(0)? {
        let group = Rc::clone(&pool.group);
        let mut stopped = false;
        wait::ticking(|| {
            stopped = tick.call(&mut [pool.zval()])?.is_true();
            Ok(stopped || group.idle())
        })?;
        if stopped {
            return values_so_far(&pool);
        }
    }
    functions::values(&finish(&pool, None)?, None)
}

/// The values that are there, when somebody has stopped waiting for the others.
fn values_so_far(pool: &Object<Pool>) -> Returned {
    let ended: Vec<_> = entries(pool)
        .into_iter()
        .filter(|(_, future)| future.is_complete() && Status::of(future) != Status::Cancelled)
        .collect();
    functions::values(&ended, None)
}

fn tick(call: &Call) -> Returned {
    let pool = none(call)?;
    turn::tick()?;
    let ended = match pool.group.ended.borrow().as_ref() {
        Some(ended) => {
            ended.beacon.iter().for_each(Beacon::quench);
            ended.count()
        }
        None => 0,
    };
    let mut news = Zval::new();
    news.set_long(i64::try_from(ended - pool.told.replace(ended)).unwrap_or(i64::MAX));
    Ok(news)
}

fn stream(call: &Call) -> Returned {
    let pool = none(call)?;
    if let Some(stream) = &*pool.stream.borrow() {
        return Ok(stream.shallow_clone());
    }
    let refused = |refused| exceptions::throw(&Error::NoStream { refused });
    launch::ensure_reactor().map_err(refused)?;
    let beacon = match state().reactor.borrow().as_ref() {
        Some(reactor) => Beacon::over(reactor.descriptor()).map_err(|errno| {
            refused(Refused {
                call: "epoll_create",
                errno,
            })
        })?,
        None => return Err(Thrown),
    };
    let descriptor = beacon.descriptor().map_err(|_| {
        refused(Refused {
            call: "dup",
            errno: Errno::last(),
        })
    })?;
    if let Some(ended) = pool.group.ended.borrow_mut().as_mut() {
        ended.beacon = Some(beacon);
    }
    let stream = request::stream(descriptor).ok_or(Thrown)?;
    pool.stream.replace(Some(stream.shallow_clone()));
    Ok(stream)
}

fn stop(call: &Call) -> Returned {
    let pool = none(call)?;
    pool.group.scheduler.borrow_mut().stop();
    for (_, future) in entries(&pool) {
        if Status::of(&future) == Status::Queued {
            cancel_task(&future);
        }
    }
    turn::leave();
    Ok(pool.zval())
}

fn cancel(call: &Call) -> Returned {
    let pool = none(call)?;
    pool.group.scheduler.borrow_mut().stop();
    for (_, future) in entries(&pool) {
        cancel_task(&future);
    }
    turn::leave();
    Ok(pool.zval())
}

/// Looks at what has ended, without running a handler, so that counts and lists are of now.
fn up_to_date(call: &Call) -> Result<Object<Pool>, Thrown> {
    let pool = none(call)?;
    let _ = turn::wait(Some(std::time::Duration::ZERO));
    for (_, future) in entries(&pool) {
        outcome::settle(&future)?;
    }
    turn::leave();
    Ok(pool)
}

fn status(call: &Call) -> Returned {
    let pool = up_to_date(call)?;
    let mut counts = Counts::default();
    for (_, future) in entries(&pool) {
        counts.add(Status::of(&future));
    }
    Ok(pool_status(counts))
}

fn listed(call: &Call, wanted: fn(Status) -> bool) -> Returned {
    let pool = up_to_date(call)?;
    let mut array = Array::new();
    for (key, future) in entries(&pool) {
        if wanted(Status::of(&future)) {
            array.set(&key, future.zval());
        }
    }
    Ok(array.into_zval())
}

fn get_queue(call: &Call) -> Returned {
    listed(call, |status| matches!(status, Status::Pending | Status::Queued))
}

fn get_in_progress(call: &Call) -> Returned {
    listed(call, |status| status == Status::Running)
}

fn get_finished(call: &Call) -> Returned {
    listed(call, |status| status == Status::Succeeded)
}

fn get_failed(call: &Call) -> Returned {
    listed(call, |status| {
        matches!(status, Status::Failed | Status::Cancelled)
    })
}

fn get_timeouts(call: &Call) -> Returned {
    listed(call, |status| status == Status::TimedOut)
}

fn clear_finished(call: &Call) -> Returned {
    let pool = none(call)?;
    turn::dispatch()?;
    let mut cleared = Vec::new();
    for (key, future) in entries(&pool) {
        if future.is_complete() {
            cleared.extend(pool.entries.borrow_mut().remove(&key));
        }
    }
    let ended = pool.group.ended.borrow_mut().as_mut().map(Ended::clear);
    drop((cleared, ended));
    Ok(pool.zval())
}

fn clear_results(call: &Call) -> Returned {
    let pool = none(call)?;
    for (_, future) in entries(&pool) {
        if matches!(*future.phase.borrow(), Phase::Done(Outcome::Value(_))) {
            handlers::set(&future, Outcome::Value(Zval::new()));
        }
    }
    Ok(pool.zval())
}

fn at_end_of_script(_: &Call) -> Returned {
    at_exit::at_exit()?;
    Ok(Zval::new())
}
