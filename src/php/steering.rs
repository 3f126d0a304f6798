//! What a task asks and reports while it runs: `Async\cancelled()`, `Async\throwIfCancelled()`, `Async\progress()` and
//! `Async\deadline()`.

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::exceptions;
use crate::task::life::own;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, entry};
use crate::zend::string;

/// The functions.
pub(crate) static FUNCTIONS: [Function; 4] = [
    Function::new("Async\\cancelled", "", "bool", entry(cancelled)).flags(0),
    Function::new("Async\\throwIfCancelled", "", "void", entry(throw_if_cancelled)).flags(0),
    Function::new("Async\\progress", "float $fraction, ?string $message = null", "void", entry(progress))
        .flags(0),
    Function::new("Async\\deadline", "", "?float", entry(deadline)).flags(0),
];

fn cancelled(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut cancelled = Zval::new();
    cancelled.set_bool(own::is_asked());
    Ok(cancelled)
}

fn throw_if_cancelled(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    if own::is_asked() {
        return Err(exceptions::throw(&Error::Cancelled { subject: own::subject(), unended: None }));
    }
    Ok(Zval::new())
}

fn progress(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    let fraction = call.double(0)?;
    if !(0.0..=1.0).contains(&fraction) {
        return Err(call.value_error(0, "must be between 0 and 1"));
    }
    let text = call.optional_string(1)?.map(string::lossy).unwrap_or_default();
    own::report(fraction, &text);
    Ok(Zval::new())
}

fn deadline(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut left = Zval::new();
    if let Some(seconds) = own::left() {
        left.set_double(seconds);
    }
    Ok(left)
}
