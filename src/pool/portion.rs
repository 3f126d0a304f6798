//! How many items of a long list a child gets at a time. Many if they are short, so that the cost of handing them out
//! is small in comparison; few if they are long, and towards the end of the list, so that all children finish together.

use std::time::Duration;

/// How long one portion should take: far longer than handing it out, and too short to be noticed.
const AIM: Duration = Duration::from_millis(1);
/// The most items of a portion: more of them would not be cheaper.
const MOST: usize = 512;
/// The most bytes that the results of a portion should have together, unless it is a single item: the parent has to
/// store them when it needs other results first.
const ROOM: usize = 1024 * 1024;

/// The number of items in the next portion.
#[derive(Debug)]
pub(crate) struct Portion {
    size: usize,
}

impl Portion {
    /// For items of which nothing is known yet.
    pub(crate) fn new() -> Self {
        Self { size: 1 }
    }

    /// The size of the next portion, when `children` share the `left` items; `None` if their number is unknown.
    pub(crate) fn next(&self, left: Option<usize>, children: usize) -> usize {
        let fair = left.map_or(MOST, |left| left.div_ceil(2 * children.max(1)));
        self.size.min(fair).max(1)
    }

    /// A portion of `count` items took a child the time `time`, and its results have `bytes` together.
    pub(crate) fn took(&mut self, count: usize, time: Duration, bytes: usize) {
        let each = time.as_nanos() / count.max(1) as u128;
        let in_time = usize::try_from(AIM.as_nanos() / each.max(1)).unwrap_or(MOST);
        let fitting = in_time.min(ROOM / (bytes / count.max(1)).max(1));
        // Twice as many at most, as one portion alone is not representative.
        self.size = fitting.clamp(1, MOST).min(self.size * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_items_come_in_large_portions_and_long_ones_alone() {
        let mut portion = Portion::new();
        assert_eq!(portion.next(None, 2), 1);
        for _ in 0..20 {
            portion.took(1, Duration::from_micros(1), 8);
        }
        assert_eq!(portion.next(None, 2), MOST);
        portion.took(MOST, Duration::from_secs(1), 8);
        assert_eq!(portion.next(None, 2), 1);
    }

    #[test]
    fn the_time_of_a_portion_is_that_of_all_its_items() {
        let mut portion = Portion { size: 64 };
        portion.took(10, AIM, 8);
        assert_eq!(portion.next(None, 1), 10);
    }

    #[test]
    fn large_results_come_in_small_portions() {
        let mut portion = Portion::new();
        (0..20).for_each(|_| portion.took(10, Duration::from_micros(1), ROOM));
        assert_eq!(portion.next(None, 2), 10);
        portion.took(1, Duration::from_micros(1), ROOM * 3);
        assert_eq!(portion.next(None, 2), 1);
    }

    #[test]
    fn the_last_items_are_shared() {
        let mut portion = Portion::new();
        (0..20).for_each(|_| portion.took(1, Duration::from_micros(1), 8));
        assert_eq!(portion.next(Some(100), 4), 13);
        assert_eq!(portion.next(Some(3), 4), 1);
        assert_eq!(portion.next(Some(0), 4), 1);
    }

    #[test]
    fn one_portion_is_no_sample() {
        let mut portion = Portion::new();
        portion.took(1, Duration::ZERO, 0);
        assert_eq!(portion.next(None, 1), 2);
    }
}
