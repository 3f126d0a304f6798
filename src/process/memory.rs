//! How much memory is available: of the system, and within the limits of the control groups.

use std::fs;
use std::path::Path;

use super::cgroup;

/// How many bytes can be allocated before other memory has to be given up; `None` if that is unknown.
pub(crate) fn free() -> Option<usize> {
    let system = fs::read_to_string("/proc/meminfo").ok().and_then(|text| field(&text, "MemAvailable:"));
    let groups = cgroup::unified().unwrap_or_default();
    let unified = groups.iter().filter_map(|group| room(group, "memory.max", "anon"));
    let legacy = room(Path::new("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "total_rss");
    system.map(|kib| kib.saturating_mul(1024)).into_iter().chain(unified).chain(legacy).min()
}

/// What remains of a group's limit, apart from memory that the kernel cannot drop. No limit is a word, or a huge
/// number.
fn room(group: &Path, limit: &str, used: &str) -> Option<usize> {
    let limit: usize = fs::read_to_string(group.join(limit)).ok()?.trim().parse().ok()?;
    let used = field(&fs::read_to_string(group.join("memory.stat")).ok()?, used)?;
    Some(limit.saturating_sub(used))
}

/// The number after `name` at the beginning of a line.
fn field(text: &str, name: &str) -> Option<usize> {
    text.lines()
        .find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some(name)).then(|| words.next())?
        })?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        assert_eq!(field("MemFree: 5 kB\nMemAvailable:   17 kB\n", "MemAvailable:"), Some(17));
        assert_eq!(field("anon_thp 5\nanon 17\n", "anon"), Some(17));
        assert_eq!(field("anon_thp 5\n", "anon"), None);
    }

    #[test]
    fn some_is_free_here() {
        assert!(free().is_some_and(|bytes| bytes > 0));
    }
}
