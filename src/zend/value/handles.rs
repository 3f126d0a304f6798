//! Objects that stand for something which processes share: another process that has it gets a number in their place, and
//! makes an object of its own of it. Whether that is so, whoever registers here says.

use std::sync::OnceLock;

use ext_php_rs::types::{ZendObject, Zval};

use crate::zend::zval::zval_of;

/// What a number is made of.
pub(crate) type Number = [u64; 2];

/// How objects become numbers, and numbers objects. Neither runs PHP code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handles {
    /// The number to be sent in place of an object. None for other objects, and where the receiver may not have it.
    pub(crate) number: fn(&Zval) -> Option<Number>,
    /// An object for a number. None if this process does not have what that stands for.
    pub(crate) object: fn(Number) -> Option<Zval>,
}

static HANDLES: OnceLock<Handles> = OnceLock::new();

/// Called in MINIT, which may run more than once in a process.
pub(crate) fn install(handles: Handles) {
    HANDLES.get_or_init(|| handles);
}

pub(super) fn number(object: &ZendObject) -> Option<Number> {
    let handles = HANDLES.get()?;
    // SAFETY: a live object; the reference that this adds is dropped below, and is not the last one.
    let value = unsafe { zval_of(std::ptr::from_ref(object).cast_mut()) };
    (handles.number)(&value)
}

pub(super) fn object(number: Number) -> Option<Zval> {
    (HANDLES.get()?.object)(number)
}
