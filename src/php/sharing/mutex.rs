//! `Async\Mutex`: a lock between processes.

use std::cell::Cell;

use ext_php_rs::types::Zval;

use super::{construct, of, quick, shared_object};
use crate::php::future::patience;
use crate::process::shared::lock::SharedLock;
use crate::task::life::locks::Mutex;
use crate::task::life::sharing::Thing;
use crate::task::parent::locks;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, entry, quick_entry};
use crate::zend::object;
use crate::zend::zval::boolean;

shared_object!(MutexObject, c"Async\\Mutex", Mutex, Thing::Mutex);

pub(super) fn register() {
    object::register::<MutexObject>(&[
        Function::new("__construct", "", "", entry(make)),
        Function::new("acquire", "?float $timeout = null", "void", quick_entry(acquire_free, acquire)),
        Function::new("tryAcquire", "", "bool", entry(try_acquire)),
        Function::new("release", "", "void", quick_entry(release_own, release)),
        Function::new("synchronized", "callable $fn", "mixed", entry(synchronized)),
        Function::new("wasAbandoned", "", "bool", entry(was_abandoned)),
    ]);
}

fn make(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let new = || Ok(Mutex { lock: SharedLock::new()?, abandoned: Cell::new(false) });
    construct::<MutexObject>(call, size_of::<u64>(), new)?;
    Ok(Zval::new())
}

/// A lock that is free.
fn acquire_free(call: &Call) -> Option<Zval> {
    locks::acquire_free(quick::<MutexObject>(call)?).then(Zval::new)
}

/// A lock that this process holds.
fn release_own(call: &Call) -> Option<Zval> {
    locks::release_own(quick::<MutexObject>(call)?).then(Zval::new)
}

fn acquire(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let patience = patience(call, 0)?;
    locks::acquire(&of::<MutexObject>(call)?, patience)?;
    Ok(Zval::new())
}

fn try_acquire(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(boolean(locks::try_acquire(&of::<MutexObject>(call)?)))
}

fn release(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    locks::release(&of::<MutexObject>(call)?)?;
    Ok(Zval::new())
}

fn synchronized(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let callable = call.callable(0)?;
    let mutex = of::<MutexObject>(call)?;
    locks::acquire(&mutex, None)?;
    locks::synchronized(|| callable.call(&mut []), || locks::release(&mutex))
}

fn was_abandoned(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(boolean(of::<MutexObject>(call)?.abandoned.get()))
}
