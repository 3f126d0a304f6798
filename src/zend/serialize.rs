//! PHP's own serializer, for graphs with objects or references, as a whole: identity, enums, `__serialize()` and the
//! like keep their meaning. Runs in both processes; re-enters PHP.

use std::fmt;

use ext_php_rs::ffi::zend_string;
use ext_php_rs::types::Zval;

use super::cell::ensure_free;
use super::value::table::{self, Table};
use super::value::walk::{self, Finding};
use super::value::{DecodeError, Unserializable};
use crate::ffi;
use crate::wire::decode::Malformed;

/// How deep a graph may be nested: what `unserialize()` takes by default. The same number is in ffi/shim.h. PHP's
/// serializer has no limit of its own, only the stack.
pub(crate) const GRAPH_DEPTH: usize = 4096;

/// What one level takes of the stack at most: PHP's serializer has a buffer for a float in each frame.
const LEVEL: usize = 1800;

/// How deep a graph may be nested here and now.
pub(crate) fn depth_limit() -> usize {
    const RESERVE: usize = 256 * 1024;
    // SAFETY: reads where the stack ends.
    let left = unsafe { ffi::async_stack_left() };
    GRAPH_DEPTH.min(left.saturating_sub(RESERVE) / LEVEL)
}

/// What PHP's serializer wrote, where it wrote it.
pub(crate) struct Serialized(*mut zend_string);

impl Serialized {
    pub(crate) fn get(&self) -> &[u8] {
        // SAFETY: owned, and not changed after `serialize`.
        unsafe { table::bytes(self.0) }
    }
}

impl Drop for Serialized {
    fn drop(&mut self) {
        // SAFETY: the reference that `serialize` took, given back once.
        unsafe { ffi::async_key_release(self.0) };
    }
}

impl fmt::Debug for Serialized {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Serialized({} bytes)", self.get().len())
    }
}

/// MINIT: prepares for [`unserialize`].
pub(crate) fn startup() {
    // SAFETY: MINIT; no request runs.
    unsafe { ffi::async_unserialize_startup() };
}

/// MSHUTDOWN.
pub(crate) fn shutdown() {
    // SAFETY: MSHUTDOWN; no request runs.
    unsafe { ffi::async_unserialize_shutdown() };
}

/// Serializes a graph. Re-enters PHP; see [`super::value::encode`].
pub(crate) fn serialize(value: &Zval) -> Result<Serialized, Unserializable> {
    // PHP would write 0 for a resource, and run out of stack.
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
    let exception = take_exception();
    Err(walk::find_culprit(value, exception.as_ref()).into_error())
}

/// The reference to `value` that it holds itself, as `$array['self'] = &$array` leaves one. From the array PHP's
/// serializer would write null in its place; from the reference it finds the way round.
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

/// The pending exception, now no longer pending; `None` also for the unwinding of `exit()`, which stays.
pub(crate) fn take_exception() -> Option<Zval> {
    let mut exception = Zval::new();
    // SAFETY: writes the zval only when it returns true, with a reference of its own.
    unsafe { ffi::async_exception_take(&raw mut exception) }.then_some(exception)
}

/// Makes a value of what [`serialize`] wrote. Re-enters PHP: autoloaders, `__unserialize()`, `__wakeup()`.
pub(crate) fn unserialize(bytes: &[u8]) -> Result<Zval, DecodeError> {
    ensure_free();
    let mut value = Zval::new();
    let mut unknown = std::ptr::null_mut();
    // SAFETY: `bytes.len()` bytes are there; both places are ours.
    let done = unsafe {
        ffi::async_unserialize(&raw mut value, bytes.as_ptr().cast(), bytes.len(), &raw mut unknown)
    };
    let class = (!unknown.is_null()).then(|| {
        let class = Serialized(unknown);
        String::from_utf8_lossy(class.get()).into_owned()
    });
    if done {
        return Ok(value);
    }
    if let Some(exception) = take_exception() {
        return Err(DecodeError::Thrown(exception));
    }
    // SAFETY: reads a pointer of the engine.
    if unsafe { ffi::async_exception_pending() } {
        return Err(DecodeError::Exiting);
    }
    Err(class.map_or_else(
        || Malformed("not what PHP's serializer writes".to_owned()).into(),
        |class| DecodeError::UnknownClass { class },
    ))
}

impl Finding {
    fn into_error(self) -> Unserializable {
        let Self { part, type_name, path, reason } = self;
        Unserializable { part, type_name, path, reason }
    }
}
