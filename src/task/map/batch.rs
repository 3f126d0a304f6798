//! Items that are posted together, as one job, and their results.

use std::collections::VecDeque;
use std::rc::Rc;

use ext_php_rs::types::{ZendHashTable, Zval};

use crate::error::Error;
use crate::exceptions;
use crate::process::poller::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::life::conclusion;
use crate::task::life::future::{Ending, Future, Outcome, Phase};
use crate::task::life::map_call::{Batch, Items, Overdue, Said};
use crate::task::workers::{collect, outcome};
use crate::zend::handler::Thrown;
use crate::zend::iterate::{key_at, seek, value_at};
use crate::zend::object::{Object, Tracer};
use crate::zend::value::classes::Classes;

impl Items {
    /// Its values, for the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Self::Listed(items) = self {
            trace_items(items, tracer);
        }
    }
}

/// Keys and values, for the cycle collector.
pub(crate) fn trace_items(items: &[(Zval, Zval)], tracer: &mut Tracer) {
    for (key, value) in items {
        tracer.value(key);
        tracer.value(value);
    }
}

impl Said {
    /// What a worker with this pid has left.
    pub(crate) fn of(ended: Ended, pid: Option<i32>) -> Self {
        match ended {
            Ended { message: Message::Frame(frame), exit: Exit::Unknown, .. } => Self::Told(frame, pid),
            ended => Self::Ended(Box::new(ended), pid),
        }
    }

    /// The worker that keeps the result in its memory, and waits until it is fetched.
    pub(crate) fn holder(&self) -> Option<u64> {
        match self {
            Self::Remote(phase) if let Phase::Remote { child, .. } = **phase => Some(child),
            _ => None,
        }
    }

    /// The size of the result in bytes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Told(frame, _) => frame.payload.len(),
            Self::Remote(phase) if let Phase::Remote { remote_payload, .. } = &**phase => {
                remote_payload.length
            }
            _ => 0,
        }
    }

    /// Drops the result. A worker that keeps it in its memory goes on.
    pub(crate) fn discard(self) {
        if let Some(child) = self.holder() {
            collect::release(child);
        }
    }
}

impl Batch {
    /// Items without results.
    pub(crate) fn new(items: Items) -> Self {
        let cursor = if let Items::Range(first, _) = items { first } else { 0 };
        Self {
            items,
            said: VecDeque::new(),
            answered: 0,
            posted_from: 0,
            bytes: 0,
            given: 0,
            cursor,
            repeat: None,
        }
    }

    /// The place of a result that can be given: of the next item if `ordered`, otherwise of any.
    pub(crate) fn ready(&self, ordered: bool) -> Option<usize> {
        let is_there = |said: &Said| !matches!(said, Said::Awaited | Said::Given);
        if ordered {
            self.said.front().filter(|said| is_there(said)).map(|_| 0)
        } else {
            self.said.iter().position(is_there)
        }
    }

    /// Takes the result at a place that is ready, the key of its item, and its value if that is `wanted`. Those of a range
    /// are in `array`.
    pub(crate) fn take(
        &mut self,
        at: usize,
        array: Option<&ZendHashTable>,
        wanted: bool,
    ) -> Option<(Zval, Option<Zval>, Said)> {
        let (key, value) = match (&self.items, array) {
            (Items::Range(..), Some(array)) => {
                let position = self.position(at, array)?;
                if at == 0 {
                    self.cursor = position + 1;
                }
                let value = wanted.then(|| value_at(array, position).shallow_clone());
                (key_at(array, position), value)
            }
            (Items::Range(..), None) => return None,
            (Items::Listed(items), _) => {
                let (key, value) = items.get(self.given + at)?;
                (key.shallow_clone(), wanted.then(|| value.shallow_clone()))
            }
        };
        if at > 0 {
            return Some((key, value, std::mem::replace(self.said.get_mut(at)?, Said::Given)));
        }
        let said = self.said.pop_front()?;
        self.given += 1;
        self.pass_given(array);
        Some((key, value, said))
    }

    /// Goes on behind results that were given out of order.
    fn pass_given(&mut self, array: Option<&ZendHashTable>) {
        while let Some(Said::Given) = self.said.front() {
            self.said.pop_front();
            self.given += 1;
            if let (Items::Range(..), Some(array)) = (&self.items, array) {
                self.cursor = seek(array, self.cursor).map_or(self.cursor, |position| position + 1);
            }
        }
    }

    /// Leaves out items that wait for a retry: they get no result.
    pub(crate) fn forget_awaited(&mut self, array: Option<&ZendHashTable>) {
        for said in self.said.iter_mut().filter(|said| matches!(said, Said::Awaited)) {
            *said = Said::Given;
        }
        self.pass_given(array);
    }

    /// Cuts off the items without results, and returns them, to be dropped when nothing is borrowed.
    pub(crate) fn shorten(&mut self) -> Vec<(Zval, Zval)> {
        match &mut self.items {
            Items::Range(_, count) => {
                *count = self.answered;
                Vec::new()
            }
            Items::Listed(items) => items.split_off(self.answered.min(items.len())),
        }
    }

    /// The position in the array of the item so many places after the next one.
    fn position(&self, places: usize, array: &ZendHashTable) -> Option<u32> {
        let first = seek(array, self.cursor);
        std::iter::successors(first, |at| seek(array, at + 1)).nth(places)
    }

    /// One of its items that has not been given, as a batch of its own. `place` is counted from the first one.
    pub(crate) fn alone(&self, place: usize, array: Option<&ZendHashTable>) -> Option<Items> {
        Some(match &self.items {
            Items::Range(..) => Items::Range(self.position(place.checked_sub(self.given)?, array?)?, 1),
            Items::Listed(items) => {
                let (key, value) = items.get(place)?;
                Items::Listed(vec![(key.shallow_clone(), value.shallow_clone())])
            }
        })
    }

    pub(crate) fn len(&self) -> usize {
        match &self.items {
            Items::Range(_, count) => *count,
            Items::Listed(items) => items.len(),
        }
    }
}

/// How a worker has ended that ran items.
#[derive(Debug)]
pub(crate) struct End {
    /// Its process, if it is known.
    pub(crate) pid: Option<i32>,
    /// The time limit in seconds, if it was ended because its item took longer.
    pub(crate) overdue: Option<f64>,
    /// Its exit status, and the last that it has sent.
    pub(crate) ended: Ended,
}

impl End {
    /// The result of the item that it was running.
    pub(crate) fn said(self, batch: u64) -> Said {
        match self.overdue {
            Some(limit) => {
                let exit = self.ended.exit;
                Said::Overdue(Box::new(Overdue { limit, pid: self.pid, exit, message: Message::Nothing }))
            }
            None => Said::Ended(Box::new(Ended { id: batch, ..self.ended }), self.pid),
        }
    }
}

/// What a worker has sent about an item.
#[derive(Debug)]
pub(crate) enum Answered {
    /// Its result.
    Told(Message),
    /// Where its result is, which the worker keeps in its memory.
    Offered(Phase),
}

/// Decodes the result of an item, a value or a failure, in the way of tasks, with objects of `classes` only, if that is
/// given. Re-enters PHP.
pub(crate) fn settled(
    key: &Zval,
    said: Said,
    classes: Option<Rc<Classes>>,
) -> Result<Option<Result<Zval, Zval>>, Thrown> {
    let future = Object::<Future>::new();
    future.restrict(classes);
    future.key.set(key.shallow_clone());
    future.observed.set(true);
    match said {
        Said::Told(frame, pid) => {
            future.pid.set(pid);
            let message = Message::Frame(frame);
            future.phase.set(Phase::Reported(Ended { id: 0, exit: Exit::Unknown, message }));
        }
        Said::Ended(ended, pid) => {
            future.pid.set(pid);
            future.phase.set(Phase::Reported(*ended));
        }
        Said::Remote(phase) => {
            future.phase.set(*phase);
        }
        Said::Overdue(overdue) => {
            let Overdue { limit, pid, exit, message } = *overdue;
            future.pid.set(pid);
            future.set_times(|times| times.limit = Some(limit));
            future.ending.set(Some(Ending::TimedOut));
            future.phase.set(Phase::Reported(Ended { id: 0, exit, message }));
        }
        Said::Refused(refused) => {
            let error = Error::CannotFork { subject: future.subject(), refused };
            future.phase.set(Phase::Done(Outcome::Failed(exceptions::new(&error))));
        }
        Said::Awaited | Said::Given => return Ok(None),
    }
    outcome::settle(&future)?;
    Ok(conclusion::outcome_of(&future))
}
