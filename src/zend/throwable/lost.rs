//! What is missing in a throwable that came from a child, kept beside it as long as it lives. Runs in the parent.

use ext_php_rs::ffi::zend_object;
use ext_php_rs::types::{ZendHashTable, Zval};

use crate::ffi;

/// Notes down what is missing: paths and types.
pub(super) fn note(throwable: &zend_object, losses: &[(String, String)]) {
    if losses.is_empty() {
        return;
    }
    let mut list = ZendHashTable::new();
    for (path, kind) in losses {
        // Fails only for a path with a NUL.
        let _ = list.insert(path.as_str(), kind.as_str());
    }
    let mut value = Zval::new();
    value.set_hashtable(list);
    // SAFETY: a live object; the engine copies the value.
    unsafe { ffi::async_lost_set(std::ptr::from_ref(throwable).cast_mut(), &raw mut value) };
}

/// What is missing in a throwable, as an array of types under paths.
pub(crate) fn of(throwable: &zend_object) -> Zval {
    // SAFETY: a live object, which is only looked up.
    let found = unsafe { ffi::async_lost_get(std::ptr::from_ref(throwable).cast_mut()) };
    // SAFETY: null, or a value that the map holds.
    unsafe { found.as_ref() }.map_or_else(Zval::new_array, Zval::shallow_clone)
}

/// The request ends.
pub(crate) fn forget() {
    // SAFETY: RSHUTDOWN: nobody asks any more.
    unsafe { ffi::async_lost_forget() };
}
