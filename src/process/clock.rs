//! Time that this thread was on a processor, which other processes do not stretch.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The time so far. Only differences mean anything.
pub(crate) fn cpu_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
