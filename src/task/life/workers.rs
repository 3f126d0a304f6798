//! The children of a pool that stay, as their parent knows them.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::process::quota::Permit;
use crate::process::shared::job_queue::JobQueue;
use crate::zend::cell::{DataCell, Plain};

/// What ends the stay of a child, whichever comes first; none for no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stay {
    /// So many tasks.
    pub(crate) tasks: Option<u64>,
    /// So long.
    pub(crate) age: Option<Duration>,
    /// So many bytes of memory that PHP has from the system.
    pub(crate) bytes: Option<usize>,
}

/// How a task reached its child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The child was forked for it.
    Forked,
    /// The child had it since its fork.
    Inherited,
    /// Its code's name and its bound variables were sent.
    Sent,
}

impl Plain for Worker {}

impl Plain for Job {}

/// A task as bytes.
#[derive(Debug)]
pub(crate) struct Job {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Children of this epoch and later ones can open it.
    pub(crate) epoch: u64,
}

/// One warm worker.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) slot: usize,
    pub(crate) epoch: u64,
    pub(crate) pid: i32,
    /// Since when it has been told to end, or ends by itself.
    pub(crate) leaving: Cell<Option<Instant>>,
    /// It ends by itself, as it had no work: its slot is free.
    pub(crate) has_left: Cell<bool>,
    /// Since when it has nothing to do, although there is a task that it could run.
    pub(crate) awaited: Cell<Option<Instant>>,
    /// It stays without work, too.
    pub(crate) kept: Cell<bool>,
    /// It was forked while there was a map, and goes with that: no later map can use it.
    pub(crate) for_map: bool,
    /// It is being ended, as it has been at one item for longer than so many seconds.
    pub(crate) overdue: Cell<Option<f64>>,
    /// The task for which it is being ended.
    pub(crate) ends: Cell<Option<u64>>,
    /// It has told something of a task that it was given.
    pub(crate) proven: Cell<bool>,
    /// Its place among all processes, which it gives back.
    #[expect(dead_code, reason = "held, not read")]
    pub(crate) permit: Permit,
}

/// The children of one pool.
#[derive(Debug)]
pub(crate) struct Workers {
    pub(crate) job_queue: JobQueue,
    pub(crate) all: DataCell<BTreeMap<u64, Worker>>,
    /// How many of them are known to have left by themselves.
    pub(crate) departed: Cell<usize>,
    /// Those that did not end, and that nobody waits for any more: their slots are not free as long as they are there.
    pub(crate) strays: DataCell<BTreeMap<u64, Worker>>,
    /// The epoch of the one that knows least of those that stay: it is asked for with each task.
    pub(crate) oldest: Cell<Option<u64>>,
    /// Parcels for which there was no room: the first goes out first.
    pub(crate) held: DataCell<VecDeque<(u64, Job)>>,
    /// Memory for the next job.
    pub(crate) spare: DataCell<Vec<u8>>,
    /// Nothing more is expected to come.
    pub(crate) closed: Cell<bool>,
    /// Somebody has written over what they share: all of them are being killed.
    pub(crate) condemned: Cell<bool>,
    /// What was adrift at the last look: see [`check`].
    pub(crate) adrift: DataCell<Vec<(usize, u64)>>,
    /// How many looks, one after the other, found tasks that lie while nobody runs any.
    pub(crate) stalled: Cell<u32>,
}
