//! PHP arrays with keys of PHP code, which are ints or strings.

use std::ptr;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::handler::TypeNumber;
use super::iterate::{key_at, positions, value_at};
use crate::ffi;

/// An array that this extension owns, with one reference.
#[derive(Debug)]
pub(crate) struct Array(ZBox<ZendHashTable>);

impl Array {
    /// An empty array.
    pub(crate) fn new() -> Self {
        Self(ZendHashTable::new())
    }

    /// An empty array with room for `capacity` elements.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(ZendHashTable::with_capacity(u32::try_from(capacity).unwrap_or(0)))
    }

    /// The number of elements.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Sets the element at `key`, an int or a string. As in any PHP array, later appends continue after the highest
    /// integer key that was ever set. May run PHP code, as it drops the former element.
    pub(crate) fn set(&mut self, key: &Zval, value: Zval) {
        drop(self.replace(key, value));
    }

    /// Sets the element at `key`, an int or a string, and returns the former element, or null.
    #[must_use = "it is dropped here: set() says so"]
    pub(crate) fn replace(&mut self, key: &Zval, mut value: Zval) -> Zval {
        let key = ptr::from_ref(key).cast_mut();
        // SAFETY: our own array, with one reference; the engine exchanges the contents of `value` and of the element.
        unsafe { ffi::async_array_swap(&raw mut *self.0, key, &raw mut value) };
        value
    }

    /// Appends an element, and returns its key.
    ///
    /// # Errors
    ///
    /// The element, when there is no next key: the last one was `PHP_INT_MAX`.
    pub(crate) fn append(&mut self, mut value: Zval) -> Result<Zval, Zval> {
        let mut key = Zval::new();
        // SAFETY: our own array, with one reference; on success the engine takes ownership of the contents of `value`.
        if unsafe { ffi::async_array_append(&raw mut *self.0, &raw mut value, &raw mut key) } {
            std::mem::forget(value);
            Ok(key)
        } else {
            Err(value)
        }
    }

    fn find(&self, key: &Zval) -> Option<&Zval> {
        let array = ptr::from_ref(&*self.0).cast_mut();
        // SAFETY: a live array, only read.
        let found = unsafe { ffi::async_array_find(array, key) };
        // SAFETY: null, or an element of the live array.
        unsafe { found.as_ref() }
    }

    /// A copy of the element at `key`.
    pub(crate) fn get(&self, key: &Zval) -> Option<Zval> {
        self.find(key).map(Zval::shallow_clone)
    }

    /// Whether there is an element at `key`.
    pub(crate) fn has(&self, key: &Zval) -> bool {
        self.find(key).is_some()
    }

    /// Removes the element at `key`, and returns it.
    pub(crate) fn remove(&mut self, key: &Zval) -> Option<Zval> {
        let mut removed = Zval::new();
        // SAFETY: our own array; the element is moved to `removed`.
        let found = unsafe { ffi::async_array_take(&raw mut *self.0, key, &raw mut removed) };
        found.then_some(removed)
    }

    /// Copies of all keys and elements, in order, so that the array may change while they are used.
    pub(crate) fn entries(&self) -> Vec<(Zval, Zval)> {
        entries(&self.0)
    }

    /// Keys and elements, in order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (Zval, &Zval)> {
        pairs(&self.0)
    }

    /// Keeps only the elements that pass `kept`, and returns the former array, which the caller drops when nothing is
    /// borrowed. Later appends continue after the same highest key as before.
    pub(crate) fn retain(&mut self, kept: impl Fn(&Zval) -> bool) -> Self {
        let mut rest = Self::new();
        // SAFETY: two arrays of our own.
        unsafe { ffi::async_array_go_on(&raw mut *rest.0, &raw const *self.0) };
        for (key, value) in self.pairs().filter(|(_, value)| kept(value)) {
            let _null = rest.replace(&key, value.shallow_clone());
        }
        std::mem::replace(self, rest)
    }

    /// The array as a value.
    pub(crate) fn into_zval(self) -> Zval {
        let mut value = Zval::new();
        value.set_hashtable(self.0);
        value
    }

    /// The elements, for the cycle collector.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Zval> {
        positions(&self.0).map(|position| value_at(&self.0, position))
    }
}

/// Copies of all keys and elements of a table, in order.
pub(crate) fn entries(table: &ZendHashTable) -> Vec<(Zval, Zval)> {
    pairs(table).map(|(key, value)| (key, value.shallow_clone())).collect()
}

fn pairs(table: &ZendHashTable) -> impl Iterator<Item = (Zval, &Zval)> {
    positions(table).map(|position| (key_at(table, position), value_at(table, position)))
}

/// `key` as an array stores it (`"7"` as 7); `None` when its type cannot be a key.
pub(crate) fn normal_key(key: &Zval) -> Option<Zval> {
    let mut key = key.shallow_clone();
    // SAFETY: our own copy.
    unsafe { ffi::async_array_key_normal(&raw mut key) };
    (key.u1_type() != 0).then_some(key)
}
