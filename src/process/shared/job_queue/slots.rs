//! Worker slots of the job queue, as the parent sees them.

use std::time::Duration;

use super::JobQueue;
use crate::process::shared::cells::{BETWEEN, Cell, GONE, LEAVING, NO_ITEM, SLOTS, SOME_ITEM, now, rouse};
use crate::process::shared::entries::{TAKEN, state_is};
use crate::process::shared::sync::{Ordering, fence};

/// The item that a child is at, identified by when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item(u64);

impl JobQueue {
    /// Writes the head's words anew from the parent's own copies, in case somebody has written over them.
    pub(crate) fn restate(&self) {
        let head = self.memory.head();
        head.end.store(self.end.get(), Ordering::Release);
        head.start.store(self.start.get(), Ordering::Release);
        head.closed.store(self.closed.get().into(), Ordering::Release);
        head.searching.swap(0, Ordering::AcqRel);
    }

    /// Prepares a free slot for a child that is about to be forked in `epoch`; `None` if all are `used`. The child
    /// leaves after `patience` without work; never if that is `None`.
    pub(crate) fn slot(
        &self,
        used: impl Fn(usize) -> bool,
        epoch: u64,
        patience: Option<Duration>,
    ) -> Option<usize> {
        let slot = (0..SLOTS).find(|&slot| !used(slot))?;
        let cell = self.cell(slot)?;
        for word in [&*cell.rest, &cell.dismissed] {
            word.store(0, Ordering::Relaxed);
        }
        self.be_patient(slot, patience);
        for word in [&cell.task, &cell.since, &cell.begun, &cell.spent, &cell.taken, &cell.item] {
            word.store(0, Ordering::Relaxed);
        }
        self.memory.head().wakes(slot);
        self.memory.head().stays(slot);
        self.restate();
        self.hints.borrow_mut().get_mut(slot).map(|hint| *hint = 0)?;
        cell.epoch.store(epoch, Ordering::Release);
        Some(slot)
    }

    /// Sets the time without work after which the child on `slot` leaves; `None` for never.
    pub(crate) fn be_patient(&self, slot: usize, patience: Option<Duration>) {
        let nanos = patience.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1));
        if let Some(cell) = self.cell(slot) {
            cell.patience.store(nanos, Ordering::Release);
        }
        // As after a post: a child that has not announced yet that it leaves will see the new patience.
        fence(Ordering::SeqCst);
    }

    /// Has some child announced that it leaves on its own, and not been reaped yet? After a [`JobQueue::post`] this is
    /// reliable: a child that has not announced it by then will see what was posted.
    pub(crate) fn is_anybody_leaving(&self) -> bool {
        self.memory.head().leaving.iter().any(|word| word.load(Ordering::Relaxed) != 0)
    }

    /// Has the child on `slot` left on its own? If this returns true, the child can no longer decide to stay.
    pub(crate) fn has_left(&self, slot: usize) -> bool {
        let leaving = |cell: &Cell| {
            let seen = cell.rest.compare_exchange(LEAVING, GONE, Ordering::AcqRel, Ordering::Acquire);
            seen.is_ok() || seen == Err(GONE)
        };
        self.cell(slot).is_some_and(leaving)
    }

    /// Tells the child on `slot` to take no more tasks and begin no more items. It ends after what it runs now. True if
    /// it runs nothing.
    pub(crate) fn dismiss(&self, slot: usize) -> bool {
        let Some(cell) = self.cell(slot) else {
            return false;
        };
        cell.dismissed.store(1, Ordering::Release);
        fence(Ordering::SeqCst);
        rouse(cell);
        cell.task.load(Ordering::Acquire) == 0
    }

    /// Does the child on `slot` have no task?
    pub(crate) fn is_idle(&self, slot: usize) -> bool {
        let being_taken = |at| state_is(&self.memory, at, TAKEN | slot as u64);
        self.cell(slot).is_some_and(|cell| {
            // `taken` before `task`: so a child that is just taking an entry is seen in one of the two.
            let position = cell.taken.load(Ordering::Acquire).checked_sub(1);
            !position.is_some_and(being_taken) && cell.task.load(Ordering::Acquire) == 0
        })
    }

    /// How many items of its current task the child on `slot` has begun.
    pub(crate) fn begun(&self, slot: usize) -> usize {
        let begun = self.cell(slot).map_or(0, |cell| cell.begun.load(Ordering::Acquire));
        usize::try_from(begun).unwrap_or(usize::MAX)
    }

    /// From now on the child on `slot` notes when it begins an item; for its current item, now is noted. This may have
    /// no effect when the child begins or ends an item at this moment, and then has to be repeated.
    pub(crate) fn time_items(&self, slot: usize) {
        if let Some(cell) = self.cell(slot) {
            for (untimed, timed) in [(NO_ITEM, BETWEEN), (SOME_ITEM, now())] {
                let _ = cell.item.compare_exchange(untimed, timed, Ordering::AcqRel, Ordering::Acquire);
            }
        }
    }

    /// The item that the child on `slot` is at, and for how long; `None` if it is at none, or notes no times.
    pub(crate) fn item(&self, slot: usize) -> Option<(Item, Duration)> {
        let began = self.cell(slot)?.item.load(Ordering::Acquire);
        let time = Duration::from_nanos(now().saturating_sub(began));
        (began > BETWEEN).then_some((Item(began), time))
    }

    /// How long the latest portion of items took the child on `slot`.
    pub(crate) fn spent(&self, slot: usize) -> Duration {
        Duration::from_nanos(self.cell(slot).map_or(0, |cell| cell.spent.load(Ordering::Relaxed)))
    }

    /// The task that the child on `slot` says it runs.
    pub(crate) fn running(&self, slot: usize) -> Option<u64> {
        self.cell(slot).map(|cell| cell.task.load(Ordering::Acquire)).filter(|&task| task != 0)
    }

    /// Has the child on `slot` never taken an entry?
    pub(crate) fn has_taken_nothing(&self, slot: usize) -> bool {
        self.cell(slot).is_some_and(|cell| cell.taken.load(Ordering::Acquire) == 0)
    }

    /// No more entries will come: children end once there is nothing left to do.
    pub(crate) fn close(&self) {
        let head = self.memory.head();
        self.closed.set(true);
        head.closed.store(1, Ordering::Release);
        fence(Ordering::SeqCst);
        head.slots.iter().for_each(rouse);
    }

    /// More entries will come after all: children that have not ended yet stay.
    pub(crate) fn reopen(&self) {
        self.closed.set(false);
        self.memory.head().closed.store(0, Ordering::Release);
    }
}
