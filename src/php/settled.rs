//! `Async\Future::resolved()` and `Async\Future::failed()`: futures that have ended, without a task. Code that takes futures can
//! be given them in its tests.

use ext_php_rs::types::Zval;

use crate::task::life::future::{Future, Outcome};
use crate::task::life::{conclusion, shutdown};
use crate::task::parent::follow;
use crate::zend::handler::{Call, Returned};
use crate::zend::object::Object;
use crate::zend::throwable;

/// `Future::resolved()`. With a future as its value it ends when that does, and in the same way.
pub(super) fn resolved(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let value = call.arg(0).map(Zval::shallow_clone).unwrap_or_default();
    match Object::<Future>::from_zval(&value) {
        Some(other) => {
            let future = ended(Outcome::Value(Zval::new()));
            follow::follow(&future, &other)?;
            Ok(future.zval())
        }
        None => Ok(ended(Outcome::Value(value)).zval()),
    }
}

/// `Future::failed()`.
pub(super) fn failed(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let throwable = call.arg(0).filter(|value| throwable::object(value).is_some());
    let throwable = throwable.ok_or_else(|| call.type_error(0, c"Throwable"))?;
    Ok(ended(Outcome::Failed(throwable.shallow_clone())).zval())
}

/// Its handlers run at the next safe point, and at the script's end at the latest.
fn ended(outcome: Outcome) -> Object<Future> {
    let future = Object::<Future>::new();
    conclusion::conclude(&future, outcome);
    shutdown::register();
    future
}
