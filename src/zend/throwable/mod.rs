//! Throwables to bytes and back: class, message, code, file, line, trace, every property, and the chain of previous
//! ones. Neither constructor nor hook of the throwable runs; those of objects in its properties do. The format is
//! `wire::fault`'s.

mod decode;
mod encode;

pub(crate) use decode::decode;
pub(crate) use encode::encode;

use ext_php_rs::ffi::zend_class_entry;

use super::value::object::{class_name, lineage};

/// How many throwables of a chain travel: releasing a longer one would cost PHP its stack.
const CHAIN: usize = 1000;

/// What stands for a value that is lost begins with this.
const LOST: &str = "Async: ";

/// The class of the engine that declares `trace` and `previous`: `Exception` or `Error`.
fn base_of(class: &zend_class_entry) -> &zend_class_entry {
    lineage(class).last().unwrap_or(class)
}

/// Whether `scope`, as a property record has it, is that of the engine's own private properties.
fn is_base(scope: &[u8]) -> bool {
    scope == b"Exception" || scope == b"Error"
}

/// The ancestor of `class`, or itself, that is named `name`.
fn ancestor<'c>(class: &'c zend_class_entry, name: &[u8]) -> Option<&'c zend_class_entry> {
    lineage(class).find(|class| class_name(class) == name)
}
