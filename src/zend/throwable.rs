//! stub
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ClassEntry;
use super::value::DecodeError;
pub(crate) fn encode(value: &Zval) -> Vec<u8> { super::exception::message(value).into_bytes() }
pub(crate) fn decode(b: &[u8], ce: *mut ClassEntry) -> Result<Zval, DecodeError> { let mut out = Zval::new(); unsafe { crate::ffi::async_exception_new(&raw mut out, ce, b.as_ptr().cast(), b.len()) }; Ok(out) }
