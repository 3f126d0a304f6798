//! Values of PHP that are made of what the engine hands out.

use ext_php_rs::types::{ZendObject, Zval};

/// A PHP value with a new reference to `object`.
///
/// # Safety
///
/// `object` is alive.
pub(crate) unsafe fn zval_of(object: *mut ZendObject) -> Zval {
    let mut value = Zval::new();
    // SAFETY: the caller's contract. `set_object` adds the reference.
    value.set_object(unsafe { &mut *object });
    value
}

/// A bool.
pub(crate) fn boolean(is: bool) -> Zval {
    let mut value = Zval::new();
    value.set_bool(is);
    value
}

/// An int.
pub(crate) fn integer(number: i64) -> Zval {
    let mut value = Zval::new();
    value.set_long(number);
    value
}
