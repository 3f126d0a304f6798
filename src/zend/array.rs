//! Arrays with the keys that PHP code writes.

use std::ptr;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::handler::TypeNumber;
use super::iterate::{key_at, positions, value_at};
use crate::ffi;

/// An array that we build, read and change.
#[derive(Debug)]
pub(crate) struct Array(ZBox<ZendHashTable>);

impl Array {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(ZendHashTable::new())
    }

    /// An empty one with room for `capacity` elements.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(ZendHashTable::with_capacity(u32::try_from(capacity).unwrap_or(0)))
    }

    /// How many elements it has.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Sets the element at `key`, an int or a string. Appending goes on behind the highest integer that was ever set.
    /// May run PHP code, as it drops what was there.
    pub(crate) fn set(&mut self, key: &Zval, value: Zval) {
        drop(self.replace(key, value));
    }

    /// Sets the element at `key`, an int or a string, and gives what was there, or null.
    #[must_use = "it is dropped here: set() says so"]
    pub(crate) fn replace(&mut self, key: &Zval, mut value: Zval) -> Zval {
        let key = ptr::from_ref(key).cast_mut();
        // SAFETY: our own array, with one reference; the engine takes over what is in `value`, and puts something else
        // there.
        unsafe { ffi::async_array_swap(&raw mut *self.0, key, &raw mut value) };
        value
    }

    /// Appends an element, and tells its key.
    ///
    /// # Errors
    ///
    /// The element, when there is no next key.
    pub(crate) fn append(&mut self, mut value: Zval) -> Result<Zval, Zval> {
        let mut key = Zval::new();
        // SAFETY: our own array, with one reference; the engine takes over what is in `value` when there is a key for
        // it.
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

    /// The element at `key`, with a reference of its own.
    pub(crate) fn get(&self, key: &Zval) -> Option<Zval> {
        self.find(key).map(Zval::shallow_clone)
    }

    /// Is there an element at `key`?
    pub(crate) fn has(&self, key: &Zval) -> bool {
        self.find(key).is_some()
    }

    /// Takes the element at `key` out.
    pub(crate) fn remove(&mut self, key: &Zval) -> Option<Zval> {
        let mut removed = Zval::new();
        // SAFETY: our own array; the element is moved to a place of ours.
        let found = unsafe { ffi::async_array_take(&raw mut *self.0, key, &raw mut removed) };
        found.then_some(removed)
    }

    /// Keys and elements, in order, with references of their own: the array may change meanwhile.
    pub(crate) fn entries(&self) -> Vec<(Zval, Zval)> {
        entries(&self.0)
    }

    /// Keys and elements, in order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (Zval, &Zval)> {
        pairs(&self.0)
    }

    /// Keeps the elements that are `kept`. The caller drops what is returned when nothing is borrowed. Keys that are
    /// appended go on where they were.
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

/// Keys and elements of a table, in order, with references of their own.
pub(crate) fn entries(table: &ZendHashTable) -> Vec<(Zval, Zval)> {
    pairs(table).map(|(key, value)| (key, value.shallow_clone())).collect()
}

fn pairs(table: &ZendHashTable) -> impl Iterator<Item = (Zval, &Zval)> {
    positions(table).map(|position| (key_at(table, position), value_at(table, position)))
}

/// `key` as an array would keep it; none when it is of no type that an array takes.
pub(crate) fn normal_key(key: &Zval) -> Option<Zval> {
    let mut key = key.shallow_clone();
    // SAFETY: our own copy.
    unsafe { ffi::async_array_key_normal(&raw mut key) };
    (key.u1_type() != 0).then_some(key)
}
