//! What becomes of the attempts of a worker that has ended, or that is not waited for any more. Runs in the parent.

use std::rc::Rc;

use crate::process::poller::reactor::{Ended, Message};
use crate::process::shared::job_queue::Reaped;
use crate::process::wait::Exit;
use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::worker::{Budget, Warm, Worker};
use crate::task::map;
use crate::task::map::End;
use crate::task::parent::{adopt, check};
use crate::task::workers::retry::finish;
use crate::task::workers::{collect, ending, retry};
use crate::wire::frame::Malformed;

/// Waits no more for the end of a child that was killed and is still there: its attempts count as ended. Re-enters PHP.
pub(crate) fn give_up(child: u64) {
    let forsaken = state().reactor.borrow_mut().as_mut().and_then(|reactor| reactor.forsake(child));
    if let Some((_, why)) = forsaken {
        let ended = Ended { id: child, exit: Exit::Unended(why), message: Message::Nothing };
        state().freed.change(|freed| freed.extend(gone(ended)));
    }
}

/// A worker has ended, or is waited for no more. In the latter case it stays in the table, and its slot in the job
/// queue is not free, until it has ended. Returns its group, which may start something. Re-enters PHP.
pub(crate) fn gone(ended: Ended) -> Option<Rc<Group>> {
    let state = state();
    let worker = state.worker(ended.id)?;
    if let Some(warm) = worker.warm() {
        warm.workers.note_departures(); // it may have left by itself
    }
    if !matches!(ended.exit, Exit::Unended(_)) {
        drop(state.workers.remove(&ended.id));
    }
    state.deadlines.borrow_mut().clear(ended.id);
    let (group, origin) = worker.part();
    let group = group?;
    match &worker.budget {
        Budget::One { .. } => end_attempt(&group, origin, ended, worker.pid),
        Budget::Many(warm) => end_jobs(&group, &worker, warm, ended),
    }
    Some(group)
}

/// The attempt of an isolated worker has ended with it.
fn end_attempt(group: &Rc<Group>, origin: Option<Rc<Group>>, ended: Ended, pid: i32) {
    let future = group.end(ended.id);
    if let Some(origin) = origin {
        adopt::give_back(group, &origin, ended.id);
    }
    match (future, ended.exit) {
        (Some(future), _) => {
            collect::take_output(&future);
            retry::conclude(group, future, Phase::Reported(ended));
        }
        (None, Exit::Unended(why)) => ending::tell(pid, why),
        (None, _) => {}
    }
}

/// Whatever a warm worker ran has ended with it, and what it had taken and not begun is open again.
fn end_jobs(group: &Rc<Group>, worker: &Worker, warm: &Warm, ended: Ended) {
    let workers = &warm.workers;
    collect::forget_remote(ended.id);
    let mut printed = collect::printed_by(ended.id);
    workers.remove(ended.id, warm);
    // A worker that died before it took a task fails one, too, and one that died before it began the first of its items
    // fails that: the next worker might die of the same cause, and so on for ever. That does not hold for one that was
    // told to leave, which may have begun nothing.
    let unasked = !warm.is_leaving();
    let took_nothing = workers.job_queue.has_taken_nothing(warm.slot) && !warm.proven.get() && unasked;
    let begun = workers.job_queue.begun(warm.slot).max(usize::from(unasked));
    if workers.condemned.get() {
        workers.settle_if_last(group);
        tell(worker, ended.exit);
        return;
    }
    // This worker was killed to end this task, which is over whatever the job queue says.
    if let Some(task) = warm.ends.get() {
        workers.job_queue.over(task);
    }
    let Reaped { begun: mut had, unposted } = workers.job_queue.reap(warm.slot, |task| group.expects(task));
    had.extend(warm.ends.get().filter(|&task| group.expects(task)));
    if had.is_empty() && took_nothing {
        had.extend(workers.first_open(group).filter(|&open| workers.job_queue.retract(open)));
    }
    if group.ledger.borrow().is_stopped() {
        map::halt::stop(group); // the batch that it had taken and not begun is open again
    }
    for task in unposted {
        check::begin_again(group, task);
    }
    let exit = ended.exit;
    let mut ended = Some(ended);
    let mut is_told = false;
    for task in had {
        let overwritten = || {
            let message = Message::Malformed(Malformed::Overwritten);
            Ended { id: task, exit, message }
        };
        let ended = ended.take().unwrap_or_else(overwritten);
        if let Some(map_call) = group.map_call(task) {
            let end = End { pid: Some(worker.pid), overdue: warm.overdue.get(), ended };
            is_told |= map_call.died(task, begun, end, workers);
            continue;
        }
        if let Some(future) = group.end_in(worker.id, task) {
            future.pid.set(Some(worker.pid));
            future.captured.replace(printed.take());
            finish(group, future, Phase::Reported(Ended { id: task, ..ended }));
            is_told = true;
        }
    }
    if !is_told {
        tell(worker, exit);
    }
}

/// A worker is left that could not be ended, and no failure of a task says so.
fn tell(worker: &Worker, exit: Exit) {
    if let Exit::Unended(why) = exit {
        ending::tell(worker.pid, why);
    }
}
