//! Encodes throwables as bytes, and decodes them: class, message, code, file, line, trace, all properties, and the
//! chain of previous throwables. The throwable's own constructor and serialization hooks do not run; hooks of objects
//! in its properties do. The byte format is in `wire::throwable`.

mod decode;
mod encode;
pub(crate) mod lost;

pub(crate) use decode::decode;
pub(crate) use encode::encode;

use ext_php_rs::ffi::{zend_class_entry, zend_object};
use ext_php_rs::types::Zval;

use super::value::object::{class_name, lineage};
use crate::ffi;

/// How many throwables of a chain are sent at most. The engine releases a chain recursively, so that a longer one could
/// overflow the stack.
const CHAIN: usize = 1000;

/// The class of the engine that declares `trace` and `previous`: `Exception` or `Error`.
fn base_of(class: &zend_class_entry) -> &zend_class_entry {
    lineage(class).last().unwrap_or(class)
}

/// The object in `value`, if it is a throwable.
pub(crate) fn object(value: &Zval) -> Option<&zend_object> {
    // SAFETY: reads a pointer of the engine.
    let throwable = unsafe { ffi::async_class_throwable() };
    // SAFETY: two class entries of the engine.
    value.object().filter(|object| unsafe { ffi::async_class_extends(object.ce, throwable) })
}

/// Whether `scope`, the declaring class in a property record, is the engine's `Exception` or `Error`.
fn is_base(scope: &[u8]) -> bool {
    scope == b"Exception" || scope == b"Error"
}

/// The class named `name` among `class` and its ancestors.
fn ancestor<'c>(class: &'c zend_class_entry, name: &[u8]) -> Option<&'c zend_class_entry> {
    lineage(class).find(|class| class_name(class) == name)
}
