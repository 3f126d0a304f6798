//! When a pool needs its workers, and the values that it keeps for them, no longer. Runs in the parent.

use crate::pool::ledger::Ledger;
use crate::task::life::group::Group;

impl Group {
    /// Dismisses the warm workers; later tasks get new ones.
    pub(crate) fn close(&self) {
        if let Some(workers) = self.workers.take() {
            workers.disband();
        }
    }

    /// Dismisses warm workers when no more work can come for them: each ends as soon as it has none.
    pub(crate) fn let_go(&self) {
        let no_maps = self.maps.borrow().is_empty();
        if no_maps {
            self.workers.borrow().iter().for_each(|workers| workers.end_of_maps(self));
        }
        let is_dropped = || self.ended.borrow().is_none();
        let is_over =
            self.ledger.borrow().is_stopped() || no_maps && (self.stays_for_maps.get() || is_dropped());
        if !is_over {
            return;
        }
        if !self.has_tasks() {
            if no_maps && self.stays_for_maps.take() {
                self.stays.set(false);
            }
            self.close();
        } else if !self.ledger.borrow().has_waiting() {
            self.workers.borrow().iter().for_each(|workers| workers.close());
        }
    }

    /// The `Pool` object is gone. Runs PHP code: destructors of the values that go with it.
    pub(crate) fn pool_gone(&self) {
        drop(self.ended.take());
        self.rest();
    }

    /// The group has nothing to do: drops workers and hooks, if no more work can come. Runs PHP code: destructors.
    pub(crate) fn rest(&self) {
        self.let_go();
        if !self.is_spent() {
            return;
        }
        if self.ended.borrow().is_some() {
            if self.has_callables() {
                self.tell_collector();
            }
            return;
        }
        let left = self.ledger.change(Ledger::clear);
        drop((left, self.hooks.take(), self.retry_if.take(), self.listener.take()));
    }

    fn has_callables(&self) -> bool {
        self.retry_if.borrow().is_some()
            || self.listener.borrow().is_some()
            || !self.hooks.borrow().is_empty()
    }

    /// The hooks are the object's own from now on. The cycle collector looks at a value again only when a reference to
    /// it is dropped: so one is made and dropped.
    fn tell_collector(&self) {
        let asked = self.retry_if.borrow().as_ref().map(|callable| callable.value().shallow_clone());
        let told = self.listener.borrow().as_ref().map(|listener| listener.callable.value().shallow_clone());
        drop((asked, told));
        let callables = |at: usize| self.hooks.borrow().get(at).map(|hook| hook.values());
        for values in (0..).map_while(callables) {
            drop(values);
        }
    }
}
