//! The warm workers of a pool, as their parent knows them.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::pool::stall::Stall;
use crate::process::shared::job_queue::JobQueue;
use crate::zend::cell::{DataCell, Plain};

/// After what a warm worker ends, whichever comes first; none for no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stay {
    /// So many tasks.
    pub(crate) tasks: Option<u64>,
    /// So long.
    pub(crate) age: Option<Duration>,
    /// When PHP has so many bytes of memory from the system.
    pub(crate) bytes: Option<usize>,
}

/// How a task reached its child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// A child was forked for it.
    Forked,
    /// The worker had it since its fork.
    Inherited,
    /// The name of its code and its bound variables were sent to a worker.
    Sent,
}

impl Plain for Job {}
impl Plain for Stall {}

/// A task, or a portion of a map call, as bytes.
#[derive(Debug)]
pub(crate) struct Job {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Workers of this epoch and later ones can decode it.
    pub(crate) epoch: u64,
}

/// The warm workers of one pool.
#[derive(Debug)]
pub(crate) struct Workers {
    pub(crate) job_queue: Rc<JobQueue>,
    /// The ids of the workers that have not been reaped, in the order of their forks.
    pub(crate) ids: DataCell<Vec<u64>>,
    /// How many of these are known to have left by themselves.
    pub(crate) departed: Cell<usize>,
    /// The oldest epoch of the workers that have not been told to leave. Cached, as it is needed for each task.
    pub(crate) oldest: Cell<Option<u64>>,
    /// Some of the latter were forked for a map call. Cached, too.
    pub(crate) for_maps: Cell<bool>,
    /// A buffer for the next job.
    pub(crate) spare: DataCell<Vec<u8>>,
    /// Nothing more is expected to be posted.
    pub(crate) closed: Cell<bool>,
    /// Nothing is posted for them, and none is forked, any more: the memory that they share was written over, and all
    /// of them are being killed; or they are of the process that this one was forked from by the application.
    pub(crate) condemned: Cell<bool>,
    /// Slots and tasks that did not match at the last check: see `task::parent::check`.
    pub(crate) adrift: DataCell<Vec<(usize, u64)>>,
    /// How many checks in a row found tasks that wait, and no worker that takes them.
    pub(crate) stall: DataCell<Stall>,
}
