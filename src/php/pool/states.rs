//! The states of a pool's tasks: counts, lists, and the methods that remove what is finished.

use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::php::pool::waiting::entries;
use crate::php::pool::{Pool, none};
use crate::php::status::{Status, TOLD, pool_status};
use crate::task::life::conclusion;
use crate::task::life::ended::Ended;
use crate::task::life::future::{Future, Outcome, Phase};
use crate::task::life::held::Moment;
use crate::task::map::tally;
use crate::task::parent::event_loop;
use crate::task::workers;
use crate::task::workers::outcome;
use crate::zend::array::Array;
use crate::zend::handler::{Call, Returned, Thrown};
use crate::zend::object::Object;

/// Processes pending events without running handlers, so that counts and lists are up to date.
fn up_to_date(call: &Call) -> Result<Object<Pool>, Thrown> {
    let pool = none(call)?;
    let _ = event_loop::wait(Some(Duration::ZERO));
    event_loop::read()?;
    if pool.totals.take_unread() {
        for (_, future) in entries(&pool) {
            outcome::settle(&future)?;
        }
    }
    event_loop::leave();
    Ok(pool)
}

pub(super) fn status(call: &Call) -> Returned {
    let pool = up_to_date(call)?;
    let mut counts =
        pool.totals.counts(&pool.group, workers::untaken(&pool.group), pool.entries.borrow().len());
    tally::add(&pool.group, &mut counts);
    let (keys, more) = pool.totals.failures(TOLD);
    let failed = keys.iter().filter_map(|key| Object::from_zval(&pool.entries.borrow().get(key)?));
    Ok(pool_status(counts, &failed.collect::<Vec<_>>(), more))
}

fn listed(call: &Call, wanted: fn(Status) -> bool) -> Returned {
    let pool = up_to_date(call)?;
    let mut array = Array::new();
    for (key, future) in entries(&pool) {
        if wanted(Status::of(&future)) {
            array.set(&key, future.zval());
        }
    }
    Ok(array.into_zval())
}

pub(super) fn get_queue(call: &Call) -> Returned {
    listed(call, |status| matches!(status, Status::Pending | Status::Queued))
}

pub(super) fn get_in_progress(call: &Call) -> Returned {
    listed(call, |status| status == Status::Running)
}

pub(super) fn get_finished(call: &Call) -> Returned {
    listed(call, |status| status == Status::Succeeded)
}

pub(super) fn get_failed(call: &Call) -> Returned {
    listed(call, |status| matches!(status, Status::Failed | Status::Cancelled))
}

pub(super) fn get_timeouts(call: &Call) -> Returned {
    listed(call, |status| status == Status::TimedOut)
}

pub(super) fn clear_finished(call: &Call) -> Returned {
    let pool = none(call)?;
    let dispatched = event_loop::dispatch(Moment::Call);
    event_loop::leave();
    dispatched?;
    let stays = |value: &Zval| {
        let goes = Object::<Future>::peek(value).filter(|future| future.is_complete());
        goes.inspect(|future| pool.totals.leave(future)).is_none()
    };
    let cleared = pool.entries.change(|entries| entries.retain(stays));
    pool.totals.tidy();
    let ended = pool.group.ended.change(|ended| ended.as_mut().map(Ended::clear));
    drop(ended);
    drop(cleared);
    Ok(pool.zval())
}

pub(super) fn clear_results(call: &Call) -> Returned {
    let pool = none(call)?;
    for (_, future) in entries(&pool) {
        if matches!(*future.phase.borrow(), Phase::Done(Outcome::Value(_))) {
            conclusion::set(&future, Outcome::Value(Zval::new()));
        }
        if future.is_complete() {
            future.captured.take();
        }
    }
    Ok(pool.zval())
}
