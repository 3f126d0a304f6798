//! The order in which waiting attempts start: those of a higher priority first, equal ones in the order in which they
//! came. To add or to take one costs a search among the priorities that are in use, and nothing while there is only one.

use std::collections::{BTreeMap, VecDeque};

use super::ids::IdMap;

/// The priority of an attempt that has been given none.
const ORDINARY: i64 = 0;

/// Ids of attempts. It may hold ids of attempts that wait no more, which its owner skips.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    ordinary: VecDeque<u64>,
    /// Those of other priorities. No list is empty.
    ranked: BTreeMap<i64, VecDeque<u64>>,
    /// How many there are in the lists of `ranked`.
    in_ranked: usize,
    /// The other priorities of attempts that have one, whether they wait or run.
    priorities: IdMap<i64>,
}

impl Queue {
    /// Sets the priority of an attempt that is about to be added.
    pub(crate) fn rank(&mut self, id: u64, priority: i64) {
        if priority != ORDINARY {
            self.priorities.insert(id, priority);
        }
    }

    /// An attempt is over.
    pub(crate) fn forget(&mut self, id: u64) {
        if !self.priorities.is_empty() {
            self.priorities.remove(&id);
        }
    }

    /// Adds an attempt behind all of its priority.
    pub(crate) fn push_back(&mut self, id: u64) {
        self.list(id).push_back(id);
    }

    /// Adds an attempt before all of its priority.
    pub(crate) fn push_front(&mut self, id: u64) {
        self.list(id).push_front(id);
    }

    /// Adds an attempt before all there are.
    pub(crate) fn push_first(&mut self, id: u64) {
        if self.ranked.is_empty() {
            self.ordinary.push_front(id);
        } else {
            self.ranked_list(i64::MAX).push_front(id);
        }
    }

    /// Takes the next one.
    pub(crate) fn pop(&mut self) -> Option<u64> {
        if self.ranked.is_empty() {
            return self.ordinary.pop_front();
        }
        let mut highest = self.ranked.last_entry()?;
        if *highest.key() < ORDINARY && !self.ordinary.is_empty() {
            return self.ordinary.pop_front();
        }
        let id = highest.get_mut().pop_front();
        if highest.get().is_empty() {
            highest.remove();
        }
        self.in_ranked -= 1;
        id
    }

    /// How many ids there are.
    pub(crate) fn len(&self) -> usize {
        self.ordinary.len() + self.in_ranked
    }

    /// Keeps only some of the ids.
    pub(crate) fn retain(&mut self, mut kept: impl FnMut(u64) -> bool) {
        // From the front: the first one of an id is the one that counts.
        for (_, list) in self.ranked.iter_mut().rev().filter(|(priority, _)| **priority > ORDINARY) {
            list.retain(|&id| kept(id));
        }
        self.ordinary.retain(|&id| kept(id));
        for (_, list) in self.ranked.iter_mut().rev().filter(|(priority, _)| **priority < ORDINARY) {
            list.retain(|&id| kept(id));
        }
        self.ranked.retain(|_, list| !list.is_empty());
        self.in_ranked = self.ranked.values().map(VecDeque::len).sum();
    }

    /// Removes all.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    fn list(&mut self, id: u64) -> &mut VecDeque<u64> {
        if self.priorities.is_empty() {
            return &mut self.ordinary;
        }
        match self.priorities.get(&id).copied() {
            None => &mut self.ordinary,
            Some(priority) => self.ranked_list(priority),
        }
    }

    /// The list of a priority, to which one is added.
    fn ranked_list(&mut self, priority: i64) -> &mut VecDeque<u64> {
        self.in_ranked += 1;
        self.ranked.entry(priority).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(queue: &mut Queue) -> Vec<u64> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn higher_ones_first_and_equal_ones_in_order() {
        let mut queue = Queue::default();
        for (id, priority) in [(1, 0), (2, -5), (3, 7), (4, 0), (5, 7), (6, -5), (7, i64::MAX), (8, i64::MIN)]
        {
            queue.rank(id, priority);
            queue.push_back(id);
        }
        assert_eq!(queue.len(), 8);
        assert_eq!(all(&mut queue), [7, 3, 5, 1, 4, 2, 6, 8]);
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn one_that_was_cleared_is_empty_and_takes_more() {
        let mut queue = Queue::default();
        for (id, priority) in [(1, 0), (2, 3)] {
            queue.rank(id, priority);
            queue.push_back(id);
        }
        queue.clear();
        assert_eq!((queue.len(), queue.pop()), (0, None));
        queue.push_back(3);
        assert_eq!(all(&mut queue), [3]);
    }

    #[test]
    fn one_that_comes_back_is_the_first_of_its_priority_and_a_hastened_one_of_all() {
        let mut queue = Queue::default();
        for (id, priority) in [(1, 0), (2, 3), (3, 3)] {
            queue.rank(id, priority);
            queue.push_back(id);
        }
        assert_eq!(queue.pop(), Some(2));
        queue.push_front(2);
        queue.push_first(1);
        assert_eq!(all(&mut queue), [1, 2, 3, 1]);
    }

    #[test]
    fn the_priority_of_one_that_is_over_is_forgotten() {
        let mut queue = Queue::default();
        queue.rank(1, 5);
        queue.push_back(1);
        assert_eq!(queue.pop(), Some(1));
        queue.forget(1);
        assert!(queue.priorities.is_empty() && queue.ranked.is_empty());
    }

    #[test]
    fn whatever_is_taken_out_the_order_of_the_rest_stays() {
        let mut queue = Queue::default();
        for id in 0..100 {
            queue.rank(id, i64::try_from(id % 5).unwrap() - 2);
            queue.push_back(id);
        }
        queue.retain(|id| id % 3 == 0);
        let mut expected: Vec<_> = (0..100).filter(|id| id % 3 == 0).collect();
        expected.sort_by_key(|id| (std::cmp::Reverse(id % 5), *id));
        assert_eq!(queue.len(), expected.len());
        assert_eq!(all(&mut queue), expected);
    }
}
