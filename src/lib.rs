//! async.so: PHP closures in forked children.
mod error;
mod ffi;
mod ini;
mod module;
mod php;
mod pool;
mod process;
mod state;
mod task;
mod wire;
mod zend;
