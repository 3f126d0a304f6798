//! `Async\Shared`: a value that processes share.

use ext_php_rs::types::Zval;

use super::{construct, of, shared_object};
use crate::process::shared::value::SharedBytes;
use crate::task::life::sharing::Thing;
use crate::task::parent::shared_value;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, entry};
use crate::zend::object;

shared_object!(SharedObject, c"Async\\Shared", SharedBytes, Thing::Bytes);

pub(super) fn register() {
    object::register::<SharedObject>(&[
        Function::new("__construct", "mixed $value = null, int $bytes = 65536", "", entry(make)),
        Function::new("get", "", "mixed", entry(get)),
        Function::new("set", "mixed $value", "void", entry(set)),
        Function::new("update", "callable $fn", "mixed", entry(update)),
    ]);
}

/// How many bytes a value may take where that is not said.
const BYTES: usize = 65_536;

fn make(call: &Call) -> Returned {
    call.expect(0, Some(2))?;
    let bytes = if call.arg(1).is_none() {
        BYTES
    } else {
        let bytes = usize::try_from(call.long(1)?).ok().filter(|&bytes| bytes > 0);
        bytes.ok_or_else(|| call.value_error(1, "must be greater than or equal to 1"))?
    };
    let shared = construct::<SharedObject>(call, bytes.saturating_mul(2), || SharedBytes::new(bytes))?;
    let null = Zval::new();
    shared_value::set(&shared, call.arg(0).unwrap_or(&null))?;
    Ok(Zval::new())
}

fn get(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    shared_value::get(&of::<SharedObject>(call)?)
}

fn set(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    shared_value::set(&of::<SharedObject>(call)?, call.arg(0).unwrap_or(&Zval::new()))?;
    Ok(Zval::new())
}

fn update(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let callable = call.callable(0)?;
    shared_value::update(&of::<SharedObject>(call)?, &callable)
}
