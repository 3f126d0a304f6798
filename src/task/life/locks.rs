//! The locks that this process holds. Each belongs to the process, and is given up when the task ends that took it.

use std::cell::Cell;
use std::rc::Rc;

use crate::process::identity::Process;
use crate::process::shared::lock::{SharedLock, Taken};
use crate::process::shared::semaphore::Semaphore;
use crate::process::shared::value::SharedBytes;
use crate::task::life::state::state;
use crate::zend::cell::Plain;

/// What is behind `Async\\Mutex`.
#[derive(Debug)]
pub(crate) struct Mutex {
    /// The lock.
    pub(crate) lock: SharedLock,
    /// The last holder before this process ended with the lock.
    pub(crate) abandoned: Cell<bool>,
}

/// Something that this process holds. The object that it was taken by may be gone.
#[derive(Debug)]
pub(crate) enum Lock {
    /// A mutex.
    Mutex(Rc<Mutex>),
    /// A permit of a semaphore.
    Permit(Rc<Semaphore>),
    /// The right to write a shared value.
    Bytes(Rc<SharedBytes>),
}

impl Plain for Lock {}

impl Lock {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mutex(one), Self::Mutex(other)) => Rc::ptr_eq(one, other),
            (Self::Permit(one), Self::Permit(other)) => Rc::ptr_eq(one, other),
            (Self::Bytes(one), Self::Bytes(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }

    fn abandon(&self) {
        let own = Process::own();
        // It may have been taken over, by a process that has written over it.
        let _ = match self {
            Self::Mutex(mutex) => mutex.lock.abandon(own),
            Self::Permit(semaphore) => semaphore.release(own),
            Self::Bytes(bytes) => bytes.lock().abandon(own),
        };
    }
}

/// This process has taken a lock.
pub(crate) fn took(lock: Lock) {
    state().locks.borrow_mut().push(lock);
}

/// This process has taken a mutex.
pub(crate) fn took_mutex(mutex: &Rc<Mutex>, taken: Taken) {
    mutex.abandoned.set(taken != Taken::Clean);
    took(Lock::Mutex(Rc::clone(mutex)));
}

/// This process has given a lock back.
pub(crate) fn gave_back(lock: &Lock) {
    let mut locks = state().locks.borrow_mut();
    if let Some(at) = locks.iter().rposition(|held| held.is(lock)) {
        locks.remove(at);
    }
}

/// The same for a mutex, which mostly is the latest of them.
pub(crate) fn gave_back_mutex(mutex: &Rc<Mutex>) {
    let is_it = |last: &mut Lock| matches!(last, Lock::Mutex(last) if Rc::ptr_eq(last, mutex));
    let last = state().locks.borrow_mut().pop_if(is_it);
    if last.is_none() {
        gave_back(&Lock::Mutex(Rc::clone(mutex)));
    }
}

/// How many locks this process holds.
#[expect(
    clippy::inline_always,
    reason = "a call would cost more than what it finds out for most tasks: nothing"
)]
#[inline(always)]
pub(crate) fn held() -> usize {
    state().locks.borrow().len()
}

/// Gives up what was taken since this process held `before` locks: the task that took them has ended. Whoever takes one
/// of them next is told.
#[expect(
    clippy::inline_always,
    reason = "a call would cost more than what it finds out for most tasks: nothing"
)]
#[inline(always)]
pub(crate) fn abandon_all_but(before: usize) {
    if held() > before {
        abandon_down_to(before);
    }
}

#[cold]
fn abandon_down_to(before: usize) {
    while held() > before {
        let lock = state().locks.borrow_mut().pop();
        lock.inspect(Lock::abandon);
    }
}
