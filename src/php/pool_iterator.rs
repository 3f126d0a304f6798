//! `Async\PoolIterator`, over which `foreach` over a pool iterates: the futures of the pool, in the order in which they
//! end.

use std::ffi::CStr;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::php::pool::Pool;
use crate::task::life::ended::Walker;
use crate::task::life::future::Future;
use crate::task::parent::finished;
use crate::zend::cell::ValueCell;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry, quick_entry};
use crate::zend::object::{Native, Object, Registration, Tracer};
use crate::zend::zval::boolean;
use crate::zend::{interfaces, object};

/// The data of an iterator: the pool, its position in the pool's list of ended futures, and the current future.
#[derive(Debug, Default)]
pub(crate) struct PoolIterator {
    pool: ValueCell<Option<Object<Pool>>>,
    walker: Rc<Walker>,
    current: ValueCell<Option<Object<Future>>>,
}

static REGISTRATION: Registration = Registration::new();

impl Native for PoolIterator {
    const NAME: &'static CStr = c"Async\\PoolIterator";

    fn registration() -> &'static Registration {
        &REGISTRATION
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace(&self, tracer: &mut Tracer) {
        self.pool.peek(|pool| pool.iter().for_each(|pool| pool.trace_in(tracer)));
        self.current.peek(|current| current.iter().for_each(|future| future.trace_in(tracer)));
    }

    /// Removes its position from the pool's list, so that futures that were kept only for it are released.
    fn released(this: &Object<Self>) {
        let pool = this.pool.borrow().clone();
        if let Some(pool) = pool {
            finished::leave(&pool.group, &this.walker);
        }
    }
}

impl PoolIterator {
    /// An iterator that begins with the first future that ended.
    pub(crate) fn over(pool: Object<Pool>) -> Object<Self> {
        let iterator = Object::<Self>::new();
        iterator.pool.set(Some(pool));
        iterator
    }
}

/// Registers the class. MINIT.
pub(crate) fn register() {
    object::register::<PoolIterator>(&[
        object::private_constructor(),
        Function::new("current", "", "?Async\\Future", quick_entry(current_now, current)),
        Function::new("key", "", "string|int|null", quick_entry(key_now, key)),
        Function::new("next", "", "void", entry(next)),
        Function::new("rewind", "", "void", entry(rewind)),
        Function::new("valid", "", "bool", quick_entry(valid_now, valid)),
    ]);
    REGISTRATION.class.implement(interfaces::iterator());
}

fn this(call: &Call) -> Result<Object<PoolIterator>, Thrown> {
    call.expect(0, Some(0))?;
    call.this().ok_or(Thrown)
}

/// Waits for the next future that ends; there is no current one when nothing is left to wait for. PHP code may run.
fn advance(iterator: &PoolIterator) -> Result<(), Thrown> {
    let pool = iterator.pool.borrow().clone();
    if let Some(pool) = pool {
        iterator.current.set(finished::next(&pool.group, &iterator.walker)?);
    }
    Ok(())
}

/// The iterator of a call without arguments.
fn now(call: &Call) -> Option<&PoolIterator> {
    call.peek_this().filter(|_| call.count() == 0)
}

fn current_now(call: &Call) -> Option<Zval> {
    now(call)?.current.borrow().as_ref().map(Object::zval)
}

fn key_now(call: &Call) -> Option<Zval> {
    now(call)?.current.borrow().as_ref().map(|future| future.key.borrow().shallow_clone())
}

fn valid_now(call: &Call) -> Option<Zval> {
    Some(boolean(now(call)?.current.borrow().is_some()))
}

fn current(call: &Call) -> Returned {
    let iterator = this(call)?;
    let current = iterator.current.borrow();
    Ok(current.as_ref().map_or_else(Zval::new, Object::zval))
}

fn key(call: &Call) -> Returned {
    let iterator = this(call)?;
    let current = iterator.current.borrow();
    Ok(current.as_ref().map_or_else(Zval::new, |future| future.key.borrow().shallow_clone()))
}

fn next(call: &Call) -> Returned {
    advance(&*this(call)?)?;
    Ok(Zval::new())
}

fn rewind(call: &Call) -> Returned {
    let iterator = this(call)?;
    let pool = iterator.pool.borrow().clone();
    if let Some(pool) = pool {
        finished::rewind(&pool.group, &iterator.walker);
    }
    advance(&iterator)?;
    Ok(Zval::new())
}

fn valid(call: &Call) -> Returned {
    Ok(boolean(this(call)?.current.borrow().is_some()))
}
