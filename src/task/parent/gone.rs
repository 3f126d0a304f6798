//! What becomes of a task when its process is gone, or nobody waits for that any more. Runs in the parent.

use std::rc::Rc;

use crate::process::poller::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::task::life::state::{Running, Stray, state};
use crate::task::parent::{adopt, news};
use crate::task::workers::{collect, ending, retry};

/// Waits no more for the end of a child that was killed and is still there: its task has ended for everybody else.
/// Re-enters PHP.
pub(crate) fn give_up(child: u64) {
    let state = state();
    let forsaken = state.reactor.borrow_mut().as_mut().and_then(|reactor| reactor.forsake(child));
    let Some((pid, why)) = forsaken else {
        return;
    };
    let ended = Ended { id: child, exit: Exit::Unended(why), message: Message::Nothing };
    let running = state.running.remove(&child);
    let Some(Running { group, origin, permit }) = running else {
        if let Some(group) = news::gone(ended) {
            state.freed.push_back(group);
        }
        return;
    };
    state.strays.borrow_mut().insert(child, Stray::Task(permit));
    let future = group.end(child);
    if let Some(origin) = origin {
        adopt::give_back(&group, &origin, child);
    }
    state.freed.push_back(Rc::clone(&group));
    match future {
        Some(future) => {
            collect::take_output(&future);
            retry::conclude(&group, future, Phase::Reported(ended));
        }
        None => ending::tell(pid, why),
    }
}

/// A child is gone for which nobody has waited. False when it is none of those.
pub(crate) fn stray_gone(child: u64) -> bool {
    let stray = state().strays.borrow_mut().remove(&child);
    match stray {
        Some(Stray::Worker(workers)) => workers.stray_gone(child),
        Some(Stray::Task(permit)) => drop(permit),
        None => return false,
    }
    true
}

/// A child is gone: its group may start something.
pub(crate) fn gone(child: Ended) -> Option<Rc<Group>> {
    let state = state();
    let running = state.running.remove(&child.id);
    let Some(Running { group, origin, permit }) = running else {
        return if stray_gone(child.id) { None } else { news::gone(child) };
    };
    drop(permit);
    state.deadlines.borrow_mut().clear(child.id);
    let future = group.end(child.id);
    if let Some(origin) = origin {
        adopt::give_back(&group, &origin, child.id);
    }
    if let Some(future) = future {
        collect::take_output(&future);
        retry::conclude(&group, future, Phase::Reported(child));
    }
    Some(group)
}
