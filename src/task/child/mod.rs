//! What runs in a forked child, from the fork to its end.

pub(crate) mod apart;
pub(crate) mod channel;
pub(crate) mod isolated;
pub(crate) mod worker_loop;
