//! A timer that makes the reactor's descriptor readable when the parent has something to do: for event loops of the
//! application, which wait for descriptors only.

use std::time::Duration;

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use crate::process::poller::registry::{Registry, Source, Trigger};

/// The timer, once an event loop waits for the reactor's descriptor.
#[derive(Debug, Default)]
pub(super) struct Timer(Option<TimerFd>);

impl Timer {
    /// Creates the timer in `registry`, whose descriptor an event loop is about to wait for.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(super) fn watch(&mut self, registry: &mut Registry) -> Result<(), Errno> {
        if self.0.is_none() {
            let flags = TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK;
            let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
            registry.register(&timer, Source::Timer, Trigger::Level)?;
            self.0 = Some(timer);
        }
        Ok(())
    }

    /// Makes the timer readable after `delay`, and not before; never if that is `None`.
    pub(super) fn set(&self, delay: Option<Duration>) {
        let Some(timer) = &self.0 else {
            return;
        };
        let _ = match delay {
            Some(delay) => {
                // A delay of zero would disarm the timer.
                let delay = TimeSpec::from_duration(delay.max(Duration::from_nanos(1)));
                timer.set(Expiration::OneShot(delay), TimerSetTimeFlags::empty())
            }
            None => timer.unset(),
        };
    }
}
