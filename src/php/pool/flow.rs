//! The settings of a pool for how many tasks it takes, and how fast it starts them.

use crate::php::pool::this;
use crate::pool::pace::Pace;
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
