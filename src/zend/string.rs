//! Strings between Rust and PHP.

use std::mem::MaybeUninit;

use ext_php_rs::types::{ZendStr, Zval};
use nix::errno::Errno;

use super::cell::ensure_free;
use crate::ffi;
use crate::process::bytes::{renew, want_huge_pages};

/// A PHP string of these bytes.
pub(crate) fn zval(bytes: impl AsRef<[u8]>) -> Zval {
    let mut value = Zval::new();
    value.set_zend_string(ZendStr::new(bytes, false));
    value
}

/// The text of a PHP string, with replacement characters for what is not UTF-8.
pub(crate) fn lossy(string: &ZendStr) -> String {
    String::from_utf8_lossy(string.as_bytes()).into_owned()
}

/// A PHP string of `length` bytes that `fill` writes, all of them, where they shall be.
///
/// # Errors
///
/// What `fill` says.
pub(crate) fn filled(
    length: usize,
    fill: impl FnOnce(&mut [MaybeUninit<u8>]) -> Result<(), Errno>,
) -> Result<Zval, Errno> {
    ensure_free();
    let mut value = Zval::new();
    // SAFETY: a new value; the engine may refuse the memory, and leave: nothing of ours is held.
    let bytes = unsafe { ffi::async_string_alloc(&raw mut value, length) };
    // SAFETY: `length` bytes of the new string, which nobody else has seen.
    let bytes = unsafe { std::slice::from_raw_parts_mut(bytes.cast::<MaybeUninit<u8>>(), length) };
    want_huge_pages(bytes);
    renew(bytes);
    // After an error the string is released unread.
    fill(bytes).map(|()| value)
}
