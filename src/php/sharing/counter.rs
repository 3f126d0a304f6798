//! `Async\Counter`: a number that processes share.

use ext_php_rs::types::Zval;

use super::{construct, of, quick, shared_object};
use crate::process::shared::counter::Counter;
use crate::task::life::sharing::Thing;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry, quick_entry};
use crate::zend::object;
use crate::zend::zval::{boolean, integer};

shared_object!(CounterObject, c"Async\\Counter", Counter, Thing::Counter);

pub(super) fn register() {
    object::register::<CounterObject>(&[
        Function::new("__construct", "int $value = 0", "", entry(make)),
        Function::new("add", "int $by = 1", "int", quick_entry(add_one, add)),
        Function::new("get", "", "int", quick_entry(get_now, get)),
        Function::new("set", "int $value", "int", entry(set)),
        Function::new("compareAndSet", "int $expected, int $value", "bool", entry(compare_and_set)),
    ]);
}

fn optional(call: &Call, default: i64) -> Result<i64, Thrown> {
    call.expect(0, Some(1))?;
    if call.arg(0).is_none() { Ok(default) } else { call.long(0) }
}

fn make(call: &Call) -> Returned {
    let value = optional(call, 0)?;
    construct::<CounterObject>(call, size_of::<u64>(), || Counter::new(value))?;
    Ok(Zval::new())
}

fn add_one(call: &Call) -> Option<Zval> {
    quick::<CounterObject>(call)?.add(1).map(integer)
}

fn get_now(call: &Call) -> Option<Zval> {
    Some(integer(quick::<CounterObject>(call)?.get()))
}

fn add(call: &Call) -> Returned {
    let by = optional(call, 1)?;
    let sum = of::<CounterObject>(call)?.add(by);
    sum.map(integer).ok_or_else(|| call.value_error(0, "must not take the counter out of the range of int"))
}

fn get(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(integer(of::<CounterObject>(call)?.get()))
}

fn set(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let value = call.long(0)?;
    Ok(integer(of::<CounterObject>(call)?.set(value)))
}

fn compare_and_set(call: &Call) -> Returned {
    call.expect(2, Some(2))?;
    let (expected, value) = (call.long(0)?, call.long(1)?);
    Ok(boolean(of::<CounterObject>(call)?.compare_and_set(expected, value)))
}
