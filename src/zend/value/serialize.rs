//! PHP's own serializer, for values that the packed format cannot hold. It always encodes the whole value, so that
//! object identity, references, enums, `__serialize()` and the like keep their meaning. Runs in the sending and the
//! receiving process; PHP code may run.

use std::fmt;

use ext_php_rs::ffi::zend_string;
use ext_php_rs::types::Zval;

use super::classes::{self, Classes};
use super::error::{DecodeError, Unserializable};
use super::table::{self, Table};
use super::walk::{self, Finding};
use crate::ffi;
use crate::wire::decode::Malformed;
use crate::zend::cell::ensure_free;
use crate::zend::exception;

/// The string that PHP's serializer made.
pub(crate) struct Serialized(*mut zend_string);

impl Serialized {
    pub(crate) fn get(&self) -> &[u8] {
        // SAFETY: owned, and not changed after `serialize`.
        unsafe { table::bytes(self.0) }
    }
}

impl Drop for Serialized {
    fn drop(&mut self) {
        // SAFETY: drops the reference that `serialize` got, once.
        unsafe { ffi::async_key_release(self.0) };
    }
}

impl fmt::Debug for Serialized {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Serialized({} bytes)", self.get().len())
    }
}

/// Prepares for [`unserialize`]. MINIT.
pub(crate) fn startup() {
    // SAFETY: MINIT; no request runs.
    unsafe { ffi::async_unserialize_startup() };
}

/// Releases what [`startup`] made. MSHUTDOWN.
pub(crate) fn shutdown() {
    // SAFETY: MSHUTDOWN; no request runs.
    unsafe { ffi::async_unserialize_shutdown() };
}

/// Serializes a graph. PHP code may run; see [`super::encode()`].
pub(crate) fn serialize(value: &Zval) -> Result<Serialized, Unserializable> {
    // For a resource PHP would write 0, and on deep nesting it would overflow the stack.
    if let Some(found) = walk::find_lost(value) {
        return Err(found.into_error());
    }
    ensure_free();
    let cycle = own_reference(value);
    let root = cycle.as_ref().unwrap_or(value);
    // SAFETY: PHP's serializer takes a mutable pointer and changes only reference counts.
    let bytes = unsafe { ffi::async_serialize(std::ptr::from_ref(root).cast_mut()) };
    if !bytes.is_null() {
        return Ok(Serialized(bytes));
    }
    let exception = exception::take();
    Err(walk::find_culprit(value, exception.as_ref()).into_error())
}

/// A reference to the array `value` among its own elements, as `$array['self'] = &$array` makes one. If serialization
/// begins with the array, PHP writes null for this element; if it begins with the reference, PHP recognizes the cycle.
fn own_reference(value: &Zval) -> Option<Zval> {
    let array = std::ptr::from_ref(table::array(value)?);
    let leads_back = |element: &&Zval| {
        let target = table::reference(element).and_then(|reference| table::array(&reference.val));
        target.is_some_and(|target| std::ptr::eq(target, array))
    };
    match Table::of(table::array(value)?) {
        Table::Packed(values) => values.iter().find(leads_back),
        Table::Hash(buckets) => buckets.iter().map(|bucket| &bucket.val).find(leads_back),
    }
    .map(Zval::shallow_clone)
}

/// Decodes what [`serialize`] wrote, with objects of `classes` only, if that is given. PHP code may run: autoloaders,
/// `__unserialize()`, `__wakeup()`.
pub(crate) fn unserialize(bytes: &[u8], classes: Option<&Classes>) -> Result<Zval, DecodeError> {
    ensure_free();
    let table = classes.map(Classes::table);
    let allowed = table
        .as_ref()
        .and_then(table::array)
        .map_or(std::ptr::null_mut(), |table| std::ptr::from_ref(table).cast_mut());
    let mut value = Zval::new();
    let mut unknown = std::ptr::null_mut();
    // SAFETY: `bytes.len()` bytes are there; both out-pointers are ours; `allowed` is null, or an array that is only read.
    let done = unsafe {
        ffi::async_unserialize(&raw mut value, bytes.as_ptr().cast(), bytes.len(), allowed, &raw mut unknown)
    };
    let class = (!unknown.is_null()).then(|| {
        let class = Serialized(unknown);
        String::from_utf8_lossy(class.get()).into_owned()
    });
    if done {
        return Ok(value);
    }
    if let Some(exception) = exception::take() {
        return Err(DecodeError::Thrown(exception));
    }
    // SAFETY: reads a pointer of the engine.
    if unsafe { ffi::async_exception_pending() } {
        return Err(DecodeError::Exiting);
    }
    Err(class.map_or_else(
        || Malformed("not what PHP's serializer writes".to_owned()).into(),
        |class| {
            if classes::admits(classes, class.as_bytes()) {
                DecodeError::UnknownClass { class }
            } else {
                DecodeError::RefusedClass { class }
            }
        },
    ))
}

impl Finding {
    fn into_error(self) -> Unserializable {
        let Self { part, type_name, path, reason } = self;
        Unserializable { part, type_name, path, reason }
    }
}
