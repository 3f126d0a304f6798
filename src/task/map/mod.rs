//! One function over many items: what `map()` does. Runs in the parent; workers have a copy, from their fork.
//!
//! Items are posted in portions, and their results come back one by one, in order within a portion. So the death of a
//! worker costs only the item that it was running, and another worker gets those that it had not begun. An array that
//! was in memory at the fork is not sent at all, only positions in it. No future is made for an item.

mod batch;
mod child;
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
use crate::process::shared::job_queue::Full;
use crate::process::wait::Exit;
use crate::task::life::attempt::Attempt;
use crate::task::life::group::Group;
use crate::task::life::map_call::{Batch, Items, MapCall, Overdue, Said, Source};
use crate::task::life::state::state;
use crate::task::life::underway::Underway;
use crate::task::life::workers::{Job, Workers};
use crate::task::life::{shutdown, support};
use crate::task::workers;
use crate::task::workers::{feed, job};
use crate::wire::frame::{Frame, Kind};
use crate::zend::callable::Callable;
use crate::zend::cell::{DataCell, Plain, ValueCell};
use crate::zend::handler::Thrown;
use crate::zend::object::Tracer;

pub(crate) use batch::{Answered, End};
pub(crate) use repeat::due;
pub(crate) use results::{Failed, Item};

/// How many portions for each worker may be posted, or have results that were not fetched by the script, at a time.
const AHEAD: usize = 4;

impl Plain for Portion {}

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

    /// Posts items until enough of them are ahead, or the job queue is full. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When the source exits.
    pub(crate) fn feed(self: &Rc<Self>) -> Result<(), Thrown> {
        if self.in_line || self.feeding.replace(true) {
            return Ok(());
        }
        let underway = Underway::new();
        let fed = self.feed_all();
        drop(underway);
        self.feeding.set(false);
        remote_payload::make_way(&self.group);
        fed
    }

    fn feed_all(self: &Rc<Self>) -> Result<(), Thrown> {
        let children = self.group.ledger.borrow().limit();
        let workers = match workers::workers_of(&self.group) {
            Ok(workers) => workers,
            Err(refused) => return self.refuse_all(children, refused),
        };
        if self.group.has_unposted() {
            feed::post_all(&self.group, &workers);
        }
        while self.wants_items() && !self.group.has_unposted() {
            let Some((batch, job)) = self.next_batch(children)? else {
                return Ok(());
            };
            self.group.note_start();
            self.post(batch, job, &workers);
        }
        Ok(())
    }

    /// Should something be posted now?
    pub(crate) fn wants_more(&self) -> bool {
        !self.in_line && (self.wants_items() || self.group.has_unposted())
    }

    /// Are there items left to take from the source, and may more of them be posted?
    fn wants_items(&self) -> bool {
        let has_room = || {
            let ledger = self.group.ledger.borrow();
            self.ahead() < ledger.ahead(AHEAD * ledger.limit())
        };
        !self.is_exhausted() && has_room() && self.group.is_time_to_start()
    }

    /// Posts a batch. PHP code has run to take its items and to serialize them, and may have stopped the pool.
    fn post(&self, batch: u64, job: Job, workers: &Workers) {
        if self.halted.get() {
            self.cut(batch);
        } else if workers.post(batch, &job) == Err(Full) {
            self.group.put_back(batch, job);
        }
    }

    /// How many portions are posted, or have results that were not fetched by the script.
    fn ahead(&self) -> usize {
        self.batches.borrow().len() - self.repeats.get()
    }

    /// Takes the next items out of the source; none in a fork that its code has made. Re-enters PHP.
    fn next_batch(self: &Rc<Self>, children: usize) -> Result<Option<(u64, Job)>, Thrown> {
        let Some(items) = self.take_items(children)?.filter(|_| self.is_here()) else {
            return Ok(None);
        };
        let batch = state().next_id();
        self.begin_batch(batch, Batch::new(items), false);
        loop {
            if let Some(job) = self.sent(batch, false) {
                return Ok(Some((batch, job)));
            }
            if !self.halve(batch) {
                return Ok(Some((batch, job::inherited_portion(self.id, batch))));
            }
        }
    }

    fn begin_batch(self: &Rc<Self>, id: u64, batch: Batch, rests: bool) {
        self.batches.insert(id, batch);
        let portion = Attempt::Portion(Rc::clone(self));
        self.group.ledger.change(
            |ledger| {
                if rests { ledger.rest(id, portion) } else { ledger.post(id, portion) }
            },
        );
        self.group.activate();
    }

    /// Takes the second half of a batch back, as its items are too long for one job, or one of them cannot be
    /// serialized. Only for the latest batch: what was taken back is taken first for the next one.
    fn halve(&self, batch: u64) -> bool {
        let back = self.batches.change(|batches| match &mut batches.get_mut(&batch)?.items {
            Items::Listed(items) => Some(items.split_off(items.len().div_ceil(2))),
            Items::Range(..) => None,
        });
        let Some(back) = back.filter(|back| !back.is_empty()) else {
            return false;
        };
        self.returned.change(|returned| returned.splice(0..0, back).count());
        true
    }

    /// The rest of a batch as a job, if it can be sent: positions in the array always, values unless a worker has
    /// declined them. Re-enters PHP: hooks of serialization.
    fn sent(&self, batch: u64, declined: bool) -> Option<Job> {
        let batches = self.batches.borrow();
        let Batch { items, posted_from: from, .. } = batches.get(&batch)?;
        let values: Vec<_> = match items {
            Items::Range(first, count) => {
                return Some(job::range(self.id, self.epoch, *first, *from, *count));
            }
            Items::Listed(_) if declined => return None,
            Items::Listed(items) => {
                items.iter().skip(*from).map(|(_, value)| value.shallow_clone()).collect()
            }
        };
        drop(batches);
        job::listed(self.id, self.epoch, values)
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
            Answered::Told(message) => {
                // What a worker reports of its end, while it is being ended for its time limit, is a consequence of
                // that.
                let reported = matches!(message, Message::Frame(Frame { kind: Kind::Report, .. }));
                let overdue = if reported { workers::overdue(&self.group, child) } else { None };
                match overdue {
                    Some(limit) => Said::Overdue(Box::new(Overdue { limit, pid, exit: Exit::Unknown })),
                    None => Said::of(Ended { id: batch, exit: Exit::Unknown, message }, pid),
                }
            }
            Answered::Offered(phase) => Said::Remote(Box::new(phase)),
        };
        if self.drops(batch, child) {
            said.discard();
            return true;
        }
        self.push(batch, said, Some(child))
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
