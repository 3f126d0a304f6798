//! What a pool with warm workers needs for the attempts that are posted: by their epochs alone.
//!
//! A worker can run an attempt when it is of the epoch that the attempt needs, or of a later one.

/// What is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: no attempt waits.
    Nothing,
    /// That idle workers take what waits, as they can.
    Takers,
    /// One more worker. It begins with the first attempt that needs a later epoch than this one; [`IN_ORDER`] if with the
    /// first of all.
    Worker(u64),
    /// The slot of a worker that is too old for what waits.
    Slot,
    /// The end of what runs: all workers are busy, or will be, and there may be no more of them.
    Turn,
}

/// No attempt needs a later epoch than this one.
pub(crate) const IN_ORDER: u64 = u64::MAX;

/// What is needed when so many attempts wait as are `open`, in this order, which need these epochs, and the workers of
/// the epochs in `idle` have nothing to do. If the pool `is_full`, there may be no more workers.
///
/// Attempts begin in order, as one may wait for what an earlier one does: so the idle workers are for the first ones. What
/// is behind those takes no idle worker's slot, and is begun by a new worker only if idle ones take all that is before it.
pub(crate) fn need(mut open: Vec<u64>, mut idle: Vec<u64>, is_full: bool) -> Need {
    if open.is_empty() {
        return Need::Nothing;
    }
    let are_more = open.len() > idle.len();
    // What needs the latest epoch goes to the youngest: if one of these pairs does not fit, no others would all fit.
    idle.sort_unstable_by(|one, other| other.cmp(one));
    let youngest = idle.first().copied().unwrap_or(0);
    let before = open.iter().position(|&needed| needed > youngest);
    open.truncate(idle.len());
    open.sort_unstable_by(|one, other| other.cmp(one));
    let outdated = open.iter().zip(&idle).any(|(needed, epoch)| needed > epoch);
    match (outdated, are_more, is_full) {
        (false, false, _) => Need::Takers,
        (.., false) => {
            Need::Worker(before.filter(|&before| before <= idle.len()).map_or(IN_ORDER, |_| youngest))
        }
        (true, _, true) => Need::Slot,
        (false, true, true) => Need::Turn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_waits_nothing_is_needed() {
        for is_full in [false, true] {
            assert_eq!(need(vec![], vec![], is_full), Need::Nothing);
            assert_eq!(need(vec![], vec![1, 2], is_full), Need::Nothing);
        }
    }

    #[test]
    fn idle_workers_that_are_young_enough_take_what_waits() {
        for is_full in [false, true] {
            assert_eq!(need(vec![1, 3], vec![3, 2, 1], is_full), Need::Takers);
            assert_eq!(need(vec![0], vec![5], is_full), Need::Takers);
        }
    }

    #[test]
    fn more_that_waits_than_workers_that_are_idle_needs_another_one_or_has_to_wait() {
        assert_eq!(need(vec![1, 1], vec![4], false), Need::Worker(IN_ORDER));
        assert_eq!(need(vec![1], vec![], false), Need::Worker(0));
        assert_eq!(need(vec![1, 1], vec![4], true), Need::Turn);
    }

    #[test]
    fn a_worker_that_is_too_old_is_joined_or_replaced() {
        assert_eq!(need(vec![3], vec![2], false), Need::Worker(2));
        assert_eq!(need(vec![3], vec![2], true), Need::Slot);
        // One of the two is young enough for either, and the other for none.
        assert_eq!(need(vec![3, 3], vec![4, 2], true), Need::Slot);
    }

    #[test]
    fn what_waits_behind_others_takes_no_idle_worker_from_them() {
        assert_eq!(need(vec![1, 3], vec![2], true), Need::Turn);
        assert_eq!(need(vec![3, 1], vec![2], true), Need::Slot);
        assert_eq!(need(vec![1, 3, 3], vec![2, 2], true), Need::Slot);
    }

    #[test]
    fn a_new_worker_begins_with_what_idle_ones_leave() {
        assert_eq!(need(vec![1, 3], vec![2], false), Need::Worker(2));
        // The idle one takes the first, and the second would wait behind the third.
        assert_eq!(need(vec![1, 1, 3], vec![2], false), Need::Worker(IN_ORDER));
        assert_eq!(need(vec![0, 3], vec![], false), Need::Worker(IN_ORDER));
    }

    /// Can each of `open` have a worker of its own? Tries all ways.
    fn covers(open: &[u64], idle: &[u64]) -> bool {
        let Some((needed, rest)) = open.split_first() else {
            return true;
        };
        let without =
            |at: usize| idle.iter().enumerate().filter(move |&(i, _)| i != at).map(|(_, &epoch)| epoch);
        (0..idle.len()).any(|at| idle[at] >= *needed && covers(rest, &without(at).collect::<Vec<_>>()))
    }

    #[test]
    fn no_worker_is_needed_when_the_idle_ones_can_take_all_and_in_no_other_case() {
        let list = |length: u32, n: u64| (0..length).map(|at| n / 3_u64.pow(at) % 3).collect::<Vec<u64>>();
        let lists = || (0..4).flat_map(move |length| (0..3_u64.pow(length)).map(move |n| list(length, n)));
        for open in lists() {
            for idle in lists().filter(|idle| idle.len() >= open.len()) {
                let (covered, needs) = (covers(&open, &idle), need(open.clone(), idle.clone(), true));
                assert_eq!(matches!(needs, Need::Nothing | Need::Takers), covered, "{open:?} {idle:?}");
            }
        }
    }
}
