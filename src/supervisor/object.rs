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
