//! Idle warm workers: which of them are expected to take a waiting task, and which are ended to make room for others.
//! Runs in the parent.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::process::wait::EXIT_WAIT;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::worker::{Warm, Worker};
use crate::task::life::workers::Workers;

/// An idle worker that has not taken a waiting task for so long is not expected to: it may have been stopped.
const LATE: Duration = Duration::from_millis(10);
/// Idle workers are ended one at a time: the next one so much later at the earliest.
const ONE_PLACE: Duration = Duration::from_millis(20);

impl Workers {
    /// The epochs of the idle workers that are expected to take a waiting task.
    pub(crate) fn idle(&self) -> Vec<u64> {
        let all = self.members();
        let idle = all.warm().filter(|worker| self.is_idle(worker) && !is_late(worker));
        idle.map(|worker| worker.epoch).collect()
    }

    /// Is there an idle worker that could run a waiting task, and has not taken it for a while?
    pub(crate) fn awaits_somebody(&self) -> bool {
        self.members().warm().any(|worker| worker.awaited.get().is_some() && self.is_idle(worker))
    }

    fn is_idle(&self, worker: &Warm) -> bool {
        !worker.is_leaving() && self.job_queue.is_idle(worker.slot)
    }

    /// Looks for tasks that wait although an idle worker could run them. The worker that was woken to search for them
    /// may be stopped or starved, and no other is woken while it is thought to search: so another one is woken here.
    /// True if an idle worker could run one.
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

    /// Is this worker idle, and not needed for any waiting task?
    fn is_spare(&self, group: &Group, worker: &Warm) -> bool {
        let is_needed = || self.job_queue.least_open().is_some_and(|needed| needed <= worker.epoch);
        !worker.is_leaving() && self.is_done(group, worker) && (is_late(worker) || !is_needed())
    }

    /// Has a worker no attempt whose outcome is still expected? It sends an outcome before it is idle.
    fn is_done(&self, group: &Group, worker: &Warm) -> bool {
        let has_told = |task| !group.expects(task);
        self.job_queue.is_idle(worker.slot) || self.job_queue.running(worker.slot).is_some_and(has_told)
    }
}

pub(crate) fn is_late(worker: &Warm) -> bool {
    worker.awaited.get().is_some_and(|since| since.elapsed() >= LATE)
}

/// There has been no news for a while: tasks may be waiting that an idle worker could run.
pub(crate) fn nudge() {
    let state = state();
    let pools_of_workers: Vec<_> =
        state.active.borrow().iter().filter_map(|group| group.workers.borrow().clone()).collect();
    if pools_of_workers.iter().filter(|workers| workers.nudge()).count() > 0 {
        // A worker that has not taken one by then is replaced.
        state.held_back.set(true);
    }
}

/// Dismisses an idle worker, of whatever pool: a task needs a process, and there is no room for one more. Those that
/// are kept go last.
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

/// Is a child ending, so that its place will soon be free? One that has been ending for long does not count.
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
