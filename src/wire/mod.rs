//! Bytes only: what is written to a pipe and what is accepted from one. No Zend type, no system call.

pub(crate) mod codec;
pub(crate) mod decode;
pub(crate) mod encode;
mod extension;
pub(crate) mod fault;
