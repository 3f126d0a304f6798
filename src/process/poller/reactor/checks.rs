//! When to look at what children share with this process: a task may have written over what makes them ring.

use std::time::{Duration, Instant};

/// So often, while somebody waits.
pub(super) const EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Checks {
    /// Something was posted for warm workers. From then on all children share memory with this process.
    pub(super) wanted: bool,
    /// The last wait has asked the kernel: only such a wait has the time.
    pub(super) possible: bool,
    last: Option<Instant>,
}

impl Checks {
    /// How long a wait may be that would be so long.
    pub(super) fn within(&self, timeout: Option<Duration>) -> Option<Duration> {
        if self.wanted { Some(timeout.map_or(EVERY, |timeout| timeout.min(EVERY))) } else { timeout }
    }

    /// Is it time? True once.
    pub(super) fn is_due(&mut self) -> bool {
        let asked = std::mem::take(&mut self.possible);
        let is_due = asked && self.wanted && self.last.is_none_or(|last| last.elapsed() >= EVERY);
        if is_due {
            self.last = Some(Instant::now());
        }
        is_due
    }
}
