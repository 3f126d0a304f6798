//! Conversions between Rust and PHP strings.

use std::mem::MaybeUninit;

use ext_php_rs::types::{ZendStr, Zval};
use nix::errno::Errno;

use super::cell::ensure_free;
use crate::ffi;
use crate::process::bytes::{renew, want_huge_pages};

/// Makes a PHP string of these bytes.
pub(crate) fn zval(bytes: impl AsRef<[u8]>) -> Zval {
    let mut value = Zval::new();
    value.set_zend_string(ZendStr::new(bytes, false));
    value
}

/// The text of a PHP string, with replacement characters for what is not UTF-8.
pub(crate) fn lossy(string: &ZendStr) -> String {
    String::from_utf8_lossy(string.as_bytes()).into_owned()
}

/// Makes a PHP string of `length` bytes. `fill` writes all of them directly to their final place.
///
/// # Errors
///
/// That of `fill`.
pub(crate) fn filled(
    length: usize,
    fill: impl FnOnce(&mut [MaybeUninit<u8>]) -> Result<(), Errno>,
) -> Result<Zval, Errno> {
    ensure_free();
    let mut value = Zval::new();
    // SAFETY: a new value; if the engine refuses the memory, it unwinds past this frame, which owns nothing yet.
    let bytes = unsafe { ffi::async_string_alloc(&raw mut value, length) };
    // SAFETY: `length` bytes of the new string, to which there is no other pointer.
    let bytes = unsafe { std::slice::from_raw_parts_mut(bytes.cast::<MaybeUninit<u8>>(), length) };
    want_huge_pages(bytes);
    renew(bytes);
    // After an error the string is released unread.
    fill(bytes).map(|()| value)
}
