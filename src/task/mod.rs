//! A task's life, from its future to its outcome: the only place that knows PHP's values, the queues and the processes.
//!
//! ```text
//! parent   future -> group (queue) -> launch ---------- fork --------------> turn: wait, settle, handlers
//!                      ^                                |                     |
//! child                |                                `-> child: hooks, run, report, end
//!                      `---------------------- retry: what failed is run again
//! ```

pub(crate) mod child;
pub(crate) mod life;
pub(crate) mod map;
pub(crate) mod parent;
pub(crate) mod workers;
