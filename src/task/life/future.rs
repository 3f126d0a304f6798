//! The data behind `Async\Future`: one task and what is known of it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use ext_php_rs::types::Zval;

use crate::error::{Label, Subject};
use crate::pool::place::Place;
use crate::process::output::Capture;
use crate::process::poller::reactor::Ended;
use crate::process::remote_payload::RemotePayload;
use crate::task::life::extra::Extra;
use crate::task::life::group::Group;
use crate::task::life::times::Times;
use crate::task::life::totals::Share;
use crate::task::life::work::Work;
use crate::task::life::workers::Route;
use crate::zend::cell::{DataCell, Plain, ValueCell};
use crate::zend::object::Tracer;

impl Plain for Capture {}

/// How far a task is.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Nobody has asked for it to run.
    Pending,
    /// In the queue of its group.
    Queued,
    /// In a child.
    Running,
    /// The child has told everything, or is gone; what it left is not looked at yet.
    Reported(Ended),
    /// The child keeps a large payload in its memory until somebody looks at it.
    Remote {
        /// The child, by the number under which it is known.
        child: u64,
        /// The payload.
        remote_payload: RemotePayload,
    },
    /// What the child left is being read: its classes are loaded, and their code runs. Whoever comes here meanwhile
    /// comes out of that code, and cannot wait for what goes on underneath.
    Reading,
    /// It has an outcome.
    Done(Outcome),
}

/// How a task ended, in PHP's terms. Handlers may replace it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// With a value.
    Value(Zval),
    /// With a throwable.
    Failed(Zval),
}

/// Why a task is ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Its time ran out.
    TimedOut,
    /// Somebody cancelled it.
    Cancelled,
    /// The script has ended, and did not wait for it.
    Abandoned,
}

/// One task and what is known of it.
#[derive(Debug)]
pub(crate) struct Future {
    /// Its number, unique in a process and its children; another one each time that it is run again.
    pub(crate) id: Cell<u64>,
    /// What it runs; gone once it has ended.
    pub(crate) work: ValueCell<Option<Work>>,
    /// How far it is.
    pub(crate) phase: ValueCell<Phase>,
    /// When it began, and how long it may run.
    pub(crate) times: DataCell<Option<Box<Times>>>,
    /// Where it is queued or running; none before and after.
    pub(crate) group: ValueCell<Option<Rc<Group>>>,
    /// Its key in its pool; null outside of one.
    pub(crate) key: ValueCell<Zval>,
    /// It is in a pool, or was.
    pub(crate) added: Cell<bool>,
    /// What of it is counted in the pool that it is in.
    pub(crate) share: ValueCell<Option<Share>>,
    /// The process that ran it.
    pub(crate) pid: Cell<Option<i32>>,
    /// Why it is ended before its time, if it is.
    pub(crate) ending: Cell<Option<Ending>>,
    /// Children that are forked from this epoch on have it.
    pub(crate) epoch: Cell<u64>,
    /// A child could not open what was sent of it.
    pub(crate) declined: Cell<bool>,
    /// How it reached its child.
    pub(crate) route: Cell<Option<Route>>,
    /// How often it has begun, as far as the parent was told.
    pub(crate) attempts: Cell<u32>,
    /// How often it was decided that it is run again.
    pub(crate) repeats: Cell<u32>,
    /// What most futures do not have.
    pub(crate) extra: ValueCell<Option<Box<Extra>>>,
    /// Somebody has seen how it ended, or took its failure.
    pub(crate) observed: Cell<bool>,
    /// Its handlers are running.
    pub(crate) handling: Cell<bool>,
    /// Where they run, if its pool says so.
    pub(crate) place: Cell<Option<Place>>,
    /// What it has printed, if that was captured, once it has ended.
    pub(crate) captured: DataCell<Option<Box<Capture>>>,
}

impl Future {
    /// Nobody has asked for it to run.
    pub(crate) fn is_pending(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Pending)
    }

    /// It runs from now on, in a process that was forked for it.
    pub(crate) fn begin_in(&self, pid: i32) {
        self.pid.set(Some(pid));
        self.set_route(Route::Forked);
        self.phase.set(Phase::Running);
        self.attempts.set(self.attempts.get() + 1);
        self.set_times(|times| times.started = Some(Instant::now()));
    }

    /// It has ended; perhaps nobody has looked at its outcome yet.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(
            *self.phase.borrow(),
            Phase::Reported(_) | Phase::Remote { .. } | Phase::Reading | Phase::Done(_)
        )
    }

    /// Somebody further down the stack makes its outcome.
    pub(crate) fn is_being_read(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Reading)
    }

    /// It has an outcome, and all handlers have run.
    pub(crate) fn is_complete(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Done(_))
            && (!self.has_handlers() || self.handling.get())
            && !self.is_following()
    }

    /// A failure is its outcome.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Done(Outcome::Failed(_)))
    }

    /// It has an outcome, and all handlers have run: none of them runs now.
    pub(crate) fn is_settled(&self) -> bool {
        self.is_complete() && !self.handling.get()
    }

    /// The key that it has in its pool, or its number.
    pub(crate) fn subject(&self) -> Subject {
        let key = self.key.borrow();
        let label = match (key.str(), key.long()) {
            (Some(key), _) => Label::Key(key.to_owned()),
            (None, Some(index)) => Label::Index(index),
            (None, None) => Label::Number(self.id.get()),
        };
        Subject { label, pid: self.pid.get() }
    }
}

/// `Class: message` of a throwable.
pub(crate) fn describe(throwable: &Zval) -> String {
    let Some(object) = throwable.object() else {
        return "unknown".to_owned();
    };
    let class = object.get_class_name().unwrap_or_default();
    let message = crate::zend::exception::message(throwable);
    format!("{class}: {message}")
}

/// How a task has failed that is to be run again.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) phase: Phase,
    pub(crate) ending: Option<Ending>,
    pub(crate) pid: Option<i32>,
    pub(crate) captured: Option<Box<Capture>>,
}

impl Failed {
    /// Its values, for the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Phase::Done(Outcome::Value(value) | Outcome::Failed(value)) = &self.phase {
            tracer.value(value);
        }
    }
}
