//! Groups. A group is the queue of one pool, its slots and its settings: what stays of a `Pool` for its tasks when the
//! object is gone.
//!
//! Runs in the parent. `async()` alone uses a group that belongs to no object.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ext_php_rs::types::Zval;
use nix::unistd::{Pid, getpid};

use crate::pool::ids::IdMap;
use crate::pool::ledger::Ledger;
use crate::pool::pace::Pace;
use crate::pool::place::Place;
use crate::pool::retry::Retry;
use crate::process::forwarding::Signals;
use crate::process::output;
use crate::task::life::attempt::Attempt;
use crate::task::life::ended::Ended;
use crate::task::life::future::Future;
use crate::task::life::limits::Limits;
use crate::task::life::map_call::MapCall;
use crate::task::life::state::state;
use crate::task::life::task_channel::Listener;
use crate::task::life::workers::{Job, Stay, Workers};
use crate::zend::callable::Callable;
use crate::zend::cell::{DataCell, Plain, ValueCell, ensure_free};
use crate::zend::object::{Object, Tracer};
use crate::zend::value::classes::Classes;

impl Plain for Limits {}
impl Plain for (Pace, u64) {}

/// What to call around a fork.
#[derive(Debug)]
pub(crate) struct Hook {
    /// In the new child, before its task.
    pub(crate) child: Option<Callable>,
    /// In the parent, after each fork.
    pub(crate) parent: Option<Callable>,
    /// In the child, at its end.
    pub(crate) exit: Option<Callable>,
}

impl Hook {
    /// Reports its values to the cycle collector.
    fn trace(&self, tracer: &mut Tracer) {
        self.child
            .iter()
            .chain(&self.parent)
            .chain(&self.exit)
            .for_each(|callable| tracer.value(callable.value()));
    }

    pub(crate) fn values(&self) -> [Option<Zval>; 3] {
        let value =
            |callable: &Option<Callable>| callable.as_ref().map(|callable| callable.value().shallow_clone());
        [value(&self.child), value(&self.parent), value(&self.exit)]
    }
}

/// The queue of one pool, its slots and its settings.
#[derive(Debug)]
pub(crate) struct Group {
    /// The process that has made it.
    pub(crate) owner: Pid,
    /// Where its attempts are.
    pub(crate) ledger: ValueCell<Ledger<Attempt>>,
    /// The jobs of attempts that are in the queue again, as the job queue had no room for them: they are kept, so that
    /// no attempt is serialized twice.
    pub(crate) jobs: DataCell<BTreeMap<u64, Job>>,
    /// How fast its tasks may start, and the key of the deadline for the next start; `None` for as fast as there are
    /// slots.
    pub(crate) pace: DataCell<Option<Box<(Pace, u64)>>>,
    /// `add()` waits while so many tasks wait for a slot.
    pub(crate) queue_limit: Cell<Option<usize>>,
    /// Seconds that each task may run.
    pub(crate) timeout: Cell<Option<f64>>,
    /// Which failed attempts are run again, and when.
    pub(crate) retry: Cell<Retry>,
    /// A function of the script that says whether an attempt that failed so is run again.
    pub(crate) retry_if: ValueCell<Option<Rc<Callable>>>,
    /// A function of the script that is called with the messages of its tasks.
    pub(crate) listener: ValueCell<Option<Rc<Listener>>>,
    /// Its tasks run in warm workers, and not in a process each.
    pub(crate) stays: Cell<bool>,
    /// Its warm workers stay only as long as there is a map call.
    pub(crate) stays_for_maps: Cell<bool>,
    /// For how many tasks, and how long, a warm worker stays.
    pub(crate) stay: Cell<Stay>,
    /// How many warm workers stay also when they are idle.
    pub(crate) kept: Cell<usize>,
    /// How often all its warm workers were killed, as tasks were waiting while no worker ran any.
    pub(crate) stalls: Cell<u32>,
    /// Its warm workers, and what they share.
    pub(crate) workers: ValueCell<Option<Rc<Workers>>>,
    /// Where the handlers of its futures run; none for where php.ini says.
    pub(crate) handlers: Cell<Option<Place>>,
    /// Where the output of its tasks goes.
    pub(crate) output: Cell<output::Mode>,
    /// The classes that outcomes may have; none for all.
    pub(crate) classes: DataCell<Option<Rc<Classes>>>,
    /// The memory limit and priority of its children.
    pub(crate) limits: DataCell<Limits>,
    /// Signals that are forwarded to its children when the application handles them.
    pub(crate) forwarded: Cell<Signals>,
    /// Its map calls by their ids, under which workers find them, too.
    pub(crate) maps: ValueCell<IdMap<Rc<MapCall>>>,
    /// How many of its running tasks began in another group.
    pub(crate) adopted: Cell<usize>,
    /// Hooks for its children.
    pub(crate) hooks: ValueCell<Vec<Rc<Hook>>>,
    /// Its children run hooks after they have sent their outcomes.
    pub(crate) has_exit_hooks: Cell<bool>,
    /// Futures in the order in which they ended, while there is an object that can ask for them.
    pub(crate) ended: ValueCell<Option<Ended>>,
}

impl Drop for Group {
    /// May run PHP code: destructors of its values.
    fn drop(&mut self) {
        ensure_free();
    }
}

impl Group {
    /// A group with `limit` slots.
    pub(crate) fn new(limit: usize, timeout: Option<f64>) -> Rc<Self> {
        Rc::new(Self {
            owner: state().owner.get(),
            ledger: ValueCell::new(Ledger::new(limit)),
            jobs: DataCell::default(),
            pace: DataCell::default(),
            queue_limit: Cell::new(None),
            timeout: Cell::new(timeout),
            retry: Cell::default(),
            retry_if: ValueCell::default(),
            listener: ValueCell::default(),
            stays: Cell::new(false),
            stays_for_maps: Cell::new(false),
            stay: Cell::default(),
            kept: Cell::new(0),
            stalls: Cell::new(0),
            workers: ValueCell::default(),
            handlers: Cell::default(),
            output: Cell::default(),
            classes: DataCell::default(),
            limits: DataCell::default(),
            forwarded: Cell::default(),
            maps: ValueCell::default(),
            adopted: Cell::new(0),
            hooks: ValueCell::default(),
            has_exit_hooks: Cell::new(false),
            ended: ValueCell::default(),
        })
    }

    /// The classes that outcomes may have; none for all.
    pub(crate) fn classes(&self) -> Option<Rc<Classes>> {
        self.classes.borrow().clone()
    }

    /// The group that `async()` alone uses.
    pub(crate) fn default_group() -> Rc<Self> {
        let default = &state().default_group;
        if let Some(group) = &*default.borrow() {
            return Rc::clone(group);
        }
        let group = Self::new(crate::ini::concurrency(), crate::ini::timeout());
        default.set(Some(Rc::clone(&group)));
        group
    }

    /// Nothing runs, and nothing will start by itself.
    pub(crate) fn idle(&self) -> bool {
        self.ledger.borrow().is_idle()
    }

    /// Have all children sent what is waited for? Where children run hooks after that, they are not waited for; others
    /// are, until they have ended.
    pub(crate) fn has_told(&self) -> bool {
        if !self.has_exit_hooks.get() {
            return self.idle();
        }
        let ledger = self.ledger.borrow();
        !ledger.has_untold() && !ledger.has_waiting()
    }

    /// Is a task queued or running? One whose child has sent everything is neither, though the child may not have ended
    /// yet.
    pub(crate) fn has_tasks(&self) -> bool {
        !self.idle() && self.ledger.borrow().has_untold()
    }

    /// Has it nothing to do until its `Pool` object adds something?
    pub(crate) fn is_spent(&self) -> bool {
        self.idle() && self.maps.borrow().is_empty()
    }

    /// Reports to the cycle collector the values that are dropped with its object, which each iterator over a map call has,
    /// too. While it has something to do, it keeps them whether or not there is an object.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        self.ended.peek(|ended| {
            ended.iter().flat_map(Ended::futures).for_each(|future| future.trace_in(tracer));
        });
        // In a copy of another process nobody drops them who drops an iterator. The state is not asked which process this is:
        // the first to ask it in a copy takes values away, in the middle of the collector's work.
        if !self.idle() || !(self.is_spent() || self.owner == getpid()) {
            return;
        }
        self.ledger.peek(|ledger| {
            ledger.iter().filter_map(|(.., of)| of.future()).for_each(|future| future.trace_in(tracer));
        });
        self.retry_if.peek(|callable| {
            let callable = callable.iter().filter(|callable| Rc::strong_count(callable) == 1);
            callable.for_each(|callable| tracer.value(callable.value()));
        });
        self.listener.peek(|listener| {
            let listener = listener.iter().filter(|listener| Rc::strong_count(listener) == 1);
            listener.for_each(|listener| tracer.value(listener.callable.value()));
        });
        self.hooks.peek(|hooks| {
            // A hook that is about to be called is dropped later.
            hooks.iter().filter(|hook| Rc::strong_count(hook) == 1).for_each(|hook| hook.trace(tracer));
        });
    }

    /// The future of an attempt that has not sent everything, if it is of a task.
    pub(crate) fn future(&self, id: u64) -> Option<Object<Future>> {
        self.ledger.borrow().get(id)?.future().cloned()
    }

    /// Has an attempt left the queue, and is its outcome still to come?
    pub(crate) fn expects(&self, id: u64) -> bool {
        self.ledger.borrow().expects(id)
    }

    /// Is this an attempt of a task, and has it not sent everything?
    pub(crate) fn has_task(&self, id: u64) -> bool {
        self.ledger.borrow().get(id).is_some_and(|of| of.future().is_some())
    }

    /// The map call of an attempt, if it is a portion of one.
    pub(crate) fn map_call(&self, id: u64) -> Option<Rc<MapCall>> {
        self.ledger.borrow().get(id)?.map_call().cloned()
    }

    /// The job queue has no room for the job of an attempt: the attempt returns to the front of the queue, and its job
    /// is kept.
    pub(crate) fn put_back(&self, id: u64, job: Job) {
        self.jobs.borrow_mut().insert(id, job);
        self.ledger.change(|ledger| ledger.requeue(id));
    }

    /// Removes the job of an attempt for which there was no room, and returns it. `None` for any other attempt.
    #[expect(
        clippy::inline_always,
        reason = "a call would cost more than what it finds out for most tasks: nothing"
    )]
    #[inline(always)]
    pub(crate) fn take_job(&self, id: u64) -> Option<Job> {
        let is_any_kept = !self.jobs.borrow().is_empty();
        if is_any_kept { self.jobs.borrow_mut().remove(&id) } else { None }
    }

    /// Is there an attempt in the queue for whose job there was no room?
    pub(crate) fn has_unposted(&self) -> bool {
        let jobs = self.jobs.borrow();
        !jobs.is_empty() && jobs.keys().any(|&id| self.ledger.borrow().is_waiting(id))
    }

    /// How many tasks are in the queue, or wait for their backoff.
    pub(crate) fn waiting_tasks(&self) -> usize {
        let (ledger, maps) = (self.ledger.borrow(), self.maps.borrow());
        let portions = maps.values().map(|map_call| {
            let batches = map_call.batches.borrow();
            batches.keys().filter(|&&id| ledger.is_waiting(id)).count()
        });
        ledger.waiting() - portions.sum::<usize>()
    }

    /// An attempt is over: its slot is free. Returns its future, if it was of a task and had not sent everything
    /// before.
    pub(crate) fn end(&self, id: u64) -> Option<Object<Future>> {
        self.ledger.change(|ledger| ledger.end(id)).and_then(Attempt::into_future)
    }

    /// The same, for an attempt that a warm worker has run.
    pub(crate) fn end_in(&self, worker: u64, id: u64) -> Option<Object<Future>> {
        self.ledger.change(|ledger| ledger.end_in(Some(worker), id)).and_then(Attempt::into_future)
    }

    /// Adds a future to the list of those that have ended, if there is an object that can ask for it.
    pub(crate) fn note_end(&self, future: &Object<Future>) {
        self.ended.change(|ended| ended.iter_mut().for_each(|ended| ended.push(future.clone())));
    }

    /// Is this the process that it belongs to?
    pub(crate) fn is_here(&self) -> bool {
        self.owner == state().owner.get()
    }

    /// Makes sure that the end of the script waits for it.
    pub(crate) fn activate(self: &Rc<Self>) {
        let active = &state().active;
        if !active.borrow().iter().any(|group| Rc::ptr_eq(group, self)) {
            active.push(Rc::clone(self));
        }
    }
}
