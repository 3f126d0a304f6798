//! When to check the memory that children share with this process: a task may have written over the words by which
//! children and parent wake each other.

use std::time::{Duration, Instant};

use super::Reactor;
use crate::wire::frame::Malformed;

/// The interval of the checks, while somebody waits.
pub(super) const EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Checks {
    /// There are warm workers, or have been. From then on all children share memory with this process.
    pub(super) wanted: bool,
    /// The last wait has asked the kernel: only such a wait has time for a check.
    pub(super) possible: bool,
    last: Option<Instant>,
}

impl Checks {
    /// Limits the `timeout` of a wait, so that the next check is in time.
    pub(super) fn within(&self, timeout: Option<Duration>) -> Option<Duration> {
        if self.wanted { Some(timeout.map_or(EVERY, |timeout| timeout.min(EVERY))) } else { timeout }
    }

    /// Is a check due? True only once each time.
    pub(super) fn is_due(&mut self) -> bool {
        let asked = std::mem::take(&mut self.possible);
        let is_due = asked && self.wanted && self.last.is_none_or(|last| last.elapsed() >= EVERY);
        if is_due {
            self.last = Some(Instant::now());
        }
        is_due
    }
}

impl Reactor {
    /// Is it time to check the memory that children share with this process? True only once each time. What this
    /// process has written to result rings is written anew then.
    pub(crate) fn is_time_to_check(&mut self) -> bool {
        let is_due = self.checks.is_due();
        if is_due {
            self.rings.restate();
        }
        is_due
    }

    /// Child `id` has sent an answer that it cannot have: nothing more is read from it.
    pub(crate) fn accuse(&mut self, id: u64, why: Malformed) {
        self.rings.remove(id);
        if let Some(child) = self.children.get_mut(&id) {
            child.refused = Some(why);
        }
    }
}
