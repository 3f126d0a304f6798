//! A thread that the C library does not know of: there is none here.

use std::ffi::{c_int, c_void};

use nix::errno::Errno;

/// Such a thread.
#[derive(Debug)]
pub(crate) enum Bare {}

impl Bare {
    /// Can there be such threads here?
    pub(crate) const POSSIBLE: bool = false;

    /// # Errors
    ///
    /// Always ENOSYS.
    pub(crate) fn start(_: extern "C" fn(*mut c_void) -> c_int, _: *mut c_void) -> Result<Self, Errno> {
        Err(Errno::ENOSYS)
    }

    /// Waits for its end.
    pub(crate) fn join(self) {
        match self {}
    }
}
