//! One function over many items: what `map()` does. Runs in the parent; workers have a copy, from their fork.
//!
//! Items are posted in portions, and their results come back one by one, in order within a portion. So the death of a
//! worker costs only the item that it was running, and another worker gets those that it had not begun. An array that
//! was in memory at the fork is not sent at all, only positions in it. No future is made for an item.

mod batch;
mod child;
mod feeding;
pub(crate) mod halt;
mod refusal;
pub(crate) mod remote_payload;
mod repeat;
mod results;
mod source;
pub(crate) mod tally;

use std::cell::Cell;
use std::rc::Rc;

use batch::trace_items;
use ext_php_rs::types::Zval;

use crate::pool::portion::Portion;
use crate::process::poller::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::life::attempt::Attempt;
use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::task::life::map_call::{MapCall, Overdue, Said, Source};
use crate::task::life::state::state;
use crate::task::life::workers::{Job, Workers};
use crate::task::life::{shutdown, support};
use crate::task::workers;
use crate::task::workers::{job, retry};
use crate::wire::frame::{Frame, Kind};
use crate::zend::callable::Callable;
use crate::zend::cell::{DataCell, Plain, ValueCell};
use crate::zend::handler::Thrown;
use crate::zend::object::Tracer;

pub(crate) use batch::{Answered, End};
pub(crate) use repeat::due;
pub(crate) use results::{Failed, Item};

impl Plain for Portion {}

/// Is it a throwable that the worker keeps in its memory?
fn is_thrown(phase: &Phase) -> bool {
    matches!(phase, Phase::Remote { remote_payload, .. } if remote_payload.kind == Kind::Thrown)
}

impl MapCall {
    /// Begins a map call over an array or a `Traversable`; one without items, in a pool that was stopped. Re-enters
    /// PHP.
    ///
    /// # Errors
    ///
    /// When the object's own code exits. What it throws is kept: it is the end of the items.
    pub(crate) fn begin(
        group: &Rc<Group>,
        items: &Zval,
        callable: Callable,
        catch: Option<Callable>,
        ordered: bool,
    ) -> Result<Rc<Self>, Thrown> {
        let halted = group.ledger.borrow().is_stopped();
        let (source, thrown, array) = if halted {
            (Source::Empty, None, Zval::new())
        } else if items.is_array() {
            (Source::Array(0), None, items.shallow_clone())
        } else {
            let (source, thrown) = Source::walk(items)?;
            (source, thrown, Zval::new())
        };
        // The object's own code may have stopped the pool, or waited for the last tasks of it, after which its workers
        // end.
        let halted = group.ledger.borrow().is_stopped();
        let (source, unwanted) = if halted { (Source::Empty, Some(source)) } else { (source, None) };
        if !halted && !group.stays.replace(true) {
            group.stays_for_maps.set(true);
        }
        let map_call = Rc::new(Self {
            id: state().next_id(),
            group: Rc::clone(group),
            callable,
            catch: ValueCell::new(catch.map(Rc::new)),
            source: ValueCell::new(source),
            thrown: ValueCell::new(thrown),
            array,
            returned: ValueCell::default(),
            epoch: state().code_index.borrow().next_epoch(),
            portion: DataCell::new(Portion::new()),
            batches: ValueCell::default(),
            feeding: Cell::new(false),
            repeats: Cell::new(0),
            doubts: ValueCell::default(),
            ordered,
            in_line: support::in_line(),
            halted: Cell::new(halted),
        });
        group.maps.insert(map_call.id, Rc::clone(&map_call));
        drop(unwanted);
        workers::watch_items(group);
        shutdown::register();
        Ok(map_call)
    }

    /// Reports to the cycle collector the values that are dropped when its iterator is gone.
    pub(crate) fn trace(self: &Rc<Self>, tracer: &mut Tracer) {
        let is_own = |of: &Attempt| of.map_call().is_some_and(|one| Rc::ptr_eq(one, self));
        let listed = self.group.ledger.peek(|ledger| ledger.iter().filter(|(.., of)| is_own(of)).count());
        let known = self.group.maps.peek(|maps| usize::from(maps.contains_key(&self.id)));
        if known.zip(listed).is_none_or(|(known, listed)| Rc::strong_count(self) > 1 + known + listed) {
            return; // its function is being called, or its items are being taken
        }
        tracer.value(self.callable.value());
        self.catch.peek(|catch| catch.iter().for_each(|catch| tracer.value(catch.value())));
        tracer.value(&self.array);
        self.source.peek(|source| source.trace(tracer));
        self.thrown.peek(|thrown| thrown.iter().for_each(|throwable| tracer.value(throwable)));
        self.returned.peek(|returned| trace_items(returned, tracer));
        self.batches.peek(|batches| batches.values().for_each(|batch| batch.items.trace(tracer)));
    }

    /// Is it one of its group's? No longer once it was abandoned.
    pub(crate) fn is_listed(&self) -> bool {
        self.group.maps.borrow().contains_key(&self.id)
    }

    /// A result of a batch has arrived. False if others of that batch are still to come: then nothing else changes.
    pub(crate) fn answered(
        self: &Rc<Self>,
        batch: u64,
        child: u64,
        pid: Option<i32>,
        said: Answered,
    ) -> bool {
        let said = match said {
            Answered::Offered(phase)
                if is_thrown(&phase) && workers::overdue(&self.group, child).is_some() =>
            {
                match retry::brought_home(phase) {
                    Phase::Reported(Ended { message, .. }) => Answered::Told(message),
                    phase => Answered::Offered(phase),
                }
            }
            said => said,
        };
        let said = match said {
            Answered::Told(message) => match self.overdue(batch, child, &message) {
                Some(limit) => Said::Overdue(Box::new(Overdue { limit, pid, exit: Exit::Unknown, message })),
                None => Said::of(Ended { id: batch, exit: Exit::Unknown, message }, pid),
            },
            Answered::Offered(phase) => Said::Remote(Box::new(phase)),
        };
        if self.drops(batch, child) {
            said.discard();
            return true;
        }
        self.push(batch, said, Some(child))
    }

    /// The limit that an item has exceeded whose failure is told by `message`. What a worker reports of its end, or throws,
    /// while it is being ended for its time limit, is a consequence of that; what was thrown by items before that one, which
    /// is the last that it has begun, is not.
    fn overdue(&self, batch: u64, child: u64, message: &Message) -> Option<f64> {
        let Message::Frame(Frame { kind: kind @ (Kind::Report | Kind::Thrown), .. }) = message else {
            return None;
        };
        let (limit, begun) = workers::overdue(&self.group, child)?;
        let batches = self.batches.borrow();
        let batch = batches.get(&batch)?;
        let is_last = batch.posted_from.saturating_add(begun) == batch.answered + 1;
        (*kind == Kind::Report || is_last).then_some(limit)
    }

    /// Values of a batch have arrived, of one item after the other. False if others of that batch are still to come.
    pub(crate) fn answered_all(
        self: &Rc<Self>,
        batch: u64,
        child: u64,
        pid: Option<i32>,
        values: Vec<Frame>,
    ) -> bool {
        let one_by_one =
            self.repeats.get() > 0 || self.group.retry.get().is_wanted() || self.is_cancelled(batch);
        if one_by_one {
            let answered = |value| self.answered(batch, child, pid, Answered::Told(Message::Frame(value)));
            return values.into_iter().map(answered).last().unwrap_or_default();
        }
        self.note(batch, values.into_iter().map(|value| Said::Told(value, pid)), Some(child))
    }

    /// Notes down what became of an item. False if others of that batch are still to come.
    fn push(self: &Rc<Self>, batch: u64, mut said: Said, child: Option<u64>) -> bool {
        if self.repeats.get() > 0 || self.group.retry.get().is_wanted() {
            said = self.judge(batch, said);
        }
        self.note(batch, std::iter::once(said), child)
    }

    /// Notes down what became of the next items of a batch; at most one is a remote payload. A worker whose task has
    /// written over shared memory may send more of them than there are items.
    fn note(self: &Rc<Self>, batch: u64, mut said: impl Iterator<Item = Said>, child: Option<u64>) -> bool {
        let noted = self.batches.change(|batches| {
            let known = batches.get_mut(&batch)?;
            let mut lent = None;
            let missing = known.len().saturating_sub(known.answered);
            for said in said.by_ref().take(missing) {
                lent = lent.or(said.holder().map(|holder| (holder, known.answered)));
                known.bytes += said.size();
                known.said.push_back(said);
                known.answered += 1;
            }
            let all = known.answered == known.len();
            (missing > 0).then_some((lent, all, known.answered - known.posted_from, known.bytes))
        });
        said.for_each(Said::discard);
        let Some((lent, all, count, bytes)) = noted else {
            return true;
        };
        if let Some((holder, place)) = lent {
            self.note_remote(holder, batch, place);
        }
        if all {
            if let Some(time) = child.and_then(|child| workers::spent_by(&self.group, child)) {
                self.portion.borrow_mut().took(count, time, bytes);
            }
            self.over(batch, child);
            self.forget_repeat(batch);
        }
        all
    }

    /// A batch is over, whose last result `worker` has sent.
    fn over(&self, batch: u64, worker: Option<u64>) {
        let over = self.group.ledger.change(|ledger| ledger.end_in(worker, batch));
        drop(over);
    }

    /// The worker of a batch has died, and had begun so many of its items. Another one gets the rest. False if it is no
    /// item's failure.
    pub(crate) fn died(self: &Rc<Self>, batch: u64, begun: usize, end: End, workers: &Workers) -> bool {
        if self.end_cancelled(batch) {
            return false;
        }
        let at = self.batches.borrow().get(&batch).map(|batch| (batch.posted_from, batch.answered));
        let Some((from, answered)) = at else {
            return false;
        };
        let is_failure = from.saturating_add(begun) > answered;
        if is_failure {
            self.push(batch, end.said(batch), None);
        }
        self.post_rest(batch, workers, false);
        is_failure
    }

    /// A worker could not decode the items of a batch.
    pub(crate) fn declined(&self, batch: u64, workers: &Workers) {
        if !self.end_cancelled(batch) {
            self.post_rest(batch, workers, true);
        }
    }

    /// No worker has begun what was posted of a batch, and none will: it is posted again.
    pub(crate) fn post_again(&self, batch: u64, workers: &Workers) {
        if !self.end_cancelled(batch) {
            self.post_rest(batch, workers, false);
        }
    }

    fn post_rest(&self, batch: u64, workers: &Workers, declined: bool) {
        let is_open = self.batches.change(|batches| {
            let rest = batches.get_mut(&batch).filter(|batch| batch.answered < batch.len());
            rest.map(|rest| (rest.posted_from, rest.bytes) = (rest.answered, 0)).is_some()
        });
        if !is_open {
            return;
        }
        if self.halted.get() {
            self.cut(batch);
            return;
        }
        let job = self.job(batch, declined);
        self.post(batch, job, workers);
    }

    /// The rest of a batch, in the cheapest way that is right. Re-enters PHP: hooks of serialization.
    fn job(&self, batch: u64, declined: bool) -> Job {
        self.sent(batch, declined).unwrap_or_else(|| job::inherited_portion(self.id, batch))
    }

    /// Is this the process that has begun it?
    pub(crate) fn is_here(&self) -> bool {
        self.group.is_here()
    }

    fn is_exhausted(&self) -> bool {
        matches!(*self.source.borrow(), Source::Empty) && self.returned.borrow().is_empty()
    }
}
