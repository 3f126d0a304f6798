//! Safe wrappers round the engine.
#![allow(unsafe_code, reason = "the engine is C")]

pub(crate) mod serialize;
pub(crate) mod throwable;
pub(crate) mod value;
