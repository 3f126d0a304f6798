//! `Async\Semaphore`: so many processes at a time.

use ext_php_rs::types::Zval;

use super::{construct, of, quick, shared_object};
use crate::php::future::patience;
use crate::process::shared::semaphore::{MOST, Semaphore};
use crate::task::life::sharing::Thing;
use crate::task::parent::locks;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, entry, quick_entry};
use crate::zend::object;
use crate::zend::zval::{boolean, integer};

shared_object!(SemaphoreObject, c"Async\\Semaphore", Semaphore, Thing::Semaphore);

pub(super) fn register() {
    object::register::<SemaphoreObject>(&[
        Function::new("__construct", "int $permits", "", entry(make)),
        Function::new("acquire", "?float $timeout = null", "void", quick_entry(acquire_free, acquire)),
        Function::new("tryAcquire", "", "bool", entry(try_acquire)),
        Function::new("release", "", "void", quick_entry(release_own, release)),
        Function::new("synchronized", "callable $fn", "mixed", entry(synchronized)),
        Function::new("available", "", "int", entry(available)),
    ]);
}

fn make(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let permits = usize::try_from(call.long(0)?).ok().filter(|permits| (1..=MOST).contains(permits));
    let permits = permits.ok_or_else(|| call.value_error(0, &format!("must be between 1 and {MOST}")))?;
    construct::<SemaphoreObject>(call, permits * size_of::<u64>(), || Semaphore::new(permits))?;
    Ok(Zval::new())
}

/// A permit that is free.
fn acquire_free(call: &Call) -> Option<Zval> {
    locks::acquire_free_permit(quick::<SemaphoreObject>(call)?).then(Zval::new)
}

/// A permit that this process holds.
fn release_own(call: &Call) -> Option<Zval> {
    locks::release_own_permit(quick::<SemaphoreObject>(call)?).then(Zval::new)
}

fn acquire(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let patience = patience(call, 0)?;
    locks::acquire_permit(&of::<SemaphoreObject>(call)?, patience)?;
    Ok(Zval::new())
}

fn try_acquire(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(boolean(locks::try_acquire_permit(&of::<SemaphoreObject>(call)?)))
}

fn release(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    locks::release_permit(&of::<SemaphoreObject>(call)?)?;
    Ok(Zval::new())
}

fn synchronized(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let callable = call.callable(0)?;
    let semaphore = of::<SemaphoreObject>(call)?;
    locks::acquire_permit(&semaphore, None)?;
    locks::synchronized(|| callable.call(&mut []), || locks::release_permit(&semaphore))
}

fn available(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let semaphore = of::<SemaphoreObject>(call)?;
    semaphore.recover();
    let free = semaphore.permits().saturating_sub(semaphore.holders().count());
    Ok(integer(i64::try_from(free).unwrap_or(i64::MAX)))
}
