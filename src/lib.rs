//! async.so: PHP closures in forked children.

mod ffi;
mod wire;
mod zend;
