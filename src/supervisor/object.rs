//! The data of an `Async\Supervisor`: which workers it keeps up, and how.

use std::cell::Cell;
use std::ffi::CStr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use crate::pool::restart::Restart;
use crate::process::cpus;
use crate::supervisor::assignment::Bootstrap;
use crate::task::life::work::Work;
use crate::zend::callable::Callable;
use crate::zend::cell::{DataCell, Plain, ValueCell};
use crate::zend::object::{Native, Object, Registration, Tracer};

/// When a worker has had enough, and another one takes its place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Recycle {
    /// After so many jobs.
    pub(crate) jobs: Option<u64>,
    /// After this time.
    pub(crate) age: Option<Duration>,
    /// When PHP has so many bytes of memory from the system.
    pub(crate) bytes: Option<u64>,
    /// The other one is started before this one ends.
    pub(crate) overlap: bool,
}

impl Recycle {
    /// Has a worker had enough that runs for `age`, has done so many jobs and has so much memory?
    pub(crate) fn is_enough(&self, age: Duration, jobs: u64, bytes: u64) -> bool {
        self.jobs.is_some_and(|most| jobs >= most)
            || self.age.is_some_and(|most| age >= most)
            || self.bytes.is_some_and(|most| bytes >= most)
    }

    /// What a worker may have beyond that while it waits for another one to begin: a tenth more.
    pub(crate) fn extended(&self) -> Self {
        let more = |most: u64| most.saturating_add(most.div_ceil(10));
        Self {
            jobs: self.jobs.map(more),
            age: self.age.map(|age| age.saturating_add(age / 10)),
            bytes: self.bytes.map(more),
            overlap: self.overlap,
        }
    }

    /// How long it lasts, by what it has done so far, until a worker like that has had enough; `None` if that is not known.
    pub(crate) fn lasts(&self, age: Duration, jobs: u64, bytes: u64) -> Option<Duration> {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let by = |done: u64, most: u64| {
            let left = most.saturating_sub(done) as f64 / (done as f64);
            Duration::try_from_secs_f64(age.as_secs_f64() * left).ok()
        };
        let by_jobs = self.jobs.and_then(|most| by(jobs, most));
        let by_bytes = self.bytes.and_then(|most| by(bytes, most));
        let by_age = self.age.map(|most| most.saturating_sub(age));
        by_jobs.into_iter().chain(by_bytes).chain(by_age).min()
    }
}

/// How workers are kept up.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// What is started again, and when.
    pub(crate) restart: Restart,
    /// When a worker is replaced.
    pub(crate) recycle: Recycle,
    /// The time from the wish that a worker stops to its end by SIGKILL.
    pub(crate) grace: Duration,
    /// A worker that gives no sign of life for so long is replaced.
    pub(crate) heartbeat: Option<Duration>,
    /// The file that says how all is.
    pub(crate) health: Option<PathBuf>,
    /// Where the metrics are.
    pub(crate) metrics: Option<Metrics>,
}

/// Where metrics are given out.
#[derive(Clone, Debug)]
pub(crate) enum Metrics {
    /// In a file.
    File(PathBuf),
    /// At an address of this machine.
    Address(SocketAddr),
}

impl Plain for Settings {}

impl Default for Settings {
    fn default() -> Self {
        Self {
            restart: Restart::default(),
            recycle: Recycle::default(),
            // Less than the 30 s after which Kubernetes and others lose patience.
            grace: Duration::from_secs(25),
            heartbeat: None,
            health: None,
            metrics: None,
        }
    }
}

/// Workers that run the same.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its name, by which it can be scaled.
    pub(crate) name: String,
    /// What its workers run.
    pub(crate) work: Rc<Work>,
    /// How many of them there shall be.
    pub(crate) wanted: Cell<usize>,
    /// How many there were to be when the supervisor last looked; none before it runs.
    pub(crate) kept: Cell<Option<usize>>,
    /// What its processes have done that have ended.
    pub(crate) counts: Cell<Counts>,
}

/// What the processes of a kind have done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Jobs.
    pub(crate) jobs: u64,
    /// How many have taken the place of another one.
    pub(crate) restarts: u64,
    /// How many have failed.
    pub(crate) failures: u64,
}

impl Kind {
    /// A kind with so many workers.
    pub(crate) fn new(name: String, work: Work, wanted: usize) -> Self {
        Self {
            name,
            work: Rc::new(work),
            wanted: Cell::new(wanted),
            kept: Cell::new(None),
            counts: Cell::default(),
        }
    }
}

/// A supervisor.
#[derive(Debug)]
pub(crate) struct Supervisor {
    /// What it keeps up, in the order in which that was added.
    pub(crate) kinds: ValueCell<Vec<Rc<Kind>>>,
    /// How many workers the callable gets that `run()` is called with.
    pub(crate) workers: Cell<usize>,
    /// What each worker does first.
    pub(crate) bootstrap: ValueCell<Option<Rc<Bootstrap>>>,
    /// What is told of each event.
    pub(crate) on_event: ValueCell<Option<Rc<Callable>>>,
    /// How workers are kept up.
    pub(crate) settings: DataCell<Settings>,
    /// It runs.
    pub(crate) runs: Cell<bool>,
}

static REGISTRATION: Registration = Registration::new();

impl Native for Supervisor {
    const NAME: &'static CStr = c"Async\\Supervisor";

    fn registration() -> &'static Registration {
        &REGISTRATION
    }

    fn create() -> Self {
        Self {
            kinds: ValueCell::default(),
            workers: Cell::new(cpus::usable()),
            bootstrap: ValueCell::default(),
            on_event: ValueCell::default(),
            settings: DataCell::new(Settings::default()),
            runs: Cell::new(false),
        }
    }

    fn trace(&self, tracer: &mut Tracer) {
        // What a worker that runs has, too, is dropped later than this object.
        fn own<T>(shared: &Rc<T>) -> bool {
            Rc::strong_count(shared) == 1
        }
        self.kinds.peek(|kinds| {
            let works = kinds.iter().filter(|kind| own(kind)).map(|kind| &kind.work);
            works.filter(|work| own(work)).for_each(|work| work.trace(tracer));
        });
        self.bootstrap.peek(|bootstrap| {
            bootstrap.iter().filter(|bootstrap| own(bootstrap)).for_each(|bootstrap| bootstrap.trace(tracer));
        });
        self.on_event.peek(|callable| {
            callable
                .iter()
                .filter(|callable| own(callable))
                .for_each(|callable| tracer.value(callable.value()));
        });
    }

    fn released(_: &Object<Self>) {}
}

impl Supervisor {
    /// The kind with this name.
    pub(crate) fn kind(&self, name: &str) -> Option<Rc<Kind>> {
        self.kinds.borrow().iter().find(|kind| kind.name == name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_is_reached_first_is_enough_and_a_tenth_more_may_follow() {
        let recycle = Recycle { jobs: Some(15), age: Some(10 * SECOND), bytes: Some(1000), overlap: true };
        assert!(!recycle.is_enough(9 * SECOND, 14, 999));
        for (age, jobs, bytes) in [(10, 0, 0), (0, 15, 0), (0, 0, 1000)] {
            assert!(recycle.is_enough(age * SECOND, jobs, bytes));
            assert!(!recycle.extended().is_enough(age * SECOND, jobs, bytes));
        }
        let Recycle { jobs, age, bytes, overlap } = recycle.extended();
        assert_eq!((jobs, age, bytes, overlap), (Some(17), Some(11 * SECOND), Some(1100), true));
        assert!(!Recycle::default().is_enough(Duration::MAX, u64::MAX, u64::MAX));
    }

    #[test]
    fn how_long_it_lasts_is_seen_from_what_was_done() {
        let recycle = Recycle { jobs: Some(100), ..Recycle::default() };
        assert_eq!(recycle.lasts(SECOND, 50, 7), Some(SECOND));
        assert_eq!(recycle.lasts(SECOND, 200, 7), Some(Duration::ZERO));
        assert_eq!(recycle.lasts(SECOND, 0, 7), None, "nobody knows");
        let recycle = Recycle { age: Some(3 * SECOND), bytes: Some(100), ..recycle };
        assert_eq!(recycle.lasts(SECOND, 10, 0), Some(2 * SECOND));
        assert_eq!(recycle.lasts(SECOND, 10, 80), Some(SECOND / 4));
        assert_eq!(Recycle::default().lasts(SECOND, 1, 1), None);
    }
}
