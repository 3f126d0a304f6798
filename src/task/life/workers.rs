//! The children of a pool that stay, as their parent knows them.

use std::cell::Cell;
use std::collections::VecDeque;
use std::time::Duration;

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

impl Plain for Job {}

/// A task as bytes.
#[derive(Debug)]
pub(crate) struct Job {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Children of this epoch and later ones can open it.
    pub(crate) epoch: u64,
}

/// The children of one pool.
#[derive(Debug)]
pub(crate) struct Workers {
    pub(crate) job_queue: JobQueue,
    /// The ids of those that somebody waits for, in the order of their forks.
    pub(crate) ids: DataCell<Vec<u64>>,
    /// How many of them are known to have left by themselves.
    pub(crate) departed: Cell<usize>,
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
