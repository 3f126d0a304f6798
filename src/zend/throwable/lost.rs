//! The list of values that were lost when a throwable came from a child, kept in a map beside the throwable for as long
//! as it lives. Runs in the parent.

use ext_php_rs::ffi::zend_object;
use ext_php_rs::types::{ZendHashTable, Zval};

use crate::ffi;

/// Records what `throwable` lost: pairs of the path and the type of a value.
pub(super) fn note(throwable: &zend_object, losses: &[(String, String)]) {
    if losses.is_empty() {
        return;
    }
    let mut list = ZendHashTable::new();
    for (path, kind) in losses {
        // Fails only for a path with a NUL byte.
        let _ = list.insert(path.as_str(), kind.as_str());
    }
    let mut value = Zval::new();
    value.set_hashtable(list);
    // SAFETY: a live object; the engine copies the value.
    unsafe { ffi::async_lost_set(std::ptr::from_ref(throwable).cast_mut(), &raw mut value) };
}

/// What a throwable lost, as an array from paths to types; empty if nothing was lost.
pub(crate) fn of(throwable: &zend_object) -> Zval {
    // SAFETY: a live object, which is only looked up.
    let found = unsafe { ffi::async_lost_get(std::ptr::from_ref(throwable).cast_mut()) };
    // SAFETY: null, or a value that the map holds.
    unsafe { found.as_ref() }.map_or_else(Zval::new_array, Zval::shallow_clone)
}

/// Clears the map at the end of the request.
pub(crate) fn forget() {
    // SAFETY: RSHUTDOWN: no PHP code reads the map any more.
    unsafe { ffi::async_lost_forget() };
}
