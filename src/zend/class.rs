//! Declares classes, interfaces, enums and functions, with exact signatures. Runs in MINIT.

use std::ffi::{CStr, c_char};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::ffi::{ZEND_ACC_ABSTRACT, ZEND_ACC_PRIVATE, ZEND_ACC_PUBLIC, ZEND_ACC_STATIC};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData, FunctionEntry};

use super::signature::{Type, arg_info, permanent};
use super::zval::zval_of;
use crate::ffi::{self, CreateObject};

/// The C function that the engine calls for one of this extension's functions.
pub(crate) type Entry = unsafe extern "C" fn(*mut ExecuteData, *mut Zval);

/// A function or method, with its signature as PHP source would write it.
#[derive(Clone, Copy)]
pub(crate) struct Function {
    name: &'static str,
    parameters: &'static str,
    returns: &'static str,
    entry: Option<Entry>,
    flags: u32,
}

impl Function {
    /// `function name(parameters): returns`, public when it is a method.
    pub(crate) const fn new(
        name: &'static str,
        parameters: &'static str,
        returns: &'static str,
        entry: Entry,
    ) -> Self {
        Self { name, parameters, returns, entry: Some(entry), flags: ZEND_ACC_PUBLIC }
    }

    /// A method of an interface.
    pub(crate) const fn required(
        name: &'static str,
        parameters: &'static str,
        returns: &'static str,
    ) -> Self {
        Self { name, parameters, returns, entry: None, flags: ZEND_ACC_PUBLIC | ZEND_ACC_ABSTRACT }
    }

    /// The same method, static.
    pub(crate) const fn fixed(mut self) -> Self {
        self.flags |= ZEND_ACC_STATIC;
        self
    }

    /// The same method, private and static: for calls by the engine.
    pub(crate) const fn private_static(self) -> Self {
        self.flags(ZEND_ACC_PRIVATE | ZEND_ACC_STATIC)
    }

    /// The same method with other visibility or modifiers.
    pub(crate) const fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }

    fn build(self) -> FunctionEntry {
        let (arg_info, num_args) = arg_info(self.parameters, self.returns);
        let mut entry = FunctionEntry::end();
        entry.fname = permanent(self.name);
        entry.handler = self.entry;
        entry.arg_info = arg_info;
        entry.num_args = num_args;
        #[allow(clippy::useless_conversion, reason = "wider from PHP 8.6 on")]
        {
            entry.flags = self.flags.into();
        }
        entry
    }
}

/// The engine's table for `functions`, which is never freed.
fn table(functions: &[Function]) -> *const FunctionEntry {
    let mut entries: Vec<_> = functions.iter().map(|function| function.build()).collect();
    entries.push(FunctionEntry::end());
    entries.leak().as_ptr()
}

/// The entry of a class, set when it is registered. MINIT can run more than once in a process.
#[derive(Debug)]
pub(crate) struct Class(AtomicPtr<ClassEntry>);

impl Class {
    /// Not registered yet.
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// The class entry; null before MINIT.
    pub(crate) fn entry(&self) -> *mut ClassEntry {
        self.0.load(Ordering::Acquire)
    }

    /// The class. Only after MINIT.
    pub(crate) fn get(&self) -> &'static ClassEntry {
        // SAFETY: registered in MINIT, and internal classes live until MSHUTDOWN; this is called only between the two.
        unsafe { &*self.entry() }
    }

    fn set(&self, ce: *mut ClassEntry) {
        self.0.store(ce, Ordering::Release);
    }

    /// Registers a class.
    pub(crate) fn register(
        &self,
        name: &'static CStr,
        parent: *mut ClassEntry,
        methods: &[Function],
        flags: u32,
        create: Option<CreateObject>,
    ) {
        // SAFETY: MINIT; the name and the table live for ever, the parent is null or registered.
        self.set(unsafe { ffi::async_class_register(name.as_ptr(), parent, table(methods), flags, create) });
    }

    /// Registers an interface.
    pub(crate) fn register_interface(&self, name: &'static CStr, methods: &[Function]) {
        // SAFETY: MINIT; the name and the table live for ever.
        self.set(unsafe { ffi::async_interface_register(name.as_ptr(), table(methods)) });
    }

    /// Registers an enum without backing values.
    pub(crate) fn register_enum(&self, name: &'static CStr, cases: &[&'static CStr]) {
        let names: Vec<*const c_char> = cases.iter().map(|case| case.as_ptr()).collect();
        // SAFETY: MINIT; the engine interns the names of the cases.
        self.set(unsafe { ffi::async_enum_register(name.as_ptr(), names.as_ptr(), names.len()) });
    }

    /// Declares that the class implements `interface`, one of the engine's.
    pub(crate) fn implement(&self, interface: *mut ClassEntry) {
        // SAFETY: MINIT; both are registered.
        unsafe { ffi::async_class_implement(self.entry(), interface) };
    }

    /// Declares a typed property without a default.
    pub(crate) fn property(&self, name: &'static CStr, of: &str, flags: u32) {
        // SAFETY: MINIT; the class is registered, the type has built-in members only.
        unsafe { ffi::async_property_declare(self.entry(), name.as_ptr(), Type::parse(of).mask, flags) };
    }

    /// The case of an enum.
    pub(crate) fn case(&self, name: &'static CStr) -> Zval {
        // SAFETY: the class is a registered enum that has this case.
        let case = unsafe { ffi::async_enum_case(self.entry(), name.as_ptr()) };
        // SAFETY: the engine keeps its cases alive; a reference is added.
        unsafe { zval_of(case) }
    }
}

/// Registers functions, whose names must not be in use.
pub(crate) fn register_functions(functions: &[Function]) -> bool {
    // SAFETY: MINIT; the table lives for ever.
    unsafe { ffi::async_functions_register(table(functions)) }
}

/// Whether there is a class of this name, ignoring case. MINIT only.
pub(crate) fn class_exists(name: &CStr) -> bool {
    // SAFETY: MINIT; the name is read only.
    unsafe { ffi::async_class_exists(name.as_ptr()) }
}

/// Whether there is a function of this name, ignoring case. MINIT only.
pub(crate) fn function_exists(name: &CStr) -> bool {
    // SAFETY: MINIT; the name is read only.
    unsafe { ffi::async_function_exists(name.as_ptr()) }
}

/// Whether there is an extension of this name. MINIT only.
pub(crate) fn extension_exists(name: &CStr) -> bool {
    // SAFETY: MINIT; the name is read only.
    unsafe { ffi::async_extension_exists(name.as_ptr()) }
}

/// Whether the engine's serializer refuses objects of this class.
pub(crate) fn refuses_serialization(class: &ClassEntry) -> bool {
    // SAFETY: a live class, which is read only.
    unsafe { ffi::async_class_refuses_serialization(ptr::from_ref(class)) }
}
