//! Whether the workers of a pool take what waits for them, as looks at their job queue find it out.

/// How many looks in a row have found that nothing goes on.
#[derive(Debug, Default)]
pub(crate) struct Stall {
    /// What waited at the latest look, oldest first, if no worker was at work then.
    waiting: Vec<u64>,
    looks: u32,
}

impl Stall {
    /// A look finds these tasks that no worker has taken, oldest first. Returns how many looks in a row, with this one,
    /// have found some of them and no worker at work (`is_idle`), and each the tasks of the look before.
    ///
    /// Workers with short tasks are often between two of them, and at several looks in a row by chance. But they have
    /// taken some meanwhile.
    pub(crate) fn note(&mut self, waiting: Vec<u64>, is_idle: bool) -> u32 {
        let goes_on = !waiting.starts_with(&self.waiting);
        self.looks = match (is_idle && !waiting.is_empty(), goes_on) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => self.looks + 1,
        };
        self.waiting = if self.looks > 0 { waiting } else { Vec::new() };
        self.looks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_that_wait_while_no_worker_is_at_work_are_counted() {
        let mut stall = Stall::default();
        let looks = [vec![4, 5], vec![4, 5], vec![4, 5, 6], vec![4, 5, 6, 7]];
        assert!(looks.into_iter().map(|waiting| stall.note(waiting, true)).eq(1..=4));
    }

    #[test]
    fn workers_that_are_between_two_tasks_at_each_look_have_not_stalled() {
        let mut stall = Stall::default();
        for first in 1..20 {
            assert_eq!(stall.note((first..100).collect(), true), 1);
        }
    }

    #[test]
    fn a_worker_that_is_at_work_or_an_empty_queue_ends_the_count() {
        for (waiting, is_idle) in [(vec![4], false), (vec![], true)] {
            let mut stall = Stall::default();
            let counts = [(vec![4], true), (waiting, is_idle), (vec![4], true), (vec![4], true)];
            assert!(
                counts.into_iter().map(|(waiting, is_idle)| stall.note(waiting, is_idle)).eq([1, 0, 1, 2])
            );
        }
    }
}
