//! When running tasks have to be told to end, and when they have to be made to; and when failed ones are run again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Its time is over: ask it to end.
    Expire,
    /// It was asked, and has not ended: make it.
    Kill,
    /// It was made to, and is still there: wait for it no more.
    GiveUp,
    /// It has failed, and has waited long enough: run it again.
    Repeat,
    /// Not a task but a child: look for how long it has been at its item.
    Look,
}

/// The deadlines of all tasks of a process, and of children; at most one each.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    order: BTreeSet<(Instant, u64, Stage)>,
    of: BTreeMap<u64, (Instant, Stage)>,
}

impl Deadlines {
    /// Sets, or replaces, the deadline of a task.
    pub(crate) fn set(&mut self, id: u64, at: Instant, stage: Stage) {
        self.clear(id);
        self.order.insert((at, id, stage));
        self.of.insert(id, (at, stage));
    }

    /// The task has none any more.
    pub(crate) fn clear(&mut self, id: u64) {
        if self.of.is_empty() {
            return;
        }
        if let Some((at, stage)) = self.of.remove(&id) {
            self.order.remove(&(at, id, stage));
        }
    }

    /// The next one.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.order.first().map(|(at, _, _)| *at)
    }

    /// Takes the next one that is due at `now`.
    pub(crate) fn due(&mut self, now: Instant) -> Option<(u64, Stage)> {
        let (_, id, stage) = *self.order.first().filter(|(at, _, _)| *at <= now)?;
        self.clear(id);
        Some((id, stage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn due_in_order_and_only_once() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut deadlines = Deadlines::default();
        deadlines.set(1, at(30), Stage::Expire);
        deadlines.set(2, at(10), Stage::Expire);
        deadlines.set(1, at(20), Stage::Kill);
        assert_eq!(deadlines.next(), Some(at(10)));
        assert_eq!(deadlines.due(at(5)), None);
        assert_eq!(deadlines.due(at(25)), Some((2, Stage::Expire)));
        assert_eq!(deadlines.due(at(25)), Some((1, Stage::Kill)));
        assert_eq!((deadlines.due(at(99)), deadlines.next()), (None, None));
    }

    #[test]
    fn a_cleared_one_never_comes() {
        let start = Instant::now();
        let mut deadlines = Deadlines::default();
        deadlines.set(1, start, Stage::Expire);
        deadlines.clear(1);
        assert_eq!(deadlines.due(start), None);
    }
}
