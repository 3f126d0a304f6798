//! A task's life, from its future to its outcome: the only place that knows PHP's values, the queues and the processes.
//!
//! ```text
//! parent   future -> ledger (queue) -> start ----------- fork -----------------> turn: wait, settle, handlers
//!                      ^                                  |                        |
//! child                |                                  `-> hooks, run, report, end
//!                      `------------------------ retry: what failed is run again -'
//! ```
//!
//! | folder | owns | knows |
//! |---|---|---|
//! | `child` | what runs in a forked child, to its end | `life`, `parent`, `workers` |
//! | `parent` | what the parent does: it starts tasks, waits, hears of workers, runs handlers | `life`, `map`, `workers` |
//! | `map` | one function over many items | `life`, `workers` |
//! | `workers` | the processes that run tasks: made, told, ended, and what they leave | `life` |
//! | `life` | what a task is, its pool, and where all of that is kept | nothing |

pub(crate) mod child;
pub(crate) mod life;
pub(crate) mod map;
pub(crate) mod parent;
pub(crate) mod workers;
