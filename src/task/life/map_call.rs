//! One function over many items, as far as it is: what `map()` keeps.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use ext_php_rs::types::Zval;

use crate::pool::portion::Portion;
use crate::process::fork::Refused;
use crate::process::poller::reactor::Ended;
use crate::process::wait::Exit;
use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::task::life::workers::Job;
use crate::zend::callable::Callable;
use crate::zend::cell::{DataCell, ValueCell};
use crate::zend::iterate::Walk;

/// One call of `map`.
#[derive(Debug)]
pub(crate) struct MapCall {
    pub(crate) id: u64,
    pub(crate) group: Rc<Group>,
    pub(crate) callable: Callable,
    pub(crate) source: ValueCell<Source>,
    /// What ended the source, if it has thrown: thrown in turn when all that came before it has been given.
    pub(crate) thrown: ValueCell<Option<Zval>>,
    /// The array, if it is one: it is not changed while we hold it.
    pub(crate) array: Zval,
    /// Items that were taken out of the source, and are to go out once more: first.
    pub(crate) returned: ValueCell<Vec<(Zval, Zval)>>,
    /// Children of this epoch and later ones have it.
    pub(crate) epoch: u64,
    pub(crate) portion: DataCell<Portion>,
    pub(crate) batches: ValueCell<BTreeMap<u64, Batch>>,
    /// What there was no room for.
    pub(crate) held: DataCell<VecDeque<(u64, Job)>>,
    pub(crate) feeding: Cell<bool>,
    /// How many of the batches are items that are run again.
    pub(crate) repeats: Cell<usize>,
    /// In the order of the items, or as they come.
    pub(crate) ordered: bool,
    /// Nothing more begins.
    pub(crate) halted: Cell<bool>,
    /// Batches that were cancelled, whose children are not gone, and how many answers each of them has left.
    pub(crate) ending: DataCell<BTreeMap<u64, usize>>,
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

/// Items on their way.
#[derive(Debug)]
pub(crate) enum Items {
    /// Of the array: the position of the first one, and how many.
    Range(u32, usize),
    /// Keys and values.
    Listed(Vec<(Zval, Zval)>),
}

/// Some items that went out together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) items: Items,
    /// What has come back, in the order of the items, as far as nobody has asked for it.
    pub(crate) said: VecDeque<Said>,
    /// How many have come back, ever.
    pub(crate) answered: usize,
    /// How many had, when the rest was last posted.
    pub(crate) posted_from: usize,
    /// How many bytes the results of that have together, as far as they have come back.
    pub(crate) bytes: usize,
    /// How many somebody has asked for.
    pub(crate) given: usize,
    /// The position of the next one to be given, in the array.
    pub(crate) cursor: u32,
    /// It is an item of another batch that is run again.
    pub(crate) repeat: Option<Repeat>,
}

/// What became of an item.
#[derive(Debug)]
pub(crate) enum Said {
    /// What its child told; or how that died.
    Ended(Ended, Option<i32>),
    /// Its child has it in memory.
    Remote(Phase),
    /// It took longer than so many seconds, and its child, a process, was ended, or left.
    Overdue(f64, Option<i32>, Exit),
    /// There was no process for it.
    Refused(Refused),
    /// It has failed, and is run again.
    Awaited,
    /// Somebody has it, before those in front of it.
    Given,
}

/// An item that is run again.
#[derive(Debug)]
pub(crate) struct Repeat {
    pub(crate) home: Home,
    /// How it failed the last time.
    pub(crate) failure: Said,
    /// It waits for its time, and is not posted.
    pub(crate) resting: bool,
}

/// Where an item belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home {
    pub(crate) batch: u64,
    /// Its place, counted from the first item.
    pub(crate) place: usize,
    /// How often it has been run again.
    pub(crate) repeats: u32,
}

/// A result that is still in a child's memory, by that child's number.
pub(crate) type RemoteResults = BTreeMap<u64, RemotePayload>;

/// Whose result it is.
#[derive(Debug)]
pub(crate) struct RemotePayload {
    pub(crate) map_call: Weak<MapCall>,
    pub(crate) batch: u64,
    /// The item's place in the batch, counted from the first one.
    pub(crate) place: usize,
}
