//! Futures that have ended, and whose next handler may not run at the place where the script is now. Runs in the
//! parent.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::pool::place::Place;
use crate::task::life::future::Future;
use crate::zend::object::Object;
use crate::zend::scope::{Function, Scope};

/// A handler that has waited so long for a function to go on probably waits in vain: a notice is raised.
const LONG: Duration = Duration::from_secs(10);

/// From where handlers are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// From a call that waits for tasks, or at the script's end.
    Call,
    /// At an interrupt of this function.
    Interrupt(Option<Function>),
}

impl Moment {
    /// May a handler run now that was registered in `scope`?
    pub(crate) fn allows(self, place: Place, scope: &Scope) -> bool {
        match (self, place) {
            (Self::Call, _) | (_, Place::Anywhere) => true,
            (_, Place::Await) => false,
            (Self::Interrupt(function), Place::Scope) => {
                function.is_some_and(|function| scope.contains(function))
            }
        }
    }
}

/// The futures, by what they wait for.
#[derive(Debug, Default)]
pub(crate) struct Held {
    queues: Vec<Queue>,
    latest: u64,
    /// Since when some have been waiting for a function.
    since: Option<Instant>,
    told: bool,
}

#[derive(Debug)]
struct Queue {
    /// The functions of which one has to go on; none for those that wait for a call.
    scope: Option<Scope>,
    /// In the order in which they came, with numbers over all queues.
    futures: VecDeque<(u64, Object<Future>)>,
}

impl Queue {
    fn may_run(&self, moment: Moment) -> bool {
        match &self.scope {
            Some(scope) => moment.allows(Place::Scope, scope),
            None => moment == Moment::Call,
        }
    }
}

impl Held {
    /// Adds a future that waits for a function of `scope`, or for a call.
    pub(crate) fn push(&mut self, scope: Option<Scope>, future: Object<Future>) {
        self.latest += 1;
        if scope.is_some() {
            self.since.get_or_insert_with(Instant::now);
        }
        let same = |queue: &&mut Queue| match (&queue.scope, &scope) {
            (Some(one), Some(other)) => one.is(other),
            (None, None) => true,
            _ => false,
        };
        match self.queues.iter_mut().find(same) {
            Some(queue) => queue.futures.push_back((self.latest, future)),
            None => self.queues.push(Queue { scope, futures: VecDeque::from([(self.latest, future)]) }),
        }
    }

    /// Takes the future that has waited longest of those whose handlers may run now.
    pub(crate) fn pop(&mut self, moment: Moment) -> Option<Object<Future>> {
        let runnable = self.queues.iter_mut().enumerate().filter(|(_, queue)| queue.may_run(moment));
        let first = |(_, queue): &(usize, &mut Queue)| queue.futures.front().map(|(number, _)| *number);
        let (at, queue) = runnable.min_by_key(first)?;
        let next = queue.futures.pop_front().map(|(_, future)| future);
        if queue.futures.is_empty() {
            self.queues.swap_remove(at);
        }
        if !self.awaits_function() {
            self.since = None;
        }
        next
    }

    /// All of them.
    pub(crate) fn into_futures(self) -> impl Iterator<Item = Object<Future>> {
        self.queues.into_iter().flat_map(|queue| queue.futures).map(|(_, future)| future)
    }

    /// Does none wait?
    pub(crate) fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    /// Does one wait for a function to go on?
    pub(crate) fn awaits_function(&self) -> bool {
        self.queues.iter().any(|queue| queue.scope.is_some())
    }

    /// For how long one has been waiting for a function.
    pub(crate) fn waited(&self) -> Duration {
        self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// A future for which the notice is to be raised that it probably waits in vain; once.
    pub(crate) fn in_vain(&mut self) -> Option<Object<Future>> {
        if self.told || self.waited() < LONG {
            return None;
        }
        self.told = true;
        let queue = self.queues.iter().find(|queue| queue.scope.is_some())?;
        queue.futures.front().map(|(_, future)| future.clone())
    }
}
