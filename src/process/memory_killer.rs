//! The kernel's OOM killer: whether it was probably the cause of a SIGKILL that this process did not send.
//!
//! The kernel does not report which processes it has killed, but it counts them. The counter of our own control group
//! is the most exact one; if it cannot be read, that of the whole system is used.

use std::fs;
use std::path::{Path, PathBuf};

/// Counts the victims of the OOM killer.
#[derive(Debug)]
pub(crate) struct MemoryKiller {
    counters: Vec<PathBuf>,
    explained: u64,
}

impl MemoryKiller {
    /// Counts from now on.
    pub(crate) fn new() -> Self {
        let membership = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        Self::watching(counters(&membership))
    }

    fn watching(counters: Vec<PathBuf>) -> Self {
        let explained = victims(&counters);
        Self { counters, explained }
    }

    /// Is there a victim that has not been attributed to a death yet? If so, it is attributed to this one.
    pub(crate) fn struck(&mut self) -> bool {
        let struck = victims(&self.counters) > self.explained;
        self.explained += u64::from(struck);
        struck
    }
}

/// The files that count victims, the most exact one first, for a process with these control groups.
fn counters(membership: &str) -> Vec<PathBuf> {
    let group = |line: &str| {
        let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
        let path = path.trim_end_matches('/');
        match controllers {
            "" => Some(format!("/sys/fs/cgroup{path}/memory.events")),
            "memory" => Some(format!("/sys/fs/cgroup/memory{path}/memory.oom_control")),
            _ => None,
        }
    };
    membership.lines().filter_map(group).chain(["/proc/vmstat".to_owned()]).map(PathBuf::from).collect()
}

/// The value of the first counter that can be read.
fn victims(counters: &[PathBuf]) -> u64 {
    counters.iter().find_map(|path| count(path)).unwrap_or_default()
}

fn count(path: &Path) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix("oom_kill "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counters_of_both_versions_of_control_groups_are_found() {
        let found = counters("9:name=systemd:/\n4:memory:/a/b\n1:cpu:/\n0::/\n");
        let expected =
            ["/sys/fs/cgroup/memory/a/b/memory.oom_control", "/sys/fs/cgroup/memory.events", "/proc/vmstat"];
        assert_eq!(found, expected.map(PathBuf::from));
        assert_eq!(counters("nonsense\n").len(), 1);
    }

    #[test]
    fn each_victim_explains_one_death() {
        let folder = std::env::temp_dir().join(format!("async-memory-killer-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("memory.events");
        fs::write(&file, "low 0\noom 3\noom_kill 5\noom_group_kill 0\n").unwrap();
        let mut killer = MemoryKiller::watching(vec![folder.join("missing"), file.clone()]);
        assert!(!killer.struck());
        fs::write(&file, "oom 9\noom_kill 7\n").unwrap();
        assert_eq!([killer.struck(), killer.struck(), killer.struck()], [true, true, false]);
        fs::remove_dir_all(&folder).unwrap();
        assert!(!killer.struck());
    }
}
