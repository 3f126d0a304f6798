//! Names in the global namespace (`async`, `await`, `Pool`) that give way as soon as the script declares something
//! under the same name. `names.c` describes how.

use std::ffi::CStr;
use std::ptr;

use super::class::Class;
use crate::ffi;

/// Makes the registered function of this name give way to one of the script's. MINIT.
pub(crate) fn yield_function(name: &'static CStr) {
    // SAFETY: MINIT; the name lives for ever, and a function has it.
    unsafe { ffi::async_name_add(name.as_ptr(), ptr::null_mut()) };
}

/// Gives a class a second name, which is used only when a lookup of that name finds no other class. MINIT.
pub(crate) fn yield_class(name: &'static CStr, class: &Class) {
    // SAFETY: MINIT; the name lives for ever, and so does a class that is registered now.
    unsafe { ffi::async_name_add(name.as_ptr(), class.entry()) };
}

/// Prepares those names. MINIT, if there are any.
pub(crate) fn startup() {
    // SAFETY: MINIT: no other thread runs PHP.
    unsafe { ffi::async_names_startup() };
}

/// Installs the hooks for those names in the first request, after all other modules have installed theirs. RINIT.
pub(crate) fn activate() {
    // SAFETY: RINIT, before any code of the request is compiled.
    unsafe { ffi::async_names_activate() };
}

/// Removes the hooks. MSHUTDOWN.
pub(crate) fn shutdown() {
    // SAFETY: MSHUTDOWN: no other thread runs PHP.
    unsafe { ffi::async_names_shutdown() };
}
