//! Exceptions: pending ones, new ones, and warnings.

use std::ffi::{CString, c_char, c_void};
use std::ptr;

use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ClassEntry;

use super::cell::ensure_free;
use super::class::Class;
use super::handler::Thrown;
use super::string::lossy;
use super::zval::zval_of;
use crate::ffi;

/// Whether an exception is pending. This is asked several times for each task, so without threads the field is read
/// directly, and no function is called.
#[inline]
pub(crate) fn pending() -> bool {
    #[cfg(not(php_zts))]
    // SAFETY: reads a field of a static of the engine's, which has one thread.
    let exception = unsafe { ext_php_rs::ffi::executor_globals.exception };
    #[cfg(not(php_zts))]
    return !exception.is_null();
    #[cfg(php_zts)]
    // SAFETY: reads a field of the engine.
    unsafe {
        ffi::async_exception_pending()
    }
}

/// Whether the unwinding of an `exit()` is pending.
pub(crate) fn exiting() -> bool {
    // SAFETY: reads a field of the engine.
    unsafe { ffi::async_exiting() }
}

/// Takes the pending exception from the engine. `None` for the unwinding of an `exit()`, which stays pending.
pub(crate) fn take() -> Option<Zval> {
    let mut exception = Zval::new();
    // SAFETY: clears the engine's field, and transfers its reference to `exception`.
    unsafe { ffi::async_exception_take(&raw mut exception) }.then_some(exception)
}

/// Ends the unwinding of an `exit()`, so that other PHP code can run. Only where no frame of the code that exited is
/// left.
pub(crate) fn clear() {
    // SAFETY: clears the engine's field.
    unsafe { ffi::zend_clear_exception() };
}

/// A guard that sets the pending exception aside while it lives: PHP code that runs meanwhile, and a child that is
/// forked, do not see it. On drop it is pending again; an exception that was thrown meanwhile gets it as its previous
/// one.
#[derive(Debug)]
pub(crate) struct Aside {
    exception: *mut ZendObject,
    opline: *const c_void,
}

impl Aside {
    /// Sets the pending exception aside, if there is one.
    pub(crate) fn new() -> Self {
        let mut opline = ptr::null();
        // SAFETY: a valid out-pointer. The reference that the engine had is ours until it is put back.
        let exception = unsafe { ffi::async_exception_set_aside(&raw mut opline) };
        Self { exception, opline }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.exception.is_null() {
            // SAFETY: the exception that was set aside, with its instruction; the frame is the same, as this is dropped
            // in the function that made it.
            unsafe { ffi::async_exception_put_back(self.exception, self.opline) };
        }
    }
}

/// Throws `throwable`. An exception that is already pending becomes its previous one.
pub(crate) fn throw(throwable: &Zval) -> Thrown {
    ensure_free();
    if let Some(object) = throwable.object() {
        let object: *const ZendObject = object;
        // SAFETY: a live throwable. The engine owns the reference that is added.
        std::mem::forget(unsafe { zval_of(object.cast_mut()) });
        // SAFETY: as above.
        unsafe { ffi::async_exception_throw(object.cast_mut()) };
    }
    Thrown
}

/// Appends `older` to the chain of previous throwables of `throwable`.
pub(crate) fn chain(throwable: &Zval, older: Zval) {
    let (Some(newer), Some(previous)) = (throwable.object(), older.object()) else {
        return;
    };
    let (newer, previous): (*const ZendObject, *const ZendObject) = (newer, previous);
    std::mem::forget(older);
    // SAFETY: two live throwables; the engine takes over the reference to the second, and refuses to make a circle.
    unsafe { ffi::zend_exception_set_previous(newer.cast_mut(), previous.cast_mut()) };
}

/// Makes an exception of `class` without throwing it. Its file and line are those of the running PHP code.
pub(crate) fn new(class: &Class, message: &str) -> Zval {
    ensure_free();
    let mut exception = Zval::new();
    let text = message.as_ptr().cast::<c_char>();
    // SAFETY: a registered, instantiable class; the text is copied.
    unsafe { ffi::async_exception_new(&raw mut exception, class.entry(), text, message.len()) };
    exception
}

/// Raises `E_WARNING`. PHP code may run: the script's error handler.
pub(crate) fn warn(message: &str) {
    ensure_free();
    let message = CString::new(message.replace('\0', "\\0")).unwrap_or_default();
    // SAFETY: a NUL-terminated text.
    unsafe { ffi::async_warning(message.as_ptr()) };
}

/// Raises `E_NOTICE`. PHP code may run: the script's error handler.
pub(crate) fn notice(message: &str) {
    let message = CString::new(message.replace('\0', "\\0")).unwrap_or_default();
    // SAFETY: a NUL-terminated text.
    unsafe { ffi::async_notice(message.as_ptr()) };
}

/// Raises `E_WARNING` with the file and line of `throwable`. PHP code may run: the script's error handler.
pub(crate) fn warn_at(throwable: &Zval, message: &str) {
    let Some(object) = throwable.object() else {
        return;
    };
    // SAFETY: a live throwable; the text is copied.
    unsafe {
        ffi::async_warning_at(ptr::from_ref(object).cast_mut(), message.as_ptr().cast(), message.len());
    };
}

/// Raises `E_CORE_WARNING`, for problems of the extension itself at startup. MINIT.
pub(crate) fn core_warn(message: &str) {
    let message = CString::new(message).unwrap_or_default();
    // SAFETY: a NUL-terminated text.
    unsafe { ffi::async_core_warning(message.as_ptr()) };
}

/// The message of a throwable; empty when it is not a string. PHP code may run if the script's class has a property
/// hook for it, or a `__get()`.
pub(crate) fn message(throwable: &Zval) -> String {
    ensure_free();
    let Some(object) = throwable.object() else {
        return String::new();
    };
    let object: *const ZendObject = object;
    let mut message = Zval::new();
    // SAFETY: a live throwable; the engine copies the property.
    unsafe { ffi::async_exception_message(object.cast_mut(), &raw mut message) };
    message.zend_str().map(lossy).unwrap_or_default()
}

/// The class entries of `RuntimeException` and `Error`, as parents of our exceptions. MINIT.
pub(crate) fn base_classes() -> (*mut ClassEntry, *mut ClassEntry) {
    // SAFETY: set by SPL and the core, which start before this module.
    unsafe { (ffi::spl_ce_RuntimeException, ext_php_rs::ffi::zend_ce_error) }
}
