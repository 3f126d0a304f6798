//! A timer that makes the reactor's descriptor readable when the parent has something to do: for event loops of the
//! application, which wait for descriptors only.

use std::time::Duration;

use nix::errno::Errno;

use crate::process::os::Clock;
use crate::process::poller::registry::{Registry, Source};

/// The timer, once an event loop waits for the reactor's descriptor.
#[derive(Debug, Default)]
pub(super) struct Timer(Option<Clock>);

impl Timer {
    /// Creates the timer in `registry`, whose descriptor an event loop is about to wait for.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(super) fn watch(&mut self, registry: &mut Registry) -> Result<(), Errno> {
        if self.0.is_none() {
            self.0 = Some(registry.clock(Source::Timer)?);
        }
        Ok(())
    }

    /// Makes the descriptor readable after `delay`, and not before; never if that is `None`.
    pub(super) fn set(&self, registry: &Registry, delay: Option<Duration>) {
        if let Some(clock) = &self.0 {
            clock.set(registry.queue(), delay);
        }
    }
}
