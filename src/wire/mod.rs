//! The bytes that a child sends to its parent, and the seal of some that it gets. How they are transported, and what PHP makes of them, is not known here.
//!
//! Written in the child after its task, read in the parent. Without engine and system calls, so that `cargo test` alone
//! tests it.

pub(crate) mod buffer;
pub(crate) mod codec;
pub(crate) mod decode;
pub(crate) mod encode;
mod extension;
mod first;
pub(crate) mod frame;
mod object;
pub(crate) mod payload;
pub(crate) mod report;
mod run;
pub(crate) mod seal;
pub(crate) mod target;
pub(crate) mod throwable;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tree;
