//! Warm workers and have nothing to do: who is counted on, and who makes room for others. Runs in the parent.

use std::time::{Duration, Instant};

use crate::task::life::state::state;
use crate::task::life::worker::Warm;
use crate::task::life::workers::Workers;

/// A child that has nothing to do, and lets a task lie for so long, is not counted on: somebody may have stopped it.
const LATE: Duration = Duration::from_millis(10);
/// Places of idle children are given up one at a time: the next one is so much later at the earliest.
const ONE_PLACE: Duration = Duration::from_millis(20);

impl Workers {
    /// The epochs of those who have nothing to do, and can be counted on.
    pub(crate) fn idle(&self) -> Vec<u64> {
        let all = self.members();
        let idle = all.warm().filter(|worker| self.is_idle(worker) && !is_late(worker));
        idle.map(|worker| worker.epoch).collect()
    }

    /// Does a task lie that somebody idle could run, who has let it lie for a while?
    pub(crate) fn awaits_somebody(&self) -> bool {
        self.members().warm().any(|worker| worker.awaited.get().is_some() && self.is_idle(worker))
    }

    fn is_idle(&self, worker: &Warm) -> bool {
        !worker.is_leaving() && self.job_queue.is_idle(worker.slot)
    }

    /// Looks for tasks that lie although somebody could run them. Whoever was woken to look for them may be stopped or
    /// starved, and nobody else is woken while that one is thought to look: so another one is, whatever he does. True
    /// when somebody is idle who could run one.
    fn nudge(&self) -> bool {
        let Some(needed) = self.job_queue.least_open() else {
            return false;
        };
        if self.job_queue.wake_another(needed)
            && let Some(reactor) = state().reactor.borrow_mut().as_mut()
        {
            reactor.look_soon();
        }
        let mut is_awaited = false;
        for worker in self.members().warm() {
            if worker.epoch >= needed && self.is_idle(worker) {
                worker.awaited.set(worker.awaited.get().or_else(|| Some(Instant::now())));
                is_awaited = true;
            }
        }
        is_awaited
    }

    /// Is this one idle, and no use for any task that lies here?
    fn is_spare(&self, worker: &Warm) -> bool {
        let is_needed = || self.job_queue.least_open().is_some_and(|needed| needed <= worker.epoch);
        self.is_idle(worker) && (is_late(worker) || !is_needed())
    }
}

pub(crate) fn is_late(worker: &Warm) -> bool {
    worker.awaited.get().is_some_and(|since| since.elapsed() >= LATE)
}

/// Nothing has been heard for a while: tasks may lie that somebody could run.
pub(crate) fn nudge() {
    let state = state();
    let pools_of_workers: Vec<_> =
        state.active.borrow().iter().filter_map(|group| group.workers.borrow().clone()).collect();
    if pools_of_workers.iter().filter(|workers| workers.nudge()).count() > 0 {
        // Whoever does not come until then is replaced.
        state.held_back.set(true);
    }
}

/// Lets a child go, of whatever pool, that has nothing to do: somebody else has, and there is no room. Those that are
/// kept go last.
pub(crate) fn make_room() {
    let state = state();
    if state.made_room.get().is_some_and(|at| at.elapsed() < ONE_PLACE) {
        return;
    }
    let all = state.workers.borrow();
    let warm = all.values().filter_map(|worker| Some((worker.id, worker.awaited_warm()?)));
    let spare = warm.filter(|(_, warm)| warm.workers.is_spare(warm));
    if let Some((id, warm)) = spare.min_by_key(|(_, warm)| (warm.kept.get(), warm.epoch)) {
        state.made_room.set(Some(Instant::now()));
        warm.workers.dismiss(id, warm);
    }
}
