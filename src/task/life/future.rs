//! The data of an `Async\Future`: one task, and what is known of it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use ext_php_rs::types::Zval;

use crate::error::{Label, Subject};
use crate::pool::ledger::Stage;
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

/// The state of a task.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Nobody has asked for it to run.
    Pending,
    /// It is queued, or runs: the ledger of its group says where its attempt is.
    Active,
    /// The child has sent everything, or has ended; its outcome has not been decoded yet.
    Reported(Ended),
    /// The child keeps a large outcome in its memory until it is fetched.
    Remote {
        /// The id of the child.
        child: u64,
        /// The payload.
        remote_payload: Box<RemotePayload>,
    },
    /// The outcome is being decoded: classes are loaded, and their code runs. Only that code can come here meanwhile,
    /// and it cannot wait for what goes on further down its own stack.
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

/// Why a task was ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Its time ran out.
    TimedOut,
    /// It was cancelled.
    Cancelled,
    /// The script has ended, and did not wait for it.
    Abandoned,
}

/// One task and what is known of it.
#[derive(Debug)]
pub(crate) struct Future {
    /// Its id, unique in a process and its children; a new one for each retry.
    pub(crate) id: Cell<u64>,
    /// What it runs; gone once it has ended.
    pub(crate) work: ValueCell<Option<Work>>,
    /// Its state.
    pub(crate) phase: ValueCell<Phase>,
    /// When it began, and how long it may run.
    pub(crate) times: DataCell<Option<Box<Times>>>,
    /// The group in which it is queued or running; none before and after.
    pub(crate) group: ValueCell<Option<Rc<Group>>>,
    /// Its key in its pool; null outside of one.
    pub(crate) key: ValueCell<Zval>,
    /// It is in a pool, or was.
    pub(crate) added: Cell<bool>,
    /// What is counted of it in its pool.
    pub(crate) share: ValueCell<Option<Share>>,
    /// The process that ran it.
    pub(crate) pid: Cell<Option<i32>>,
    /// Why it was ended early, if it was.
    pub(crate) ending: Cell<Option<Ending>>,
    /// Workers that are forked from this epoch on have a copy of it.
    pub(crate) epoch: Cell<u64>,
    /// A worker could not decode what was sent of it.
    pub(crate) declined: Cell<bool>,
    /// How it reached its child.
    pub(crate) route: Cell<Option<Route>>,
    /// How many attempts have begun, as far as the parent knows.
    pub(crate) attempts: Cell<u32>,
    /// How many retries there were, or are to be.
    pub(crate) repeats: Cell<u32>,
    /// What most futures do not have.
    pub(crate) extra: ValueCell<Option<Box<Extra>>>,
    /// Its outcome was seen by an `await`, or its failure handled: no warning is due.
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

    /// Where its attempt is, while the ledger of its group knows it.
    pub(crate) fn stage(&self) -> Option<Stage> {
        self.group.borrow().as_ref()?.ledger.borrow().stage(self.id.get())
    }

    /// It runs from now on, in a process that was forked for it.
    pub(crate) fn begin_in(&self, pid: i32) {
        self.pid.set(Some(pid));
        self.set_route(Route::Forked);
        self.attempts.set(self.attempts.get() + 1);
        self.set_times(|times| times.started = Some(Instant::now()));
    }

    /// It has ended; its outcome may not have been decoded yet.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(
            *self.phase.borrow(),
            Phase::Reported(_) | Phase::Remote { .. } | Phase::Reading | Phase::Done(_)
        )
    }

    /// Its outcome is being decoded further down the stack.
    pub(crate) fn is_being_read(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Reading)
    }

    /// It has an outcome, and all handlers have run.
    pub(crate) fn is_complete(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Done(_))
            && (!self.has_extra()
                || (!self.has_handlers() || self.handling.get())
                    && !self.is_following()
                    && !self.has_undelivered())
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

/// How an attempt has failed after which there is a retry.
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
