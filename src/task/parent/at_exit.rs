//! The end of a script: what was started is waited for, or ended.
//!
//! It comes more than once. The last of the script's shutdown functions is ours; but shutdown functions may register
//! others, and destructors run after all of them. Each may await what was started before, and start something new. So
//! after each end the state is as if nothing had been started: what was ended has an outcome, and what is started then
//! is waited for by the next one, of which the end of the request is the last.

use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use crate::ini;
use crate::pool::ledger::Ledger;
use crate::process::poller::reactor::{Ended, Message, Reactor};
use crate::process::wait::Exit;
use crate::task::life::attempt::Attempt;
use crate::task::life::future::{Ending, Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::interruption::Interruption;
use crate::task::life::state::{Request, state};
use crate::task::life::worker::Worker;
use crate::task::life::{locks, support, surfacing, task_channel};
use crate::task::map::halt;
use crate::task::parent::deadlock::{self, AtEnd};
use crate::task::parent::{event_loop, wait};
use crate::task::workers::{ending, launch};
use crate::zend::handler::Thrown;
use crate::zend::interrupt::Floor;
use crate::zend::object::{Native, Object};
use crate::zend::{exception, interrupt, request};

/// Destructors of what is released at the end may start tasks, whose values may have destructors that start others: the
/// end is repeated so often at most.
const ROUNDS: u32 = 100;

/// Waits for everything that was started. Re-enters PHP: handlers run.
///
/// # Errors
///
/// When a handler exits.
pub(crate) fn finish() -> Result<(), Thrown> {
    let state = state();
    // A task that is waited for here may itself wait for a lock that this process holds.
    locks::abandon_all_but(0);
    // A fatal error may have left a handler in its middle.
    if state.dispatching.replace(false) {
        Floor::forget();
    }
    // Most tasks have started none.
    if state.has_made_none() {
        return Ok(());
    }
    if !is_idle() || state.has_isolated() {
        listen();
        wait::at_end(|| is_idle() || is_interrupted())?;
    }
    if state.has_warm() {
        dismiss()?;
    }
    if is_interrupted() {
        end_all()?;
    }
    Ok(())
}

#[inline]
fn is_idle() -> bool {
    let active = state().active.borrow();
    (active.is_empty() || active.iter().all(|group| group.idle())) && !event_loop::is_due_in_a_call()
}

/// From now on a second signal ends the tasks. Those of a child are ended with it. Re-enters PHP.
fn listen() {
    let state = state();
    // In other SAPIs than the command line the process is a server's, and so are its signals.
    if support::supported() && !state.is_child.get() && state.interruption.borrow().is_none() {
        let interruption = Interruption::watch();
        state.interruption.replace(Some(interruption));
    }
}

fn is_interrupted() -> bool {
    state().interruption.borrow().as_ref().is_some_and(Interruption::is_over)
}

/// Asks all tasks to end, and kills those that have not after the grace period. Re-enters PHP: handlers of signals,
/// destructors.
///
/// # Errors
///
/// When such a handler exits or throws.
fn end_all() -> Result<(), Thrown> {
    let state = state();
    for group in state.active.borrow().iter() {
        group.ledger.change(Ledger::stop);
        let ledger = group.ledger.borrow();
        ledger.iter().filter_map(|(.., of)| of.future()).for_each(|future| give_up(future));
    }
    let awaited = |worker: &&Rc<Worker>| worker.group.borrow().is_some();
    let children: Vec<_> = state.workers.borrow().values().filter(awaited).map(|worker| worker.id).collect();
    for child in children {
        ending::dismiss(child);
    }
    let until = Instant::now().checked_add(ini::kill_grace());
    while launch::children() > 0 && !exception::pending() {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            break;
        }
        if event_loop::wait(left) == Err(Errno::EINTR) {
            event_loop::interrupted();
        }
    }
    kill();
    if exception::pending() { Err(Thrown) } else { Ok(()) }
}

/// Marks a future as ended with the script, whatever its task does until then.
fn give_up(future: &Future) {
    if !future.has_ended() {
        future.ending.set(Some(Ending::Abandoned));
        future.observed.set(true);
    }
}

/// Dismisses the warm workers, and waits for them: they finish what they write, and their shutdown functions run.
fn dismiss() -> Result<(), Thrown> {
    let state = state();
    let all = state.workers.borrow();
    let warm = all.values().filter(|worker| worker.warm().is_some());
    let staying: Vec<_> = warm.filter_map(|worker| Some((worker.id, worker.group()?))).collect();
    drop(all);
    for (id, group) in staying {
        group.close();
        // One that was stopped by a signal must not keep the script from ending.
        ending::go_on(id);
    }
    listen();
    let mut at_end = AtEnd::new();
    while state.has_warm() && !is_interrupted() {
        at_end.look();
        if event_loop::wait(Some(deadlock::LOOK_EVERY)) == Err(Errno::EINTR) {
            event_loop::interrupted();
        }
        if exception::pending() {
            return Err(Thrown);
        }
    }
    Ok(())
}

/// Kills everything that was started, at once, and waits for nothing but the kernel. To await such a future afterwards
/// throws. Re-enters PHP: destructors run.
pub(crate) fn kill() {
    let state = state();
    let left = state.reactor.borrow_mut().as_mut().map(Reactor::kill_all);
    let workers = state.workers.take();
    let mut groups = state.active.take();
    for worker in workers.values() {
        let (group, origin) = worker.part();
        groups.extend(origin.into_iter().chain(group));
    }
    let loose = (
        state.doubts.take(),
        state.news.take(),
        state.freed.take(),
        state.remote_results.take(),
        state.deadlines.take(),
    );
    let mut futures: Vec<(Rc<Group>, Object<Future>)> = Vec::new();
    for group in &groups {
        halt::end(group);
        surfacing::keep_pending();
        let attempts = group.ledger.change(Ledger::clear);
        group.jobs.take();
        let (tasks, portions): (Vec<_>, Vec<_>) =
            attempts.into_iter().partition(|attempt| attempt.future().is_some());
        let tasks = tasks.into_iter().filter_map(Attempt::into_future);
        futures.extend(tasks.map(|future| (Rc::clone(group), future)));
        let children = (group.workers.take(), portions);
        surfacing::release(children);
    }
    for (group, future) in &futures {
        abandon(group, future);
    }
    state.held_back.set(false);
    // A fatal error may have left serialization in its middle.
    state.in_hand.set(0);
    state.underway.set(0);
    let in_line = state.in_line.take();
    surfacing::release((workers, loose, groups, futures, in_line));
    left.into_iter().flatten().for_each(|(pid, why)| ending::tell(pid, why));
    ending::give_notices();
}

/// The child of a future is gone, or will never be forked.
fn abandon(group: &Group, future: &Object<Future>) {
    if future.has_ended() {
        return;
    }
    future.ending.set(Some(Ending::Abandoned));
    // That it failed is not reported: the script has ended.
    future.observed.set(true);
    let nothing = Ended { id: future.id.get(), exit: Exit::Unknown, message: Message::Nothing };
    task_channel::attempt_is_over(Some(group), future);
    let before = (future.keep_previous(None), future.phase.replace(Phase::Reported(nothing)));
    future.group.set(None);
    future.stay_unread();
    group.note_end(future);
    surfacing::release(before);
}

/// The last of the script's shutdown functions, and the end of its request. Re-enters PHP.
///
/// # Errors
///
/// When a handler exits.
pub(crate) fn at_exit() -> Result<(), Thrown> {
    // After a fatal error no result is wanted. An error ends what was started before it, and only that.
    if request::ended_by_error() || ini::kill_at_exit() {
        kill_all();
    } else {
        finish()?;
    }
    if state().request.get() == Request::Runs {
        state().request.set(Request::Ending);
    }
    surfacing::tell();
    if state().request.get() == Request::Ends {
        kill();
        forget();
    }
    Ok(())
}

/// Ends what a script has started that was ended by an error, or that has come to its end with `async.at_exit=kill`, if
/// [`at_exit`] has not done so yet: of its shutdown functions those come first that it has registered before its first
/// task. To be called before something is started or waited for. Re-enters PHP: destructors run.
#[inline]
pub(crate) fn precede() {
    let state = state();
    let is_over = || {
        let is_first = state.exit_registered.get() && state.request.get() == Request::Runs;
        is_first && ini::kill_at_exit() && request::is_shutting_down()
    };
    if request::ended_by_error() || is_over() {
        state.request.set(Request::Ending);
        kill_all();
    }
}

#[cold]
fn kill_all() {
    for _ in 0..ROUNDS {
        kill();
        if is_empty() {
            break;
        }
    }
}

/// Has nothing been started that has not ended?
fn is_empty() -> bool {
    state().active.borrow().is_empty() && !state().has_isolated()
}

/// Has the script left nothing here that is to end, to be told or to be released?
fn has_left_nothing() -> bool {
    let state = state();
    state.has_made_none()
        && is_empty()
        && !state.exit_registered.get()
        && state.default_group.borrow().is_none()
        && state.hooks.borrow().is_empty()
        && state.kept.borrow().is_empty()
        && state.surfacing.borrow().is_empty()
        && state.locks.borrow().is_empty()
}

/// Drops all that the script has left here. Re-enters PHP: destructors run.
fn forget() {
    let state = state();
    let waiting = (state.reported.take(), state.settled.take(), state.held.take());
    let hooks = (state.hooks.take(), state.code_index.take());
    surfacing::release((waiting, hooks, state.default_group.take(), state.kept.take()));
    surfacing::tell();
}

/// The end of the request: destructors may have started tasks after [`at_exit`], and nothing may be left behind.
pub(crate) fn end_request() {
    let state = state();
    state.request.set(Request::Ends);
    for _ in 0..ROUNDS {
        // After a fatal error there may be no memory for a call, and a second error would be told.
        if has_left_nothing() {
            break;
        }
        // Called as PHP code calls it: outside of any function an exception is fatal on the spot.
        let _ = request::protect(|| request::call(&Future::registration().class, c"atexit"));
        if is_empty() {
            break;
        }
    }
    kill();
    if let Some(reactor) = state.reactor.take() {
        reactor.stop();
    }
    drop((state.forwarding.take(), state.interruption.take()));
    if let Some(file) = state.pid_file.take() {
        file.remove();
    }
    interrupt::forget_exit();
    state.request.set(Request::Over);
    state.exit_registered.set(false);
    state.pools.set(0);
}

/// The beginning of a request, after the end of another one.
pub(crate) fn begin_request() {
    state().request.set(Request::Runs);
    let _ = request::ended_by_error(); // of the one before, where there was nothing to end
    // A fatal error may have left a wait in its middle.
    state().surfaces_later.set(false);
}
