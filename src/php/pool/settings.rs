//! The settings of a pool for its children: where their output goes, which resources they may use, retries and warm
//! workers.

use std::cell::Cell;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::php::pool::{set_stays, this};
use crate::php::{output, places};
use crate::process::forwarding::Signals;
use crate::task::life::limits::MemoryLimit;
use crate::task::life::support;
use crate::task::life::task_channel::Listener;
use crate::task::life::workers::Stay;
use crate::task::parent::{event_loop, listeners, scale, steer};
use crate::task::workers::launch;
use crate::zend::array::entries;
use crate::zend::handler::{Call, Returned, Thrown};
use crate::zend::scope::Scope;
use crate::zend::value::classes::Classes;
use crate::zend::{exception, string};
use crate::{exceptions, ini};

pub(super) fn output(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    pool.group.output.set(output::mode(call, 0)?);
    Ok(pool.zval())
}

pub(super) fn fail_fast(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let pool = this(call)?;
    let on = call.bool_or_true(0)?;
    pool.futures.totals.set_fail_fast(on.then_some(&pool.group));
    Ok(pool.zval())
}

pub(super) fn on_message(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let callable = call.callable(0)?;
    let has_exited = Cell::new(false);
    listeners::listen(&pool.group, Listener { callable, scope: Scope::here(), has_exited });
    pool.futures.all().iter().for_each(|(_, future)| listeners::catch_up(future));
    event_loop::leave();
    Ok(pool.zval())
}

/// `Pool::warm()`: forks warm workers before the first task. PHP code may run: fork hooks.
pub(super) fn warm(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let pool = this(call)?;
    let workers = call.optional_count(0)?.unwrap_or(usize::MAX);
    support::ensure()?;
    let group = &pool.group;
    if group.ledger.borrow().is_stopped() {
        return Err(exceptions::throw(&Error::Misuse(
            "this pool was stopped: it starts nothing more, and needs no children",
        )));
    }
    if support::in_line() {
        return Ok(pool.zval());
    }
    if !group.stays.get() || group.stays_for_maps.get() {
        set_stays(&pool, true)?;
        group.stay.set(Stay { tasks: None, ..group.stay.get() });
    }
    let warmed = scale::warm(group, workers);
    event_loop::leave();
    match warmed {
        _ if exception::pending() => Err(Thrown),
        Ok(()) => Ok(pool.zval()),
        Err(refused) => Err(exceptions::throw(&Error::NoWorkers { refused })),
    }
}

pub(super) fn memory_limit(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let text = match call.arg(0) {
        Some(limit) if limit.is_string() => limit.zend_str().map(string::lossy).unwrap_or_default(),
        Some(limit) if limit.is_long() || limit.is_bool() || limit.is_double() => call.long(0)?.to_string(),
        _ => return Err(call.type_error(0, c"string|int")),
    };
    let limit = quantity(text.trim()).ok_or_else(|| {
        call.value_error(0, "must be a number of bytes greater than 0, such as \"256M\", or -1 for no limit")
    })?;
    pool.group.limits.borrow_mut().memory = Some(limit);
    Ok(pool.zval())
}

/// `Pool::allowedClasses()`: the classes whose objects a result may have.
pub(super) fn allowed_classes(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let classes = match call.arg(0) {
        Some(all) if all.is_true() => None,
        Some(none) if none.is_false() => Some(Classes::new([])),
        Some(list) if list.is_array() => Some(Classes::new(names(call, list)?)),
        _ => return Err(call.type_error(0, c"array|bool")),
    };
    *pool.group.classes.borrow_mut() = classes.map(Rc::new);
    Ok(pool.zval())
}

fn names(call: &Call, list: &Zval) -> Result<Vec<Vec<u8>>, Thrown> {
    let table = list.array().ok_or(Thrown)?;
    let name = |(_, name): (Zval, Zval)| name.zend_str().map(|name| name.as_bytes().to_vec());
    let names: Option<Vec<_>> = entries(table).into_iter().map(name).collect();
    names.ok_or_else(|| call.type_error_saying(0, "must be an array of class names, all of them strings"))
}

fn quantity(text: &str) -> Option<MemoryLimit> {
    let bytes = match text {
        "-1" => None,
        _ => Some(ini::bytes(text).filter(|&bytes| bytes > 0 && i64::try_from(bytes).is_ok())?),
    };
    Some(MemoryLimit { text: text.to_owned(), bytes })
}

pub(super) fn handlers(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    pool.group.handlers.set(Some(places::place(call, 0)?));
    Ok(pool.zval())
}

pub(super) fn nice(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let increment = i32::try_from(call.long(0)?).ok().filter(|increment| (-20..=19).contains(increment));
    let increment = increment.ok_or_else(|| call.value_error(0, "must be between -20 and 19"))?;
    pool.group.limits.borrow_mut().nice = increment;
    Ok(pool.zval())
}

pub(super) fn forward_signals(call: &Call) -> Returned {
    call.expect(0, None)?;
    call.expect_no_names()?;
    let pool = this(call)?;
    let mut signals = Signals::NONE;
    for index in 0..call.count() {
        let signal = handleable(call, index)?;
        signals = signals.with(signal).unwrap_or(signals);
    }
    launch::forward_from_now_on(&pool.group, signals);
    Ok(pool.zval())
}

/// A signal that a task can handle.
fn handleable(call: &Call, index: u32) -> Result<i32, Thrown> {
    let signal = i32::try_from(call.long(index)?).ok().filter(|signal| (1..=64).contains(signal));
    let signal = signal.ok_or_else(|| call.value_error(index, "must be between 1 and 64"))?;
    if Signals::NONE.with(signal).is_none() {
        return Err(call.value_error(index, "must be a signal that can be handled"));
    }
    Ok(signal)
}

/// `Pool::signal()`: sends a signal to the tasks that run.
pub(super) fn signal(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let signal = handleable(call, 0)?;
    // What has ended by now is not sent anything.
    event_loop::look();
    steer::signal(&pool.group, signal);
    event_loop::leave();
    Ok(pool.zval())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_bytes_are_limits_of_memory() {
        let limit = |text: &str, bytes| Some(MemoryLimit { text: text.to_owned(), bytes });
        assert_eq!(quantity("256M"), limit("256M", Some(256 << 20)));
        assert_eq!(quantity("-1"), limit("-1", None));
        for wrong in ["", "0", "-2", "M", "lots", "1.5G", "99999999999G", "9223372036854775808"] {
            assert_eq!(quantity(wrong), None, "{wrong}");
        }
    }
}
