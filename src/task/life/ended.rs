//! The futures of a pool in the order in which they ended, for iterators: `foreach`. Runs in the parent.
//!
//! What is cleared out of the pool stays here until all iterators that had begun before have given it. Futures that are
//! taken out are returned, and the caller drops them when nothing is borrowed: that can run PHP code.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::process::ready::ReadyDescriptor;
use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::task_channel;
use crate::zend::object::Object;

/// For so many places memory is kept.
const ROOM: usize = 16;

/// Futures in the order in which they ended.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    last: u64,
    places: VecDeque<Place>,
    /// How often futures were cleared away.
    clearings: u64,
    /// How many places are kept only for iterators.
    kept: usize,
    walkers: Vec<Rc<Walker>>,
    /// What `stream()` gives to an event loop, once it was asked for.
    pub(crate) ready: Option<ReadyDescriptor>,
}

/// One of the futures. Numbers ascend.
#[derive(Debug)]
struct Place {
    number: u64,
    future: Object<Future>,
    /// Which clearing took it out of the pool, counted from 1; none while it is there.
    cleared: Option<u64>,
}

/// The position of an iterator.
#[derive(Debug, Default)]
pub(crate) struct Walker {
    /// The number of the place that was given last.
    given: Cell<u64>,
    /// How many clearings there had been when the iterator began: it does not give what they took.
    since: Cell<u64>,
}

impl Walker {
    fn wants(&self, place: &Place) -> bool {
        place.number > self.given.get() && place.cleared.is_none_or(|clearing| clearing > self.since.get())
    }
}

impl Ended {
    /// Adds the latest one.
    pub(crate) fn push(&mut self, future: Object<Future>) {
        self.last += 1;
        if let Some(ready) = &self.ready {
            ready.set();
        }
        self.places.push_back(Place { number: self.last, future, cleared: None });
    }

    /// How many have ended, ever.
    pub(crate) fn count(&self) -> u64 {
        self.last
    }

    /// From now on nothing that `walker` has not given is removed from here.
    pub(crate) fn enter(&mut self, walker: &Rc<Walker>) {
        if !self.walkers.iter().any(|known| Rc::ptr_eq(known, walker)) {
            walker.since.set(self.clearings);
            self.walkers.push(Rc::clone(walker));
        }
    }

    /// `walker` gives no more for now. Returns what was kept only for it.
    pub(crate) fn leave(&mut self, walker: &Rc<Walker>) -> Vec<Object<Future>> {
        self.walkers.retain(|known| !Rc::ptr_eq(known, walker));
        if self.kept == 0 { Vec::new() } else { self.sweep() }
    }

    /// `walker` begins at the first one again. Returns what was kept only for it.
    pub(crate) fn rewind(&mut self, walker: &Rc<Walker>) -> Vec<Object<Future>> {
        let unwanted = self.leave(walker);
        walker.given.set(0);
        self.enter(walker);
        unwanted
    }

    /// The next one for `walker`, and its number.
    pub(crate) fn next(&self, walker: &Walker) -> Option<(u64, Object<Future>)> {
        let first = self.places.partition_point(|place| place.number <= walker.given.get());
        let next = self.places.range(first..).find(|place| walker.wants(place))?;
        Some((next.number, next.future.clone()))
    }

    /// `walker` has given the one with this number. Returns what was kept only for it.
    pub(crate) fn give(&mut self, walker: &Walker, number: u64) -> Vec<Object<Future>> {
        walker.given.set(number);
        let mut unwanted = Vec::new();
        // Only those at the front: to check all of them each time would cost too much.
        while self.places.front().is_some_and(|place| self.is_unwanted(place)) {
            unwanted.extend(self.places.pop_front().map(|place| place.future));
        }
        self.kept -= unwanted.len();
        unwanted
    }

    /// Forgets one that was taken out of the pool.
    pub(crate) fn remove(&mut self, id: u64) -> Option<Object<Future>> {
        let at = self.places.iter().position(|place| place.future.id.get() == id)?;
        self.places.remove(at).map(|place| place.future)
    }

    /// Futures that are complete are cleared out of the pool. Returns those that no iterator still has to give.
    pub(crate) fn clear(&mut self) -> Vec<Object<Future>> {
        self.clearings += 1;
        for place in self.places.iter_mut().filter(|place| place.future.is_complete()) {
            place.cleared.get_or_insert(self.clearings);
        }
        self.sweep()
    }

    fn sweep(&mut self) -> Vec<Object<Future>> {
        let mut unwanted = Vec::with_capacity(self.places.len());
        self.kept = 0;
        for _ in 0..self.places.len() {
            let Some(place) = self.places.pop_front() else {
                break;
            };
            if self.is_unwanted(&place) {
                unwanted.push(place.future);
            } else {
                self.kept += usize::from(place.cleared.is_some());
                self.places.push_back(place);
            }
        }
        // A pool that is cleared after each task asks for no memory each time; one of many tasks gives it back.
        self.places.shrink_to(ROOM);
        unwanted
    }

    fn is_unwanted(&self, place: &Place) -> bool {
        place.cleared.is_some() && !self.walkers.iter().any(|walker| walker.wants(place))
    }

    /// The futures, for the cycle collector.
    pub(crate) fn futures(&self) -> impl Iterator<Item = &Object<Future>> {
        self.places.iter().map(|place| &place.future)
    }
}

/// A future of `group` has ended: adds it to the pool's list of ended futures, and to those whose outcome is to be
/// read.
pub(crate) fn end(group: &Group, future: Object<Future>) {
    future.restrict(group.classes());
    task_channel::attempt_is_over(Some(group), &future);
    future.group.set(None);
    future.place.set(group.handlers.get());
    group.note_end(&future);
    state().reported.push_back(future);
}
