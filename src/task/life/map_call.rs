//! The state of a map call: one function over many items.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};
use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::pool::portion::Portion;
use crate::process::fork::Refused;
use crate::process::poller::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::wire::frame::Frame;
use crate::zend::callable::Callable;
use crate::zend::cell::{DataCell, ValueCell};
use crate::zend::iterate::Walk;

/// One call of `map`.
#[derive(Debug)]
pub(crate) struct MapCall {
    pub(crate) id: u64,
    pub(crate) group: Rc<Group>,
    pub(crate) callable: Callable,
    /// What is called in the parent with a failure, the item and its key: what that returns is the item's value.
    pub(crate) catch: ValueCell<Option<Rc<Callable>>>,
    pub(crate) source: ValueCell<Source>,
    /// What ended the source, if it has thrown: thrown in turn when all that came before it has been given.
    pub(crate) thrown: ValueCell<Option<Zval>>,
    /// The array, if it is one: it is not changed while we hold it.
    pub(crate) array: Zval,
    /// Items that were taken out of the source, and could not be posted: the next ones to be posted.
    pub(crate) returned: ValueCell<Vec<(Zval, Zval)>>,
    /// Workers of this epoch and later ones have a copy of this map call.
    pub(crate) epoch: u64,
    pub(crate) portion: DataCell<Portion>,
    pub(crate) batches: ValueCell<BTreeMap<u64, Batch>>,
    pub(crate) feeding: Cell<bool>,
    /// How many of the batches are retries.
    pub(crate) repeats: Cell<usize>,
    /// Items that have failed, and of which the script says whether they are run again, and after what time.
    pub(crate) doubts: ValueCell<Vec<(Home, Said, Duration)>>,
    /// Results are given in the order of the items, otherwise as they arrive.
    pub(crate) ordered: bool,
    /// Its items run in this process, each when its result is asked for.
    pub(crate) in_line: bool,
    /// Nothing more begins.
    pub(crate) halted: Cell<bool>,
}

/// Where items come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The array, from this position on.
    Array(u32),
    /// Something that gives them one after the other.
    Walk(Walk),
    /// There are no more.
    Empty,
}

/// The items of a batch.
#[derive(Debug)]
pub(crate) enum Items {
    /// Of the array: the position of the first one, and how many.
    Range(u32, usize),
    /// Keys and values.
    Listed(Vec<(Zval, Zval)>),
}

/// Items that are posted together, as one job.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) items: Items,
    /// The results that have arrived and were not given, in the order of the items.
    pub(crate) said: VecDeque<Said>,
    /// How many results have arrived, ever.
    pub(crate) answered: usize,
    /// How many had arrived when the rest was last posted.
    pub(crate) posted_from: usize,
    /// The size in bytes of the results of that, as far as they have arrived.
    pub(crate) bytes: usize,
    /// How many were given.
    pub(crate) given: usize,
    /// The position of the next one to be given, in the array.
    pub(crate) cursor: u32,
    /// What it is a retry of, if it is one.
    pub(crate) repeat: Option<Repeat>,
}

/// The result of an item.
#[derive(Debug)]
pub(crate) enum Said {
    /// What its worker has sent, and the pid of that.
    Told(Frame, Option<i32>),
    /// Its worker has died, or has sent something that is no frame; and its pid.
    Ended(Box<Ended>, Option<i32>),
    /// Its worker keeps it in its memory.
    Remote(Box<Phase>),
    /// It took longer than its limit.
    Overdue(Box<Overdue>),
    /// No worker could be forked for it.
    Refused(Refused),
    /// It has failed, and is run again.
    Awaited,
    /// It was given, before those in front of it.
    Given,
}

/// There are as many of them as results that the script has not fetched, and each is moved several times.
const _: () = assert!(size_of::<Said>() <= 32);

/// How an item ended that took longer than its limit.
#[derive(Debug)]
pub(crate) struct Overdue {
    /// The limit in seconds.
    pub(crate) limit: f64,
    /// The pid of its worker.
    pub(crate) pid: Option<i32>,
    /// How that ended.
    pub(crate) exit: Exit,
    /// What the item has thrown in the grace period.
    pub(crate) message: Message,
}

/// A retry of an item.
#[derive(Debug)]
pub(crate) struct Repeat {
    pub(crate) home: Home,
    /// How it failed the last time.
    pub(crate) failure: Said,
}

/// The place in a batch that an item came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home {
    pub(crate) batch: u64,
    /// Its place, counted from the first item.
    pub(crate) place: usize,
    /// How often it has been run again.
    pub(crate) repeats: u32,
}

/// Results that are still in the memory of workers, by the ids of these.
pub(crate) type RemoteResults = BTreeMap<u64, RemotePayload>;

/// Whose result it is.
#[derive(Debug)]
pub(crate) struct RemotePayload {
    pub(crate) map_call: Weak<MapCall>,
    pub(crate) batch: u64,
    /// The item's place in the batch, counted from the first one.
    pub(crate) place: usize,
}
