//! Policy: which task runs next, and until when; and when a heap is worth huge pages. Pure state machines, in the
//! parent.
//!
//! No system call, no clock, no PHP: whoever drives it says what happened and what time it is.
//!
//! [`ledger`] says where each attempt is, and has the picture of its ways.

pub(crate) mod deadlines;
pub(crate) mod huge_page_budget;
pub(crate) mod ids;
pub(crate) mod ledger;
pub(crate) mod place;
pub(crate) mod portion;
pub(crate) mod retry;
