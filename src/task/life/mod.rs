//! The data of tasks: futures, pools, workers, and the state of a process, where all of that is kept.

pub(crate) mod attempt;
pub(crate) mod conclusion;
pub(crate) mod doubt;
pub(crate) mod ended;
pub(crate) mod extra;
pub(crate) mod future;
pub(crate) mod group;
pub(crate) mod handler;
pub(crate) mod heap;
pub(crate) mod held;
pub(crate) mod inherited;
pub(crate) mod interruption;
pub(crate) mod limits;
pub(crate) mod locks;
pub(crate) mod map_call;
pub(crate) mod sharing;
pub(crate) mod shutdown;
pub(crate) mod state;
pub(crate) mod support;
pub(crate) mod surfacing;
pub(crate) mod times;
pub(crate) mod totals;
pub(crate) mod underway;
pub(crate) mod work;
pub(crate) mod worker;
pub(crate) mod workers;
