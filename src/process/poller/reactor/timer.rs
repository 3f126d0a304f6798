//! Makes the reactor's descriptor readable when its owner is due, for event loops that know nothing but descriptors.

use std::time::Duration;

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use crate::process::poller::registry::{Registry, Source, Trigger};

/// The timer, once somebody waits for the descriptor.
#[derive(Debug, Default)]
pub(super) struct Timer(Option<TimerFd>);

impl Timer {
    /// Somebody waits for `registry`.
    ///
    /// # Errors
    ///
    /// When there is no descriptor to be had.
    pub(super) fn watch(&mut self, registry: &mut Registry) -> Result<(), Errno> {
        if self.0.is_none() {
            let flags = TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK;
            let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
            registry.register(&timer, Source::Timer, Trigger::Level)?;
            self.0 = Some(timer);
        }
        Ok(())
    }

    /// Readable after `delay`, and not before; never without one.
    pub(super) fn set(&self, delay: Option<Duration>) {
        let Some(timer) = &self.0 else {
            return;
        };
        let _ = match delay {
            Some(delay) => {
                // Zero would switch it off.
                let delay = TimeSpec::from_duration(delay.max(Duration::from_nanos(1)));
                timer.set(Expiration::OneShot(delay), TimerSetTimeFlags::empty())
            }
            None => timer.unset(),
        };
    }
}
