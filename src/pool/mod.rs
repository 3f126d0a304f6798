//! Policy: which task runs next, and until when, and when a heap is worth huge pages. Pure state machines, in the
//! parent.
//!
//! They make no system call, read no clock and know no PHP: their caller says what has happened, and what time it is.
//!
//! [`ledger`] knows where each attempt is, and has a diagram of the transitions. [`scaling`] says when another worker is
//! needed.

pub(crate) mod deadlines;
pub(crate) mod huge_page_budget;
pub(crate) mod ids;
pub(crate) mod ledger;
pub(crate) mod pace;
pub(crate) mod place;
pub(crate) mod portion;
mod queue;
pub(crate) mod restart;
pub(crate) mod retry;
pub(crate) mod scaling;
pub(crate) mod stall;
