//! A task's life, from its future to its outcome: the only place that knows PHP's values, the queues and the processes.
//!
//! ```text
//! parent   future -> ledger (queue) -> start --- fork, or post ---.   event_loop -> outcome -> handlers
//!                      ^                                          |       ^  |
//! child                |                                          `-> hooks, run, report
//!                      `------------------ retry: what failed is run again --'
//! ```
//!
//! `docs/architecture.md` has the whole way of a task, and the states of its attempts.
//!
//! | folder | owns | knows |
//! |---|---|---|
//! | `child` | what runs in a forked child, to its end | `life`, `parent`, `workers` |
//! | `parent` | what the parent does: it starts tasks, waits, reads what workers send, runs handlers | `life`, `map`, `workers` |
//! | `map` | one function over many items | `life`, `workers` |
//! | `workers` | the processes that run tasks: forked, given jobs, ended, and the outcomes that they leave | `life` |
//! | `life` | what a task and its pool are, and where all of that is kept | nothing |

pub(crate) mod child;
pub(crate) mod life;
pub(crate) mod map;
pub(crate) mod parent;
pub(crate) mod workers;
