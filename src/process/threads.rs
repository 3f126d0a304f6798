//! Threads that this process has in addition to PHP's and ours.

use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicBool, Ordering};

static ALL_ARE_KNOWN: AtomicBool = AtomicBool::new(false);

/// From now on there is no thread here that the C library does not know. It changes the rights of all threads that it
/// knows together; another one would keep those that the process gives up, and whoever then writes to this process's
/// memory could use them.
pub(crate) fn know_all() {
    ALL_ARE_KNOWN.store(true, Ordering::Relaxed);
}

/// Is that so?
pub(super) fn all_are_known() -> bool {
    ALL_ARE_KNOWN.load(Ordering::Relaxed)
}

/// How many threads there are besides PHP's and the notifier's, if that has one, in the process that has the children; 0 if
/// that is unknown.
pub(crate) fn of_libraries(has_notifier: bool) -> usize {
    let ours = 1 + usize::from(has_notifier);
    // A folder's link count: one for itself, one for its name, and one for each folder in it.
    let all = std::fs::metadata("/proc/self/task").map_or(0, |folder| folder.nlink().saturating_sub(2));
    usize::try_from(all).unwrap_or(0).saturating_sub(ours)
}
