//! The control groups that this process is in.

use std::fs;
use std::path::PathBuf;

/// The folders of the group and of those above it, innermost first; none where the second version is not in use.
pub(crate) fn unified() -> Option<Vec<PathBuf>> {
    let membership = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = membership.lines().find_map(|line| line.strip_prefix("0::"))?;
    let groups = std::iter::successors(Some(path.trim_end_matches('/')), |path| {
        path.rfind('/').and_then(|at| path.get(..at))
    });
    Some(groups.map(|group| PathBuf::from(format!("/sys/fs/cgroup{group}"))).collect())
}
