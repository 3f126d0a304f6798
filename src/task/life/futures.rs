//! The futures of a pool, by their keys, and how their tasks have ended. Runs in the parent.

use std::cell::Cell;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::task::life::conclusion;
use crate::task::life::future::{Ending, Future, Outcome, Phase};
use crate::task::life::totals::Totals;
use crate::zend::array::Array;
use crate::zend::cell::ValueCell;
use crate::zend::object::{Object, Tracer};

/// There is no next key: the last one is `PHP_INT_MAX`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoNextKey;

/// The futures that were added to a pool, until `clearFinished()` and the like remove them.
#[derive(Debug)]
pub(crate) struct Futures {
    by_key: ValueCell<Array>,
    /// Counts of how these have ended.
    pub(crate) totals: Rc<Totals>,
    /// The highest possible key has been used: then there is no next one, even if that key is free again.
    full: Cell<bool>,
}

impl Futures {
    /// None.
    pub(crate) fn new() -> Self {
        Self { by_key: ValueCell::new(Array::new()), totals: Rc::default(), full: Cell::new(false) }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_key.borrow().len()
    }

    /// Is this key in use? Without a key: is there no next one?
    pub(crate) fn is_taken(&self, key: Option<&Zval>) -> bool {
        key.map_or_else(|| self.full.get(), |key| self.by_key.borrow().has(key))
    }

    /// Adds a future that is in no pool, under a key that is free, or the next one.
    ///
    /// # Errors
    ///
    /// When there is no next key.
    pub(crate) fn add(&self, key: Option<Zval>, future: &Object<Future>) -> Result<(), NoNextKey> {
        let key = if let Some(key) = key {
            // The key is free: there is no former element whose drop could run PHP code.
            drop(self.by_key.change(|futures| futures.replace(&key, future.zval())));
            key
        } else {
            self.by_key.change(|futures| futures.append(future.zval())).map_err(|_refused| NoNextKey)?
        };
        self.full.set(self.full.get() || key.long() == Some(i64::MAX));
        future.added.set(true);
        future.key.set(key);
        self.totals.enter(future);
        Ok(())
    }

    /// The future under a key, as a value.
    pub(crate) fn get(&self, key: &Zval) -> Option<Zval> {
        self.by_key.borrow().get(key)
    }

    /// Removes the future under a key.
    pub(crate) fn remove(&self, key: &Zval) -> Option<Object<Future>> {
        let removed = self.by_key.change(|futures| futures.remove(key))?;
        let future = Object::<Future>::from_zval(&removed)?;
        self.totals.leave(&future);
        self.totals.tidy();
        Some(future)
    }

    /// The keys, in order.
    pub(crate) fn keys(&self) -> Array {
        let mut keys = Array::new();
        for (key, _) in self.by_key.borrow().pairs() {
            drop(keys.append(key));
        }
        keys
    }

    /// All, with their keys, in order.
    pub(crate) fn all(&self) -> Vec<(Zval, Object<Future>)> {
        let futures = self.by_key.borrow().entries();
        futures.into_iter().filter_map(|(key, value)| Some((key, Object::from_zval(&value)?))).collect()
    }

    /// Those that have no outcome yet, or handlers that have not run or have not returned.
    pub(crate) fn unsettled(&self) -> Vec<Object<Future>> {
        self.by_key
            .borrow()
            .values()
            .filter(|value| Object::<Future>::peek(value).is_some_and(|future| !future.is_settled()))
            .filter_map(Object::<Future>::from_zval)
            .collect()
    }

    /// The values of the tasks that have succeeded, under their keys, and the failure that `await()` throws: the one that
    /// has cancelled the rest of the pool, or else the first in the order of the keys. A cancelled task has no value, and
    /// is no failure here. Each future whose outcome is returned counts as awaited.
    pub(crate) fn outcomes(&self) -> (Array, Option<Zval>) {
        let by_key = self.by_key.borrow();
        let futures = by_key.pairs().filter_map(|(key, value)| Some((key, Object::<Future>::peek(value)?)));
        let is_cancelled =
            |future: &Future| future.ending.get() == Some(Ending::Cancelled) && future.has_failed();
        let wanted = futures.filter(|(_, future)| future.is_complete() && !is_cancelled(future));
        let (mut values, mut failure) = (Array::with_capacity(by_key.len()), None);
        for (key, future) in wanted {
            future.observed.set(true);
            match &*future.phase.borrow() {
                // The keys of a pool differ: there is no former element whose drop could run PHP code.
                Phase::Done(Outcome::Value(value)) => values.set(&key, value.shallow_clone()),
                Phase::Done(Outcome::Failed(throwable))
                    if failure.is_none() || self.totals.is_first(future) =>
                {
                    failure = Some(throwable.shallow_clone());
                }
                _ => {}
            }
        }
        (values, failure)
    }

    /// Removes the futures that are complete, and returns them, for the caller to drop while nothing is borrowed.
    #[must_use = "the values are dropped when nothing is borrowed"]
    pub(crate) fn remove_complete(&self) -> Array {
        let stays = |value: &Zval| {
            let complete = Object::<Future>::peek(value).filter(|future| future.is_complete());
            complete.inspect(|future| self.totals.leave(future)).is_none()
        };
        let removed = self.by_key.change(|futures| futures.retain(stays));
        self.totals.tidy();
        removed
    }

    /// Drops values and captured output of the tasks that have ended. May run PHP code: destructors.
    pub(crate) fn clear_results(&self) {
        for (_, future) in self.all() {
            if matches!(*future.phase.borrow(), Phase::Done(Outcome::Value(_))) {
                conclusion::set(&future, Outcome::Value(Zval::new()));
            }
            if future.is_complete() {
                future.captured.take();
            }
        }
    }

    /// Reports the futures to the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        self.by_key.peek(|futures| futures.values().for_each(|value| tracer.value(value)));
    }
}
