//! Waits for a pool, in its own event loop or in one of the script's, and stops or cancels it.

use std::rc::Rc;
use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::exceptions;
use crate::php::pool::{Pool, finish, none, this, values};
use crate::task::life::future::Future;
use crate::task::life::held::Moment;
use crate::task::parent::{cancel as tasks, event_loop, finished, wait};
use crate::zend::handler::{Call, Returned, Thrown};
use crate::zend::object::Object;
use crate::zend::request;

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
    let ended = finished::count(&pool.group);
    let mut news = Zval::new();
    news.set_long(i64::try_from(ended - pool.told.replace(ended)).unwrap_or(i64::MAX));
    Ok(news)
}

pub(super) fn stream(call: &Call) -> Returned {
    let pool = none(call)?;
    if let Some(stream) = &*pool.stream.borrow() {
        return Ok(stream.shallow_clone());
    }
    let descriptor = finished::descriptor(&pool.group, pool.told.get());
    let descriptor = descriptor.map_err(|refused| exceptions::throw(&Error::NoStream { refused }))?;
    let stream = request::stream(descriptor).ok_or(Thrown)?;
    pool.stream.set(Some(stream.shallow_clone()));
    event_loop::leave();
    Ok(stream)
}

fn futures(pool: &Pool) -> Vec<Object<Future>> {
    pool.futures.all().into_iter().map(|(_, future)| future).collect()
}

pub(super) fn stop(call: &Call) -> Returned {
    let pool = none(call)?;
    tasks::stop_all(&pool.group, &futures(&pool));
    Ok(pool.zval())
}

pub(super) fn cancel(call: &Call) -> Returned {
    let pool = none(call)?;
    tasks::cancel_all(&pool.group, &futures(&pool));
    let _ = event_loop::wait(Some(Duration::ZERO));
    event_loop::leave();
    Ok(pool.zval())
}
