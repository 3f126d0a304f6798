//! Waits for a pool, in its own event loop or in one of the script's, and stops or cancels it.

use crate::task::workers::spawn;
use std::rc::Rc;
use std::time::Duration;

use ext_php_rs::types::Zval;
use nix::errno::Errno;

use crate::error::Error;
use crate::exceptions;
use crate::php::pool::{Pool, here, none, this};
use crate::pool::ledger::Ledger;
use crate::process::fork::Refused;
use crate::process::ready::ReadyDescriptor;
use crate::task::life::future::{Ending, Future, Outcome, Phase};
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::map::halt;
use crate::task::parent::wait::Patience;
use crate::task::parent::{cancel as tasks, event_loop, wait};
use crate::task::workers;
use crate::zend::array::Array;
use crate::zend::handler::{Call, Returned, Thrown};
use crate::zend::object::Object;
use crate::zend::{exception, request};

/// Waits until all tasks of a pool have ended, including those that handlers add meanwhile. PHP code may run.
///
/// # Errors
///
/// When the time limit is over, or the pool belongs to another process. Exceptions of tasks are not thrown here.
pub(crate) fn finish(pool: &Object<Pool>, patience: Option<Patience>) -> Result<(), Thrown> {
    here(pool)?;
    loop {
        wait::until(patience, || Ok(pool.group.has_told()))?;
        // Collected first, as there are usually none, though there may be very many futures.
        let incomplete: Vec<_> = pool
            .entries
            .borrow()
            .values()
            .filter(|value| Object::<Future>::peek(value).is_some_and(|future| !future.is_settled()))
            .filter_map(Object::<Future>::from_zval)
            .collect();
        for future in &incomplete {
            wait::finish(future, patience)?;
        }
        if incomplete.is_empty() && pool.group.has_told() {
            return Ok(());
        }
    }
}

/// The values of the tasks of a pool that have succeeded, under their keys. Cancelled tasks have no value, and are not
/// reported as failures.
///
/// # Errors
///
/// The first failure in the order of the keys.
pub(crate) fn values(pool: &Pool) -> Returned {
    let (values, failure) = outcomes(pool);
    match failure {
        None => Ok(values.into_zval()),
        Some(throwable) => Err(exception::throw(&throwable)),
    }
}

/// These values, and that failure. It is not thrown here, as throwing drops values, and the pool is borrowed.
pub(crate) fn outcomes(pool: &Pool) -> (Array, Option<Zval>) {
    let entries = pool.entries.borrow();
    let futures = entries.pairs().filter_map(|(key, value)| Some((key, Object::<Future>::peek(value)?)));
    let is_cancelled =
        |future: &Future| future.ending.get() == Some(Ending::Cancelled) && future.has_failed();
    let wanted = futures.filter(|(_, future)| future.is_complete() && !is_cancelled(future));
    let (mut array, mut failure) = (Array::with_capacity(entries.len()), None);
    for (key, future) in wanted {
        future.observed.set(true);
        match &*future.phase.borrow() {
            // The keys of a pool differ: there is no former element to drop.
            Phase::Done(Outcome::Value(value)) => array.set(&key, value.shallow_clone()),
            Phase::Done(Outcome::Failed(throwable)) if failure.is_none() || pool.totals.is_first(future) => {
                failure = Some(throwable.shallow_clone());
            }
            _ => {}
        }
    }
    (array, failure)
}

/// The futures of a pool with their keys, in order.
pub(crate) fn entries(pool: &Pool) -> Vec<(Zval, Object<Future>)> {
    let entries = pool.entries.borrow().entries();
    entries.into_iter().filter_map(|(key, value)| Some((key, Object::from_zval(&value)?))).collect()
}

pub(super) fn wait_for_all(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let pool = this(call)?;
    if let Some(tick) = call.optional_callable(0)? {
        let group = Rc::clone(&pool.group);
        let mut stopped = false;
        wait::ticking(|| {
            stopped = tick.call(&mut [pool.zval()])?.is_true();
            Ok(stopped || group.has_told())
        })?;
        if stopped {
            return values(&pool);
        }
    }
    finish(&pool, None)?;
    values(&pool)
}

pub(super) fn tick(call: &Call) -> Returned {
    let pool = none(call)?;
    event_loop::tick(Moment::Call)?;
    let ended = match pool.group.ended.borrow().as_ref() {
        Some(ended) => {
            ended.ready.iter().for_each(ReadyDescriptor::quench);
            ended.count()
        }
        None => 0,
    };
    let mut news = Zval::new();
    news.set_long(i64::try_from(ended - pool.told.replace(ended)).unwrap_or(i64::MAX));
    Ok(news)
}

pub(super) fn stream(call: &Call) -> Returned {
    let pool = none(call)?;
    if let Some(stream) = &*pool.stream.borrow() {
        return Ok(stream.shallow_clone());
    }
    let refused = |refused| exceptions::throw(&Error::NoStream { refused });
    spawn::ensure_reactor().map_err(refused)?;
    let ready = match state().reactor.borrow_mut().as_mut() {
        Some(reactor) => reactor.descriptor().and_then(ReadyDescriptor::over),
        None => Err(Errno::EBADF),
    };
    let ready = ready.map_err(|errno| refused(Refused { call: "epoll_create", errno }))?;
    let descriptor =
        ready.descriptor().map_err(|_| refused(Refused { call: "dup", errno: Errno::last() }))?;
    pool.group.ended.change(|ended| {
        if let Some(ended) = ended {
            // Tasks that ended before make the stream readable too, until `tick()` has counted them.
            if ended.count() > pool.told.get() {
                ready.light();
            }
            ended.ready = Some(ready);
        }
    });
    let stream = request::stream(descriptor).ok_or(Thrown)?;
    pool.stream.set(Some(stream.shallow_clone()));
    event_loop::leave();
    Ok(stream)
}

pub(super) fn stop(call: &Call) -> Returned {
    let pool = none(call)?;
    pool.group.ledger.change(Ledger::stop);
    workers::dismiss_all(&pool.group);
    for (_, future) in entries(&pool) {
        tasks::call_off(&future);
    }
    halt::stop(&pool.group);
    pool.group.let_go();
    event_loop::leave();
    Ok(pool.zval())
}

pub(super) fn cancel(call: &Call) -> Returned {
    let pool = none(call)?;
    let futures: Vec<_> = entries(&pool).into_iter().map(|(_, future)| future).collect();
    tasks::cancel_all(&pool.group, &futures);
    let _ = event_loop::wait(Some(Duration::ZERO));
    event_loop::leave();
    Ok(pool.zval())
}
