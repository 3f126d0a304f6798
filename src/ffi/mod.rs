//! Raw declarations of the C shim, and nothing else. `shim.h` says what each function does, and why it is in C.
#![allow(unsafe_code, reason = "this module is the boundary to C")]

mod entry;

use std::ffi::{c_char, c_int, c_void};

use ext_php_rs::ffi::{
    _Bucket as Bucket, HashTable, zend_class_entry, zend_execute_data, zend_internal_arg_info, zend_object,
    zend_property_info, zend_resource, zend_string, zval,
};
use ext_php_rs::types::{ZendHashTable, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, FunctionEntry};

/// The list of zvals that an object gives to the cycle collector.
#[repr(C)]
pub(crate) struct GcBuffer {
    _opaque: [u8; 0],
}

/// `ASYNC_PURPOSE_JSON`
pub(crate) const PURPOSE_JSON: c_int = 1;
/// `ASYNC_PURPOSE_EXPORT`
pub(crate) const PURPOSE_EXPORT: c_int = 2;
/// `ASYNC_PURPOSE_SERIALIZE`
pub(crate) const PURPOSE_SERIALIZE: c_int = 3;

/// What the engine calls to create an object of a class.
pub(crate) type CreateObject = unsafe extern "C" fn(*mut ClassEntry) -> *mut ZendObject;

/// The engine's hook for interrupts of the virtual machine.
pub(crate) type InterruptFunction = unsafe extern "C" fn(*mut zend_execute_data);

unsafe extern "C" {
    pub(crate) static spl_ce_RuntimeException: *mut ClassEntry;
    pub(crate) static zend_ce_closure: *mut ClassEntry;

    pub(crate) fn async_class_register(
        name: *const c_char,
        parent: *mut ClassEntry,
        methods: *const FunctionEntry,
        flags: u32,
        create: Option<CreateObject>,
    ) -> *mut ClassEntry;
    pub(crate) fn async_interface_register(
        name: *const c_char,
        methods: *const FunctionEntry,
    ) -> *mut ClassEntry;
    pub(crate) fn async_class_implement(ce: *mut ClassEntry, interface: *mut ClassEntry);
    pub(crate) fn async_name_add(written: *const c_char, class: *mut ClassEntry);
    pub(crate) fn async_names_startup();
    pub(crate) fn async_names_activate();
    pub(crate) fn async_names_shutdown();
    pub(crate) fn async_class_explain_serialization(ce: *mut ClassEntry);
    pub(crate) fn async_class_refuses_serialization(ce: *const ClassEntry) -> bool;
    pub(crate) fn async_enum_register(
        name: *const c_char,
        cases: *const *const c_char,
        count: usize,
    ) -> *mut ClassEntry;
    pub(crate) fn async_enum_case(ce: *mut ClassEntry, name: *const c_char) -> *mut ZendObject;
    pub(crate) fn async_functions_register(functions: *const FunctionEntry) -> bool;
    pub(crate) fn async_arg_info(
        out: *mut zend_internal_arg_info,
        name: *const c_char,
        classes: *const c_char,
        mask: u32,
        variadic: bool,
        default_value: *const c_char,
    );
    pub(crate) fn async_property_declare(ce: *mut ClassEntry, name: *const c_char, mask: u32, flags: u32);

    pub(crate) fn async_class_exists(name: *const c_char) -> bool;
    pub(crate) fn async_function_exists(name: *const c_char) -> bool;
    pub(crate) fn async_extension_exists(name: *const c_char) -> bool;

    pub(crate) fn display_ini_entries(module: *mut ext_php_rs::zend::ModuleEntry);
    pub(crate) fn zend_unregister_ini_entries(module_number: c_int);

    pub(crate) fn async_object_alloc(size: usize, ce: *mut ClassEntry) -> *mut c_void;
    pub(crate) fn async_object_init(object: *mut ZendObject, ce: *mut ClassEntry);
    pub(crate) fn async_object_release(object: *mut ZendObject);
    pub(crate) fn async_object_instanceof(object: *const ZendObject, ce: *const ClassEntry) -> bool;
    pub(crate) fn zend_get_gc_buffer_create() -> *mut GcBuffer;
    pub(crate) fn async_gc_add(buffer: *mut GcBuffer, value: *mut Zval);
    pub(crate) fn async_gc_add_iterator(buffer: *mut GcBuffer, iterator: *mut ObjectIterator);
    pub(crate) fn async_gc_use(buffer: *mut GcBuffer, table: *mut *mut Zval, count: *mut c_int);
    pub(crate) fn async_purpose(purpose: u32) -> c_int;
    pub(crate) fn zend_std_get_properties_for(object: *mut ZendObject, purpose: u32) -> *mut ZendHashTable;
    pub(crate) fn zend_objects_destroy_object(object: *mut ZendObject);

    pub(crate) fn zend_unexpected_extra_named_error();
    pub(crate) fn async_arg_long(number: u32, arg: *mut Zval, nullable: bool, out: *mut i64) -> bool;
    pub(crate) fn async_arg_bool(number: u32, arg: *mut Zval, out: *mut bool) -> bool;
    pub(crate) fn async_arg_str(number: u32, arg: *mut Zval) -> *mut ZendStr;
    pub(crate) fn async_arg_double(number: u32, arg: *mut Zval, nullable: bool, out: *mut f64) -> bool;
    pub(crate) fn async_arg_type_error(number: u32, expected: *const c_char, arg: *mut Zval);
    pub(crate) fn async_arg_type_error_text(number: u32, message: *const c_char);
    pub(crate) fn async_arg_value_error(number: u32, message: *const c_char);

    pub(crate) fn async_callable_bind(callable: *mut Zval, bound: *mut Zval, error: *mut *mut c_char)
    -> bool;
    pub(crate) fn async_call(
        callable: *mut Zval,
        argc: u32,
        argv: *mut Zval,
        named: *mut ZendHashTable,
        result: *mut Zval,
    );
    pub(crate) fn async_require(path: *const c_char, length: usize, result: *mut Zval);
    pub(crate) fn async_call_method(object: *mut ZendObject, name: *const c_char, result: *mut Zval);
    pub(crate) fn async_callable_accepts(callable: *mut Zval, throwable: *mut ZendObject) -> bool;
    pub(crate) fn async_callable_returns(callable: *mut Zval) -> bool;
    pub(crate) fn async_interrupts_run();
    pub(crate) fn async_error_free(error: *mut c_char);

    pub(crate) fn zend_clear_exception();
    pub(crate) fn async_exception_throw(exception: *mut ZendObject);
    pub(crate) fn async_exception_new(
        out: *mut Zval,
        ce: *mut ClassEntry,
        message: *const c_char,
        length: usize,
    );
    pub(crate) fn async_property_set(
        object: *mut ZendObject,
        scope: *mut ClassEntry,
        name: *const c_char,
        value: *mut Zval,
    );
    pub(crate) fn async_property_long(
        object: *mut ZendObject,
        scope: *mut ClassEntry,
        name: *const c_char,
        out: *mut i64,
    ) -> bool;
    pub(crate) fn async_exception_message(exception: *mut ZendObject, out: *mut Zval);
    pub(crate) fn async_warning(message: *const c_char);
    pub(crate) fn async_notice(message: *const c_char);
    pub(crate) fn async_warning_at(exception: *mut ZendObject, message: *const c_char, length: usize);
    pub(crate) fn async_core_warning(message: *const c_char);

    #[cfg(php_zts)]
    pub(crate) fn async_thread_is_main() -> bool;
    pub(crate) fn async_folder(path: *mut c_char, size: usize) -> bool;
    pub(crate) fn async_folder_leave();
    pub(crate) fn async_vm_interrupt_addr() -> *mut c_void;
    pub(crate) fn async_interrupt_startup();
    pub(crate) fn async_interrupt_safe() -> bool;
    pub(crate) fn async_interrupt_is_inside_ours() -> bool;
    pub(crate) fn async_interrupt_is_of_freed() -> bool;
    pub(crate) fn async_interrupt_threw(frame: *mut zend_execute_data);
    pub(crate) fn async_scope(functions: *mut usize, most: usize) -> usize;
    pub(crate) fn async_floor_set() -> *const c_void;
    pub(crate) fn async_floor_reset(before: *const c_void);
    pub(crate) fn async_result_is_kept(
        call: *mut zend_execute_data,
        giver: *const zend_class_entry,
        taker: *const zend_class_entry,
    ) -> bool;
    pub(crate) fn async_exit_status() -> c_int;
    pub(crate) fn async_exit_status_set(status: c_int);
    pub(crate) fn async_fiber_hide() -> *mut c_void;
    pub(crate) fn async_fiber_show(fiber: *mut c_void);
    pub(crate) fn async_ended_by_error_take() -> bool;
    pub(crate) fn async_is_shutting_down() -> bool;
    pub(crate) fn async_last_error(
        message: *mut *mut ZendStr,
        file: *mut *mut ZendStr,
        line: *mut u32,
    ) -> c_int;
    pub(crate) fn async_fiber_block();
    pub(crate) fn async_fiber_unblock();
    pub(crate) fn async_static_call(ce: *mut ClassEntry, name: *const c_char);
    pub(crate) fn async_shutdown_register(ce: *mut ClassEntry, method: *const c_char);

    pub(crate) fn async_array_swap(array: *mut ZendHashTable, key: *mut Zval, value: *mut Zval) -> bool;
    pub(crate) fn async_array_append(array: *mut ZendHashTable, value: *mut Zval, key: *mut Zval) -> bool;
    pub(crate) fn async_array_find(array: *mut ZendHashTable, key: *const Zval) -> *mut Zval;
    pub(crate) fn async_array_go_on(array: *mut ZendHashTable, old: *const ZendHashTable);
    pub(crate) fn async_array_take(array: *mut ZendHashTable, key: *const Zval, out: *mut Zval) -> bool;
    pub(crate) fn async_array_key_normal(key: *mut Zval);

    pub(crate) fn async_errors_install();
    pub(crate) fn async_errors_uninstall();
    pub(crate) fn async_signals_startup(unused: c_int) -> *mut c_void;
    pub(crate) fn async_signals_begin_child() -> u64;
    pub(crate) fn async_signals_handles(signo: c_int) -> bool;
    pub(crate) fn async_signals_deferred() -> bool;
    pub(crate) fn async_signals_dispatched() -> bool;
    pub(crate) fn async_process_forked();
    pub(crate) fn async_child_begin(reseed: bool);
    pub(crate) fn async_child_watch();
    pub(crate) fn async_child_between() -> bool;
    pub(crate) fn async_signals_changed() -> bool;
    pub(crate) fn async_signals_put_back() -> bool;
    pub(crate) fn async_process_is_native() -> bool;
    pub(crate) fn async_process_startup();
    pub(crate) fn async_rights_install(hook: unsafe extern "C" fn());
    pub(crate) fn async_child_expected();
    pub(crate) fn zend_memory_usage(real: bool) -> usize;
    pub(crate) fn async_memory_left(holes: bool) -> usize;
    pub(crate) fn async_memory_lift(bytes: usize);
    pub(crate) fn async_memory_restore() -> bool;
    pub(crate) fn async_memory_settle();
    pub(crate) fn async_memory_limit(text: *const c_char, length: usize, bytes: usize) -> usize;
    pub(crate) fn async_hidden_file_next(cursor: *mut u32, position: *mut i64) -> c_int;
    pub(crate) fn async_child_shutdown_functions();
    pub(crate) fn async_child_has_shutdown_functions() -> bool;
    pub(crate) fn async_child_has_output() -> bool;
    pub(crate) fn async_child_flush(at_end: bool);

    pub(crate) fn async_string_alloc(value: *mut Zval, length: usize) -> *mut c_char;
    pub(crate) fn async_stream_from_fd(fd: c_int, out: *mut Zval) -> bool;
}

unsafe extern "C" {
    pub(crate) fn async_value_string(slot: *mut zval, bytes: *const c_char, len: usize);
    pub(crate) fn async_value_list(slot: *mut zval, len: u32) -> *mut HashTable;
    pub(crate) fn async_value_map(slot: *mut zval, len: u32) -> *mut HashTable;
    pub(crate) fn async_value_row(slot: *mut zval, model: *const HashTable) -> *mut Bucket;
    pub(crate) fn async_map_is_model(map: *const HashTable, len: u32) -> bool;
    pub(crate) fn async_map_string(map: *mut HashTable, key: *mut zend_string) -> *mut zval;
    pub(crate) fn async_map_bytes(map: *mut HashTable, key: *const c_char, len: usize) -> *mut zval;
    pub(crate) fn async_map_index(map: *mut HashTable, key: i64) -> *mut zval;
    pub(crate) fn async_key_string(bytes: *const c_char, len: usize) -> *mut zend_string;
    pub(crate) fn async_key_release(key: *mut zend_string);
    pub(crate) fn async_array_hold(array: *mut HashTable);
    pub(crate) fn async_array_release(array: *mut HashTable);

    pub(crate) fn async_class_is_plain(class: *const zend_class_entry) -> bool;
    pub(crate) fn async_object_is_plain(object: *const zend_object) -> bool;
    pub(crate) fn async_class_bag() -> *mut zend_class_entry;
    pub(crate) fn async_class_restore(name: *const c_char, len: usize) -> *mut zend_class_entry;
    pub(crate) fn async_object_new(slot: *mut zval, class: *mut zend_class_entry) -> *mut zend_object;
    pub(crate) fn async_class_slot(
        class: *const zend_class_entry,
        name: *const c_char,
        len: usize,
    ) -> *mut zend_property_info;
    pub(crate) fn async_object_slot(object: *mut zend_object, info: *const zend_property_info) -> *mut zval;
    pub(crate) fn async_slot_settle(info: *const zend_property_info, slot: *mut zval) -> bool;
    pub(crate) fn async_object_fill(object: *mut zend_object, properties: *mut zval) -> bool;
    pub(crate) fn async_object_forget(object: *mut zend_object);
    pub(crate) fn async_object_disarm(object: *mut zend_object);
    pub(crate) fn async_enum_find(
        class: *const c_char,
        class_len: usize,
        name: *const c_char,
        len: usize,
    ) -> *mut zend_object;

    pub(crate) fn async_date_startup();
    pub(crate) fn async_date_class(immutable: bool) -> *mut zend_class_entry;
    pub(crate) fn async_date_parts(object: *mut zend_object, parts: *mut zval);
    pub(crate) fn async_date_restore(
        object: *mut zend_object,
        text: *const c_char,
        text_len: usize,
        kind: i64,
        zone: *const c_char,
        zone_len: usize,
    ) -> bool;

    pub(crate) fn async_stack_left() -> usize;
    pub(crate) fn async_serialize(value: *mut zval) -> *mut zend_string;
    pub(crate) fn async_unserialize(
        value: *mut zval,
        bytes: *const c_char,
        len: usize,
        allowed: *mut HashTable,
        unknown: *mut *mut zend_string,
    ) -> bool;
    pub(crate) fn async_unserialize_startup();
    pub(crate) fn async_unserialize_shutdown();

    pub(crate) fn async_exception_pending() -> bool;
    pub(crate) fn async_exiting() -> bool;
    pub(crate) fn async_exception_set_aside(opline: *mut *const c_void) -> *mut zend_object;
    pub(crate) fn async_exception_put_back(exception: *mut zend_object, opline: *const c_void);
    pub(crate) fn zend_exception_set_previous(exception: *mut zend_object, previous: *mut zend_object);
    pub(crate) fn async_exception_take(exception: *mut zval) -> bool;
    pub(crate) fn async_object_children(
        object: *mut zend_object,
        count: *mut c_int,
        table: *mut *mut HashTable,
    ) -> *mut zval;
    pub(crate) fn async_resource_type(resource: *mut zend_resource) -> *const c_char;

    pub(crate) fn async_class_find(name: *const c_char, len: usize) -> *mut zend_class_entry;
    pub(crate) fn async_class_builtin(name: *const c_char, len: usize) -> *mut zend_class_entry;
    pub(crate) fn async_class_extends(
        child: *const zend_class_entry,
        parent: *const zend_class_entry,
    ) -> bool;
    pub(crate) fn async_class_throwable() -> *mut zend_class_entry;
    pub(crate) fn async_object_own_properties(object: *mut zend_object) -> *mut HashTable;
    pub(crate) fn async_slot_allows_null(class: *mut zend_class_entry, slot: usize) -> bool;
    pub(crate) fn async_lost_set(throwable: *mut zend_object, list: *mut zval);
    pub(crate) fn async_lost_get(throwable: *mut zend_object) -> *mut zval;
    pub(crate) fn async_lost_forget();
    pub(crate) fn async_object_make(class: *mut zend_class_entry, object: *mut zval) -> bool;
    pub(crate) fn async_property_write(
        object: *mut zend_object,
        scope: *mut zend_class_entry,
        name: *const c_char,
        len: usize,
        value: *mut zval,
    ) -> bool;
}

/// `ASYNC_CODE_DEPTH`
pub(crate) const CODE_DEPTH: usize = 8;

/// `async_code`
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Code {
    pub(crate) root: u32,
    pub(crate) at: u32,
    pub(crate) method: u32,
    pub(crate) scope: u32,
    pub(crate) called: u32,
    pub(crate) fake: u32,
    pub(crate) depth: u32,
    pub(crate) path: [u32; CODE_DEPTH],
}

unsafe extern "C" {
    pub(crate) fn async_code_key(closure: *mut ZendObject, key: *mut usize);
    pub(crate) fn async_code_find(
        closure: *mut ZendObject,
        anchors: *const Zval,
        anchor_count: u32,
        code: *mut Code,
    ) -> bool;
    pub(crate) fn async_code_closure(
        code: *const Code,
        anchors: *const Zval,
        anchor_count: u32,
        this: *mut ZendObject,
        closure: *mut Zval,
    ) -> bool;
    pub(crate) fn async_code_anchor(closure: *mut ZendObject, anchor: *mut Zval);
    pub(crate) fn async_code_anchor_frame(
        frame: *mut *mut zend_execute_data,
        next: *mut u32,
        anchors: *const Zval,
        anchor_count: u32,
        anchor: *mut Zval,
    ) -> bool;
    pub(crate) fn async_declared(functions: *mut u32, classes: *mut u32);
    pub(crate) fn async_object_disown(object: *mut ZendObject);
    pub(crate) fn async_closure_this(closure: *mut ZendObject) -> *mut ZendObject;
    pub(crate) fn async_closure_goes_quietly(closure: *mut ZendObject) -> bool;
    pub(crate) fn async_closure_statics(closure: *mut ZendObject) -> *mut ZendHashTable;
    pub(crate) fn async_static_get(statics: *mut ZendHashTable, position: u32) -> *mut Zval;
    pub(crate) fn async_static_set(statics: *mut ZendHashTable, position: u32, value: *mut Zval) -> bool;
}

/// The engine's iterator over an object.
#[repr(C)]
pub(crate) struct ObjectIterator {
    _opaque: [u8; 0],
}

unsafe extern "C" {
    pub(crate) fn async_array_seek(table: *const ZendHashTable, position: u32) -> u32;
    pub(crate) fn async_array_at(table: *const ZendHashTable, position: u32, key: *mut Zval) -> *mut Zval;
    pub(crate) fn async_iterator_new(object: *mut ZendObject) -> *mut ObjectIterator;
    pub(crate) fn async_iterator_next(
        iterator: *mut ObjectIterator,
        key: *mut Zval,
        value: *mut Zval,
    ) -> bool;
    pub(crate) fn async_iterator_free(iterator: *mut ObjectIterator);
}
