//! The end of a script: what was started is waited for, or ended.

use std::rc::Rc;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::future::Future;
use super::{turn, wait};
use crate::ini;
use crate::task::state::state;
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::interrupt::{self, Floor};
use crate::zend::object::Native;
use crate::zend::request;

/// Makes sure that the end of this process's script waits. A child waits by itself, before it reports.
pub(crate) fn register() {
    let state = state();
    if !state.is_child.get() && !state.exit_registered.replace(true) {
        request::at_shutdown(&Future::registration().class, c"atexit");
    }
}

/// Waits for everything that was started. Re-enters PHP: handlers run.
///
/// # Errors
///
/// When a handler exits.
pub(crate) fn finish() -> Result<(), Thrown> {
    let state = state();
    // A fatal error may have left in the middle of it.
    if state.dispatching.replace(false) {
        Floor::forget();
    }
    let idle = || state.active.borrow().iter().all(|group| group.idle()) && !turn::is_due();
    if !idle() || !state.running.borrow().is_empty() {
        wait::until(None, || Ok(idle()))?;
    }
    dismiss()
}

/// Lets the children go that stay: what they have begun to write is written, and their shutdown functions run.
fn dismiss() -> Result<(), Thrown> {
    let state = state();
    if state.workers.borrow().is_empty() {
        return Ok(());
    }
    let groups: Vec<_> = state.workers.borrow().values().map(|(group, _)| Rc::clone(group)).collect();
    for group in groups {
        group.close();
    }
    while !state.workers.borrow().is_empty() {
        if turn::wait(None) == Err(Errno::EINTR) {
            interrupt::run();
            if exception::pending() {
                return Err(Thrown);
            }
        }
    }
    Ok(())
}

/// Ends everything that runs, at once, and waits for nothing but the kernel.
pub(crate) fn kill() {
    let state = state();
    drop(state.active.take());
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.kill_all(Signal::SIGKILL);
    }
}

/// The last of the script's shutdown functions.
pub(crate) fn at_exit() -> Result<(), Thrown> {
    // After a fatal error nobody is left who could want a result.
    if ini::kill_at_exit() || request::fatal().is_some() {
        kill();
        return Ok(());
    }
    finish()
}

/// The end of the request: destructors may have started tasks after [`at_exit`], and nothing may be left behind.
pub(crate) fn end_request() {
    let state = state();
    let _ = request::protect(at_exit);
    kill();
    let running = (state.running.take(), state.workers.take(), state.book.take());
    let reported = (state.reported.take(), state.settled.take());
    let hooks = state.hooks.take();
    let default = state.default_group.take();
    let surfacing = state.surfacing.take();
    state.loans.take();
    if let Some(reactor) = state.reactor.take() {
        reactor.stop();
    }
    drop((running, reported, hooks, default, surfacing));
    state.exit_registered.set(false);
    state.pools.set(0);
    turn::leave();
}
