//! The control groups of this process.

use std::fs;
use std::path::PathBuf;

/// The folders of the process's group and of those above it, innermost first; `None` if version 2 is not in use.
pub(crate) fn unified() -> Option<Vec<PathBuf>> {
    let membership = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = membership.lines().find_map(|line| line.strip_prefix("0::"))?;
    let groups = std::iter::successors(Some(path.trim_end_matches('/')), |path| {
        path.rfind('/').and_then(|at| path.get(..at))
    });
    Some(groups.map(|group| PathBuf::from(format!("/sys/fs/cgroup{group}"))).collect())
}
