//! What is done around a fork, for any child: hooks, forwarded signals, the time limit; and when a fork may be tried
//! again.

use std::rc::Rc;
use std::time::Duration;

use nix::errno::Errno;

use crate::pool::deadlines::Stage;
use crate::process::forwarding::Signals;
use crate::process::poller::reactor::Reactor;
use crate::task::life::future::Future;
use crate::task::life::group::{Group, Hook};
use crate::task::life::state::state;
use crate::task::life::surfacing;
use crate::task::life::times::Times;
use crate::zend::handler::Thrown;

/// Is this error of a fork one that another child's end may remedy?
pub(crate) fn is_shortage(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::ENOMEM | Errno::EMFILE | Errno::ENFILE)
}

/// How many children there are.
pub(crate) fn children() -> usize {
    state().reactor.borrow().as_ref().map_or(0, Reactor::len)
}

/// The new child `id` is sent the signals that `group` forwards, if it does.
pub(crate) fn forward(group: &Group, id: u64) {
    let signals = group.forwarded.get();
    if signals == Signals::NONE {
        return;
    }
    let state = state();
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.forward(id, signals);
    }
    state.forwarding.borrow_mut().look();
}

/// From now on `group` forwards `signals`, and no others.
pub(crate) fn forward_from_now_on(group: &Rc<Group>, signals: Signals) {
    let state = state();
    group.forwarded.set(signals);
    state.forwarding.borrow_mut().want(signals);
    let workers: Vec<_> = state
        .workers
        .borrow()
        .values()
        .filter(|worker| worker.is_of(group))
        .map(|worker| worker.id)
        .collect();
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        for id in workers {
            reactor.forward(id, signals);
        }
    }
}

/// Sets the deadline for the time limit of a task in a process of its own; a limit of 0 removes it.
pub(crate) fn set_deadline(future: &Future) {
    let Times { started: Some(started), limit: Some(seconds), .. } = future.times() else {
        return;
    };
    let mut deadlines = state().deadlines.borrow_mut();
    let limit = Duration::try_from_secs_f64(seconds).ok().filter(|limit| !limit.is_zero());
    match limit.and_then(|limit| started.checked_add(limit)) {
        Some(at) if !future.has_ended() => deadlines.set(future.id.get(), at, Stage::Expire),
        _ => deadlines.clear(future.id.get()),
    }
}

/// The hook for the parent. What it throws is thrown by the next `await`.
pub(crate) fn after_fork(hook: &Hook) {
    let Some(callable) = &hook.parent else {
        return;
    };
    match callable.call(&mut []) {
        Ok(value) => surfacing::release(value),
        Err(Thrown) => surfacing::keep_pending(),
    }
}

/// The hooks for a child of `group`: everybody's, then its own.
pub(crate) fn hooks(group: &Group) -> Vec<Rc<Hook>> {
    let global = state().hooks.borrow();
    global.iter().chain(group.hooks.borrow().iter()).cloned().collect()
}
