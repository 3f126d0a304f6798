//! What a child knows of the attempt that it runs: for code that asks whether it is to stop, or reports how far it is.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::error::{Label, Subject};
use crate::process::shared::control::{Limit, SlotRef};
use crate::process::shared::job_queue::Progress;
use crate::process::shared::message_ring::duplex_table::{Duplex, DuplexTable};
use crate::process::{child, clock};
use crate::task::life::future::{Ending, Future};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::zend::cell::{DataCell, ValueCell};
use crate::zend::object::Object;

/// The attempt that this process runs, if it is a child of ours.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// Its slot in the memory that it shares with its parent.
    pub(crate) slot_ref: Cell<Option<SlotRef>>,
    /// The duplexes between its parent and that one's tasks.
    pub(crate) duplexes: Cell<Option<&'static DuplexTable>>,
    /// The duplex of the attempt, once it was asked for, and the number of the attempt.
    pub(crate) duplex: DataCell<Option<(u64, Rc<Duplex>)>>,
    /// Why what runs has no duplex to its parent, if it is to have none.
    pub(crate) no_duplex: Cell<Option<&'static str>>,
    /// The number of the attempt; 0 for none.
    pub(crate) attempt: Cell<u64>,
    /// Its future, if the child was forked for it alone.
    pub(crate) future: ValueCell<Option<Object<Future>>>,
    /// When it began, and the seconds that it may run, if the child was forked for it alone.
    pub(crate) limit: Cell<Option<(Instant, f64)>>,
    /// The seconds that it may run, if they were sent with it.
    pub(crate) sent_limit: Cell<Option<f64>>,
    /// The pool of a warm worker, and its slot in the job queue.
    pub(crate) warm: ValueCell<Option<(Rc<Group>, usize)>>,
    /// A notice was raised that its parent receives nothing.
    pub(crate) told_of_parent: Cell<bool>,
}

impl Own {
    /// The child was forked for this task alone.
    pub(crate) fn begin_isolated(&self, future: &Object<Future>) {
        self.attempt.set(future.id.get());
        let group_limit = || future.group.borrow().as_ref().and_then(|group| group.timeout.get());
        let seconds = future.times().limit.or_else(group_limit).filter(|&seconds| seconds > 0.0);
        self.limit.set(seconds.map(|seconds| (Instant::now(), seconds)));
        self.future.set(Some(future.clone()));
    }

    /// A warm worker has taken this attempt.
    #[inline]
    pub(crate) fn begin(&self, attempt: u64) {
        self.attempt.set(attempt);
        self.sent_limit.set(None);
    }

    /// What is the parent's is left where it is.
    pub(crate) fn forget(&self, is_child: bool) {
        if !is_child {
            self.slot_ref.set(None);
            self.duplexes.set(None);
        }
        self.attempt.set(0);
        self.limit.set(None);
        self.no_duplex.set(None);
        std::mem::forget((self.future.take(), self.warm.take(), self.duplex.take()));
    }

    fn slot_ref(&self) -> Option<(SlotRef, u64)> {
        let attempt = self.attempt.get();
        self.slot_ref.get().filter(|_| attempt != 0).map(|slot_ref| (slot_ref, attempt))
    }

    /// Seconds that are left, by what this process knows of its limit.
    fn left(&self) -> Option<f64> {
        if let Some((since, seconds)) = self.limit.get() {
            return Some(seconds - since.elapsed().as_secs_f64());
        }
        let warm = self.warm.borrow();
        let (group, slot) = warm.as_ref()?;
        let attempt = self.attempt.get();
        let own =
            self.sent_limit.get().or_else(|| group.ledger.borrow().get(attempt)?.future()?.times().limit);
        let seconds = own.or_else(|| group.timeout.get()).filter(|&seconds| seconds > 0.0)?;
        let workers = group.workers.borrow();
        let queue = &workers.as_ref()?.job_queue;
        let time = match (queue.item(*slot), queue.progress(attempt)) {
            (Some((_, time)), _) if !group.maps.borrow().is_empty() => time,
            (_, Progress::Running(_, time)) => time,
            _ => Duration::ZERO,
        };
        Some(seconds - time.as_secs_f64())
    }
}

/// Is the task that calls this to stop? False outside of tasks.
pub(crate) fn is_asked() -> bool {
    let state = state();
    if let Some(innermost) = state.in_line.borrow().last() {
        return innermost
            .as_ref()
            .is_some_and(|future| future.is_asked() || future.ending.get() == Some(Ending::Cancelled));
    }
    state.own.slot_ref().is_some_and(|(slot_ref, attempt)| slot_ref.is_asked(attempt))
}

/// The task that calls this, as exceptions name it.
pub(crate) fn subject() -> Subject {
    let state = state();
    if let Some(Some(future)) = state.in_line.borrow().last() {
        return future.subject();
    }
    let pid = Some(child::id());
    match &*state.own.future.borrow() {
        Some(future) => Subject { pid, ..future.subject() },
        None => Subject { label: Label::Number(state.own.attempt.get()), pid },
    }
}

/// The task that calls this is so far. Outside of tasks that is told to nobody.
pub(crate) fn report(fraction: f64, text: &str) {
    let state = state();
    if let Some(innermost) = state.in_line.borrow().last() {
        if let Some(future) = innermost {
            future.report_here(fraction, text);
        }
    } else if let Some((slot_ref, attempt)) = state.own.slot_ref() {
        slot_ref.report(attempt, fraction, text);
    }
}

/// How many seconds the task that calls this has left; none without a limit.
pub(crate) fn left() -> Option<f64> {
    let state = state();
    if !state.in_line.borrow().is_empty() {
        return None;
    }
    let own = &state.own;
    let (slot_ref, attempt) = own.slot_ref()?;
    let left = match slot_ref.limit(attempt) {
        Limit::Until(until) => Duration::from_nanos(until).as_secs_f64() - clock::monotonic().as_secs_f64(),
        Limit::Lifted => return None,
        Limit::Unchanged => own.left()?,
    };
    Some(left.max(0.0))
}
