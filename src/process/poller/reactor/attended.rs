//! Descriptors that end a sleep in the reactor, and nothing else: those of channels, while code waits for one of several,
//! and of an endpoint. Nobody but the code that sleeps looks after them.
//!
//! So they are among what the reactor waits for only while it sleeps. One that is readable stays so while handlers run: if it
//! was always among them, each interrupt of the virtual machine would cause the next one, and the handler would make no
//! progress.

use std::os::fd::AsFd;

use nix::errno::Errno;

use crate::process::os::{Poller, Queue, Token, Trigger};
use crate::process::poller::registry::{Registry, Source};

/// The descriptors, once there was one.
#[derive(Debug, Default)]
pub(super) struct Attended {
    queue: Option<Queue>,
    count: usize,
}

impl Attended {
    /// Adds `fd`.
    ///
    /// # Errors
    ///
    /// When the kernel has no descriptor, or cannot watch one more.
    pub(super) fn add(&mut self, fd: impl AsFd) -> Result<(), Errno> {
        let queue = match self.queue.take() {
            Some(queue) => queue,
            None => Queue::new()?,
        };
        let added = self.queue.insert(queue).add(fd, Token::default(), Trigger::Level);
        self.count += usize::from(added.is_ok());
        added
    }

    /// Removes `fd`.
    pub(super) fn remove(&mut self, fd: impl AsFd) {
        if self.queue.as_ref().is_some_and(|queue| queue.delete(fd).is_ok()) {
            self.count = self.count.saturating_sub(1);
        }
    }

    /// From now on they are among what is waited for, if there are any, until [`Attended::leave`].
    ///
    /// # Errors
    ///
    /// When the kernel cannot watch one more descriptor.
    pub(super) fn join(&self, registry: &mut Registry) -> Result<(), Errno> {
        let queue = self.queue.as_ref().filter(|_| self.count > 0);
        queue.map_or(Ok(()), |queue| {
            queue.refresh();
            registry.register(queue.descriptor(), Source::Attended, Trigger::Level).map(drop)
        })
    }

    /// They are no longer.
    pub(super) fn leave(&self, registry: &mut Registry) {
        if let Some(queue) = self.queue.as_ref().filter(|_| self.count > 0) {
            registry.deregister(queue.descriptor());
        }
    }
}
