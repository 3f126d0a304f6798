//! A task's life, from its future to its outcome: the only place that knows PHP's values, the queues and the processes.
//!
//! ```text
//! parent   future -> group (queue) -> launch ---------- fork --------------> turn: wait, settle, handlers
//!                      ^                                |                     |
//! child                |                                `-> child: hooks, run, report, end
//!                      `---------------------- retry: what failed is run again
//! ```

pub(crate) mod adopt;
pub(crate) mod at_exit;
pub(crate) mod attempt;
pub(crate) mod child;
pub(crate) mod crew;
pub(crate) mod ended;
pub(crate) mod ending;
mod follow;
pub(crate) mod future;
pub(crate) mod group;
pub(crate) mod handlers;
pub(crate) mod heap;
pub(crate) mod held;
pub(crate) mod inherited;
pub(crate) mod interruption;
pub(crate) mod launch;
pub(crate) mod limits;
pub(crate) mod mapping;
pub(crate) mod outcome;
pub(crate) mod parcel;
pub(crate) mod retry;
pub(crate) mod state;
pub(crate) mod support;
pub(crate) mod surfacing;
pub(crate) mod turn;
pub(crate) mod wait;
pub(crate) mod work;
pub(crate) mod worker;
