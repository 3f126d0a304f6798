//! How a supervisor has been, for the status page: samples in equal distances, as many as fit on a page, however long
//! that goes back.

use std::fmt::Write;
use std::time::Duration;

/// The most samples. When there are more every other one is dropped, and the distance doubles.
const SAMPLES: usize = 600;

/// A sample may be taken so much too early: otherwise it would be a whole round late.
const EARLY: Duration = Duration::from_millis(125);

/// How it was at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    /// Since the supervisor began.
    pub(super) age: Duration,
    /// Jobs that all workers have done up to then.
    pub(super) jobs: u64,
    /// Processes that had taken the place of another one up to then.
    pub(super) restarts: u64,
    /// Workers that were ready.
    pub(super) ready: usize,
    /// Memory of all workers.
    pub(super) bytes: u64,
    /// Memory of the worker that had most.
    pub(super) largest: u64,
}

/// The samples.
#[derive(Debug)]
pub(super) struct History {
    samples: Vec<Sample>,
    every: Duration,
}

impl History {
    /// None yet; the next ones shall be so far apart at first.
    pub(super) fn new(every: Duration) -> Self {
        Self { samples: Vec::new(), every }
    }

    /// Is it time for one?
    pub(super) fn is_due(&self, age: Duration) -> bool {
        self.samples.last().is_none_or(|last| age + EARLY >= last.age + self.every)
    }

    /// Keeps a sample.
    pub(super) fn keep(&mut self, sample: Sample) {
        if self.samples.len() >= SAMPLES {
            let mut is_kept = false;
            self.samples.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
            self.every *= 2;
        }
        self.samples.push(sample);
    }

    /// A list of lists: seconds, jobs, restarts, ready, bytes, and bytes of the largest.
    pub(super) fn json(&self) -> String {
        let mut text = "[".to_owned();
        for Sample { age, jobs, restarts, ready, bytes, largest } in &self.samples {
            let comma = if text.len() > 1 { "," } else { "" };
            let age = age.as_secs_f64();
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{comma}[{age:.1},{jobs},{restarts},{ready},{bytes},{largest}]");
        }
        text.push_str("]\n");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(age: u64) -> Sample {
        Sample { age: Duration::from_secs(age), jobs: age, restarts: 0, ready: 1, bytes: 2, largest: 2 }
    }

    #[test]
    fn however_long_it_lasts_the_samples_are_few_and_reach_back_to_the_start() {
        let mut history = History::new(Duration::from_secs(1));
        for age in 0..100_000 {
            if history.is_due(Duration::from_secs(age)) {
                history.keep(sample(age));
            }
            assert!(history.samples.len() <= SAMPLES);
        }
        let ages: Vec<_> = history.samples.iter().map(|sample| sample.age.as_secs()).collect();
        assert!(ages.len() > SAMPLES / 2 - 1 && ages.first() == Some(&0) && ages.last() > Some(&99_000));
        let distances: Vec<_> = ages.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(distances.iter().all(|distance| *distance == distances[0] || *distance == distances[0] / 2));
    }

    #[test]
    fn they_are_a_list_of_lists() {
        let mut history = History::new(Duration::from_secs(1));
        assert_eq!(history.json(), "[]\n");
        history.keep(sample(1));
        history.keep(sample(2));
        assert_eq!(history.json(), "[[1.0,1,0,1,2,2],[2.0,2,0,1,2,2]]\n");
    }
}
