//! Warm workers and have nothing to do: who is counted on, and who makes room for others. Runs in the parent.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::process::wait::EXIT_WAIT;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::worker::{Warm, Worker};
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
    fn is_spare(&self, group: &Group, worker: &Warm) -> bool {
        let is_needed = || self.job_queue.least_open().is_some_and(|needed| needed <= worker.epoch);
        !worker.is_leaving() && self.is_done(group, worker) && (is_late(worker) || !is_needed())
    }

    /// Does a worker run nothing of which somebody wants to know the outcome? It tells that before it is idle.
    fn is_done(&self, group: &Group, worker: &Warm) -> bool {
        let has_told = |task| !group.expects(task);
        self.job_queue.is_idle(worker.slot) || self.job_queue.running(worker.slot).is_some_and(has_told)
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

/// Dismisses an idle worker, of whatever pool: a task needs a process, and there is no room for one more. Those that are
/// kept go last.
pub(crate) fn make_room() {
    let made_room = &state().made_room;
    if made_room.get().is_none_or(|at| at.elapsed() >= ONE_PLACE) && dismiss_spare(|_| true) {
        made_room.set(Some(Instant::now()));
    }
}

/// Dismisses an idle worker of another pool, as there is no room for one more of `own` that waits for its first task:
/// none that is kept, as they would take each other's places in turn. False when there is none.
pub(crate) fn make_room_for(own: &Rc<Workers>) -> bool {
    dismiss_spare(|worker| !Rc::ptr_eq(&worker.workers, own) && !worker.kept.get())
}

fn dismiss_spare(may_go: impl Fn(&Warm) -> bool) -> bool {
    let all = state().workers.borrow();
    let is_spare = |worker: &&Rc<Worker>| {
        let (group, warm) = (worker.group.borrow(), worker.warm());
        let (Some(group), Some(warm)) = (&*group, warm) else {
            return false;
        };
        may_go(warm) && warm.workers.is_spare(group, warm)
    };
    let spare = all.values().filter(is_spare).filter_map(|worker| Some((worker.id, worker.warm()?)));
    let Some((id, warm)) = spare.min_by_key(|(_, warm)| (warm.kept.get(), warm.epoch)) else {
        return false;
    };
    warm.workers.dismiss(id, warm);
    true
}

/// Will a child be gone soon that is still there? Those of which that was said for long are not counted on.
pub(crate) fn is_any_ending() -> bool {
    let state = state();
    let is_ending = |worker: &Rc<Worker>| {
        let (group, warm) = (worker.group.borrow(), worker.warm());
        let (Some(group), Some(warm)) = (&*group, warm) else {
            return false;
        };
        warm.workers.note_departures();
        let is_told = warm.leaving.get().is_some_and(|since| since.elapsed() < EXIT_WAIT);
        is_told && warm.workers.is_done(group, warm)
    };
    state.deadlines.borrow().is_any_ending() || state.workers.borrow().values().any(is_ending)
}
