//! How long to wait.

use std::time::{Duration, Instant};

/// When a wait is over although nothing has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    seconds: f64,
    until: Instant,
}

impl Patience {
    /// For so many seconds from now; none for ever.
    pub(crate) fn new(seconds: Option<f64>) -> Option<Self> {
        let seconds = seconds?;
        let until =
            Duration::try_from_secs_f64(seconds).ok().and_then(|limit| Instant::now().checked_add(limit))?;
        Some(Self { seconds, until })
    }

    /// How much of it is left.
    pub(crate) fn left(self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// How many seconds it was in all.
    pub(crate) fn seconds(self) -> f64 {
        self.seconds
    }
}
