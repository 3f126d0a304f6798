//! The functions that wait for some of many: `any`, `race`, `select`.

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::exceptions;
use crate::php::awaited;
use crate::php::future::patience;
use crate::task::life::conclusion;
use crate::task::life::future::{Future, describe};
use crate::task::parent::{combine, selection};
use crate::zend::array::Array;
use crate::zend::exception;
use crate::zend::handler::{Call, Returned, Thrown};
use crate::zend::object::Object;

/// The message of an exception quotes so many failures.
const QUOTED: usize = 5;

/// `Async\any()`: the first value; the rest is cancelled.
pub(crate) fn any(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    let patience = patience(call, 1)?;
    let listed = awaited::futures(call)?;
    let futures = handles(&listed);
    match combine::any(&futures, patience)? {
        Some(future) => outcome(future),
        None => Err(exception::throw(&none_succeeded(&listed))),
    }
}

/// `Async\race()`: the first outcome, a value or a failure; the rest is cancelled.
pub(crate) fn race(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    let patience = patience(call, 1)?;
    let futures = handles(&awaited::futures(call)?);
    outcome(combine::race(&futures, patience)?.ok_or(Thrown)?)
}

/// `Async\select()`: which futures and channels are ready; an empty array when the time is over before something is.
pub(crate) fn select(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    let patience = patience(call, 1)?;
    let (sources, listed) = awaited::sources(call)?;
    let ready = selection::select(&sources, patience)?;
    let mut array = Array::new();
    for ((key, object), _) in listed.into_iter().zip(ready).filter(|(_, ready)| *ready) {
        array.set(&key, object);
    }
    Ok(array.into_zval())
}

fn handles(listed: &[(Zval, Object<Future>)]) -> Vec<Object<Future>> {
    listed.iter().map(|(_, future)| future.clone()).collect()
}

fn outcome(future: &Future) -> Returned {
    match conclusion::outcome_of(future) {
        Some(Ok(value)) => Ok(value),
        Some(Err(throwable)) => Err(exception::throw(&throwable)),
        None => Err(Thrown),
    }
}

/// The exception that has all failures, under the keys of the futures, and the first one as its previous one.
fn none_succeeded(listed: &[(Zval, Object<Future>)]) -> Zval {
    let (mut reasons, mut quoted, mut first) = (Array::new(), Vec::new(), None);
    for (key, future) in listed {
        let Some(Err(throwable)) = conclusion::outcome_of(future) else {
            continue;
        };
        if quoted.len() < QUOTED {
            quoted.push((future.subject(), describe(&throwable)));
        }
        first.get_or_insert_with(|| throwable.shallow_clone());
        reasons.set(key, throwable);
    }
    let error = Error::NoneSucceeded { count: listed.len(), quoted };
    exceptions::aggregate(&error, reasons, first)
}
