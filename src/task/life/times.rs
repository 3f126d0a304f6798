//! When a task began, and how long it may run. Kept only for tasks that have one of these.

use std::time::Instant;

use crate::task::life::future::Future;
use crate::zend::cell::Plain;

/// When a task began that was posted for warm workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It was not needed so far.
    #[default]
    Never,
    /// It had not begun at this time.
    Waiting(Instant),
    /// It had begun at this time.
    Begun(Instant),
}

/// When a task began, and how long it may run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    /// Seconds that it may run.
    pub(crate) limit: Option<f64>,
    /// When a child was forked for it alone.
    pub(crate) started: Option<Instant>,
    /// When it began in a warm worker, as far as that is known.
    pub(crate) seen: Seen,
    /// It was asked to stop, and is ended when this time has come.
    pub(crate) asked: Option<Instant>,
    /// Since when it has been to be ended, in a warm worker.
    pub(crate) sought: Option<Instant>,
}

impl Plain for Times {}

impl Future {
    /// When it began, and how long it may run.
    pub(crate) fn times(&self) -> Times {
        self.times.borrow().as_deref().copied().unwrap_or_default()
    }

    /// Was it asked to stop?
    pub(crate) fn is_asked(&self) -> bool {
        self.times.borrow().as_ref().is_some_and(|times| times.asked.is_some())
    }

    /// Changes them.
    pub(crate) fn set_times(&self, change: impl FnOnce(&mut Times)) {
        change(self.times.borrow_mut().get_or_insert_default());
    }

    /// Gives it a limit, unless it has one.
    pub(crate) fn limit_by_default(&self, limit: Option<f64>) {
        if limit.is_some() && self.times().limit.is_none() {
            self.set_times(|times| times.limit = limit);
        }
    }
}
