//! CPU time of this thread, which does not depend on what other processes do, and the time that all of them have.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The CPU time so far. Only differences have a meaning.
pub(crate) fn cpu_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// The time of the monotonic clock, which is the same in all processes.
pub(crate) fn monotonic() -> Duration {
    clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(Duration::ZERO, Duration::from)
}
