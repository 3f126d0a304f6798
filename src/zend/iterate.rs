//! Iterates over an array by position, or over a `Traversable` as `foreach` does.

use std::ptr::NonNull;

use ext_php_rs::types::{ZendHashTable, Zval};

use super::cell::ensure_free;
use super::exception;
use super::handler::Thrown;
use super::object::Tracer;
use crate::ffi::{self, ObjectIterator};

/// The position of the first element of `array` at or after `position`; `None` if there is none.
pub(crate) fn seek(array: &ZendHashTable, position: u32) -> Option<u32> {
    // SAFETY: a live table, only read.
    let found = unsafe { ffi::async_array_seek(array, position) };
    (found < array.nNumUsed).then_some(found)
}

/// The key at a position that [`seek`] returned.
pub(crate) fn key_at(array: &ZendHashTable, position: u32) -> Zval {
    let mut key = Zval::new();
    // SAFETY: a live table and one of its positions.
    unsafe { ffi::async_array_at(array, position, &raw mut key) };
    key
}

/// The value at a position that [`seek`] returned.
pub(crate) fn value_at(array: &ZendHashTable, position: u32) -> &Zval {
    // SAFETY: a live table and one of its positions.
    let value = unsafe { ffi::async_array_at(array, position, std::ptr::null_mut()) };
    // SAFETY: an element of the table, which does not change while it is borrowed.
    unsafe { &*value }.dereference()
}

/// All positions of `array`, in order.
pub(crate) fn positions(array: &ZendHashTable) -> impl Iterator<Item = u32> {
    std::iter::successors(seek(array, 0), |position| seek(array, position + 1))
}

/// An iteration over a `Traversable`.
#[derive(Debug)]
pub(crate) struct Walk {
    iterator: NonNull<ObjectIterator>,
    /// A reference to the object: not all iterators hold one.
    object: Zval,
}

impl Walk {
    /// Begins the iteration. PHP code may run.
    ///
    /// # Errors
    ///
    /// When the object's own code throws.
    pub(crate) fn new(object: &Zval) -> Result<Self, Thrown> {
        ensure_free();
        let handle = object.object().ok_or(Thrown)?;
        // SAFETY: a live object; the engine counts its own reference.
        let iterator = unsafe { ffi::async_iterator_new(std::ptr::from_ref(handle).cast_mut()) };
        let iterator = NonNull::new(iterator).ok_or(Thrown)?;
        Ok(Self { iterator, object: object.shallow_clone() })
    }

    /// The next key and value; `None` at the end. PHP code may run.
    ///
    /// # Errors
    ///
    /// When the object's own code throws.
    pub(crate) fn next(&mut self) -> Result<Option<(Zval, Zval)>, Thrown> {
        ensure_free();
        let (mut key, mut value) = (Zval::new(), Zval::new());
        // SAFETY: alive until `self` is dropped; both out-pointers are ours.
        let more = unsafe { ffi::async_iterator_next(self.iterator.as_ptr(), &raw mut key, &raw mut value) };
        if exception::pending() {
            return Err(Thrown);
        }
        Ok(more.then_some((key, value)))
    }
}

impl Walk {
    /// Reports its values to the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.object);
        tracer.iterator(self.iterator);
    }
}

impl Drop for Walk {
    /// May run PHP code.
    fn drop(&mut self) {
        ensure_free();
        // SAFETY: made by `new`, and not used after this.
        unsafe { ffi::async_iterator_free(self.iterator.as_ptr()) };
    }
}
