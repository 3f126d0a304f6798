//! Bytes on a pipe: what a child tells its parent, and nothing about how it is carried or what PHP makes of it.
//!
//! Written in the child after its run, read in the parent. No engine, no system call: tested by `cargo test` alone.

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
pub(crate) mod target;
pub(crate) mod throwable;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tree;
