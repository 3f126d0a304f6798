//! One turn in the parent: hear what children have to say, start the next ones, give futures their outcomes.
//!
//! Hearing and starting may happen anywhere; outcomes and handlers only where the script could have called a function.

use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::future::{Ending, Future, Phase};
use super::group::Group;
use super::{handlers, launch};
use crate::ini;
use crate::pool::deadlines::Stage;
use crate::process::reactor::{Ended, Message, News};
use crate::process::wait::Exit;
use crate::task::state::{Running, state};
use crate::zend::handler::Thrown;
use crate::zend::interrupt;
use crate::zend::object::Object;

/// How long after a bad moment we look again.
const RETRY: Duration = Duration::from_millis(1);

/// Waits for news of a child, at most `timeout`, and takes it in. Runs no handler.
///
/// # Errors
///
/// EINTR when a signal wants the script's attention.
pub(crate) fn wait(timeout: Option<Duration>) -> Result<(), Errno> {
    let state = state();
    let until_deadline =
        state.deadlines.borrow().next().map(|at| at.saturating_duration_since(Instant::now()));
    let timeout = match (timeout, until_deadline) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    interrupt::acknowledge();
    let heard = match state.reactor.borrow_mut().as_mut() {
        Some(reactor) => reactor.wait(timeout),
        None => Ok(Vec::new()),
    };
    expire();
    let mut freed: Vec<Rc<Group>> = Vec::new();
    for news in heard? {
        match news {
            News::Told { id, frame } => {
                let message = Message::Frame(frame);
                told(id, Phase::Reported(Ended { id, exit: Exit::Unknown, message }));
            }
            News::Lends { id, loan } => told(id, Phase::Lent(loan)),
            News::Ended(ended) => freed.extend(gone(ended)),
        }
    }
    freed.dedup_by(|one, other| Rc::ptr_eq(one, other));
    freed.iter().for_each(launch::pump);
    state.active.borrow_mut().retain(|group| !group.idle());
    Ok(())
}

/// A child has told everything: its future has something to be looked at, and its time is not measured any more.
fn told(id: u64, phase: Phase) {
    let state = state();
    let Some((future, group)) = state.running.borrow_mut().get_mut(&id).and_then(Running::part) else {
        return;
    };
    state.deadlines.borrow_mut().clear(id);
    take_output(&future);
    future.phase.replace(phase);
    note_end(&group, &future);
}

/// What a task has printed is the future's from now on.
pub(crate) fn take_output(future: &Future) {
    if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
        future.captured.replace(reactor.captured(future.id));
    }
}

/// Waits for the end of a child of `group` that has told everything, if there is one: its slot is wanted.
pub(crate) fn reap_one(group: &Rc<Group>) -> bool {
    let state = state();
    let leaving = |running: &Running| running.future.is_none() && Rc::ptr_eq(&running.group, group);
    let ids: Vec<_> =
        state.running.borrow().iter().filter(|(_, running)| leaving(running)).map(|(&id, _)| id).collect();
    let ended = ids.into_iter().find_map(|id| state.reactor.borrow_mut().as_mut()?.await_end(id));
    ended.and_then(gone).is_some()
}

/// Lets a child go whose loan has been fetched. Re-enters PHP: hooks run when that frees a slot.
pub(crate) fn release(id: u64) {
    let ended = state().reactor.borrow_mut().as_mut().and_then(|reactor| reactor.release(id));
    if let Some(group) = ended.and_then(gone) {
        launch::pump(&group);
    }
}

/// A child is gone: its group has a free slot.
fn gone(child: Ended) -> Option<Rc<Group>> {
    let state = state();
    let Running { future, group } = state.running.borrow_mut().remove(&child.id)?;
    state.deadlines.borrow_mut().clear(child.id);
    group.scheduler.borrow_mut().ended(child.id);
    if let Some(future) = future {
        take_output(&future);
        future.phase.replace(Phase::Reported(child));
        note_end(&group, &future);
    }
    Some(group)
}

/// A future of `group` has ended: notes it down for whoever asks in that order, and for its handlers.
pub(crate) fn note_end(group: &Rc<Group>, future: &Object<Future>) {
    future.group.replace(None);
    if let Some(order) = group.ended.borrow_mut().as_mut() {
        order.push(future.clone());
    }
    state().reported.borrow_mut().push_back(future.clone());
}

/// Ends what has run for too long.
fn expire() {
    let now = Instant::now();
    loop {
        let due = state().deadlines.borrow_mut().due(now);
        let Some((id, stage)) = due else {
            return;
        };
        match stage {
            Stage::Expire => end(id, Ending::TimedOut),
            Stage::Kill => signal(id, Signal::SIGKILL),
        }
    }
}

/// Asks a running task to end, and makes it after the grace period.
pub(crate) fn end(id: u64, ending: Ending) {
    let state = state();
    if let Some(Running { future: Some(future), .. }) = state.running.borrow().get(&id) {
        future.ending.set(Some(ending));
    }
    signal(id, Signal::SIGTERM);
    let grace = ini::kill_grace();
    if let Some(at) = Instant::now().checked_add(grace) {
        state.deadlines.borrow_mut().set(id, at, Stage::Kill);
    }
}

fn signal(id: u64, signal: Signal) {
    if let Some(reactor) = state().reactor.borrow().as_ref() {
        reactor.signal(id, signal);
    }
}

/// Gives ended futures their outcomes, and runs their handlers, unless handlers are running already. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting.
pub(crate) fn dispatch() -> Result<(), Thrown> {
    let state = state();
    if state.dispatching.replace(true) {
        return Ok(());
    }
    let mut done = Ok(());
    while done.is_ok() {
        let next = state.reported.borrow_mut().pop_front();
        let Some(future) = next else {
            break;
        };
        done = handlers::complete(&future);
    }
    state.dispatching.set(false);
    done
}

/// Takes in what there is, and dispatches it: `tick()`, and the interrupt. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting.
pub(crate) fn tick() -> Result<(), Thrown> {
    // A signal is the virtual machine's to handle, right after this.
    let _ = wait(Some(Duration::ZERO));
    let done = dispatch();
    leave();
    done
}

/// The virtual machine's interrupt after the notifier raised its flag.
pub(crate) fn on_interrupt() {
    let state = state();
    if state.dispatching.get() {
        return; // whoever dispatches looks again before it leaves
    }
    if interrupt::safe() {
        // Exiting is told by what is pending.
        let _ = tick();
    } else if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.alarm(RETRY);
    }
}

/// The script goes on without us: the notifier is to tell it when there is news, or a deadline.
pub(crate) fn leave() {
    let state = state();
    let next = state.deadlines.borrow().next();
    let reported = !state.reported.borrow().is_empty();
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.arm();
        if reported {
            reactor.alarm(RETRY);
        } else if let Some(at) = next {
            reactor.alarm(at.saturating_duration_since(Instant::now()));
        }
    }
}
