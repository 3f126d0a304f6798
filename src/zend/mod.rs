//! Safe wrappers around the PHP engine. They know nothing of pools and tasks.
//!
//! All of this runs on the request's thread, in the parent or in a child. A function that can run PHP code says so: PHP
//! code may throw, bail out, or call back into any object, so the callers of such a function hold no borrow and no
//! guard.
#![allow(unsafe_code, reason = "the boundary to the engine")]

pub(crate) mod args;
pub(crate) mod array;
pub(crate) mod callable;
pub(crate) mod cell;
pub(crate) mod class;
pub(crate) mod code;
pub(crate) mod exception;
pub(crate) mod handler;
pub(crate) mod ini;
pub(crate) mod interfaces;
pub(crate) mod interrupt;
pub(crate) mod iterate;
pub(crate) mod memory;
pub(crate) mod module;
pub(crate) mod names;
pub(crate) mod object;
pub(crate) mod request;
pub(crate) mod scope;
pub(crate) mod signal;
pub(crate) mod signature;
pub(crate) mod statement;
pub(crate) mod string;
pub(crate) mod thread;
pub(crate) mod throwable;
pub(crate) mod value;
pub(crate) mod zval;
