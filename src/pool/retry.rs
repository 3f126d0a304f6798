//! How often, and after what time, a failed task is retried.

use std::time::Duration;

/// The longest time that anything waits, however often its backoff has been doubled: clocks must be able to represent its
/// end.
pub(super) const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// How an attempt has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It threw an exception.
    Thrown,
    /// Its process died, or it called `exit`.
    Died,
    /// It did not end within its time limit.
    TimedOut,
    /// No process could be forked for it.
    NoProcess,
    /// It was ended on purpose, or its outcome cannot be sent to the parent, which a retry would not change.
    Final,
}

/// How a pool retries failed tasks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Retry {
    times: u32,
    backoff: Duration,
    most: Duration,
    jitter: f64,
}

impl Default for Retry {
    fn default() -> Self {
        Self::new(0, Duration::ZERO)
    }
}

impl Retry {
    /// At most `times` retries: the first one after `backoff`, each further one after twice the time of the one before.
    pub(crate) fn new(times: u32, backoff: Duration) -> Self {
        Self { times, backoff, most: LONGEST, jitter: 0.0 }
    }

    /// No backoff is longer than `most`, and each is shorter by a random part of it, `jitter` at most (0 to 1).
    pub(crate) fn within(self, most: Duration, jitter: f64) -> Self {
        Self { most: most.min(LONGEST), jitter, ..self }
    }

    /// Is anything retried at all?
    pub(crate) fn is_wanted(self) -> bool {
        self.times > 0
    }

    /// How long to wait before a task is retried that has failed, and has been retried `repeats` times already. `None`
    /// if it is not retried. `seed` is another number for each task, process and time.
    pub(crate) fn after(self, failure: Failure, repeats: u32, seed: u64) -> Option<Duration> {
        if failure == Failure::Final || repeats >= self.times {
            return None;
        }
        let backoff = self.backoff.saturating_mul(2_u32.saturating_pow(repeats)).min(self.most);
        if self.jitter == 0.0 {
            return Some(backoff);
        }
        Some(backoff.mul_f64(self.jitter.mul_add(-fraction(seed), 1.0).clamp(0.0, 1.0)))
    }
}

/// A number from 0 to 1 that depends on each bit of the seed: the finalizer of splitmix64.
pub(super) fn fraction(seed: u64) -> f64 {
    let mut bits = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    f64::from(u32::try_from((bits ^ (bits >> 31)) >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_nothing_is_run_again() {
        assert_eq!(Retry::default().after(Failure::Thrown, 0, 0), None);
        assert!(!Retry::default().is_wanted());
    }

    #[test]
    fn as_often_as_asked_and_each_time_after_twice_as_long() {
        let retry = Retry::new(3, Duration::from_millis(100));
        assert!(retry.is_wanted());
        let waits: Vec<_> = (0..5).map(|repeats| retry.after(Failure::Thrown, repeats, 0)).collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(waits, [ms(100), ms(200), ms(400), None, None]);
    }

    #[test]
    fn without_backoff_at_once_every_time() {
        let retry = Retry::new(u32::MAX, Duration::ZERO);
        assert_eq!(retry.after(Failure::Died, 0, 0), Some(Duration::ZERO));
        assert_eq!(retry.after(Failure::Died, 1_000, 0), Some(Duration::ZERO));
    }

    #[test]
    fn whatever_may_go_well_the_next_time() {
        let retry = Retry::new(1, Duration::ZERO);
        for failure in [Failure::Thrown, Failure::Died, Failure::TimedOut, Failure::NoProcess] {
            assert!(retry.after(failure, 0, 0).is_some(), "{failure:?}");
        }
        assert_eq!(retry.after(Failure::Final, 0, 0), None);
    }

    #[test]
    fn no_wait_is_too_long_for_a_clock() {
        let retry = Retry::new(u32::MAX, Duration::MAX);
        assert_eq!(retry.after(Failure::Thrown, 0, 0), Some(LONGEST));
        let retry = Retry::new(u32::MAX, Duration::from_secs(1));
        assert_eq!(retry.after(Failure::Thrown, u32::MAX - 1, 0), Some(LONGEST));
        assert!(std::time::Instant::now().checked_add(LONGEST).is_some());
        assert_eq!(LONGEST.as_secs() / 86400, 3650);
    }

    #[test]
    fn no_longer_than_the_most() {
        let retry = Retry::new(9, Duration::from_secs(1)).within(Duration::from_secs(5), 0.0);
        let waits: Vec<_> = (0..5).filter_map(|repeats| retry.after(Failure::Thrown, repeats, 7)).collect();
        assert_eq!(waits, [1, 2, 4, 5, 5].map(Duration::from_secs));
    }

    #[test]
    fn jitter_shortens_by_its_part_at_most_and_spreads() {
        let retry = Retry::new(9, Duration::from_secs(8)).within(Duration::MAX, 0.25);
        let waits: Vec<_> = (0..1000).filter_map(|seed| retry.after(Failure::Thrown, 0, seed)).collect();
        assert!(waits.iter().all(|wait| (Duration::from_secs(6)..=Duration::from_secs(8)).contains(wait)));
        for eighth in 0..8 {
            let from = Duration::from_secs(6) + Duration::from_millis(250) * eighth;
            let count =
                waits.iter().filter(|wait| (from..from + Duration::from_millis(250)).contains(*wait)).count();
            assert!((75..175).contains(&count), "{eighth}: {count}");
        }
        let full = Retry::new(1, Duration::from_secs(1)).within(Duration::MAX, 1.0);
        assert!((0..1000).all(|seed| full.after(Failure::Died, 0, seed) <= Some(Duration::from_secs(1))));
    }
}
