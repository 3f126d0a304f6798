//! The statement that a call stands in.

use super::class::Class;
use super::handler::Call;
use crate::ffi;

impl Call {
    /// Does the statement keep the result, an object of `giver`, in a variable, an array or a property, or let it go?
    /// Not when it gives it to an object of `taker`, or hands it on to somebody who may do that: as an argument, by
    /// `return` or `yield`. Methods of `giver` that return the object itself do not change that. A statement that keeps
    /// it in a variable counts together with the next one: the optimizer makes one of the two.
    pub(crate) fn is_kept(&self, giver: &Class, taker: &Class) -> bool {
        // SAFETY: a frame of the running thread, whose callers are alive; no PHP code runs.
        unsafe { ffi::async_result_is_kept(self.frame_ptr(), giver.entry(), taker.entry()) }
    }
}
