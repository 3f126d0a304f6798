//! What `await()` and the like are given: futures with keys, in an array, an iterator or a pool, and for some of the
//! functions in arrays of these.

use std::ffi::CStr;

use ext_php_rs::types::Zval;

use crate::php::channel::{self, Channel};
use crate::php::pool;
use crate::php::pool::Pool;
use crate::task::life::conclusion;
use crate::task::life::future::Future;
use crate::task::parent::selection::Source;
use crate::task::parent::wait;
use crate::task::parent::wait::Patience;
use crate::zend::array::{Array, entries, normal_key};
use crate::zend::exception;
use crate::zend::handler::{Call, Returned, Thrown};
use crate::zend::iterate::Walk;
use crate::zend::object::Object;
use crate::zend::value::object::type_name;

/// Arrays in arrays are followed so far; one that contains itself goes on for ever.
const DEEPEST: usize = 128;
/// What is wrong with an argument that has nothing to wait for.
const EMPTY: &str = "must contain at least one element";

/// Keys and values.
type Listed = Vec<(Zval, Zval)>;

/// Something to wait for.
#[derive(Debug)]
pub(crate) enum Awaited {
    /// One task.
    Future(Object<Future>),
    /// All tasks of a pool, and those that are added until they have ended.
    Pool(Object<Pool>),
    /// Several, with their keys.
    Many(Vec<(Zval, Self)>),
}

/// The first argument of `call`: an array or a `Traversable` of futures, pools, and more of such arrays and
/// `Traversable`s. PHP code may run: that of iterators.
///
/// # Errors
///
/// `TypeError`, `ValueError`; what an iterator throws.
pub(crate) fn nested(call: &Call, expected: &CStr) -> Result<Vec<(Zval, Awaited)>, Thrown> {
    let listed = listed_argument(call, expected)?;
    follow(call, listed, 1)
}

fn follow(call: &Call, values: Listed, depth: usize) -> Result<Vec<(Zval, Awaited)>, Thrown> {
    if depth > DEEPEST {
        let message = format!("must not contain itself, or arrays in more than {DEEPEST} others");
        return Err(call.value_error(0, &message));
    }
    let awaited = |(key, value): (Zval, Zval)| {
        let awaited = if let Some(future) = Object::<Future>::from_zval(&value) {
            Awaited::Future(future)
        } else if let Some(pool) = Object::<Pool>::from_zval(&value) {
            Awaited::Pool(pool)
        } else if let Some(more) = listed(call, &value)? {
            Awaited::Many(follow(call, more, depth + 1)?)
        } else {
            return Err(refuse(call, "Async\\Future|Async\\Pool|iterable", &value));
        };
        Ok((key, awaited))
    };
    values.into_iter().map(awaited).collect()
}

/// The first argument of `call`: an array or a `Traversable` of futures, at least one, or a pool that has some. PHP code
/// may run: that of iterators.
///
/// # Errors
///
/// `TypeError`, `ValueError`; what an iterator throws.
pub(crate) fn futures(call: &Call) -> Result<Vec<(Zval, Object<Future>)>, Thrown> {
    let future = |(key, value): (Zval, Zval)| match Object::<Future>::from_zval(&value) {
        Some(future) => Ok((key, future)),
        None => Err(refuse(call, "Async\\Future", &value)),
    };
    let futures = if let Some(pool) = call.arg(0).and_then(Object::<Pool>::from_zval) {
        pool.futures.all()
    } else {
        listed_argument(call, c"iterable")?.into_iter().map(future).collect::<Result<Vec<_>, _>>()?
    };
    if futures.is_empty() {
        return Err(call.value_error(0, EMPTY));
    }
    Ok(futures)
}

/// The first argument of `call`, as [`futures`] takes it, with channels among the futures: what to wait for, and the objects.
/// PHP code may run: that of iterators.
///
/// # Errors
///
/// `TypeError`, `ValueError`; what an iterator throws.
pub(crate) fn sources(call: &Call) -> Result<(Vec<Source>, Listed), Thrown> {
    let listed = if call.arg(0).and_then(Object::<Pool>::from_zval).is_some() {
        let futures = futures(call)?;
        futures.into_iter().map(|(key, future)| (key, future.zval())).collect()
    } else {
        listed_argument(call, c"iterable")?
    };
    if listed.is_empty() {
        return Err(call.value_error(0, EMPTY));
    }
    let source = |(_, value): &(Zval, Zval)| {
        if let Some(future) = Object::<Future>::from_zval(value) {
            return Ok(Source::Future(future));
        }
        match Object::<Channel>::from_zval(value) {
            Some(channel) => channel::source(&channel),
            None => Err(refuse(call, "Async\\Future|Async\\Channel", value)),
        }
    };
    let sources = listed.iter().map(source).collect::<Result<_, _>>()?;
    Ok((sources, listed))
}

fn refuse(call: &Call, expected: &str, given: &Zval) -> Thrown {
    let given = type_name(given);
    call.type_error_saying(0, &format!("must contain only values of type {expected}, {given} given"))
}

fn listed_argument(call: &Call, expected: &CStr) -> Result<Listed, Thrown> {
    match call.arg(0).map(|what| listed(call, what)) {
        Some(Ok(Some(listed))) => Ok(listed),
        Some(Err(thrown)) => Err(thrown),
        _ => Err(call.type_error(0, expected)),
    }
}

/// The keys and values of an array or a `Traversable`, with all that an iterator gives under the same key; `None` for
/// anything else.
fn listed(call: &Call, what: &Zval) -> Result<Option<Listed>, Thrown> {
    if let Some(array) = what.array() {
        return Ok(Some(entries(array)));
    }
    if !what.is_traversable() {
        return Ok(None);
    }
    let (mut walk, mut listed) = (Walk::new(what)?, Vec::new());
    while let Some((key, value)) = walk.next()? {
        let Some(key) = normal_key(&key) else {
            let message = format!("must have only keys of type string|int, {} given", type_name(&key));
            return Err(call.type_error_saying(0, &message));
        };
        listed.push((key, value));
    }
    Ok(Some(listed))
}

/// Waits until all have ended, their handlers have run, and their children are gone. PHP code may run.
///
/// # Errors
///
/// When patience is at an end, or one of them can never end. What they threw is not thrown here.
pub(crate) fn finish(all: &[(Zval, Awaited)], patience: Option<Patience>) -> Result<(), Thrown> {
    let (mut futures, mut pools) = (Vec::new(), Vec::new());
    flatten(all, &mut futures, &mut pools);
    wait::all(&futures, patience)?;
    pools.iter().try_for_each(|pool| pool::finish(pool, patience))
}

fn flatten(all: &[(Zval, Awaited)], futures: &mut Vec<Object<Future>>, pools: &mut Vec<Object<Pool>>) {
    for (_, awaited) in all {
        match awaited {
            Awaited::Future(future) => futures.push(future.clone()),
            Awaited::Pool(pool) => pools.push(pool.clone()),
            Awaited::Many(more) => flatten(more, futures, pools),
        }
    }
}

/// The values of what has ended, under the keys that went in. Of several with the same key, as generators give them, the
/// last one has it, as in an array. PHP code may run: destructors.
///
/// # Errors
///
/// The first failure in order.
pub(crate) fn values(all: &[(Zval, Awaited)]) -> Returned {
    let mut failure = None;
    let values = collect(all, &mut |awaited| {
        let (value, failed) = match awaited {
            Awaited::Future(future) => {
                future.observed.set(true);
                match conclusion::outcome_of(future) {
                    Some(Ok(value)) => (Some(value), None),
                    outcome => (None, outcome.and_then(Result::err)),
                }
            }
            Awaited::Pool(pool) => {
                let (values, failed) = pool.futures.outcomes();
                (Some(values.into_zval()), failed)
            }
            Awaited::Many(_) => (None, None),
        };
        failure = failure.take().or(failed);
        value
    });
    match failure {
        None => Ok(values.into_zval()),
        Some(throwable) => Err(exception::throw(&throwable)),
    }
}

/// The futures themselves, under the keys that went in.
pub(crate) fn handles(all: &[(Zval, Awaited)]) -> Zval {
    let handles = collect(all, &mut |awaited| match awaited {
        Awaited::Future(future) => {
            future.observed.set(true);
            Some(future.zval())
        }
        Awaited::Pool(pool) => Some(pool_handles(pool)),
        Awaited::Many(_) => None,
    });
    handles.into_zval()
}

/// The futures of a pool under their keys.
pub(crate) fn pool_handles(pool: &Pool) -> Zval {
    let mut array = Array::new();
    for (key, future) in pool.futures.all() {
        future.observed.set(true);
        array.set(&key, future.zval());
    }
    array.into_zval()
}

fn collect(all: &[(Zval, Awaited)], result: &mut impl FnMut(&Awaited) -> Option<Zval>) -> Array {
    let mut array = Array::with_capacity(all.len());
    for (key, awaited) in all {
        let value = match awaited {
            Awaited::Many(more) => Some(collect(more, result).into_zval()),
            one => result(one),
        };
        if let Some(value) = value {
            array.set(key, value);
        }
    }
    array
}
