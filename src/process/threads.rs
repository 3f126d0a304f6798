//! Threads that this process has in addition to PHP's and ours.

use std::os::unix::fs::MetadataExt;

use super::poller::notifier::Means;

/// How many such threads there are, in the process that has the children; 0 if that is unknown.
pub(crate) fn of_libraries(means: Means) -> usize {
    let ours = 1 + usize::from(means == Means::Thread);
    // A folder's link count: one for itself, one for its name, and one for each folder in it.
    let all = std::fs::metadata("/proc/self/task").map_or(0, |folder| folder.nlink().saturating_sub(2));
    usize::try_from(all).unwrap_or(0).saturating_sub(ours)
}
