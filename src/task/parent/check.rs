//! Workers that break the protocol: a task has written over the memory that they share with their parent. Runs in the
//! parent.
//!
//! What the parent relies on is in its own memory: what it has posted, what has ended, and how long it has waited. What
//! it reads in shared memory decides only which workers are killed, and never whether the parent goes on. Four things
//! are noticed:
//!
//! | what | then |
//! |---|---|
//! | a child answers for a task whose entry does not name it | it is killed |
//! | the entry of a task names a child that says, at two looks, that it runs something else | it is killed |
//! | an entry says what no child writes, or the same tasks wait at several looks in a row while no worker runs any | all children of the pool are killed, and what nobody had begun goes to new ones, on a new job queue |
//! | a task waits, and fewer workers are there than there may be | workers are forked for it |

use std::rc::Rc;

use crate::process::poller::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::worker::Warm;
use crate::task::life::workers::Workers;
use crate::task::map::End;
use crate::task::workers::retry::finish;
use crate::task::workers::{ending, retry, workers_of};
use crate::wire::frame::Malformed;

/// After so many checks at which the same tasks wait and no worker runs any, the workers are killed. It is twice as many
/// the next time in a pool: it may be the machine that is slow.
const LOOKS: u32 = 3;
/// It is doubled so often at most.
const MOST_DOUBLINGS: u32 = 6;
/// So many times as long when all workers have been told to leave: their shutdown functions run.
const LEAVING: u32 = 4;

/// Checks what all warm workers run, and what waits in their job queues: about once a second, while the parent waits.
pub(crate) fn check_all() {
    let state = state();
    let active = state.active.borrow().clone();
    let own = active.into_iter().filter_map(|group| {
        let workers = group.workers.borrow().clone();
        workers.map(|workers| (group, workers))
    });
    let mut pools_of_workers: Vec<(Rc<Group>, Rc<Workers>)> = own.collect();
    // Workers of pools that have dismissed them, too.
    for worker in state.workers.borrow().values() {
        if let (Some(warm), Some(group)) = (worker.warm(), worker.group())
            && !pools_of_workers.iter().any(|(_, known)| Rc::ptr_eq(known, &warm.workers))
        {
            pools_of_workers.push((group, Rc::clone(&warm.workers)));
        }
    }
    for (group, workers) in pools_of_workers {
        workers.check(&group);
    }
}

/// Kills a worker that has sent what no worker can know.
pub(crate) fn accuse(child: u64) {
    if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
        reactor.accuse(child, Malformed::Foreign);
    }
    ending::kill(child);
}

impl Workers {
    fn check(self: &Rc<Self>, group: &Rc<Group>) {
        if self.condemned.get() {
            self.settle_if_last(group);
            return;
        }
        self.job_queue.restate();
        for worker in self.members().warm().filter(|worker| worker.is_leaving()) {
            self.job_queue.dismiss(worker.slot);
        }
        let look = self.job_queue.look(|task| group.expects(task));
        let before = self.adrift.replace(look.adrift.clone());
        let stuck: Vec<_> = look.adrift.into_iter().filter(|adrift| before.contains(adrift)).collect();
        let stuck: Vec<_> = stuck.into_iter().map(|(slot, _)| self.child_on(slot)).collect();
        let has_members = self.count() > 0;
        let is_any_open = !look.open.is_empty();
        let stalled = self.stall.borrow_mut().note(look.open, has_members && look.busy.is_empty());
        let all_leave = self.members().warm().all(Warm::is_leaving);
        let enough = (LOOKS << group.stalls.get()) * if all_leave { LEAVING } else { 1 };
        let is_slow = stalled >= enough;
        if is_slow || !look.lost.is_empty() || stuck.contains(&None) {
            if is_slow {
                group.stalls.set((group.stalls.get() + 1).min(MOST_DOUBLINGS));
            }
            self.condemn();
            self.settle_if_last(group);
            return;
        }
        stuck.into_iter().flatten().for_each(accuse);
        if is_any_open {
            // It may have become open just now, and nobody was forked for it: no other news is to come.
            state().freed.push_back(Rc::clone(group));
        }
    }

    /// When no worker is left at a job queue that was written over: tasks that none had begun are posted for new ones,
    /// the others have failed. Runs PHP code: destructors, hooks of serialization.
    pub(super) fn settle_if_last(self: &Rc<Self>, group: &Rc<Group>) {
        if self.count() == 0 {
            self.settle(group);
            state().freed.push_back(Rc::clone(group));
        }
    }

    fn settle(self: &Rc<Self>, group: &Rc<Group>) {
        let current = group.workers.borrow().as_ref().is_some_and(|workers| Rc::ptr_eq(workers, self));
        if current {
            drop(group.workers.take());
        }
        let look = self.job_queue.look(|task| group.expects(task));
        let adrift = look.adrift.into_iter().map(|(_, task)| task);
        let adrift = adrift.filter(|task| !look.unbegun.contains(task));
        for task in look.busy.into_iter().chain(adrift).chain(look.lost) {
            fail(group, task);
        }
        // In reverse order, as each goes to the front of the queue.
        for task in look.open.into_iter().rev().chain(look.unbegun.into_iter().rev()) {
            begin_again(group, task);
        }
    }
}

/// A worker may have begun this task, or an item of this batch; its outcome is lost.
fn fail(group: &Rc<Group>, task: u64) {
    let ended = Ended { id: task, exit: Exit::Unknown, message: Message::Malformed(Malformed::Overwritten) };
    if let Some(map_call) = group.map_call(task) {
        match workers_of(group) {
            Ok(workers) => {
                map_call.died(task, 1, End { pid: None, overdue: None, ended }, &workers);
            }
            Err(refused) => map_call.refused(task, refused),
        }
        return;
    }
    if let Some(future) = group.end(task) {
        finish(group, future, Phase::Reported(ended));
    }
}

/// No worker has begun this task, or this batch.
pub(super) fn begin_again(group: &Rc<Group>, task: u64) {
    if let Some(map_call) = group.map_call(task) {
        match workers_of(group) {
            Ok(workers) => map_call.post_again(task, &workers),
            Err(refused) => map_call.refused(task, refused),
        }
        return;
    }
    let Some(future) = group.future(task) else {
        return;
    };
    match future.ending.get() {
        None if group.ledger.borrow().is_stopped() => retry::call_off(group, future),
        None => {
            future.wait_again();
            state().deadlines.borrow_mut().clear(task);
            group.ledger.change(|ledger| ledger.requeue(task));
        }
        Some(_) => {
            let parked = group.end(task);
            let ended = Ended { id: task, exit: Exit::Unknown, message: Message::Nothing };
            finish(group, future, Phase::Reported(ended));
            drop(parked);
        }
    }
}
