//! The engine's own interfaces that our classes implement.

use ext_php_rs::zend::ClassEntry;

/// The engine's `Stringable`.
pub(crate) fn stringable() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_stringable }
}

/// The engine's `ArrayAccess`.
pub(crate) fn array_access() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_arrayaccess }
}

/// The engine's `Countable`.
pub(crate) fn countable() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_countable }
}

/// The engine's `IteratorAggregate`.
pub(crate) fn iterator_aggregate() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_aggregate }
}

/// The engine's `Iterator`.
pub(crate) fn iterator() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_iterator }
}
