//! A child of this process that runs attempts, as its parent knows it from its fork until it is reaped.
//!
//! What it has taken of the operating system is in the reactor, under the same id: its process, its descriptors, its
//! memory, and its place in the quota. All of that is given back there, when the child is reaped.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Instant;

use crate::process::shared::control::Place;
use crate::task::life::group::Group;
use crate::task::life::workers::Workers;
use crate::zend::cell::ValueCell;

/// All workers of this process, by their ids.
pub(crate) type Table = BTreeMap<u64, Rc<Worker>>;

/// One worker.
#[derive(Debug)]
pub(crate) struct Worker {
    /// Its id: that of its attempt, if it runs just one.
    pub(crate) id: u64,
    /// Its process.
    pub(crate) pid: i32,
    /// The pool whose attempts it runs; `None` once it is not waited for any more.
    pub(crate) group: ValueCell<Option<Rc<Group>>>,
    /// Its slot in the memory in which it can be asked to stop, and reports how far it is.
    pub(crate) place: Option<Place>,
    /// How many attempts it runs.
    pub(crate) budget: Budget,
}

/// How many attempts a worker runs.
#[derive(Debug)]
pub(crate) enum Budget {
    /// One, for which it was forked: it is isolated.
    One {
        /// The pool in which the attempt began, if it belongs to another one by now: it keeps its slot there, too.
        origin: ValueCell<Option<Rc<Group>>>,
    },
    /// As many as there are: it is a warm worker.
    Many(Warm),
}

/// What is known of a warm worker.
#[derive(Debug)]
pub(crate) struct Warm {
    /// The workers of its pool, and the job queue that they share.
    pub(crate) workers: Rc<Workers>,
    /// Its slot in that job queue.
    pub(crate) slot: usize,
    /// It has the code that existed in this epoch.
    pub(crate) epoch: u64,
    /// When it was told to end, or began to end by itself.
    pub(crate) leaving: Cell<Option<Instant>>,
    /// It ends by itself, as it was idle: its slot is free.
    pub(crate) has_left: Cell<bool>,
    /// Since when it has been idle although there is a task that it could run.
    pub(crate) awaited: Cell<Option<Instant>>,
    /// It stays when it is idle, too.
    pub(crate) kept: Cell<bool>,
    /// It was forked while there was a map call, and ends with that: no later one can use it.
    pub(crate) for_map: bool,
    /// The time limit in seconds, if it is being ended because an item took longer.
    pub(crate) overdue: Cell<Option<f64>>,
    /// The task that it is being killed for.
    pub(crate) ends: Cell<Option<u64>>,
    /// It has sent a message about a task that it was given.
    pub(crate) proven: Cell<bool>,
}

impl Worker {
    /// The pool whose attempts it runs, if it is waited for.
    pub(crate) fn group(&self) -> Option<Rc<Group>> {
        self.group.borrow().clone()
    }

    /// Does it run attempts of `group`?
    pub(crate) fn is_of(&self, group: &Group) -> bool {
        self.group.borrow().as_ref().is_some_and(|own| std::ptr::eq(&raw const **own, group))
    }

    /// Is it isolated, and waited for?
    pub(crate) fn is_isolated(&self) -> bool {
        matches!(self.budget, Budget::One { .. }) && self.group.borrow().is_some()
    }

    /// What is known of a warm worker.
    pub(crate) fn warm(&self) -> Option<&Warm> {
        if let Budget::Many(warm) = &self.budget { Some(warm) } else { None }
    }

    /// The same, if it is waited for.
    pub(crate) fn awaited_warm(&self) -> Option<&Warm> {
        self.warm().filter(|_| self.group.borrow().is_some())
    }

    /// Takes the pools that wait for it to end: they do so no more.
    pub(crate) fn part(&self) -> (Option<Rc<Group>>, Option<Rc<Group>>) {
        let origin = if let Budget::One { origin } = &self.budget { origin.take() } else { None };
        (self.group.take(), origin)
    }
}

impl Warm {
    /// Has it been told to end, or does it end by itself?
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.get().is_some()
    }
}
