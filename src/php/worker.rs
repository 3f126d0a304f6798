//! `Async\Worker`: what a supervised worker is given to know of itself.

use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::supervisor::worker::Worker;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::object::Object;
use crate::zend::zval::boolean;
use crate::zend::{object, string};

/// Registers the class. MINIT.
pub(crate) fn register() {
    object::register::<Worker>(&[
        object::private_constructor(),
        Function::new("id", "", "int", entry(id)),
        Function::new("name", "", "string", entry(name)),
        Function::new("stopping", "", "bool", entry(stopping)),
        Function::new("heartbeat", "?string $status = null", "void", entry(heartbeat)),
        Function::new("job", "", "void", entry(job)),
        Function::new("sleep", "float $seconds", "bool", entry(sleep)),
        Function::new("onStop", "callable $fn", "self", entry(on_stop)),
    ]);
}

fn this(call: &Call) -> Result<Object<Worker>, Thrown> {
    call.this().ok_or(Thrown)
}

fn id(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut id = Zval::new();
    id.set_long(i64::try_from(this(call)?.id.get()).unwrap_or(i64::MAX));
    Ok(id)
}

fn name(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let name = this(call)?.name.borrow().clone();
    Ok(string::zval(name))
}

fn stopping(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    this(call)?.stopping().map(boolean)
}

fn heartbeat(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let status = call.optional_string(0)?.map(string::lossy);
    this(call)?.heartbeat(status.as_deref())?;
    Ok(Zval::new())
}

fn job(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    this(call)?.job()?;
    Ok(Zval::new())
}

fn sleep(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let seconds = call.double(0)?;
    if seconds.is_nan() || seconds < 0.0 {
        return Err(call.value_error(0, "must be greater than or equal to 0"));
    }
    let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    this(call)?.sleep(time).map(boolean)
}

fn on_stop(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let callable = call.callable(0)?;
    let worker = this(call)?;
    worker.on_stop(callable)?;
    Ok(worker.zval())
}
