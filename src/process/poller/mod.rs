//! Which descriptors are waited for, and how the parent is told of news while it runs its own code.

pub(crate) mod notifier;
pub(crate) mod reactor;
mod wake_state;
