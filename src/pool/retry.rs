//! How often, and after what time, a failed task is retried.

use std::time::Duration;

/// The longest backoff, however often it has been doubled: clocks must be able to represent its end.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Retry {
    times: u32,
    backoff: Duration,
}

impl Retry {
    /// At most `times` retries: the first one after `backoff`, each further one after twice the time of the one before.
    pub(crate) fn new(times: u32, backoff: Duration) -> Self {
        Self { times, backoff }
    }

    /// Is anything retried at all?
    pub(crate) fn is_wanted(self) -> bool {
        self.times > 0
    }

    /// How long to wait before a task is retried that has failed, and has been retried `repeats` times already. `None`
    /// if it is not retried.
    pub(crate) fn after(self, failure: Failure, repeats: u32) -> Option<Duration> {
        if failure == Failure::Final || repeats >= self.times {
            return None;
        }
        Some(self.backoff.saturating_mul(2_u32.saturating_pow(repeats)).min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_nothing_is_run_again() {
        assert_eq!(Retry::default().after(Failure::Thrown, 0), None);
        assert!(!Retry::default().is_wanted());
    }

    #[test]
    fn as_often_as_asked_and_each_time_after_twice_as_long() {
        let retry = Retry::new(3, Duration::from_millis(100));
        let waits: Vec<_> = (0..5).map(|repeats| retry.after(Failure::Thrown, repeats)).collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(waits, [ms(100), ms(200), ms(400), None, None]);
    }

    #[test]
    fn without_backoff_at_once_every_time() {
        let retry = Retry::new(u32::MAX, Duration::ZERO);
        assert_eq!(retry.after(Failure::Died, 0), Some(Duration::ZERO));
        assert_eq!(retry.after(Failure::Died, 1_000), Some(Duration::ZERO));
    }

    #[test]
    fn whatever_may_go_well_the_next_time() {
        let retry = Retry::new(1, Duration::ZERO);
        for failure in [Failure::Thrown, Failure::Died, Failure::TimedOut, Failure::NoProcess] {
            assert!(retry.after(failure, 0).is_some(), "{failure:?}");
        }
        assert_eq!(retry.after(Failure::Final, 0), None);
    }

    #[test]
    fn no_wait_is_too_long_for_a_clock() {
        let retry = Retry::new(u32::MAX, Duration::MAX);
        assert_eq!(retry.after(Failure::Thrown, 0), Some(LONGEST));
        let retry = Retry::new(u32::MAX, Duration::from_secs(1));
        assert_eq!(retry.after(Failure::Thrown, u32::MAX - 1), Some(LONGEST));
        assert!(std::time::Instant::now().checked_add(LONGEST).is_some());
    }
}
