//! What a task has last answered to the question whether it waits.

use crate::zend::cell::Plain;

/// The ids of the children of a process, and the stamps of their answers; 0 for the process itself.
pub(crate) type Stamps = Vec<(u64, u64)>;

/// The last answer.
#[derive(Debug, Default)]
pub(crate) struct LastAnswer {
    stamps: Stamps,
    stamp: u64,
}

impl Plain for LastAnswer {}

impl LastAnswer {
    /// The stamp of an answer at `now`: that of the last one, if nothing has happened since.
    pub(crate) fn stamp(&mut self, stamps: Stamps, now: u64) -> u64 {
        if self.stamps != stamps {
            (self.stamps, self.stamp) = (stamps, now);
        }
        self.stamp
    }
}
