//! The states of a pool's tasks: counts, lists, and the methods that remove what is finished.

use crate::php::pool::{Pool, none};
use crate::php::status::{TOLD, pool_status};
use crate::task::life::ended::Ended;
use crate::task::life::held::Moment;
use crate::task::parent::event_loop;
use crate::task::parent::status;
use crate::task::parent::status::Status;
use crate::zend::array::Array;
use crate::zend::handler::{Call, Returned, Thrown};
use crate::zend::object::Object;

/// The pool whose method is called, once its states are up to date.
fn up_to_date(call: &Call) -> Result<Object<Pool>, Thrown> {
    let pool = none(call)?;
    status::refresh(&pool.futures)?;
    Ok(pool)
}

pub(super) fn status(call: &Call) -> Returned {
    let pool = up_to_date(call)?;
    let counts = status::counts(&pool.group, &pool.futures);
    let (keys, more) = pool.futures.totals.failures(TOLD);
    let failed = keys.iter().filter_map(|key| Object::from_zval(&pool.futures.get(key)?));
    Ok(pool_status(counts, &failed.collect::<Vec<_>>(), more))
}

fn listed(call: &Call, wanted: fn(Status) -> bool) -> Returned {
    let pool = up_to_date(call)?;
    let mut array = Array::new();
    for (key, future) in pool.futures.all() {
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
    let cleared = pool.futures.remove_complete();
    let ended = pool.group.ended.change(|ended| ended.as_mut().map(Ended::clear));
    drop(ended);
    drop(cleared);
    Ok(pool.zval())
}

pub(super) fn clear_results(call: &Call) -> Returned {
    let pool = none(call)?;
    pool.futures.clear_results();
    Ok(pool.zval())
}
