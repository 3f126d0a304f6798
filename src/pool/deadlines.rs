//! When running tasks have to be asked to end, when they have to be killed, and when failed ones are retried.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// What has to be done at a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// The task's time limit is over: ask it to end.
    Expire,
    /// The task was asked to end, and has not: kill it.
    Kill,
    /// The task was killed, and its process is still there: stop waiting for it.
    GiveUp,
    /// The backoff of a failed task is over: retry it.
    Repeat,
    /// Of a pool, not a task: the next task may start.
    Start,
    /// The task was asked to stop: see to it that this is known, and end it when its time is over.
    Ask,
    /// Of a child, not a task: check how long it has been at its item.
    Look,
}

/// The deadlines of all tasks, and of children, of a process: at most one for each.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    order: BTreeSet<(Instant, u64, Stage)>,
    of: BTreeMap<u64, (Instant, Stage)>,
}

impl Deadlines {
    /// Sets the deadline of a task, or replaces it.
    pub(crate) fn set(&mut self, id: u64, at: Instant, stage: Stage) {
        self.clear(id);
        self.order.insert((at, id, stage));
        self.of.insert(id, (at, stage));
    }

    /// Removes the deadline of a task.
    pub(crate) fn clear(&mut self, id: u64) {
        if self.of.is_empty() {
            return;
        }
        if let Some((at, stage)) = self.of.remove(&id) {
            self.order.remove(&(at, id, stage));
        }
    }

    /// Was a task, or a child, asked to end or killed, and its process is still there?
    pub(crate) fn is_any_ending(&self) -> bool {
        self.of.values().any(|(_, stage)| matches!(stage, Stage::Kill | Stage::GiveUp))
    }

    /// Will a task start by itself that waits for its time?
    pub(crate) fn is_any_to_start(&self) -> bool {
        self.of.values().any(|(_, stage)| *stage == Stage::Start)
    }

    /// The same, or is one to be run again?
    pub(crate) fn is_any_to_come(&self) -> bool {
        self.of.values().any(|(_, stage)| matches!(stage, Stage::Start | Stage::Repeat))
    }

    /// When the next deadline is.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.order.first().map(|(at, _, _)| *at)
    }

    /// Removes and returns the earliest deadline that is due at `now`.
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

    #[test]
    fn what_ends_and_what_starts_by_itself_are_told_apart() {
        for (stage, ending, to_start, to_come) in [
            (Stage::Expire, false, false, false),
            (Stage::Kill, true, false, false),
            (Stage::GiveUp, true, false, false),
            (Stage::Repeat, false, false, true),
            (Stage::Start, false, true, true),
            (Stage::Ask, false, false, false),
            (Stage::Look, false, false, false),
        ] {
            let mut deadlines = Deadlines::default();
            deadlines.set(1, Instant::now(), stage);
            assert_eq!(deadlines.is_any_ending(), ending, "{stage:?}");
            assert_eq!(deadlines.is_any_to_start(), to_start, "{stage:?}");
            assert_eq!(deadlines.is_any_to_come(), to_come, "{stage:?}");
        }
    }
}
