//! Policy: which task runs next, and until when; and when a heap is worth huge pages. Pure state machines, in the parent.
//!
//! No system call, no clock, no PHP: whoever drives it says what happened and what time it is.
//!
//! ```text
//! enqueue -> queued -> next -> running -> ended
//!             ^  `----- remove -----'
//!             `--- wake --- resting <--- rest: what has failed, and is run again
//! ```

pub(crate) mod deadlines;
pub(crate) mod ids;
pub(crate) mod place;
pub(crate) mod portion;
pub(crate) mod rent;
pub(crate) mod retry;
pub(crate) mod scheduler;
