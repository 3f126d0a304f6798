//! Waits for descriptors, and wakes the parent when there is news while the script runs. `registry` holds the
//! descriptors, `wake_state` decides what has to wake the parent, `notifier` does it, and `reactor` combines them all.

pub(crate) mod notifier;
pub(crate) mod reactor;
mod registry;
mod wake_state;
