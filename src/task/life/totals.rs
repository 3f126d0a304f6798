//! How the tasks of a pool have ended, and how they reached their children: counted as it happens, so that `status()`
//! need not go through all of them. Runs in the parent.
//!
//! Each future that is in a pool knows what is counted of it there; that is subtracted when it leaves the pool.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use ext_php_rs::types::Zval;

use crate::pool::ids::IdSet;
use crate::pool::ledger::Stage;
use crate::task::life::future::{Ending, Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::workers::Route;
use crate::zend::cell::{DataCell, ValueCell};

/// How a task itself has ended, whatever its handlers made of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It gave a value.
    Succeeded,
    /// It threw, or died.
    Failed,
    /// Its time ran out.
    TimedOut,
    /// It was cancelled, or ended with the script.
    Cancelled,
}

/// How many tasks are in which state.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// They wait for a slot.
    pub(crate) queued: usize,
    /// They run, or have ended and their outcome was not decoded yet.
    pub(crate) running: usize,
    /// They gave a value.
    pub(crate) finished: usize,
    /// They threw, died or were cancelled.
    pub(crate) failed: usize,
    /// So many of the failed were cancelled.
    pub(crate) cancelled: usize,
    /// Their time ran out.
    pub(crate) timed_out: usize,
    /// A child was forked for them.
    pub(crate) forked: usize,
    /// A child had them since its fork.
    pub(crate) inherited: usize,
    /// They were sent to a child.
    pub(crate) sent: usize,
    /// How many retries there were, or are to be.
    pub(crate) retries: usize,
}

/// Tasks that are posted, and that no worker has taken, by how they would reach one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Untaken {
    /// The worker would have them since its fork.
    pub(crate) inherited: usize,
    /// They would be sent.
    pub(crate) sent: usize,
}

/// The futures of one pool.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    ended: [Cell<usize>; 4],
    routes: [Cell<usize>; 3],
    retries: Cell<usize>,
    /// Those that failed or timed out, in this order.
    failures: ValueCell<Vec<Failure>>,
    /// The ids of those of them that have left the pool.
    left: DataCell<Vec<u64>>,
    /// One of the futures has ended, and nothing is going to decode its outcome.
    has_unread: Cell<bool>,
    /// The pool's own group, if its first failure is to cancel the rest.
    fail_fast: ValueCell<Option<Weak<Group>>>,
    /// The future that has done so.
    first: Cell<Option<u64>>,
}

#[derive(Debug)]
struct Failure {
    id: u64,
    key: Zval,
}

/// What is counted of a future in its pool.
#[derive(Debug)]
pub(crate) struct Share {
    totals: Rc<Totals>,
    end: Cell<Option<End>>,
    route: Cell<Option<Route>>,
    retries: Cell<u32>,
}

impl Totals {
    /// A future is in the pool from now on, under its key, whatever its state.
    pub(crate) fn enter(self: &Rc<Self>, future: &Future) {
        let totals = Rc::clone(self);
        let share = Share { totals, end: Cell::new(None), route: Cell::new(None), retries: Cell::new(0) };
        // One that waits in a queue once more has the route of the attempt before.
        if !future.is_pending() && (future.has_ended() || future.stage() == Some(Stage::Running)) {
            share.set_route(future.route.get());
        }
        share.set_retries(future.repeats.get());
        future.share.set(Some(share));
        future.count_end();
        if future.has_ended() && future.end().is_none() {
            self.has_unread.set(true);
        }
    }

    /// A future is not in the pool any more. When all that leave have left, the caller calls [`Totals::tidy`].
    pub(crate) fn leave(&self, future: &Future) {
        let Some(share) = future.share.take() else {
            return;
        };
        share.set_route(None);
        share.set_retries(0);
        if let Some(end) = share.end.get() {
            step(&self.ended, end as usize, -1);
            if matches!(end, End::Failed | End::TimedOut) {
                self.left.borrow_mut().push(future.id.get());
            }
        }
    }

    /// Forgets the failures of futures that have left.
    pub(crate) fn tidy(&self) {
        if self.left.borrow().is_empty() {
            return;
        }
        let left: IdSet = self.left.take().into_iter().collect();
        let failures = self.failures.take().into_iter();
        self.failures.set(failures.filter(|failure| !left.contains(&failure.id)).collect());
    }

    /// Is there perhaps a future that has ended, and whose outcome nothing is going to decode? True once.
    pub(crate) fn take_unread(&self) -> bool {
        self.has_unread.take()
    }

    /// The first failure is to cancel the rest of `group`, or none is.
    pub(crate) fn set_fail_fast(&self, group: Option<&Rc<Group>>) {
        self.fail_fast.set(group.map(Rc::downgrade));
    }

    /// Is this the future whose failure has cancelled the rest?
    pub(crate) fn is_first(&self, future: &Future) -> bool {
        self.first.get() == Some(future.id.get())
    }

    /// How many of the `all` futures of the pool, whose tasks are those of `group`, are in which state. `posted` ones
    /// have been taken by no worker.
    pub(crate) fn counts(&self, group: &Group, posted: Untaken, all: usize) -> Counts {
        let [finished, failed, timed_out, cancelled] = self.ended.each_ref().map(Cell::get);
        let [forked, inherited, sent] = self.routes.each_ref().map(Cell::get);
        let queued = group.waiting_tasks() + posted.inherited + posted.sent;
        Counts {
            queued,
            running: all.saturating_sub(finished + failed + timed_out + cancelled + queued),
            finished,
            failed: failed + cancelled,
            cancelled,
            timed_out,
            forked,
            inherited: inherited.saturating_sub(posted.inherited),
            sent: sent.saturating_sub(posted.sent),
            retries: self.retries.get(),
        }
    }

    /// The keys of the first `most` that have failed, in the order in which they did, and how many more there are.
    pub(crate) fn failures(&self, most: usize) -> (Vec<Zval>, usize) {
        let failures = self.failures.borrow();
        let keys: Vec<_> = failures.iter().take(most).map(|failure| failure.key.shallow_clone()).collect();
        let more = failures.len() - keys.len();
        (keys, more)
    }
}

impl Share {
    /// The failure of a future is to cancel the rest of its pool: that pool's group. Only of the first one.
    fn fail_fast(&self, id: u64) -> Option<Rc<Group>> {
        let group = self.totals.fail_fast.borrow().as_ref().and_then(Weak::upgrade)?;
        let is_first = self.totals.first.get().is_none();
        self.totals.first.set(self.totals.first.get().or(Some(id)));
        is_first.then_some(group)
    }

    fn set_route(&self, route: Option<Route>) {
        if let Some(old) = self.route.replace(route) {
            step(&self.totals.routes, old as usize, -1);
        }
        if let Some(route) = route {
            step(&self.totals.routes, route as usize, 1);
        }
    }

    fn set_retries(&self, retries: u32) {
        let total = self.totals.retries.get() + retries as usize;
        self.totals.retries.set(total - self.retries.replace(retries) as usize);
    }
}

fn step(counts: &[Cell<usize>], at: usize, by: isize) {
    if let Some(count) = counts.get(at) {
        count.set(count.get().wrapping_add_signed(by));
    }
}

impl Future {
    /// How its task has ended; none when it has not, or when its outcome was not decoded yet.
    pub(crate) fn end(&self) -> Option<End> {
        match (&*self.phase.borrow(), self.ending.get()) {
            (Phase::Done(_), _) if !self.has_own_failure() => Some(End::Succeeded),
            (Phase::Done(_), None) => Some(End::Failed),
            (Phase::Done(_), Some(Ending::TimedOut)) => Some(End::TimedOut),
            (Phase::Done(_), Some(Ending::Cancelled | Ending::Abandoned)) => Some(End::Cancelled),
            _ => None,
        }
    }

    /// Is its failure, if no handler handles that, to cancel the rest of its pool?
    pub(crate) fn fails_fast(&self) -> bool {
        let share = self.share.borrow();
        share.as_ref().is_some_and(|share| share.totals.fail_fast.borrow().is_some())
    }

    /// It has failed: gives the group of its pool, if that is to cancel the rest, and no other has failed before.
    pub(crate) fn fail_fast(&self) -> Option<Rc<Group>> {
        self.share.borrow().as_ref()?.fail_fast(self.id.get())
    }

    /// It is about to reach a child in this way.
    pub(crate) fn set_route(&self, route: Route) {
        self.route.set(Some(route));
        if let Some(share) = &*self.share.borrow() {
            share.set_route(Some(route));
        }
    }

    /// It waits in the queue once more, and has no route until it is taken out of there.
    pub(crate) fn wait_again(&self) {
        if let Some(share) = &*self.share.borrow() {
            share.set_route(None);
        }
    }

    /// Sets how many retries there were, or are to be.
    pub(crate) fn set_repeats(&self, repeats: u32) {
        self.repeats.set(repeats);
        if let Some(share) = &*self.share.borrow() {
            share.set_retries(repeats);
        }
    }

    /// Its task has ended, if it has: that is counted.
    pub(crate) fn count_end(&self) {
        let (share, end) = (self.share.borrow(), self.end());
        let (Some(share), Some(end)) = (&*share, end) else {
            return;
        };
        let before = share.end.replace(Some(end));
        debug_assert_eq!(before, None, "a task ends once");
        step(&share.totals.ended, end as usize, 1);
        // One that waited for a retry, and was not run again, has the route of the attempt before.
        if share.route.get() != self.route.get() {
            share.set_route(self.route.get());
        }
        if matches!(end, End::Failed | End::TimedOut) {
            let key = self.key.borrow().shallow_clone();
            share.totals.failures.push(Failure { id: self.id.get(), key });
        }
    }

    /// It has ended, and nothing is going to decode its outcome.
    pub(crate) fn stay_unread(&self) {
        if let Some(share) = &*self.share.borrow() {
            share.totals.has_unread.set(true);
        }
    }
}
