//! Values that stand for something in this process only, and that PHP's serializer would write without it, and without
//! an error: a resource becomes 0, and an object of an extension becomes one that is not initialized.

use ext_php_rs::ffi::{IS_RESOURCE, ZEND_ACC_ENUM, std_object_handlers, zend_class_entry, zend_object};
use ext_php_rs::types::Zval;

use super::object::class_of;
use super::table::{object, type_of};
use crate::zend::class::refuses_serialization;

/// Whether PHP's serializer would silently lose the value, or what it consists of.
pub(super) fn is_handle(value: &Zval) -> bool {
    match object(value) {
        Some(object) => has_hidden_state(object) && !is_declared(class_of(object)),
        None => type_of(value) == IS_RESOURCE,
    }
}

/// Why [`is_handle`] says that a value cannot be sent.
pub(super) fn reason(value: &Zval) -> &'static str {
    match object(value) {
        Some(_) => "its class keeps its state in memory of its own, and does not serialize it",
        None => "a resource belongs to the process that opened it",
    }
}

/// Whether the object has memory beside its properties: then this memory is in front of the object, or has to be freed
/// in a way of its own. A `create_object` alone says nothing, as exceptions have one, too.
fn has_hidden_state(object: &zend_object) -> bool {
    // SAFETY: an object has a table of handlers, which lives as long as the class.
    let Some(handlers) = (unsafe { object.handlers.as_ref() }) else {
        return false;
    };
    // SAFETY: the engine's own table.
    let standard = unsafe { std_object_handlers.free_obj };
    handlers.offset != 0 || handlers.free_obj.map(|free| free as usize) != standard.map(|free| free as usize)
}

/// Whether the class, or one that it extends, says how its objects are serialized or restored, or that they are not.
/// What its own code leaves out is left out on purpose. A case of an enum is serialized by its name, and PHP 8.6 keeps a
/// number beside that.
fn is_declared(class: &zend_class_entry) -> bool {
    class.ce_flags & ZEND_ACC_ENUM != 0
        || !class.__serialize.is_null()
        || !class.__unserialize.is_null()
        || class.serialize.is_some()
        || class.unserialize.is_some()
        || ["__sleep", "__wakeup"].iter().any(|hook| class.function_table.get(*hook).is_some())
        || refuses_serialization(class)
}
