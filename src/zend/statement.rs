//! Analyses the statement that contains a call: does the script keep the result?

use super::class::Class;
use super::handler::Call;
use crate::ffi;

impl Call {
    /// Whether the calling statement stores the result, an object of class `giver`, in a variable, an array or a
    /// property, or discards it. False if it passes the result to an object of class `taker`, or to code that may do
    /// so: as an argument, by `return` or by `yield`. Calls of methods of `giver` that return the object itself do not
    /// change the answer. A statement that stores the result in a variable is judged together with the next statement,
    /// as the optimizer may merge the two.
    pub(crate) fn is_kept(&self, giver: &Class, taker: &Class) -> bool {
        // SAFETY: a frame of the running thread, whose callers are alive; no PHP code runs.
        unsafe { ffi::async_result_is_kept(self.frame_ptr(), giver.entry(), taker.entry()) }
    }
}
