//! Which descriptors are waited for, and how the parent is told of news while it runs its own code. `registry` holds
//! the descriptors, `epoll` is the one way to the kernel, `wake_state` says who wakes the parent, `notifier` does so,
//! and `reactor` is all of it together.

mod epoll;
pub(crate) mod notifier;
pub(crate) mod reactor;
mod registry;
mod wake_state;
