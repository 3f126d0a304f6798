//! Names outside of any namespace that give way to what a script declares under them. `names.c` says how.

use std::ffi::CStr;
use std::ptr;

use super::class::Class;
use crate::ffi;

/// Lets a function give way that is registered under this name. MINIT.
pub(crate) fn yield_function(name: &'static CStr) {
    // SAFETY: MINIT; the name lives for ever, and a function has it.
    unsafe { ffi::async_name_add(name.as_ptr(), ptr::null_mut()) };
}

/// Lets a class have a second name for whoever looks for it where nobody else has it. MINIT.
pub(crate) fn yield_class(name: &'static CStr, class: &Class) {
    // SAFETY: MINIT; the name lives for ever, and so does a class that is registered now.
    unsafe { ffi::async_name_add(name.as_ptr(), class.entry()) };
}

/// MINIT, when some names give way.
pub(crate) fn startup() {
    // SAFETY: MINIT: no other thread runs PHP.
    unsafe { ffi::async_names_startup() };
}

/// RINIT.
pub(crate) fn activate() {
    // SAFETY: RINIT, before any code of the request is compiled.
    unsafe { ffi::async_names_activate() };
}

/// MSHUTDOWN.
pub(crate) fn shutdown() {
    // SAFETY: MSHUTDOWN: no other thread runs PHP.
    unsafe { ffi::async_names_shutdown() };
}
