//! The results of a map call, in the order in which the script gets them. Runs in the parent.

use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::exceptions;
use crate::task::life::group::Group;
use crate::task::life::map_call::MapCall;
use crate::task::map::Item;
use crate::task::parent::{at_exit, event_loop, in_line, item_failure, scale, wait};
use crate::zend::array::{Array, normal_key};
use crate::zend::callable::Callable;
use crate::zend::exception;
use crate::zend::handler::{Returned, Thrown};

/// A key, and the value or the failure that the script gets for it.
pub(crate) type Given = (Zval, Result<Zval, Zval>);

/// Begins a map call: `callable` is run for each of `items`, and `catch` is called with failures. Re-enters PHP: the
/// source of the items.
///
/// # Errors
///
/// What the source throws.
pub(crate) fn begin(
    group: &Rc<Group>,
    items: &Zval,
    callable: Callable,
    catch: Option<Callable>,
    ordered: bool,
) -> Result<Rc<MapCall>, Thrown> {
    at_exit::precede();
    let map_call = MapCall::begin(group, items, callable, catch, ordered)?;
    // The first items are sent to workers now, and not only when the first result is requested.
    if let Err(thrown) = scale::feed_map(&map_call) {
        map_call.abandon();
        return Err(thrown);
    }
    event_loop::leave();
    Ok(map_call)
}

/// Waits for the next result, and feeds the workers meanwhile. `None` after the last. Re-enters PHP.
///
/// # Errors
///
/// What the source has thrown: once, when all results before that were given; the map call is over then. What other
/// code throws that runs meanwhile: the map call goes on.
pub(crate) fn next(map_call: &Rc<MapCall>) -> Result<Option<Given>, Thrown> {
    loop {
        // In a fork of the application, which may have been made by code that is called below.
        if !map_call.is_here() {
            return Err(exceptions::throw(&Error::Misuse(
                "this map belongs to another process: only the one that has begun it gets its results",
            )));
        }
        if map_call.in_line
            && let Some(item) = in_line::run_item(map_call)?
        {
            return given(map_call, item);
        }
        // Until the last result of a portion is given there is no room for another one: nothing to post.
        if !map_call.group.is_paced()
            && map_call.doubts.borrow().is_empty()
            && let Some(item) = map_call.next_within()?
        {
            return given(map_call, item);
        }
        if map_call.wants_more() {
            scale::feed_map(map_call)?;
        }
        if !map_call.doubts.borrow().is_empty() {
            map_call.ask()?;
        }
        if let Some(item) = map_call.next()? {
            return given(map_call, item);
        }
        if map_call.is_over() {
            let thrown = map_call.thrown.take();
            map_call.abandon();
            return thrown.map_or(Ok(None), |throwable| Err(exception::throw(&throwable)));
        }
        if map_call.is_waiting_for_source() {
            return Err(exceptions::throw(&Error::Misuse(
                "the source of a map cannot wait for the result of an item that it has not given yet",
            )));
        }
        // Workers may be missing for what is posted.
        scale::scale_for(&map_call.group);
        let has_time = || map_call.group.is_paced() && map_call.wants_more();
        wait::until(None, || Ok(map_call.is_ready() || has_time() || !map_call.doubts.borrow().is_empty()))?;
    }
}

fn given(map_call: &MapCall, (key, result): Item) -> Result<Option<Given>, Thrown> {
    let result = match result {
        Ok(value) => Ok(value),
        Err(failed) => item_failure::caught(map_call, &key, *failed)?,
    };
    Ok(Some((key, result)))
}

/// Waits for all results of a map call, and returns them under their keys. Closes the group, which is for this map call
/// alone. Re-enters PHP.
///
/// # Errors
///
/// The first failure; what the source, or other code that runs meanwhile, throws has it as its previous one.
pub(crate) fn all(map_call: &Rc<MapCall>) -> Returned {
    let (mut results, mut failure) = (Array::new(), None);
    let collected = collect(map_call, &mut results, &mut failure);
    let source_threw = collected.is_err() && map_call.is_over();
    // None of an exit, which goes on.
    let thrown = if collected.is_err() { exception::take() } else { None };
    if collected.is_err() {
        if thrown.is_some() && failure.is_none() {
            failure = first_failure(map_call);
        }
        map_call.abandon();
    }
    map_call.group.close();
    event_loop::leave();
    if exception::pending() {
        return Err(Thrown);
    }
    match (failure, thrown) {
        (Some(failure), Some(later)) if source_threw => {
            exception::chain(&failure, later);
            Err(exception::throw(&failure))
        }
        // Other code that ran meanwhile has thrown: that goes on, and hides no failure.
        (failure, Some(other)) => {
            if let Some(failure) = failure {
                exception::chain(&other, failure);
            }
            Err(exception::throw(&other))
        }
        (Some(failure), None) => Err(exception::throw(&failure)),
        (None, None) => collected.map(|()| results.into_zval()),
    }
}

fn collect(map_call: &Rc<MapCall>, results: &mut Array, failure: &mut Option<Zval>) -> Result<(), Thrown> {
    while let Some((key, result)) = next(map_call)? {
        match result {
            Ok(value) => {
                let key = normal_key(&key).ok_or_else(|| {
                    exceptions::throw(&Error::Misuse(
                        "the keys of what map() is given must be those of an array",
                    ))
                })?;
                results.set(&key, value);
            }
            Err(throwable) => *failure = failure.take().or(Some(throwable)),
        }
    }
    Ok(())
}

/// The first failure among the results that are there. Re-enters PHP.
fn first_failure(map_call: &MapCall) -> Option<Zval> {
    while let Ok(Some((_, result))) = map_call.next() {
        if let Err(failed) = result {
            return Some(failed.throwable);
        }
    }
    None
}
