//! Reads objects and classes directly from memory. No PHP code runs here: no magic method and no lazy initializer.

use std::ffi::CStr;

use ext_php_rs::ffi::{
    IS_ARRAY, IS_DOUBLE, IS_FALSE, IS_LONG, IS_NULL, IS_OBJECT, IS_RESOURCE, IS_STRING, IS_TRUE, IS_UNDEF,
    zend_class_entry, zend_object,
};
use ext_php_rs::types::Zval;

use super::table::{bytes, object, type_of};
use crate::ffi;

pub(crate) fn class_of(object: &zend_object) -> &zend_class_entry {
    // SAFETY: an object has a class, which outlives it.
    unsafe { &*object.ce }
}

pub(crate) fn class_name(class: &zend_class_entry) -> &[u8] {
    // SAFETY: a class has a name, and keeps it.
    unsafe { bytes(class.name) }
}

/// A class and its ancestors. Only for classes that have objects.
pub(crate) fn lineage(class: &zend_class_entry) -> impl Iterator<Item = &zend_class_entry> {
    std::iter::successors(Some(class), |class| {
        // SAFETY: the parent of a class that has objects is resolved.
        let parent = unsafe { class.__bindgen_anon_1.parent };
        // SAFETY: null, or a class that lives as long as its subclasses.
        unsafe { parent.as_ref() }
    })
}

/// The slots of an object's declared properties.
pub(crate) fn slots(object: &zend_object) -> &[Zval] {
    let count = usize::try_from(class_of(object).default_properties_count).unwrap_or(0);
    let first = (&raw const object.properties_table).cast::<Zval>();
    // SAFETY: an object is allocated with a slot for each declared property of its class.
    unsafe { std::slice::from_raw_parts(first, count) }
}

/// The name of the property in a slot.
pub(crate) fn property_name(class: &zend_class_entry, slot: usize) -> &[u8] {
    mangled_name(class, slot).map_or(&[], unmangled)
}

/// The mangled name of the property in a slot, which includes its scope: see [`unmangled`].
pub(crate) fn mangled_name(class: &zend_class_entry, slot: usize) -> Option<&[u8]> {
    if class.properties_info_table.is_null() {
        return None;
    }
    // SAFETY: the table has an entry for each slot.
    let entry = unsafe { class.properties_info_table.add(slot) };
    // SAFETY: as above.
    let info = unsafe { *entry };
    // SAFETY: null, or what the class keeps.
    let info = unsafe { info.as_ref() };
    // SAFETY: a property has a name, and keeps it.
    info.map(|info| unsafe { bytes(info.name) })
}

/// `name` of `"\0Class\0name"`, `"\0*\0name"` or `"name"`.
pub(crate) fn unmangled(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == 0).next().unwrap_or(name)
}

/// The name of a value's type, as `get_debug_type()` returns it.
pub(crate) fn type_name(value: &Zval) -> String {
    let name = match type_of(value) {
        IS_FALSE | IS_TRUE => "bool",
        IS_LONG => "int",
        IS_DOUBLE => "float",
        IS_STRING => "string",
        IS_ARRAY => "array",
        IS_NULL | IS_UNDEF => "null",
        IS_OBJECT => {
            let name = object(value).map(class_of).map_or(&b"object"[..], class_name);
            // The name of an anonymous class continues after a NUL with where it was declared.
            let name = name.split(|byte| *byte == 0).next().unwrap_or(name);
            return String::from_utf8_lossy(name).into_owned();
        }
        IS_RESOURCE => {
            // SAFETY: the type says which member of the union is set.
            let resource = unsafe { value.value.res };
            // SAFETY: the zval holds it.
            let kind = unsafe { ffi::async_resource_type(resource) };
            if kind.is_null() {
                return "resource (closed)".to_owned();
            }
            // SAFETY: a C string that the extension which registered the type keeps.
            return format!("resource ({})", unsafe { CStr::from_ptr(kind) }.to_string_lossy());
        }
        _ => "mixed",
    };
    name.to_owned()
}
