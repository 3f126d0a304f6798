//! The queue of one pool and the slots it has: what is left of a `Pool` for its tasks when the object itself is gone.
//!
//! Runs in the parent. `async()` alone uses a group that belongs to no object.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ext_php_rs::types::Zval;
use nix::unistd::Pid;

use super::crew::{Crew, Stay};
use super::ended::Ended;
use super::future::Future;
use super::limits::Limits;
use super::mapping::Mapping;
use crate::pool::ids::IdMap;
use crate::pool::retry::Retry;
use crate::pool::scheduler::Scheduler;
use crate::process::output;
use crate::task::state::state;
use crate::zend::callable::Callable;
use crate::zend::object::{Object, Tracer};

/// What to call around a fork.
#[derive(Debug)]
pub(crate) struct Hook {
    /// In the new child, before its task.
    pub(crate) child: Option<Callable>,
    /// In the parent, after each fork.
    pub(crate) parent: Option<Callable>,
}

impl Hook {
    /// Reports its values to the cycle collector.
    fn trace(&self, tracer: &mut Tracer) {
        self.child.iter().chain(&self.parent).for_each(|callable| tracer.value(callable.value()));
    }

    fn values(&self) -> (Option<Zval>, Option<Zval>) {
        let value =
            |callable: &Option<Callable>| callable.as_ref().map(|callable| callable.value().shallow_clone());
        (value(&self.child), value(&self.parent))
    }
}

/// A queue and its slots.
#[derive(Debug)]
pub(crate) struct Group {
    /// The process that it belongs to.
    pub(crate) owner: Pid,
    /// Who runs when.
    pub(crate) scheduler: RefCell<Scheduler>,
    /// The futures in the queue, and those that are posted for children that stay.
    pub(crate) queued: RefCell<IdMap<Object<Future>>>,
    /// Seconds that each task may run.
    pub(crate) timeout: Cell<Option<f64>>,
    /// What is run again that has failed.
    pub(crate) retry: Cell<Retry>,
    /// Its children stay for more than one task.
    pub(crate) stays: Cell<bool>,
    /// For how long.
    pub(crate) stay: Cell<Stay>,
    /// Those that stay.
    pub(crate) crew: RefCell<Option<Rc<Crew>>>,
    /// Where what its tasks print goes.
    pub(crate) output: Cell<output::Mode>,
    /// What they may use.
    pub(crate) limits: RefCell<Limits>,
    /// Its maps, by their numbers, as its children look for them.
    pub(crate) maps: RefCell<IdMap<Rc<Mapping>>>,
    /// Whose the items are that are out.
    pub(crate) batches: RefCell<IdMap<Rc<Mapping>>>,
    /// Hooks for its children.
    pub(crate) hooks: RefCell<Vec<Rc<Hook>>>,
    /// Futures in the order in which they ended, while there is an object to ask for them.
    pub(crate) ended: RefCell<Option<Ended>>,
}

impl Group {
    /// A group with `limit` slots.
    pub(crate) fn new(limit: usize, timeout: Option<f64>) -> Rc<Self> {
        Rc::new(Self {
            owner: state().owner.get(),
            scheduler: RefCell::new(Scheduler::new(limit)),
            queued: RefCell::default(),
            timeout: Cell::new(timeout),
            retry: Cell::default(),
            stays: Cell::new(false),
            stay: Cell::default(),
            crew: RefCell::default(),
            output: Cell::default(),
            limits: RefCell::default(),
            maps: RefCell::default(),
            batches: RefCell::default(),
            hooks: RefCell::default(),
            ended: RefCell::default(),
        })
    }

    /// The group that `async()` alone uses.
    pub(crate) fn default_group() -> Rc<Self> {
        let state = state();
        let mut default = state.default_group.borrow_mut();
        Rc::clone(default.get_or_insert_with(|| Self::new(crate::ini::concurrency(), crate::ini::timeout())))
    }

    /// Nothing runs, and nothing will start by itself.
    pub(crate) fn idle(&self) -> bool {
        self.scheduler.borrow().idle()
    }

    /// Children that stay go when they have nothing more to do; later tasks get new ones.
    pub(crate) fn close(&self) {
        if let Some(crew) = self.crew.take() {
            crew.close();
        }
    }

    /// Can only its object, if there is one, still give it something to do?
    fn is_spent(&self) -> bool {
        self.idle() && self.maps.borrow().is_empty()
    }

    /// The values that go when its object goes, for the cycle collector. While it has something to do, it uses them whether
    /// or not there is an object.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Ok(ended) = self.ended.try_borrow() {
            ended.iter().flat_map(Ended::futures).for_each(|future| future.trace_in(tracer));
        }
        if !self.is_spent() {
            return;
        }
        if let Ok(queued) = self.queued.try_borrow() {
            queued.values().for_each(|future| future.trace_in(tracer));
        }
        if let Ok(hooks) = self.hooks.try_borrow() {
            // One that somebody is about to call goes later.
            hooks.iter().filter(|hook| Rc::strong_count(hook) == 1).for_each(|hook| hook.trace(tracer));
        }
    }

    /// Its object is gone. Runs PHP code: destructors of what goes with it.
    pub(crate) fn orphan(&self) {
        drop(self.ended.take());
        self.rest();
    }

    /// Nothing is left to be done. Children that stay and hooks go, if nobody can give it more. Runs PHP code: destructors.
    pub(crate) fn rest(&self) {
        if !self.is_spent() {
            return;
        }
        if self.ended.borrow().is_some() {
            self.tell_collector();
            return;
        }
        self.close();
        drop((self.queued.take(), self.hooks.take()));
    }

    /// The hooks are the object's own from now on. The collector looks at something again only when a reference to it goes.
    fn tell_collector(&self) {
        let callables = |at: usize| self.hooks.borrow().get(at).map(|hook| hook.values());
        for (child, parent) in (0..).map_while(callables) {
            drop(child);
            drop(parent);
        }
    }

    /// Is this the process that it belongs to?
    pub(crate) fn is_here(&self) -> bool {
        self.owner == state().owner.get()
    }

    /// Makes sure that the end of the script waits for it.
    pub(crate) fn activate(self: &Rc<Self>) {
        let mut active = state().active.borrow_mut();
        if !active.iter().any(|group| Rc::ptr_eq(group, self)) {
            active.push(Rc::clone(self));
        }
    }
}
