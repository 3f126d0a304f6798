//! Raw declarations: the C shim, and engine functions that ext-php-rs does not bind.
#![allow(unsafe_code, reason = "this module is the boundary to C")]
#![allow(missing_docs, reason = "the reasons stand beside the C definitions")]

use std::ffi::c_void;

unsafe extern "C" {
    pub(crate) fn async_vm_interrupt_addr() -> *mut c_void;
}

use std::ffi::{c_char, c_int};

use ext_php_rs::ffi::{
    _Bucket as Bucket, HashTable, zend_class_entry, zend_object, zend_resource, zend_string, zval,
};

// async_value_*, async_key_*, async_map_*, async_array_*, async_stack_left, async_serialize, async_unserialize*, async_exception_*,
// async_object_*, async_resource_type, async_class_*, async_property_write
unsafe extern "C" {
    pub(crate) fn async_value_string(slot: *mut zval, bytes: *const c_char, len: usize);
    pub(crate) fn async_value_list(slot: *mut zval, len: u32) -> *mut HashTable;
    pub(crate) fn async_value_map(slot: *mut zval, len: u32) -> *mut HashTable;
    pub(crate) fn async_value_row(slot: *mut zval, model: *const HashTable) -> *mut Bucket;
    pub(crate) fn async_map_is_model(map: *const HashTable, len: u32) -> bool;
    pub(crate) fn async_map_string(map: *mut HashTable, key: *mut zend_string) -> *mut zval;
    pub(crate) fn async_map_index(map: *mut HashTable, key: i64) -> *mut zval;
    pub(crate) fn async_key_string(bytes: *const c_char, len: usize) -> *mut zend_string;
    pub(crate) fn async_key_release(key: *mut zend_string);
    pub(crate) fn async_array_hold(array: *mut HashTable);
    pub(crate) fn async_array_release(array: *mut HashTable);

    pub(crate) fn async_stack_left() -> usize;
    pub(crate) fn async_serialize(value: *mut zval) -> *mut zend_string;
    pub(crate) fn async_unserialize(
        value: *mut zval,
        bytes: *const c_char,
        len: usize,
        unknown: *mut *mut zend_string,
    ) -> bool;
    pub(crate) fn async_unserialize_startup();
    pub(crate) fn async_unserialize_shutdown();

    pub(crate) fn async_exception_pending() -> bool;
    pub(crate) fn async_exception_take(exception: *mut zval) -> bool;
    pub(crate) fn async_object_children(
        object: *mut zend_object,
        count: *mut c_int,
        table: *mut *mut HashTable,
    ) -> *mut zval;
    pub(crate) fn async_resource_type(resource: *mut zend_resource) -> *const c_char;

    pub(crate) fn async_class_find(name: *const c_char, len: usize) -> *mut zend_class_entry;
    pub(crate) fn async_class_extends(
        child: *const zend_class_entry,
        parent: *const zend_class_entry,
    ) -> bool;
    pub(crate) fn async_class_throwable() -> *mut zend_class_entry;
    pub(crate) fn async_object_make(class: *mut zend_class_entry, object: *mut zval) -> bool;
    pub(crate) fn async_property_write(
        object: *mut zend_object,
        scope: *mut zend_class_entry,
        name: *const c_char,
        len: usize,
        value: *mut zval,
    ) -> bool;
}
