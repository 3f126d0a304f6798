//! Objects that are placeholders for a future value (`Async\Future`): PHP code that uses one as if it were the value
//! gets an exception.
//!
//! To the engine such an object looks empty: without this, a forgotten `await` would appear as `{}` in JSON, without an
//! error.

use std::ffi::c_int;

use ext_php_rs::ffi::{IS_STRING, ZEND_RESULT_CODE_FAILURE, std_object_handlers, zend_prop_purpose};
use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ZendObjectHandlers};

use super::{Native, data};
use crate::ffi;
use crate::zend::handler::{self, Thrown};

/// Throws for PHP code that uses the object like the value; `doing` names the operation.
pub(crate) type Mistaken<T> = fn(&T, doing: &'static str) -> Thrown;

/// `ZEND_UNCOMPARABLE`.
const UNEQUAL: c_int = 1;

/// Installs the handlers in the table of a class.
pub(super) fn install<T: Native>(handlers: &mut ZendObjectHandlers) {
    handlers.get_properties_for = Some(properties_for::<T>);
    handlers.cast_object = Some(cast::<T>);
    handlers.compare = Some(compare);
}

/// Has `serialize()` call [`properties_for`], which throws with an explanation; the engine's own refusal has none.
pub(super) fn explain_serialization(class: *mut ClassEntry) {
    // SAFETY: MINIT; a registered class.
    unsafe { ffi::async_class_explain_serialization(class) };
}

fn throw<T: Native>(object: *mut ZendObject, doing: &'static str) {
    let _ = handler::run(|| {
        // SAFETY: installed for `T`'s class only; the engine holds the object alive.
        let data = unsafe { data::<T>(object) };
        T::MISTAKEN.map_or(Ok(()), |throw| Err(throw(data, doing)))
    });
}

unsafe extern "C" fn properties_for<T: Native>(
    object: *mut ZendObject,
    purpose: zend_prop_purpose,
) -> *mut ZendHashTable {
    // SAFETY: compares a number.
    let doing = match unsafe { ffi::async_purpose(purpose) } {
        ffi::PURPOSE_JSON => "made JSON",
        ffi::PURPOSE_EXPORT => "exported",
        ffi::PURPOSE_SERIALIZE => "serialized",
        // SAFETY: what the engine gave us.
        _ => return unsafe { ffi::zend_std_get_properties_for(object, purpose) },
    };
    throw::<T>(object, doing);
    ZendHashTable::new().into_raw()
}

unsafe extern "C" fn cast<T: Native>(object: *mut ZendObject, result: *mut Zval, wanted: c_int) -> c_int {
    if u32::try_from(wanted) == Ok(IS_STRING) {
        throw::<T>(object, "made a string");
        return ZEND_RESULT_CODE_FAILURE;
    }
    // SAFETY: the engine's own table.
    let standard = unsafe { std_object_handlers.cast_object };
    // SAFETY: what the engine gave us.
    standard.map_or(ZEND_RESULT_CODE_FAILURE, |standard| unsafe { standard(object, result, wanted) })
}

/// Compares two objects or an object with another value. The engine would convert the object for a comparison with a
/// string; instead it is unequal to any string, like any object without `__toString()`.
unsafe extern "C" fn compare(one: *mut Zval, other: *mut Zval) -> c_int {
    // SAFETY: values of the engine, alive during the call.
    if [one, other].iter().any(|value| unsafe { &**value }.dereference().is_string()) {
        return UNEQUAL;
    }
    // SAFETY: the engine's own table.
    let standard = unsafe { std_object_handlers.compare };
    // SAFETY: what the engine gave us.
    standard.map_or(UNEQUAL, |standard| unsafe { standard(one, other) })
}
