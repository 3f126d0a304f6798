//! Strings between Rust and PHP.

use ext_php_rs::types::{ZendStr, Zval};

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
