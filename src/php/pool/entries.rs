//! The array-like methods of `Async\Pool`: adding, reading and removing its futures by key.

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::exceptions;
use crate::php::pool::{Pool, here, none, this};
use crate::php::pool_iterator::PoolIterator;
use crate::php::task;
use crate::task::life::future::Future;
use crate::task::life::futures::NoNextKey;
use crate::task::life::state::state;
use crate::task::life::support;
use crate::task::life::work::Work;
use crate::task::parent::{adopt, cancel, event_loop, wait};
use crate::zend::array::normal_key;
use crate::zend::callable::Callable;
use crate::zend::handler::{Call, Returned, Thrown};
use crate::zend::object::Object;
use crate::zend::string;
use crate::zend::zval::boolean;

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
        wait::room(&pool.group, limit)?;
        here(pool)?; // a handler may have forked
    }
    // Checked only now, as an autoloader, or a handler, may have added something; but before a future is made for a
    // callable, since a future that is dropped is started.
    if pool.futures.is_taken(key.as_ref().map(|(_, key)| key)) {
        return Err(key.map_or_else(
            || no_next_key(NoNextKey),
            |(argument, key)| call.value_error(argument, &format!("must not be in use, {} is", shown(&key))),
        ));
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
        adopt::rank(&pool.group, &future, priority);
    }
    store(pool, key.map(|(_, key)| key), &future)?;
    Ok(future.zval())
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
    if pool.futures.is_taken(key.as_ref()) {
        return Ok(false);
    }
    let future = planned(Work::Call(callable, None));
    store(pool, key, &future)?;
    future.give_back();
    Ok(true)
}

/// Adds a future that is in no pool, under a key that is free, or the next one.
fn store(pool: &Pool, key: Option<Zval>, future: &Object<Future>) -> Result<(), Thrown> {
    pool.futures.add(key, future).map_err(no_next_key)?;
    adopt::add(&pool.group, future);
    Ok(())
}

fn no_next_key(_: NoNextKey) -> Thrown {
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
    Ok(boolean(key.is_some_and(|key| pool.futures.is_taken(Some(&key)))))
}

pub(super) fn offset_get(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let key = offset(call)?.unwrap_or_default();
    let found = pool.futures.get(&key);
    found.ok_or_else(|| call.value_error(0, &format!("must be a key of the pool, {} given", shown(&key))))
}

pub(super) fn offset_unset(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let Some(key) = offset(call)? else {
        return Ok(Zval::new());
    };
    if let Some(future) = pool.futures.remove(&key) {
        cancel::cancel(&future);
        drop(pool.group.ended.change(|ended| ended.as_mut()?.remove(future.id.get())));
        event_loop::leave();
    }
    Ok(Zval::new())
}

pub(super) fn count(call: &Call) -> Returned {
    let pool = none(call)?;
    let mut count = Zval::new();
    count.set_long(i64::try_from(pool.futures.len()).unwrap_or(i64::MAX));
    Ok(count)
}

pub(super) fn get_iterator(call: &Call) -> Returned {
    let pool = none(call)?;
    Ok(PoolIterator::over(pool).zval())
}

pub(super) fn keys(call: &Call) -> Returned {
    let pool = none(call)?;
    Ok(pool.futures.keys().into_zval())
}
