//! Raw declarations: the C shim, and engine functions that ext-php-rs does not bind.
#![allow(unsafe_code, reason = "this module is the boundary to C")]
#![allow(missing_docs, reason = "the reasons stand beside the C definitions")]

use std::ffi::c_void;

unsafe extern "C" {
    pub(crate) fn async_vm_interrupt_addr() -> *mut c_void;
}
