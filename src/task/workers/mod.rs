//! The processes that run tasks, and above all the warm workers of a pool, which run many each. Runs in the parent.
//!
//! Warm workers take their tasks from `process::shared::job_queue`, in `task::child::worker_loop`.

mod capacity;
pub(crate) mod closing;
pub(crate) mod collect;
pub(crate) mod ending;
pub(crate) mod feed;
mod idlers;
mod items;
pub(crate) mod job;
pub(crate) mod launch;
pub(crate) mod outcome;
mod pacing;
pub(crate) mod reach;
pub(crate) mod retry;
pub(crate) mod spawn;

use std::cell::Cell;
use std::ptr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use crate::process::fork::Refused;
use crate::process::shared::job_queue::{Full, JobQueue, Progress};
use crate::process::wait::EXIT_WAIT;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::totals::Untaken;
use crate::task::life::worker::{Table, Warm};
use crate::task::life::workers::{Job, Workers};
use crate::zend::cell::{DataCell, Ref};

pub(crate) use capacity::{capacity, shrink};
pub(crate) use idlers::{is_any_ending, make_room, make_room_for, nudge};
pub(crate) use items::{dismiss_all, end_items, look, overdue, watch_items};
pub(crate) use reach::{Whereabouts, child_of, end, expire, pid_of, renew_limit, whereabouts, withdraw};

/// The warm workers of one pool that have not been reaped, while the table of all workers is borrowed.
pub(crate) struct Members<'w> {
    ids: Ref<'w, Vec<u64>>,
    table: Ref<'w, Table>,
}

impl Members<'_> {
    /// The workers with their ids, in the order of their forks.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Warm)> {
        self.ids.iter().filter_map(|id| Some((*id, self.table.get(id)?.warm()?)))
    }

    /// The workers without their ids.
    pub(crate) fn warm(&self) -> impl Iterator<Item = &Warm> {
        self.iter().map(|(_, warm)| warm)
    }
}

impl Workers {
    pub(crate) fn new() -> Result<Rc<Self>, Errno> {
        Ok(Rc::new(Self {
            job_queue: Rc::new(JobQueue::new()?),
            ids: DataCell::default(),
            departed: Cell::new(0),
            oldest: Cell::new(None),
            for_maps: Cell::new(false),
            spare: DataCell::default(),
            closed: Cell::new(false),
            condemned: Cell::new(false),
            adrift: DataCell::default(),
            stall: DataCell::default(),
        }))
    }

    /// Are there as many workers as there are slots? Those that leave by themselves do not count; but when somebody
    /// writes over the shared memory, one that stays may be taken for one that leaves, so that of these no more than
    /// there are slots are left out.
    pub(crate) fn is_full(&self, group: &Group) -> bool {
        let capacity = capacity(group);
        self.condemned.get() || self.count() - self.departed.get().min(capacity) >= capacity
    }

    /// How many workers have not been reaped.
    pub(crate) fn count(&self) -> usize {
        self.ids.borrow().len()
    }

    /// The workers that have not been reaped.
    pub(crate) fn members(&self) -> Members<'_> {
        Members { ids: self.ids.borrow(), table: state().workers.borrow() }
    }

    /// One more has been forked.
    pub(crate) fn add(&self, id: u64) {
        self.ids.borrow_mut().push(id);
        self.survey();
    }

    /// Prepares a free worker slot for a worker that is about to be forked in `epoch`, and that leaves after `patience`
    /// without work. `None` when there is none: workers that could not be ended keep their slots.
    pub(crate) fn free_slot(&self, epoch: u64, patience: Option<Duration>) -> Option<usize> {
        let all = state().workers.borrow();
        let own = all
            .values()
            .filter_map(|worker| worker.warm())
            .filter(|warm| ptr::eq(&raw const *warm.workers, self));
        let used: Vec<_> = own.map(|warm| warm.slot).collect();
        self.job_queue.slot(|slot| used.contains(&slot), epoch, patience)
    }

    /// Notes down which workers have left by themselves. Cheap while none does: this is called for each task.
    #[inline]
    pub(crate) fn note_departures(&self) {
        if self.job_queue.is_anybody_leaving() {
            self.note_who_has_left();
        }
    }

    #[cold]
    fn note_who_has_left(&self) {
        for worker in self.members().warm() {
            if !worker.has_left.get() && self.job_queue.has_left(worker.slot) {
                worker.has_left.set(true);
                worker.leaving.set(Some(Instant::now()));
                self.departed.set(self.departed.get() + 1);
            }
        }
        self.survey();
    }

    /// How many workers have not been told to leave, and how many of these are to stay also without work.
    pub(crate) fn staying(&self) -> (usize, usize) {
        let all = self.members();
        let staying = || all.warm().filter(|worker| !worker.is_leaving());
        (staying().count(), staying().filter(|worker| worker.kept.get()).count())
    }

    /// Has `count` of the workers stay also without work. One that is about to leave by itself when it is told so has
    /// left, or stays.
    pub(crate) fn keep(&self, count: usize) {
        let all = self.members();
        for worker in all.warm().filter(|worker| !worker.is_leaving()).take(count) {
            worker.kept.set(true);
            self.job_queue.be_patient(worker.slot, None);
        }
    }

    /// The id of the worker on `slot`.
    pub(crate) fn child_on(&self, slot: usize) -> Option<u64> {
        self.members().iter().find(|(_, worker)| worker.slot == slot).map(|(child, _)| child)
    }

    /// A worker was reaped, or is not waited for any more.
    pub(crate) fn remove(&self, child: u64, worker: &Warm) {
        self.ids.borrow_mut().retain(|&id| id != child);
        if worker.has_left.get() {
            self.departed.set(self.departed.get() - 1);
        }
        self.survey();
    }

    /// Finds again what is cached of those that have not been told to leave.
    pub(crate) fn survey(&self) {
        let all = self.members();
        let staying = || all.warm().filter(|worker| !worker.is_leaving());
        self.oldest.set(staying().map(|worker| worker.epoch).min());
        self.for_maps.set(staying().any(|worker| worker.for_map));
    }

    /// Tells a worker to leave.
    pub(crate) fn dismiss(&self, child: u64, worker: &Warm) {
        worker.leaving.set(worker.leaving.get().or_else(|| Some(Instant::now())));
        self.survey();
        if self.job_queue.dismiss(worker.slot) {
            // A signal may have stopped it: it cannot leave before it is continued.
            ending::go_on(child);
        }
    }

    /// Tells the worker of the oldest epoch to leave: an idle one rather than a busy one; none while another one is
    /// about to leave.
    pub(crate) fn dismiss_one(&self) {
        let goes = |worker: &Warm| worker.leaving.get().is_some_and(|since| since.elapsed() < EXIT_WAIT);
        if !self.members().warm().any(goes) {
            self.dismiss_down_to(self.staying().0.saturating_sub(1));
        }
    }

    /// Tells workers to leave until `count` stay: first the idle ones, and of these those of the oldest epochs.
    pub(crate) fn dismiss_down_to(&self, count: usize) {
        let all = self.members();
        let mut staying: Vec<_> = all.iter().filter(|(_, worker)| !worker.is_leaving()).collect();
        staying.sort_by_key(|(_, worker)| (!self.job_queue.is_idle(worker.slot), worker.epoch));
        for &(child, worker) in staying.iter().take(staying.len().saturating_sub(count)) {
            self.dismiss(child, worker);
        }
    }

    /// Posts a job.
    ///
    /// # Errors
    ///
    /// When there is no room for it now.
    pub(crate) fn post(&self, id: u64, job: &Job) -> Result<(), Full> {
        if self.condemned.get() {
            return Err(Full);
        }
        if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
            reactor.expect();
        }
        self.job_queue.post(id, job.epoch, &job.bytes)
    }

    /// Nothing more is expected to be posted: workers end when they have nothing to do.
    pub(crate) fn close(&self) {
        if !self.closed.replace(true) {
            self.job_queue.close();
        }
    }

    /// There is no map call any more: dismisses the workers that were forked for one, unless they have a task by now.
    pub(crate) fn end_of_maps(&self, group: &Group) {
        if !self.for_maps.get() {
            return;
        }
        let all = self.members();
        let for_maps = |worker: &Warm| worker.for_map && !worker.kept.get() && !worker.is_leaving();
        for (child, worker) in all.iter().filter(|(_, worker)| for_maps(worker)) {
            let wanted = |task| group.has_task(task);
            if !self.job_queue.running(worker.slot).is_some_and(wanted) {
                self.dismiss(child, worker);
            }
        }
    }

    /// More will be posted after all.
    pub(crate) fn reopen(&self) {
        if self.closed.take() {
            self.job_queue.reopen();
        }
    }

    /// These workers are not needed any more: each ends after what it runs now.
    pub(crate) fn disband(&self) {
        self.close();
        self.dismiss_down_to(0);
    }

    /// Kills all workers, as the contents of their shared memory make no sense. Their tasks are dealt with when none of
    /// the workers is left.
    pub(crate) fn condemn(&self) {
        if self.condemned.replace(true) {
            return;
        }
        let children = self.ids.borrow().clone();
        children.into_iter().for_each(ending::kill);
    }

    /// The first of the pool's attempts that no worker has taken.
    pub(crate) fn first_open(&self, group: &Group) -> Option<u64> {
        let mut ids: Vec<_> = group.ledger.borrow().iter().map(|(id, ..)| id).collect();
        ids.sort_unstable();
        ids.into_iter().find(|&id| self.job_queue.progress(id) == Progress::Open)
    }
}

impl Warm {
    /// This worker has sent something about a task; more may follow, unless this is the `last`. False when it was not
    /// given that task.
    pub(crate) fn admit(&self, task: u64, last: bool) -> bool {
        let admitted = self.workers.job_queue.admit(self.slot, task, last);
        if admitted {
            self.proven.set(true);
            self.awaited.set(None);
        }
        admitted
    }
}

/// The group's warm workers; without any, the shared memory for them is made.
pub(crate) fn workers_of(group: &Group) -> Result<Rc<Workers>, Refused> {
    if let Some(workers) = &*group.workers.borrow() {
        return Ok(Rc::clone(workers));
    }
    let workers = Workers::new().map_err(Refused::by("mmap"))?;
    group.workers.set(Some(Rc::clone(&workers)));
    Ok(workers)
}

/// How many tasks of `group` are posted, and no worker has taken them. There are never very many.
pub(crate) fn untaken(group: &Group) -> Untaken {
    let workers = group.workers.borrow();
    let Some(workers) = workers.as_ref() else {
        return Untaken::default();
    };
    let is_map = !group.maps.borrow().is_empty();
    let mut untaken = Untaken::default();
    let count = |id, bytes| {
        if is_map && !group.has_task(id) {
            return; // a portion
        }
        let of = if job::is_inherited(bytes) { &mut untaken.inherited } else { &mut untaken.sent };
        *of += 1;
    };
    workers.job_queue.each_open(count);
    untaken
}

/// How long the latest portion of items took a worker.
pub(crate) fn spent_by(group: &Group, child: u64) -> Option<Duration> {
    let worker = state().worker(child).filter(|worker| worker.is_of(group))?;
    let warm = worker.warm()?;
    Some(warm.workers.job_queue.spent(warm.slot))
}

/// Does a worker run this task, or this portion of items?
pub(crate) fn has_begun(group: &Group, id: u64) -> bool {
    let workers = group.workers.borrow();
    workers.as_ref().is_some_and(|workers| matches!(workers.job_queue.progress(id), Progress::Running(..)))
}

/// The process id of a worker of this group.
pub(crate) fn pid_of_child(group: &Group, child: u64) -> Option<i32> {
    state().worker(child).filter(|worker| worker.is_of(group)).map(|worker| worker.pid)
}
