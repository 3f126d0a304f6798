//! `Async\MapIterator`, which `Pool::map()` returns: an iterator over the results of one function for many items; and
//! `Async\map()`.

use std::cell::Cell;
use std::ffi::CStr;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::ini;
use crate::task::life::group::Group;
use crate::task::life::map_call::MapCall;
use crate::task::life::support;
use crate::task::parent::map_results::Given;
use crate::task::parent::{event_loop, map_results};
use crate::zend::cell::ValueCell;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry, quick_entry};
use crate::zend::object::{Native, Object, Registration, Tracer};
use crate::zend::zval::boolean;
use crate::zend::{exception, interfaces, object};

/// The data of an iterator: the call of `map()`, the pool that it was called of, and the current result.
#[derive(Debug, Default)]
pub(crate) struct MapIterator {
    map_call: ValueCell<Option<Rc<MapCall>>>,
    /// The `Pool`, until the last result: hooks and listeners of a pool are the object's, and are needed as long as there is
    /// a map call. Only if it has the object does the cycle collector know what they are reached from.
    pool: ValueCell<Option<Zval>>,
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
        self.pool.peek(|pool| pool.iter().for_each(|pool| tracer.value(pool)));
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
        Function::new("current", "", "mixed", quick_entry(current_now, current)),
        Function::new("key", "", "mixed", quick_entry(key_now, key)),
        Function::new("next", "", "void", entry(next)),
        Function::new("rewind", "", "void", entry(rewind)),
        Function::new("valid", "", "bool", quick_entry(valid_now, valid)),
    ]);
    REGISTRATION.class.implement(interfaces::iterator());
}

/// Starts a map in `group`, which is that of `pool`, with the arguments of `call` (the items and the function), and returns
/// an iterator over its results.
pub(crate) fn over(call: &Call, pool: Zval, group: &Rc<Group>, ordered: bool) -> Returned {
    let map_call = begin(call, group, ordered)?;
    let iterator = Object::<MapIterator>::new();
    iterator.map_call.set(Some(map_call));
    iterator.pool.set(Some(pool));
    Ok(iterator.zval())
}

/// Begins a map with the arguments of `call`: the items, the function, and what is called with failures.
fn begin(call: &Call, group: &Rc<Group>, ordered: bool) -> Result<Rc<MapCall>, Thrown> {
    support::ensure()?;
    let items = call.arg(0).filter(|items| items.is_array() || items.is_traversable());
    let items = items.ok_or_else(|| call.type_error(0, c"iterable"))?;
    let callable = call.callable(1)?;
    let catch = call.optional_callable(3)?;
    map_results::begin(group, items, callable, catch, ordered)
}

/// `Async\map()`: runs a whole map, and returns all results under their keys.
pub(crate) fn all(call: &Call) -> Returned {
    call.expect(2, Some(4))?;
    let limit = call.optional_count(2)?.unwrap_or_else(ini::concurrency);
    let group = Group::new(limit, ini::timeout());
    group.stays.set(true);
    map_results::all(&begin(call, &group, true)?)
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
        Some(map_call) => map_results::next(map_call),
        None => Ok(None),
    };
    event_loop::leave();
    // Only its end takes it off the list: an item pays nothing.
    if !matches!(item, Ok(Some(_))) && map_call.as_ref().is_none_or(|map_call| !map_call.is_listed()) {
        drop(iterator.pool.take());
    }
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

/// The current result, in a call without arguments, once there was one to wait for.
fn now<T>(call: &Call, of: impl FnOnce(Option<&Given>) -> Option<T>) -> Option<T> {
    let iterator: &MapIterator = call.peek_this().filter(|_| call.count() == 0)?;
    if iterator.begun.get() { of(iterator.current.borrow().as_ref()) } else { None }
}

fn current_now(call: &Call) -> Option<Zval> {
    now(call, |current| current?.1.as_ref().ok().map(Zval::shallow_clone))
}

fn key_now(call: &Call) -> Option<Zval> {
    now(call, |current| current.map(|(key, _)| key.shallow_clone()))
}

fn valid_now(call: &Call) -> Option<Zval> {
    now(call, |current| Some(boolean(current.is_some())))
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
    Ok(boolean(this(call)?.current.borrow().is_some()))
}
