//! The output that is captured from children, and the large results that they keep in their memory: both are taken by
//! the parent, and the child goes on.

use crate::ini;
use crate::process::output::Capture;
use crate::process::poller::reactor::Reactor;
use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::task::workers::ending;

/// The future keeps the output of its task, whose process has ended.
pub(crate) fn take_output(future: &Future) {
    future.captured.replace(printed_by(future.id.get()));
}

/// The output of a task in a process of its own, or of a warm worker; no more is read. `None` when it is not captured.
pub(crate) fn printed_by(id: u64) -> Option<Box<Capture>> {
    state().reactor.borrow_mut().as_mut().and_then(|reactor| reactor.captured(id)).map(Box::new)
}

/// The output of a warm worker since its previous task, for the task whose outcome it has just sent. `None` when it is
/// not captured.
#[inline]
pub(crate) fn printed_so_far(child: u64) -> Option<Box<Capture>> {
    if captures() { split_off(child) } else { None }
}

#[cold]
fn split_off(child: u64) -> Option<Box<Capture>> {
    let limit = usize::try_from(ini::max_output()).unwrap_or(usize::MAX);
    state().reactor.borrow_mut().as_mut()?.split_off(child, limit).map(Box::new)
}

/// Is output of any child captured?
#[inline]
pub(crate) fn captures() -> bool {
    state().reactor.borrow().as_ref().is_some_and(Reactor::captures)
}

/// A warm worker waits after each task until its output was taken, if that is captured: now it was.
#[inline]
pub(crate) fn go_on(child: u64) {
    if captures() {
        release_writer(child);
    }
}

#[cold]
fn release_writer(child: u64) {
    if let Some(reactor) = state().reactor.borrow().as_ref() {
        reactor.go_on(child);
    }
}

/// The result that a child keeps in its memory was copied, or is not wanted: the child goes on. One with a single task
/// is expected to end now.
pub(crate) fn release(id: u64) {
    forget_remote(id);
    if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
        reactor.release(id);
    }
    if state().is_isolated(id) {
        ending::expect_end(id);
    }
}

/// The result that a child keeps in its memory need not be copied any more before the parent waits: it was copied, or
/// the child has ended.
pub(crate) fn forget_remote(child: u64) {
    let mut remote_results = state().remote_results.borrow_mut();
    if !remote_results.is_empty() {
        remote_results.remove(&child);
    }
}
