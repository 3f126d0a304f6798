//! `Async\MapIterator`, which `Pool::map()` returns: an iterator over the results of one function for many items; and
//! `Async\map()`.

use std::cell::Cell;
use std::ffi::CStr;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::task::life::group::Group;
use crate::task::life::map_call::MapCall;
use crate::task::life::support;
use crate::task::map::Item;
use crate::task::parent::{event_loop, in_line, item_failure, scale, wait};
use crate::zend::array::{Array, normal_key};
use crate::zend::cell::ValueCell;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::object::{Native, Object, Registration, Tracer};
use crate::zend::{exception, interfaces, object};
use crate::{exceptions, ini};

/// A key, and the value or the failure that the script gets for it.
type Given = (Zval, Result<Zval, Zval>);

/// The data of an iterator: the call of `map()`, and the current result.
#[derive(Debug, Default)]
pub(crate) struct MapIterator {
    map_call: ValueCell<Option<Rc<MapCall>>>,
    current: ValueCell<Option<Given>>,
    begun: Cell<bool>,
}

static REGISTRATION: Registration = Registration::new();

impl Native for MapIterator {
    const NAME: &'static CStr = c"Async\\MapIterator";

    fn registration() -> &'static Registration {
        &REGISTRATION
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace(&self, tracer: &mut Tracer) {
        self.map_call.peek(|map_call| map_call.iter().for_each(|map_call| map_call.trace(tracer)));
        self.current.peek(|current| {
            if let Some((key, Ok(value) | Err(value))) = current {
                tracer.value(key);
                tracer.value(value);
            }
        });
    }

    fn released(_: &Object<Self>) {}
}

impl Drop for MapIterator {
    fn drop(&mut self) {
        if let Some(map_call) = self.map_call.take().filter(|map_call| map_call.is_here()) {
            map_call.abandon();
        }
    }
}

/// Registers the class. MINIT.
pub(crate) fn register() {
    object::register::<MapIterator>(&[
        object::private_constructor(),
        Function::new("current", "", "mixed", entry(current)),
        Function::new("key", "", "mixed", entry(key)),
        Function::new("next", "", "void", entry(next)),
        Function::new("rewind", "", "void", entry(rewind)),
        Function::new("valid", "", "bool", entry(valid)),
    ]);
    REGISTRATION.class.implement(interfaces::iterator());
}

/// Starts a map in `group` with the arguments of `call` (the items and the function), and returns an iterator over its
/// results.
pub(crate) fn over(call: &Call, group: &Rc<Group>, ordered: bool) -> Returned {
    let map_call = begin(call, group, ordered, 3)?;
    let iterator = Object::<MapIterator>::new();
    iterator.map_call.set(Some(map_call));
    Ok(iterator.zval())
}

/// Begins a map; `catch` is the index of the argument that is called with failures.
fn begin(call: &Call, group: &Rc<Group>, ordered: bool, catch: u32) -> Result<Rc<MapCall>, Thrown> {
    support::ensure()?;
    let items = call.arg(0).filter(|items| items.is_array() || items.is_traversable());
    let items = items.ok_or_else(|| call.type_error(0, c"iterable"))?;
    let callable = call.callable(1)?;
    let catch = call.optional_callable(catch)?;
    let map_call = MapCall::begin(group, items, callable, catch, ordered)?;
    // The first items are sent to workers now, and not only when the first result is requested.
    if let Err(thrown) = scale::feed_map(&map_call) {
        map_call.abandon();
        return Err(thrown);
    }
    event_loop::leave();
    Ok(map_call)
}

/// Waits for the next result, and feeds the workers meanwhile. `None` after the last, unless the source has thrown: that
/// is thrown once, and the map is over. PHP code may run.
fn advance(map_call: &Rc<MapCall>) -> Result<Option<Given>, Thrown> {
    loop {
        if map_call.in_line
            && let Some(item) = in_line::run_item(map_call)?
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

/// `Async\map()`: runs a whole map, and returns all results under their keys.
pub(crate) fn all(call: &Call) -> Returned {
    call.expect(2, Some(4))?;
    let limit = call.optional_count(2)?.unwrap_or_else(ini::concurrency);
    let group = Group::new(limit, ini::timeout());
    group.stays.set(true);
    let map_call = begin(call, &group, true, 3)?;
    let (mut results, mut failure) = (Array::new(), None);
    let mut collect = || {
        while let Some((key, result)) = advance(&map_call)? {
            match result {
                Ok(value) => {
                    let key = normal_key(&key).ok_or_else(|| {
                        exceptions::throw(&Error::Misuse(
                            "the keys of what map() is given must be those of an array",
                        ))
                    })?;
                    results.set(&key, value);
                }
                Err(throwable) => failure = failure.take().or(Some(throwable)),
            }
        }
        Ok(())
    };
    let collected = collect();
    let source_threw = collected.is_err() && map_call.is_over();
    // None of an exit, which goes on.
    let thrown = if collected.is_err() { exception::take() } else { None };
    if collected.is_err() {
        if thrown.is_some() && failure.is_none() {
            failure = first_failure(&map_call);
        }
        map_call.abandon();
    }
    group.close();
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

/// The first failure among the results that are there. PHP code may run.
fn first_failure(map_call: &MapCall) -> Option<Zval> {
    while let Ok(Some((_, result))) = map_call.next() {
        if let Err(failed) = result {
            return Some(failed.throwable);
        }
    }
    None
}

fn this(call: &Call) -> Result<Object<MapIterator>, Thrown> {
    call.expect(0, Some(0))?;
    let iterator: Object<MapIterator> = call.this().ok_or(Thrown)?;
    if !iterator.begun.replace(true) {
        // An exception that is thrown here comes from other code that ran meanwhile, and does not end this iteration.
        step(&iterator).inspect_err(|_| iterator.begun.set(false))?;
    }
    Ok(iterator)
}

fn step(iterator: &MapIterator) -> Result<(), Thrown> {
    let map_call = iterator.map_call.borrow().clone();
    let item = match &map_call {
        Some(map_call) => advance(map_call),
        None => Ok(None),
    };
    event_loop::leave();
    match item {
        Ok(item) => iterator.current.set(item),
        Err(thrown) => {
            // Otherwise it comes from other code that ran meanwhile, and the current result stays.
            if map_call.is_some_and(|map_call| map_call.is_over()) {
                iterator.current.set(None);
            }
            return Err(thrown);
        }
    }
    Ok(())
}

fn current(call: &Call) -> Returned {
    let iterator = this(call)?;
    let current = iterator.current.borrow().as_ref().map(|(_, result)| match result {
        Ok(value) => Ok(value.shallow_clone()),
        Err(throwable) => Err(throwable.shallow_clone()),
    });
    current.unwrap_or_else(|| Ok(Zval::new())).map_err(|throwable| exception::throw(&throwable))
}

fn key(call: &Call) -> Returned {
    let iterator = this(call)?;
    let current = iterator.current.borrow();
    Ok(current.as_ref().map_or_else(Zval::new, |(key, _)| key.shallow_clone()))
}

fn next(call: &Call) -> Returned {
    step(&*this(call)?)?;
    Ok(Zval::new())
}

/// Does not go back: each result is available once, so `foreach` begins with the current one.
fn rewind(call: &Call) -> Returned {
    this(call)?;
    Ok(Zval::new())
}

fn valid(call: &Call) -> Returned {
    let mut valid = Zval::new();
    valid.set_bool(this(call)?.current.borrow().is_some());
    Ok(valid)
}
