//! The array-like methods of `Async\Pool`: adding, reading and removing its futures by key.

use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::exceptions;
use crate::php::pool::{Pool, boolean, none, this};
use crate::php::pool_iterator::PoolIterator;
use crate::php::task;
use crate::pool::ledger::Stage;
use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::work::Work;
use crate::task::life::{shutdown, support};
use crate::task::parent::{adopt, cancel, event_loop, wait};
use crate::zend::array::{Array, normal_key};
use crate::zend::callable::Callable;
use crate::zend::handler::{Call, Returned, Thrown};
use crate::zend::object::Object;
use crate::zend::string;

pub(super) fn add(call: &Call) -> Returned {
    call.expect(1, Some(3))?;
    let pool = this(call)?;
    let priority = if call.arg(2).is_some() { call.long(2)? } else { 0 };
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
    insert(call, &pool, 0, key.map(|key| (1, key)), priority)
}

/// The key as an array stores it: `"7"` becomes 7.
fn normal(key: &Zval) -> Zval {
    normal_key(key).unwrap_or_default()
}

/// The key in the first argument, the offset; `None` for null.
fn offset(call: &Call) -> Result<Option<Zval>, Thrown> {
    let offset = call.arg(0).filter(|key| is_key(key));
    let offset = offset.ok_or_else(|| call.type_error(0, c"string|int|null"))?;
    Ok(Some(offset).filter(|key| !key.is_null()).map(normal))
}

/// Whether a value has a type that a pool accepts as a key. Null stands for the next free key.
fn is_key(offset: &Zval) -> bool {
    offset.is_null() || offset.is_long() || offset.is_string()
}

/// Whether this key is in use; without a key, whether there is no next one.
fn is_taken(pool: &Pool, key: Option<&Zval>) -> bool {
    key.map_or_else(|| pool.full.get(), |key| pool.entries.borrow().has(key))
}

pub(super) fn offset_set(call: &Call) -> Returned {
    call.expect(2, Some(2))?;
    let pool = this(call)?;
    let key = offset(call)?;
    insert(call, &pool, 1, key.map(|key| (0, key)), 0)?;
    Ok(Zval::new())
}

/// Adds the task in the argument at index `task` under `key`, which comes with the index of its argument. Errors name
/// the arguments.
fn insert(call: &Call, pool: &Object<Pool>, task: u32, key: Option<(u32, Zval)>, priority: i64) -> Returned {
    support::ensure()?;
    let given = given(call, task)?;
    if let Some(limit) = pool.group.queue_limit.get() {
        wait_for_room(&pool.group, limit)?;
    }
    // Checked only now, as an autoloader, or a handler, may have added something; but before a future is made for a
    // callable, since a future that is dropped is started.
    if is_taken(pool, key.as_ref().map(|(_, key)| key)) {
        return Err(key.map_or_else(no_next_key, |(argument, key)| {
            call.value_error(argument, &format!("must not be in use, {} is", shown(&key)))
        }));
    }
    let future = match given {
        Given::Future(future) if future.added.get() => {
            return Err(exceptions::throw(&Error::Misuse("this future is in a pool already")));
        }
        Given::Future(future) if state().runs_in_line(future.id.get()) => {
            return Err(exceptions::throw(&Error::Misuse(
                "a future whose task runs in this process cannot be added to a pool before it has ended",
            )));
        }
        Given::Future(future) => future,
        Given::Work(work) => planned(work),
    };
    wait::ensure_here(&future)?;
    if priority != 0 {
        rank(&pool.group, &future, priority);
    }
    store(pool, key.map(|(_, key)| key), &future)?;
    Ok(future.zval())
}

/// Waits, and handles what ends meanwhile, until fewer than `limit` tasks wait for a slot. PHP code may run.
fn wait_for_room(group: &Group, limit: usize) -> Result<(), Thrown> {
    let has_room = || {
        let ledger = group.ledger.borrow();
        ledger.is_stopped() || ledger.backlog() < limit
    };
    if support::in_line() || has_room() { Ok(()) } else { wait::until(None, || Ok(has_room())) }
}

/// A future that is about to be added to a group gets a priority there, unless it runs already.
fn rank(group: &Group, future: &Future, priority: i64) {
    if !future.has_ended() && future.stage() != Some(Stage::Running) {
        future.set_priority(priority);
        group.keep_close();
        group.ledger.change(|ledger| ledger.rank(future.id.get(), priority));
    }
}

/// The fast path of `$pool[] = fn() => …`, without a method call. Returns false in all cases where `offsetSet()` has to
/// check more or throw.
pub(super) fn assign(pool: &Object<Pool>, offset: Option<&Zval>, task: &Zval) -> Result<bool, Thrown> {
    if !pool.group.is_here() || !support::available() || pool.group.queue_limit.get().is_some() {
        return Ok(false);
    }
    let Some(callable) = Callable::closure(task).filter(|_| offset.is_none_or(is_key)) else {
        return Ok(false);
    };
    let key = offset.filter(|key| !key.is_null()).map(normal);
    if is_taken(pool, key.as_ref()) {
        return Ok(false);
    }
    let future = planned(Work::Call(callable, None));
    store(pool, key, &future)?;
    future.give_back();
    Ok(true)
}

/// Adds a future, which is in no pool, to `pool` and its queue, under a free key or the next one. In a pool that was
/// stopped, a future that has not begun is cancelled.
fn store(pool: &Object<Pool>, key: Option<Zval>, future: &Object<Future>) -> Result<(), Thrown> {
    let key = if let Some(key) = key {
        // There is no former element to drop: the key is free.
        drop(pool.entries.change(|entries| entries.replace(&key, future.zval())));
        key
    } else {
        let appended = pool.entries.change(|entries| entries.append(future.zval()));
        appended.map_err(|_refused| no_next_key())?
    };
    pool.full.set(pool.full.get() || key.long() == Some(i64::MAX));
    future.added.set(true);
    future.key.set(key);
    pool.totals.enter(future);
    if !adopt::adopt(&pool.group, future) {
        pool.group.ledger.change(|ledger| ledger.unrank(future.id.get()));
        future.group.set(Some(Rc::clone(&pool.group)));
        cancel::cancel(future);
        shutdown::register();
    }
    event_loop::leave();
    Ok(())
}

fn no_next_key() -> Thrown {
    exceptions::throw(&Error::Misuse("there is no next key: the last one is PHP_INT_MAX"))
}

fn planned(work: Work) -> Object<Future> {
    let future = Object::<Future>::new();
    future.work.set(Some(work));
    future
}

fn shown(key: &Zval) -> String {
    key.zend_str().map_or_else(
        || key.long().unwrap_or_default().to_string(),
        |key| format!("\"{}\"", string::lossy(key)),
    )
}

/// A value that is to be added to a pool.
enum Given {
    Future(Object<Future>),
    Work(Work),
}

/// Parses the argument at `index` as such a value. PHP code may run, as a class may be autoloaded.
fn given(call: &Call, index: u32) -> Result<Given, Thrown> {
    let expected = c"Async\\Task|Async\\Future|callable";
    let Some(task) = call.arg(index) else {
        return Err(call.type_error(index, expected));
    };
    if let Some(future) = Object::<Future>::from_zval(task) {
        return Ok(Given::Future(future));
    }
    let work = match Callable::closure(task) {
        Some(closure) => Work::Call(closure, None),
        None if task::is_task(task) => Work::Task(task.shallow_clone()),
        None => Work::Call(call.callable_of(index, expected)?, None),
    };
    Ok(Given::Work(work))
}

pub(super) fn offset_exists(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let key = offset(call)?;
    Ok(boolean(key.is_some_and(|key| pool.entries.borrow().has(&key))))
}

pub(super) fn offset_get(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let key = offset(call)?.unwrap_or_default();
    let found = pool.entries.borrow().get(&key);
    found.ok_or_else(|| call.value_error(0, &format!("must be a key of the pool, {} given", shown(&key))))
}

pub(super) fn offset_unset(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let Some(key) = offset(call)? else {
        return Ok(Zval::new());
    };
    let removed = pool.entries.change(|entries| entries.remove(&key));
    if let Some(future) = removed.as_ref().and_then(Object::<Future>::from_zval) {
        pool.totals.leave(&future);
        pool.totals.tidy();
        cancel::cancel(&future);
        drop(pool.group.ended.change(|ended| ended.as_mut()?.remove(future.id.get())));
        event_loop::leave();
    }
    Ok(Zval::new())
}

pub(super) fn count(call: &Call) -> Returned {
    let pool = none(call)?;
    let mut count = Zval::new();
    count.set_long(i64::try_from(pool.entries.borrow().len()).unwrap_or(i64::MAX));
    Ok(count)
}

pub(super) fn get_iterator(call: &Call) -> Returned {
    let pool = none(call)?;
    Ok(PoolIterator::over(pool).zval())
}

pub(super) fn keys(call: &Call) -> Returned {
    let pool = none(call)?;
    let mut keys = Array::new();
    for (key, _) in pool.entries.borrow().pairs() {
        drop(keys.append(key));
    }
    Ok(keys.into_zval())
}
