//! What becomes of the failure of an item of a map.

use ext_php_rs::types::Zval;

use super::wait;
use crate::task::life::map_call::MapCall;
use crate::task::map::Failed;
use crate::zend::exception;
use crate::zend::handler::Thrown;

/// Gives a failure to the function that was passed for that, if its first parameter takes it: what that returns or
/// throws is the result of the item. PHP code may run.
///
/// # Errors
///
/// When the script is exiting.
pub(crate) fn caught(map_call: &MapCall, key: &Zval, failed: Failed) -> Result<Result<Zval, Zval>, Thrown> {
    let Failed { throwable, given } = failed;
    let catch = map_call.catch.borrow().clone();
    let Some(catch) = catch.filter(|catch| catch.accepts(&throwable)) else {
        return Ok(Err(throwable));
    };
    match catch
        .call(&mut [throwable, given.unwrap_or_default(), key.shallow_clone()])
        .and_then(wait::resolved)
    {
        Ok(value) => Ok(Ok(value)),
        Err(Thrown) => Ok(Err(exception::take().ok_or(Thrown)?)),
    }
}
