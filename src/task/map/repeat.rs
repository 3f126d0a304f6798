//! Retries of items that have failed. Each is a batch of its own, and its result takes the place that is kept for it in
//! the batch that the item came from.

use std::rc::Rc;
use std::time::{Duration, Instant};

use ext_php_rs::types::Zval;

use crate::pool::deadlines::Stage;
use crate::pool::retry::Failure;
use crate::process::wait::Exit;
use crate::task::life::future::{Outcome, Phase};
use crate::task::life::group::Group;
use crate::task::life::map_call::{Batch, Home, Items, MapCall, Repeat, Said};
use crate::task::life::state::state;
use crate::task::map::batch::settled;
use crate::task::workers;
use crate::task::workers::retry;
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::interrupt::FiberBlock;
use crate::zend::iterate::key_at;

impl Said {
    fn failure(&self) -> Option<Failure> {
        match self {
            // Its process is still there: the item would be run twice at a time.
            Self::Ended(ended, _) if matches!(ended.exit, Exit::Unended(_)) => Some(Failure::Final),
            Self::Overdue(overdue) if matches!(overdue.exit, Exit::Unended(_)) => Some(Failure::Final),
            Self::Told(frame, _) => retry::of_frame(frame),
            Self::Ended(ended, _) => retry::of_message(&ended.message),
            Self::Remote(phase) => retry::failure(phase, None),
            Self::Overdue(..) => Some(Failure::TimedOut),
            Self::Refused(_) => Some(Failure::NoProcess),
            Self::Awaited | Self::Given => None,
        }
    }
}

impl MapCall {
    /// Decides about the result of the next item of a batch, and returns what is noted in its place: the result;
    /// [`Said::Awaited`] if the item is run again; [`Said::Given`] if this was a retry, whose result is noted where the
    /// item came from.
    pub(crate) fn judge(self: &Rc<Self>, batch: u64, said: Said) -> Said {
        let home = match self.batches.borrow().get(&batch) {
            Some(Batch { repeat: Some(repeat), .. }) => repeat.home,
            Some(known) => Home { batch, place: known.answered, repeats: 0 },
            None => return said,
        };
        let is_repeat = home.batch != batch;
        match self.delay(&said, home.repeats) {
            Some(delay) if self.group.retry_if.borrow().is_some() => {
                self.doubts.push((home, said.brought_home(&self.group), delay));
                if is_repeat { Said::Given } else { Said::Awaited }
            }
            Some(delay) => {
                self.run_again(home, said.brought_home(&self.group), delay);
                if is_repeat { Said::Given } else { Said::Awaited }
            }
            None if is_repeat => {
                self.put(home, said.brought_home(&self.group));
                Said::Given
            }
            None => said,
        }
    }

    /// Asks of each item in doubt whether it is run again. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When the script is exiting.
    pub(crate) fn ask(self: &Rc<Self>) -> Result<(), Thrown> {
        for (home, said, delay) in self.doubts.take() {
            let key = self.key_of(home);
            let Some(Err(throwable)) = settled(&key, said, self.group.classes())? else {
                continue;
            };
            let callable = self.group.retry_if.borrow().clone();
            // As for tasks. What is left to be asked about is on this stack, and a fiber may never be resumed.
            let fibers = FiberBlock::new();
            let answer = callable.map(|callable| callable.call(&mut [throwable.shallow_clone()]));
            drop(fibers);
            let (again, failure) = match answer {
                None => (true, throwable),
                Some(Ok(answer)) => (answer.is_true(), throwable),
                Some(Err(Thrown)) => {
                    let thrown = exception::take().ok_or(Thrown)?;
                    exception::chain(&thrown, throwable);
                    (false, thrown)
                }
            };
            let said = Said::Remote(Box::new(Phase::Done(Outcome::Failed(failure))));
            if again && !self.halted.get() && !self.group.ledger.borrow().is_stopped() {
                self.run_again(home, said, delay);
            } else {
                self.put(home, said);
            }
        }
        Ok(())
    }

    fn key_of(&self, home: Home) -> Zval {
        let batches = self.batches.borrow();
        let array = self.array.array();
        let items = batches.get(&home.batch).and_then(|known| known.alone(home.place, array));
        match (items, array) {
            (Some(Items::Range(at, _)), Some(array)) => key_at(array, at),
            (Some(Items::Listed(items)), _) => {
                items.first().map_or_else(Zval::new, |(key, _)| key.shallow_clone())
            }
            _ => Zval::new(),
        }
    }

    fn delay(&self, said: &Said, repeats: u32) -> Option<Duration> {
        let stopped = self.group.ledger.borrow().is_stopped();
        let failure = said.failure().filter(|_| !stopped)?;
        self.group.retry.get().after(failure, repeats, retry::seed(self.id))
    }

    fn run_again(self: &Rc<Self>, home: Home, failure: Said, delay: Duration) {
        let items = self
            .batches
            .borrow()
            .get(&home.batch)
            .and_then(|known| known.alone(home.place, self.array.array()));
        let Some(items) = items else {
            return;
        };
        let at_once = delay.is_zero() && !self.group.is_paced();
        let workers = if at_once { workers::workers_of(&self.group).ok() } else { None };
        let at = Instant::now().checked_add(delay).filter(|_| workers.is_none());
        let home = Home { repeats: home.repeats + 1, ..home };
        let repeat = Repeat { home, failure };
        let id = state().next_id();
        self.begin_batch(id, Batch { repeat: Some(repeat), ..Batch::new(items) }, at.is_some());
        self.repeats.set(self.repeats.get() + 1);
        if let Some(at) = at {
            state().deadlines.borrow_mut().set(id, at, Stage::Repeat);
        }
        if let Some(workers) = workers {
            self.post_rest(id, &workers, false);
        }
    }

    /// The backoff of an item is over: it is in the queue from now on. Re-enters PHP: hooks of serialization.
    fn end_rest(&self, id: u64) {
        let job = self.job(id, false);
        if self.group.ledger.change(|ledger| ledger.wake(id)) {
            self.group.jobs.borrow_mut().insert(id, job);
        }
    }

    /// Puts the result of a retry into the place that is kept for it.
    fn put(&self, home: Home, said: Said) {
        let rest = self.batches.change(|batches| {
            let slot = batches.get_mut(&home.batch).and_then(|known| {
                let place = home.place.checked_sub(known.given)?;
                known.said.get_mut(place)
            });
            match slot {
                Some(slot) => std::mem::replace(slot, said),
                None => said,
            }
        });
        rest.discard();
    }

    /// A batch is over: a retry is removed, as its result was put elsewhere.
    pub(crate) fn forget_repeat(&self, id: u64) {
        let is_repeat = self.batches.borrow().get(&id).is_some_and(|batch| batch.repeat.is_some());
        if is_repeat {
            self.repeats.set(self.repeats.get().saturating_sub(1));
            drop(self.batches.remove(&id));
        }
    }

    /// An item is not run again after all: its last failure stays its result.
    pub(crate) fn give_up(&self, id: u64) {
        state().deadlines.borrow_mut().clear(id);
        let repeat = self.batches.change(|batches| {
            let repeat = batches.get_mut(&id)?.repeat.as_mut()?;
            Some((repeat.home, std::mem::replace(&mut repeat.failure, Said::Given)))
        });
        if let Some((home, failure)) = repeat {
            self.put(home, failure);
        }
        self.over(id, None);
        self.forget_repeat(id);
    }
}

/// The backoff is over of the item with this id, if it is one.
pub(crate) fn due(id: u64) {
    let find = |group: &Rc<Group>| group.map_call(id);
    let map_call = state().active.borrow().iter().find_map(find);
    if let Some(map_call) = map_call {
        map_call.end_rest(id);
        state().held_back.set(true);
    }
}
