//! When a worker of a supervisor that has ended is started again.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::retry::fraction;

/// Which workers are started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Those that have failed.
    OnFailure,
    /// All.
    Always,
    /// None.
    Never,
}

/// How a worker has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It has returned.
    Returned {
        /// It has done something: a job, or it has lasted.
        useful: bool,
    },
    /// It has thrown, or died.
    Failed,
    /// It was told to stop, so that another one takes its place.
    Replaced,
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is started again after this time.
    After(Duration),
    /// It is not started again.
    Done,
    /// Too many have failed in a short time: nothing is started any more.
    Storm,
}

/// What is known of one worker over all its processes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Record {
    /// How often in a row it has ended too early.
    streak: u32,
}

/// The failures of all workers, the latest one last.
#[derive(Debug, Default)]
pub(crate) struct Failures(VecDeque<Instant>);

/// The policy of a supervisor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Restart {
    /// Which workers are started again.
    pub(crate) when: When,
    /// The time before the first restart of a row; each further one comes after twice the time.
    pub(crate) backoff: Duration,
    /// The longest time. A worker that has lasted for longer begins a new row.
    pub(crate) most: Duration,
    /// How much of that time is random, from 0 to 1: so that workers that have failed together do not come back together.
    pub(crate) jitter: f64,
    /// How many failures there may be...
    pub(crate) limit: Option<usize>,
    /// ...in this time.
    pub(crate) within: Duration,
}

impl Default for Restart {
    fn default() -> Self {
        Self {
            when: When::OnFailure,
            backoff: Duration::from_secs(1),
            most: Duration::from_secs(30),
            jitter: 0.2,
            limit: None,
            within: Duration::from_secs(60),
        }
    }
}

impl Restart {
    /// What to do about a worker that has ended at `now`, after it had run for `ran`. `seed` is another number each time.
    pub(crate) fn decide(
        &self,
        record: &mut Record,
        failures: &mut Failures,
        ended: Ended,
        ran: Duration,
        now: Instant,
        seed: u64,
    ) -> Decision {
        if ran > self.most {
            record.streak = 0;
        }
        if ended == Ended::Failed && self.is_storm(failures, now) {
            return Decision::Storm;
        }
        match (ended, self.when) {
            (Ended::Replaced, _) | (Ended::Returned { useful: true }, When::Always) => {
                record.streak = 0;
                Decision::After(Duration::ZERO)
            }
            (_, When::Never) | (Ended::Returned { .. }, When::OnFailure) => Decision::Done,
            (Ended::Failed, _) | (Ended::Returned { useful: false }, When::Always) => {
                Decision::After(self.pause(record, seed))
            }
        }
    }

    /// Notes a failure. True if there are too many.
    fn is_storm(&self, failures: &mut Failures, now: Instant) -> bool {
        let Some(limit) = self.limit else {
            return false;
        };
        let all = &mut failures.0;
        all.push_back(now);
        while all.front().is_some_and(|&at| now.saturating_duration_since(at) > self.within) {
            all.pop_front();
        }
        all.len() > limit
    }

    fn pause(&self, record: &mut Record, seed: u64) -> Duration {
        let backoff = self.backoff.saturating_mul(2_u32.saturating_pow(record.streak)).min(self.most);
        record.streak = record.streak.saturating_add(1);
        backoff.mul_f64(self.jitter.mul_add(-fraction(seed), 1.0).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(10);
    const FAILED: Ended = Ended::Failed;

    fn policy(when: When) -> Restart {
        Restart { when, jitter: 0.0, ..Restart::default() }
    }

    fn once(restart: &Restart, ended: Ended) -> Decision {
        restart.decide(&mut Record::default(), &mut Failures::default(), ended, SHORT, Instant::now(), 0)
    }

    fn after(seconds: u64) -> Decision {
        Decision::After(Duration::from_secs(seconds))
    }

    #[test]
    fn the_policy_says_which_ends_are_the_last() {
        let (useful, useless) = (Ended::Returned { useful: true }, Ended::Returned { useful: false });
        let all = [When::OnFailure, When::Always, When::Never];
        let of = |ended| all.map(|when| once(&policy(when), ended));
        assert_eq!(of(FAILED), [after(1), after(1), Decision::Done]);
        assert_eq!(of(useful), [Decision::Done, after(0), Decision::Done]);
        assert_eq!(of(useless), [Decision::Done, after(1), Decision::Done]);
        assert_eq!(of(Ended::Replaced), [after(0); 3]);
    }

    #[test]
    fn each_failure_in_a_row_waits_for_twice_as_long_up_to_the_most() {
        let restart = policy(When::OnFailure);
        let (mut record, mut failures, now) = (Record::default(), Failures::default(), Instant::now());
        let mut fail = |ended, ran| restart.decide(&mut record, &mut failures, ended, ran, now, 0);
        let waits: Vec<_> = (0..7).map(|_| fail(FAILED, SHORT)).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30].map(after));
        // A healthy while begins a new row, and so does a replacement that was asked for.
        assert_eq!(fail(FAILED, Duration::from_secs(31)), after(1));
        assert_eq!(fail(FAILED, SHORT), after(2));
        assert_eq!(fail(Ended::Replaced, SHORT), after(0));
        assert_eq!(fail(FAILED, SHORT), after(1));
    }

    #[test]
    fn a_worker_that_returns_at_once_is_no_busy_loop() {
        let restart = policy(When::Always);
        let (mut record, mut failures, now) = (Record::default(), Failures::default(), Instant::now());
        let mut end =
            |useful| restart.decide(&mut record, &mut failures, Ended::Returned { useful }, SHORT, now, 0);
        assert_eq!([end(false), end(false), end(true), end(false)], [1, 2, 0, 1].map(after));
    }

    #[test]
    fn more_failures_than_the_limit_within_the_time_are_a_storm() {
        let restart = Restart { limit: Some(2), within: Duration::from_secs(10), ..policy(When::OnFailure) };
        let (mut record, mut failures, start) = (Record::default(), Failures::default(), Instant::now());
        let mut fail = |seconds, ended| {
            let now = start + Duration::from_secs(seconds);
            restart.decide(&mut record, &mut failures, ended, SHORT, now, 0) == Decision::Storm
        };
        assert!(!fail(0, FAILED) && !fail(1, FAILED));
        assert!(!fail(2, Ended::Returned { useful: false }) && !fail(2, Ended::Replaced), "no failures");
        assert!(!fail(11, FAILED), "the first one is too long ago");
        assert!(fail(11, FAILED));
        assert!(!fail(30, FAILED));
    }

    #[test]
    fn a_worker_that_is_never_started_again_can_still_be_part_of_a_storm() {
        let restart = Restart { limit: Some(0), ..policy(When::Never) };
        assert_eq!(once(&restart, FAILED), Decision::Storm);
    }

    #[test]
    fn jitter_shortens_by_its_part_at_most() {
        let restart = Restart { jitter: 0.5, ..Restart::default() };
        let waits: Vec<_> = (0..100)
            .map(|seed| {
                let (mut record, mut failures) = (Record::default(), Failures::default());
                restart.decide(&mut record, &mut failures, FAILED, SHORT, Instant::now(), seed)
            })
            .collect();
        let from = Decision::After(Duration::from_millis(500));
        assert!(
            waits.iter().all(|wait| matches!(wait, Decision::After(wait) if *wait <= Duration::from_secs(1)))
        );
        assert!(waits.iter().all(
            |wait| matches!((wait, from), (Decision::After(wait), Decision::After(from)) if *wait >= from)
        ));
        assert!(waits.iter().any(|wait| *wait != waits[0]), "and spreads them");
    }
}
