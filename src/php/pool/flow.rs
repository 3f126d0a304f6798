//! The settings of a pool for how many tasks it takes, how fast it starts them, and which it runs again.

use std::rc::Rc;
use std::time::Duration;

use crate::php::pool::this;
use crate::pool::pace::Pace;
use crate::pool::retry::Retry;
use crate::task::parent::{event_loop, start};
use crate::zend::handler::{Call, Returned};

pub(super) fn queue_limit(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    pool.group.queue_limit.set(call.optional_count(0)?);
    Ok(pool.zval())
}

pub(super) fn rate(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    let pool = this(call)?;
    let positive = |index, number: f64| match number {
        _ if !number.is_finite() => Err(call.value_error(index, "must be finite")),
        _ if number <= 0.0 => Err(call.value_error(index, "must be greater than 0")),
        _ => Ok(number),
    };
    let tasks = match call.arg(0) {
        Some(tasks) if !(tasks.is_null() || tasks.is_array() || tasks.is_object()) => {
            call.double_or_zero(0)?
        }
        _ => return Err(call.type_error(0, c"int|float")),
    };
    let tasks = positive(0, tasks)?;
    let per = if call.arg(1).is_some() { positive(1, call.double_or_zero(1)?)? } else { 1.0 };
    pool.group.set_pace(Pace::new(tasks, per));
    start::pump(&pool.group);
    event_loop::leave();
    Ok(pool.zval())
}

pub(super) fn retry(call: &Call) -> Returned {
    call.expect(1, Some(5))?;
    let pool = this(call)?;
    let times = u64::try_from(call.long(0)?);
    let times = times.map_err(|_| call.value_error(0, "must be greater than or equal to 0"))?;
    let time = |index, seconds: f64| match seconds {
        _ if !seconds.is_finite() => Err(call.value_error(index, "must be finite")),
        _ if seconds < 0.0 => Err(call.value_error(index, "must be greater than or equal to 0")),
        _ => Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)),
    };
    let backoff = time(1, call.double_or_zero(1)?)?;
    let most = call.optional_double(2)?.map_or(Ok(Duration::MAX), |seconds| time(2, seconds))?;
    let jitter = call.double_or_zero(3)?;
    if !(0.0..=1.0).contains(&jitter) {
        return Err(call.value_error(3, "must be between 0 and 1"));
    }
    let condition = call.optional_callable(4)?;
    let retry = Retry::new(u32::try_from(times).unwrap_or(u32::MAX), backoff).within(most, jitter);
    pool.group.retry.set(retry);
    pool.group.retry_if.set(condition.map(Rc::new));
    Ok(pool.zval())
}
