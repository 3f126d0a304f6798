//! A queue of tasks and the slots that they may run in.

use std::collections::VecDeque;

use super::ids::IdSet;

/// One pool's queue and slots.
#[derive(Debug)]
pub(crate) struct Scheduler {
    limit: usize,
    stopped: bool,
    queue: VecDeque<u64>,
    running: IdSet,
    /// What has failed, and waits for its repeat without a slot.
    resting: IdSet,
}

impl Scheduler {
    /// A scheduler with `limit` slots.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            stopped: false,
            queue: VecDeque::new(),
            running: IdSet::default(),
            resting: IdSet::default(),
        }
    }

    /// Changes the number of slots; what runs above the new number goes on.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Starts nothing more.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Does nothing start any more?
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Puts a task at the end of the queue.
    pub(crate) fn enqueue(&mut self, id: u64) {
        self.queue.push_back(id);
    }

    /// What has failed is to wait before it is run again.
    pub(crate) fn rest(&mut self, id: u64) {
        self.resting.insert(id);
    }

    /// A task has waited long enough: it takes the next free slot.
    pub(crate) fn wake(&mut self, id: u64) {
        if self.resting.remove(&id) {
            self.queue.push_front(id);
        }
    }

    /// Puts a task that could not be started back to where it was, or one that is run again at once to the front.
    pub(crate) fn requeue(&mut self, id: u64) {
        self.running.remove(&id);
        self.queue.push_front(id);
    }

    /// The next task that may start now; it takes a slot.
    pub(crate) fn next(&mut self) -> Option<u64> {
        self.next_within(self.limit)
    }

    /// The next task that is to be made ready, while fewer than `ahead` are that have not ended.
    pub(crate) fn next_within(&mut self, ahead: usize) -> Option<u64> {
        if self.stopped || self.running.len() >= ahead {
            return None;
        }
        let id = self.queue.pop_front()?;
        self.running.insert(id);
        Some(id)
    }

    /// Something has been made ready that was never in the queue.
    pub(crate) fn begin(&mut self, id: u64) {
        self.running.insert(id);
    }

    /// How many slots there are.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Has this one left the queue, and not ended?
    pub(crate) fn is_running(&self, id: u64) -> bool {
        self.running.contains(&id)
    }

    /// Has anything left the queue that will come to an end, or back, by itself? Of what has left it, `in_hand` are nobody's
    /// yet, here or elsewhere: takes off those that may be meant.
    pub(crate) fn is_busy_besides(&self, in_hand: &mut usize) -> bool {
        let here = self.running.len().min(*in_hand);
        *in_hand -= here;
        self.running.len() > here || !self.stopped && !self.resting.is_empty()
    }

    /// Is there something that is to start, now or later?
    pub(crate) fn has_waiting(&self) -> bool {
        !self.stopped && (!self.queue.is_empty() || !self.resting.is_empty())
    }

    /// Would something start if a slot were free?
    pub(crate) fn starves(&self) -> bool {
        !self.stopped && !self.queue.is_empty() && self.running.len() >= self.limit
    }

    /// Puts this very task before all others: it takes the next free slot, and waits for nothing else. False when it is
    /// not queued.
    pub(crate) fn hasten(&mut self, id: u64) -> bool {
        let queued = self.remove(id);
        if queued {
            self.queue.push_front(id);
        }
        queued
    }

    /// Takes a task out that has not started. False when there is no such task.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        if self.resting.remove(&id) {
            return true;
        }
        let at = self.queue.iter().position(|&queued| queued == id);
        at.and_then(|at| self.queue.remove(at)).is_some()
    }

    /// A running task has ended: its slot is free.
    pub(crate) fn ended(&mut self, id: u64) {
        self.running.remove(&id);
    }

    /// Forgets all that is queued, running or waiting for its repeat.
    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.running.clear();
        self.resting.clear();
    }

    /// Nothing runs, and nothing will start by itself.
    pub(crate) fn idle(&self) -> bool {
        self.running.is_empty() && (self.stopped || self.queue.is_empty() && self.resting.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(limit: usize, ids: std::ops::Range<u64>) -> Scheduler {
        let mut scheduler = Scheduler::new(limit);
        ids.for_each(|id| scheduler.enqueue(id));
        scheduler
    }

    #[test]
    fn never_more_than_the_limit_and_in_order() {
        let mut scheduler = with(2, 0..4);
        assert_eq!((scheduler.next(), scheduler.next(), scheduler.next()), (Some(0), Some(1), None));
        scheduler.ended(1);
        assert_eq!((scheduler.next(), scheduler.next()), (Some(2), None));
    }

    #[test]
    fn a_refused_start_keeps_its_place() {
        let mut scheduler = with(1, 0..2);
        assert_eq!(scheduler.next(), Some(0));
        scheduler.requeue(0);
        assert_eq!(scheduler.next(), Some(0));
    }

    #[test]
    fn a_stopped_one_starts_nothing_but_waits_for_what_runs() {
        let mut scheduler = with(1, 0..2);
        scheduler.next();
        scheduler.stop();
        assert!(!scheduler.idle());
        scheduler.ended(0);
        assert_eq!(scheduler.next(), None);
        assert!(scheduler.idle());
    }

    #[test]
    fn a_removed_task_is_gone_and_a_running_one_is_not_removable() {
        let mut scheduler = with(1, 0..2);
        scheduler.next();
        assert!(scheduler.remove(1));
        assert!(!scheduler.remove(0));
        scheduler.ended(0);
        assert!(scheduler.idle());
    }

    #[test]
    fn a_hastened_task_is_the_next_one_within_the_limit() {
        let mut scheduler = with(1, 0..3);
        scheduler.next();
        assert!(scheduler.hasten(2));
        assert!(!scheduler.hasten(0));
        assert_eq!(scheduler.next(), None);
        scheduler.ended(0);
        assert_eq!(scheduler.next(), Some(2));
    }

    #[test]
    fn what_rests_has_no_slot_and_keeps_nobody_waiting_but_is_not_forgotten() {
        let mut scheduler = with(1, 0..3);
        assert_eq!(scheduler.next(), Some(0));
        scheduler.ended(0);
        scheduler.rest(0);
        assert_eq!(scheduler.next(), Some(1));
        scheduler.ended(1);
        scheduler.wake(0);
        assert_eq!(scheduler.next(), Some(0), "before those that have not begun");
        scheduler.ended(0);
        scheduler.rest(0);
        assert_eq!(scheduler.next(), Some(2));
        scheduler.ended(2);
        assert!(!scheduler.idle() && scheduler.is_busy_besides(&mut 0));
        assert!(scheduler.hasten(0), "nobody has to wait who is in a hurry");
        scheduler.wake(0);
        assert_eq!((scheduler.next(), scheduler.next()), (Some(0), None));
    }

    #[test]
    fn what_rests_when_all_is_stopped_never_starts() {
        let mut scheduler = with(1, 0..1);
        scheduler.next();
        scheduler.ended(0);
        scheduler.rest(0);
        scheduler.stop();
        assert!(scheduler.idle() && !scheduler.is_busy_besides(&mut 0));
        assert!(scheduler.remove(0));
        assert!(!scheduler.remove(0));
    }

    #[test]
    fn what_is_forgotten_leaves_an_empty_one_that_starts_the_next() {
        let mut scheduler = with(1, 0..3);
        scheduler.next();
        scheduler.rest(7);
        scheduler.clear();
        assert!(scheduler.idle() && !scheduler.is_busy_besides(&mut 0) && !scheduler.starves());
        scheduler.enqueue(8);
        assert_eq!(scheduler.next(), Some(8));
    }

    #[test]
    fn what_is_in_somebodys_hand_keeps_nobody_busy() {
        let mut scheduler = with(2, 0..2);
        scheduler.next();
        let mut in_hand = 2;
        assert!(!scheduler.is_busy_besides(&mut in_hand));
        assert_eq!(in_hand, 1, "another one is elsewhere");
        scheduler.next();
        assert!(scheduler.is_busy_besides(&mut in_hand));
    }

    #[test]
    fn a_raised_limit_frees_slots() {
        let mut scheduler = with(1, 0..3);
        scheduler.next();
        scheduler.set_limit(3);
        assert_eq!((scheduler.next(), scheduler.next()), (Some(1), Some(2)));
    }
}
