//! What workers print, and what they keep in their memory, until it is taken.

use crate::ini;
use crate::process::output::Capture;
use crate::process::poller::reactor::Reactor;
use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::task::workers::ending;

/// What a task has printed is the future's from now on.
pub(crate) fn take_output(future: &Future) {
    future.captured.replace(printed_by(future.id.get()));
}

/// Takes what a task, or a warm worker, has printed, and listens no more. None when that is not captured.
pub(crate) fn printed_by(id: u64) -> Option<Box<Capture>> {
    state().reactor.borrow_mut().as_mut().and_then(|reactor| reactor.captured(id)).map(Box::new)
}

/// Takes what a warm worker has printed for the task of which it has just told. None when that is not captured.
pub(crate) fn printed_so_far(child: u64) -> Option<Box<Capture>> {
    let mut reactor = state().reactor.borrow_mut();
    let reactor = reactor.as_mut().filter(|reactor| reactor.captures())?;
    let limit = usize::try_from(ini::max_output()).unwrap_or(usize::MAX);
    reactor.split_off(child, limit).map(Box::new)
}

/// Is output of any child captured?
pub(crate) fn captures() -> bool {
    state().reactor.borrow().as_ref().is_some_and(Reactor::captures)
}

/// Lets a child go on that stays, if it waits until what it printed has been taken.
pub(crate) fn go_on(child: u64) {
    let reactor = state().reactor.borrow();
    if let Some(reactor) = reactor.as_ref().filter(|reactor| reactor.captures()) {
        reactor.go_on(child);
    }
}

/// Lets a child go whose remote payload has been fetched.
pub(crate) fn release(id: u64) {
    forget_remote(id);
    if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
        reactor.release(id);
    }
    if state().is_isolated(id) {
        ending::expect_end(id);
    }
}

/// The child is not waited for any more, or is gone.
pub(crate) fn forget_remote(child: u64) {
    let mut remote_results = state().remote_results.borrow_mut();
    if !remote_results.is_empty() {
        remote_results.remove(&child);
    }
}
