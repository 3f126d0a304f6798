//! The tasks of a pool that have ended, as the script asks for them: each one (`foreach`), how many (`tick()`), or a
//! descriptor that is readable when there are any (`stream()`). Runs in the parent.

use std::os::fd::OwnedFd;
use std::rc::Rc;

use nix::errno::Errno;

use crate::process::fork::Refused;
use crate::process::ready::ReadyDescriptor;
use crate::task::life::ended::{Ended, Walker};
use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::parent::wait;
use crate::task::workers::spawn;
use crate::zend::handler::Thrown;
use crate::zend::object::Object;

/// Waits for the next future that ends, in the order of `walker`. `None` when nothing is left to wait for. Re-enters
/// PHP.
///
/// # Errors
///
/// As those of [`wait::until`].
pub(crate) fn next(group: &Group, walker: &Rc<Walker>) -> Result<Option<Object<Future>>, Thrown> {
    group.ended.change(|ended| ended.iter_mut().for_each(|ended| ended.enter(walker)));
    let next = || group.ended.borrow().as_ref().and_then(|ended| ended.next(walker));
    wait::until(None, || Ok(next().is_some() || group.has_told()))?;
    if let Some((number, future)) = next() {
        wait::finish(&future, None)?;
        change(group, |ended| ended.give(walker, number));
        Ok(Some(future))
    } else {
        leave(group, walker);
        Ok(None)
    }
}

/// `walker` begins at the first future again. May run PHP code: destructors.
pub(crate) fn rewind(group: &Group, walker: &Rc<Walker>) {
    change(group, |ended| ended.rewind(walker));
}

/// `walker` is not needed any more: futures that were kept only for it are dropped. May run PHP code: destructors.
pub(crate) fn leave(group: &Group, walker: &Rc<Walker>) {
    change(group, |ended| ended.leave(walker));
}

/// Changes the list of ended futures, and drops those that the list no longer needs.
fn change(group: &Group, change: impl FnOnce(&mut Ended) -> Vec<Object<Future>>) {
    drop(group.ended.change(|ended| ended.as_mut().map(change)));
}

/// How many tasks have ended, ever. The descriptor is not readable from now on, until the next one ends.
pub(crate) fn count(group: &Group) -> u64 {
    group.ended.borrow().as_ref().map_or(0, |ended| {
        ended.ready.iter().for_each(ReadyDescriptor::clear);
        ended.count()
    })
}

/// A descriptor that is readable when there is something to do in the event loop, or when tasks have ended: more than
/// the `counted` ones that the script knows of.
///
/// # Errors
///
/// When the system refuses one.
pub(crate) fn descriptor(group: &Group, counted: u64) -> Result<OwnedFd, Refused> {
    spawn::ensure_reactor()?;
    let ready = match state().reactor.borrow_mut().as_mut() {
        Some(reactor) => reactor.descriptor().and_then(ReadyDescriptor::over),
        None => Err(Errno::EBADF),
    };
    let ready = ready.map_err(|errno| Refused { call: "epoll_create", errno })?;
    let descriptor = ready.descriptor().map_err(|_| Refused { call: "dup", errno: Errno::last() })?;
    group.ended.change(|ended| {
        if let Some(ended) = ended {
            if ended.count() > counted {
                ready.set();
            }
            ended.ready = Some(ready);
        }
    });
    Ok(descriptor)
}
