//! How far a posted task has come.

use std::time::Duration;

/// The progress of a posted task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// No child has taken it.
    Open,
    /// The child on this slot runs it, and has for this long.
    Running(usize, Duration),
    /// The child on this slot has taken it, and is about to begin it, or has already answered.
    Taken(usize),
    /// It was never posted, or is over, or its entry has been written over.
    Unknown,
}
