//! When the next task may start in a pool that starts so many per time at most.
//!
//! Starts are spread evenly: they follow a timetable of one each `per / tasks`. Whoever is late for it catches up, but
//! by [`SLACK`] at most, so that a pause is not followed by a burst. In no span of time that is shorter than `per` are
//! there more than `tasks` starts, whatever the lateness: that is counted.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::retry::LONGEST;

/// So far the starts may lag behind their timetable: clocks and machines are late by some milliseconds.
const SLACK: Duration = Duration::from_millis(20);

/// The pace of one pool.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The time between two starts.
    interval: Duration,
    /// So many starts at most in each `span`.
    count: usize,
    span: Duration,
    /// The starts of the last `span`.
    recent: VecDeque<Instant>,
    /// When the next start is due by the timetable.
    due: Option<Instant>,
}

impl Pace {
    /// At most `tasks` starts in each `per` seconds; both are greater than 0.
    pub(crate) fn new(tasks: f64, per: f64) -> Self {
        let interval = seconds(per / tasks);
        // Half a task a second is one in two seconds.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 1, and it saturates"
        )]
        let count = tasks.floor().max(1.0) as usize;
        let span = if tasks < 1.0 { interval } else { seconds(per) };
        Self { interval, count, span, recent: VecDeque::new(), due: None }
    }

    /// When the next start may be: now, if that is not later than `now`.
    pub(crate) fn next(&mut self, now: Instant) -> Instant {
        while self.recent.front().is_some_and(|&start| after(start, self.span) <= now) {
            self.recent.pop_front();
        }
        let counted = self.recent.len().checked_sub(self.count).and_then(|at| self.recent.get(at));
        let counted = counted.map_or(now, |&start| after(start, self.span));
        self.due.map_or(now, |due| due.max(counted)).max(counted)
    }

    /// There is a start now.
    pub(crate) fn start(&mut self, now: Instant) {
        let slack = SLACK.min(self.span / 4);
        let earliest = now.checked_sub(slack).unwrap_or(now);
        let due = self.due.map_or(now, |due| due.max(earliest));
        self.due = Some(after(due, self.interval));
        self.recent.push_back(now);
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST).min(LONGEST)
}

fn after(start: Instant, time: Duration) -> Instant {
    start.checked_add(time).unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts as soon as it may be, or `late(n)` after that, and returns when, in microseconds.
    fn starts(pace: &mut Pace, many: usize, late: impl Fn(usize) -> u64) -> Vec<u64> {
        let begin = Instant::now();
        let mut now = begin;
        let start = |n| {
            now = pace.next(now).max(now) + Duration::from_micros(late(n));
            assert!(pace.next(now) <= now);
            pace.start(now);
            u64::try_from((now - begin).as_micros()).unwrap()
        };
        (0..many).map(start).collect()
    }

    #[test]
    fn the_first_at_once_and_the_others_evenly() {
        assert_eq!(starts(&mut Pace::new(10.0, 1.0), 4, |_| 0), [0, 100_000, 200_000, 300_000]);
        assert_eq!(starts(&mut Pace::new(0.5, 1.0), 3, |_| 0), [0, 2_000_000, 4_000_000]);
        assert_eq!(starts(&mut Pace::new(3.0, 60.0), 3, |_| 0), [0, 20_000_000, 40_000_000]);
    }

    #[test]
    fn lateness_counts_once_in_each_span() {
        let late = starts(&mut Pace::new(100.0, 1.0), 1001, |n| (n as u64 * 7919) % 3000);
        assert!(late[1000] >= 10_000_000 && late[1000] < 10_030_000, "{}", late[1000]);
    }

    #[test]
    fn no_span_has_more_whatever_the_lateness() {
        for (tasks, per, late) in
            [(10.0, 1.0, 90_000), (1000.0, 1.0, 5_000), (7.0, 0.1, 400_000), (2.5, 1.0, 10)]
        {
            for seed in 0..20_u64 {
                let mut pace = Pace::new(tasks, per);
                let (count, span) = (pace.count, u64::try_from(pace.span.as_micros()).unwrap());
                let at = starts(&mut pace, 3000, |n| {
                    let random = (n as u64 + 1).wrapping_mul(seed * 2 + 1).wrapping_mul(0x9E37_79B9) >> 7;
                    if random.is_multiple_of(5) { random % late } else { 0 }
                });
                for window in at.windows(count + 1) {
                    assert!(window[count] - window[0] >= span, "{tasks} per {per}: {window:?}");
                }
            }
        }
    }

    #[test]
    fn a_pause_is_not_made_up_for() {
        let mut pace = Pace::new(10.0, 1.0);
        let begin = Instant::now();
        pace.start(begin);
        let now = begin + Duration::from_secs(60);
        assert!(pace.next(now) <= now);
        pace.start(now);
        assert_eq!(pace.next(now), now + Duration::from_millis(80));
    }

    #[test]
    fn no_numbers_are_too_much() {
        let now = Instant::now();
        for (tasks, per) in [(f64::MAX, 1e-300), (1e-300, f64::MAX), (f64::MIN_POSITIVE, 1.0), (1e18, 1e-9)] {
            let mut pace = Pace::new(tasks, per);
            assert!(pace.next(now) <= now);
            pace.start(now);
            let _ = pace.next(now);
        }
    }
}
