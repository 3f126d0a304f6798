//! How many CPUs this process may use, by its affinity and by the quota of its control group.

use std::fs;

use super::cgroup;
use super::os::affinity;

/// The number of usable CPUs, at least 1.
pub(crate) fn usable() -> usize {
    let allowed =
        affinity().unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
    quota().map_or(allowed, |quota| allowed.min(quota)).max(1)
}

/// How many CPUs the control groups allow, rounded up. The tightest of the groups above this process counts.
fn quota() -> Option<usize> {
    if let Some(groups) = cgroup::unified() {
        return groups
            .iter()
            .filter_map(|group| fs::read_to_string(group.join("cpu.max")).ok())
            .filter_map(|text| unified_quota(&text))
            .min();
    }
    let read = |name| fs::read_to_string(format!("/sys/fs/cgroup/cpu/{name}")).ok();
    legacy_quota(&read("cpu.cfs_quota_us")?, &read("cpu.cfs_period_us")?)
}

/// From the `cpu.max` of version 2: quota and period in microseconds, or `max`.
fn unified_quota(text: &str) -> Option<usize> {
    let (quota, period) = text.trim().split_once(' ')?;
    legacy_quota(quota, period)
}

fn legacy_quota(quota: &str, period: &str) -> Option<usize> {
    let quota: usize = quota.trim().parse().ok()?;
    let period: usize = period.trim().parse().ok().filter(|&period| period > 0)?;
    Some(quota.div_ceil(period).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_one() {
        assert!(usable() >= 1);
    }

    #[test]
    fn quotas_are_rounded_up() {
        assert_eq!(unified_quota("150000 100000\n"), Some(2));
        assert_eq!(unified_quota("50000 100000\n"), Some(1));
        assert_eq!(unified_quota("max 100000\n"), None);
        assert_eq!(legacy_quota("-1\n", "100000\n"), None);
        assert_eq!(legacy_quota("400000\n", "100000\n"), Some(4));
    }
}
