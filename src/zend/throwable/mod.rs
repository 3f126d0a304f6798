//! Throwables to bytes and back: class, message, code, file, line, trace, every property, and the chain of previous
//! ones. Neither constructor nor hook of the throwable runs; those of objects in its properties do. The format is
//! `wire::throwable`'s.

mod decode;
mod encode;
pub(crate) mod lost;

pub(crate) use decode::decode;
pub(crate) use encode::encode;

use ext_php_rs::ffi::{zend_class_entry, zend_object};
use ext_php_rs::types::Zval;

use super::value::object::{class_name, lineage};
use crate::ffi;

/// How many throwables of a chain travel: releasing a longer one would cost PHP its stack.
const CHAIN: usize = 1000;

/// The class of the engine that declares `trace` and `previous`: `Exception` or `Error`.
fn base_of(class: &zend_class_entry) -> &zend_class_entry {
    lineage(class).last().unwrap_or(class)
}

/// The object in a value that can be thrown.
pub(crate) fn object(value: &Zval) -> Option<&zend_object> {
    // SAFETY: reads a pointer of the engine.
    let throwable = unsafe { ffi::async_class_throwable() };
    // SAFETY: two class entries of the engine.
    value.object().filter(|object| unsafe { ffi::async_class_extends(object.ce, throwable) })
}

/// Whether `scope`, as a property record has it, is that of the engine's own private properties.
fn is_base(scope: &[u8]) -> bool {
    scope == b"Exception" || scope == b"Error"
}

/// The ancestor of `class`, or itself, that is named `name`.
fn ancestor<'c>(class: &'c zend_class_entry, name: &[u8]) -> Option<&'c zend_class_entry> {
    lineage(class).find(|class| class_name(class) == name)
}
