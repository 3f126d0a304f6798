//! What the parent does between two statements of its script: it waits, reads what workers send, and runs handlers.

pub(crate) mod adopt;
pub(crate) mod at_exit;
pub(crate) mod cancel;
mod check;
pub(crate) mod combine;
pub(crate) mod doubts;
pub(crate) mod event_loop;
pub(crate) mod finished;
pub(crate) mod follow;
pub(crate) mod gone;
pub(crate) mod handlers;
pub(crate) mod in_line;
pub(crate) mod item_failure;
pub(crate) mod locks;
pub(crate) mod map_results;
pub(crate) mod messages;
pub(crate) mod news;
pub(crate) mod object;
pub(crate) mod scale;
pub(crate) mod selection;
pub(crate) mod shared_value;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod steer;
pub(crate) mod streams;
pub(crate) mod talk;
pub(crate) mod wait;
