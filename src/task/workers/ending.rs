//! How children are ended: asked, then killed, and in the end waited for no more.
//!
//! Two kinds of children may stay whatever is done: one to which this process may send no signals, as it runs as
//! another user, and one that the kernel cannot end. Such a child keeps no slot, and nothing waits for it; the failure
//! of its task says so, or a warning if there is none.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::ini;
use crate::pool::deadlines::Stage;
use crate::process::wait::{EXIT_WAIT, KILL_WAIT, Unended};
use crate::task::life::state::state;
use crate::task::life::surfacing;
use crate::zend::exception;

/// Asks a child to end, and kills it after the grace period.
pub(crate) fn dismiss(child: u64) {
    if send(child, Signal::SIGTERM) {
        set(child, ini::kill_grace(), Stage::Kill);
    } else {
        kill(child);
    }
}

/// A child has nothing left to do but to run its hooks, if it has some, and to end: it is killed if it does not.
pub(crate) fn expect_end(child: u64) {
    let hooks = state().worker(child).and_then(|worker| worker.group());
    let hooks = hooks.filter(|group| group.has_exit_hooks.get()).map(|_| ini::kill_grace());
    set(child, EXIT_WAIT.saturating_add(hooks.unwrap_or_default()), Stage::Kill);
}

/// Kills a child.
pub(crate) fn kill(child: u64) {
    let time = if send(child, Signal::SIGKILL) { KILL_WAIT } else { EXIT_WAIT };
    set(child, time, Stage::GiveUp);
}

/// Sends a child SIGTERM, and nothing to what it has started: when all of that ends is its own matter.
pub(crate) fn request(child: u64) {
    let reactor = state().reactor.borrow();
    if let Some(reactor) = reactor.as_ref() {
        // One that cannot be sent signals sees the wish in its slot.
        let _ = reactor.tell(child, Signal::SIGTERM);
        // One that was stopped would not see anything.
        let _ = reactor.tell(child, Signal::SIGCONT);
    }
}

/// Sends a child a signal, and nothing to what it has started.
pub(crate) fn pass(child: u64, signal: Signal) {
    if let Some(reactor) = state().reactor.borrow().as_ref() {
        // One that cannot be sent it goes on as it is.
        let _ = reactor.tell(child, signal);
    }
}

/// Kills a child `time` from now, if it has not ended by then.
pub(crate) fn kill_after(child: u64, time: Duration) {
    set(child, time, Stage::Kill);
}

/// Continues a child that a signal has stopped.
pub(crate) fn go_on(child: u64) {
    send(child, Signal::SIGCONT);
}

/// False when the child cannot be sent signals.
fn send(child: u64, signal: Signal) -> bool {
    let mut reactor = state().reactor.borrow_mut();
    reactor.as_mut().is_none_or(|reactor| reactor.signal(child, signal).is_ok())
}

fn set(child: u64, time: Duration, stage: Stage) {
    if let Some(at) = Instant::now().checked_add(time) {
        state().deadlines.borrow_mut().set(child, at, stage);
    }
}

/// Notes a warning about a process that could not be ended, where no failure of a task says so.
pub(crate) fn tell(pid: i32, why: Unended) {
    state().notices.borrow_mut().push(format!("Process {pid} of a task {why}"));
}

/// Raises the warnings that were noted. What an error handler throws then is thrown by the next `await`. Re-enters PHP.
#[inline]
pub(crate) fn give_notices() {
    if !state().notices.borrow().is_empty() {
        warn();
    }
}

#[cold]
fn warn() {
    for notice in state().notices.take() {
        exception::warn(&notice);
        surfacing::keep_pending();
    }
}
