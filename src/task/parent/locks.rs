//! Taking and giving back what processes share: locks, permits, and the right to write a shared value.
//!
//! # Waiting for another process
//!
//! A process that waits for a lock sleeps on it, and wakes up at least every few hundredths of a second: it looks
//! whether the holder still is there, and does what a signal or a time limit of PHP wants. One that has children of its
//! own looks after them meanwhile, as `await` does: the holder may be a child that waits for its parent to fetch a
//! result, or a task that has not been started.

use std::rc::Rc;
use std::time::Duration;

use nix::errno::Errno;

use crate::error::{Error, Holder, LockError, Seconds};
use crate::exceptions;
use crate::process::child;
use crate::process::identity::Process;
use crate::process::shared::deadlock::Awaited;
use crate::process::shared::lock::{self, LOOK_AGAIN, Taken};
use crate::process::shared::semaphore::Semaphore;
use crate::process::shared::value::SharedBytes;
use crate::task::life::held::Moment;
use crate::task::life::locks::{self, Lock, Mutex};
use crate::task::life::state::state;
use crate::task::map::remote_payload;
use crate::task::parent::wait::Patience;
use crate::task::parent::{deadlock, event_loop};
use crate::zend::handler::{Returned, Thrown};
use crate::zend::{exception, interrupt};

/// The longest sleep of a process that has to look after children.
const LOOK_AT_CHILDREN: Duration = Duration::from_millis(5);

/// What the messages call the things that are held.
const LOCK: &str = "the lock";
const VALUE: &str = "the lock of the shared value";

/// Takes a mutex. Re-enters PHP.
///
/// # Errors
///
/// When this process holds it already, when patience is at an end, or as [`wait_for`].
pub(crate) fn acquire(mutex: &Rc<Mutex>, patience: Option<Patience>) -> Result<(), Thrown> {
    let taken = take(&mutex.lock, LOCK, patience)?;
    locks::took_mutex(mutex, taken);
    Ok(())
}

/// Takes a mutex that is free. False, and nothing is done, if it is not.
pub(crate) fn acquire_free(mutex: &Rc<Mutex>) -> bool {
    let taken = mutex.lock.try_acquire(Process::own());
    taken.inspect(|&taken| locks::took_mutex(mutex, taken)).is_ok()
}

/// Gives a mutex back that this process holds. False, and nothing is done, if it does not.
pub(crate) fn release_own(mutex: &Rc<Mutex>) -> bool {
    let released = mutex.lock.release(Process::own()).is_ok();
    if released {
        locks::gave_back_mutex(mutex);
    }
    released
}

/// Takes a mutex, if nobody has it. False also when this process has it.
pub(crate) fn try_acquire(mutex: &Rc<Mutex>) -> bool {
    let own = Process::own();
    let taken = mutex.lock.try_acquire(own).ok().or_else(|| mutex.lock.take_over(own));
    taken.inspect(|&taken| locks::took_mutex(mutex, taken)).is_some()
}

/// Gives a mutex back.
///
/// # Errors
///
/// When this process does not hold it.
pub(crate) fn release(mutex: &Rc<Mutex>) -> Result<(), Thrown> {
    give_back(&mutex.lock, LOCK, &Lock::Mutex(Rc::clone(mutex)))
}

/// Takes a permit. Re-enters PHP.
///
/// # Errors
///
/// When this process holds all of them already, when patience is at an end, or as [`wait_for`].
pub(crate) fn acquire_permit(semaphore: &Rc<Semaphore>, patience: Option<Patience>) -> Result<(), Thrown> {
    let own = Process::own();
    if !semaphore.try_acquire(own) {
        if semaphore.holders().filter(|&holder| holder == own).count() == semaphore.permits() {
            return Err(fail(LockError::AllHeld { pid: own.pid(), permits: semaphore.permits() }));
        }
        let holders = || semaphore.holders().map(holder).collect();
        wait_for(patience, "the semaphore", holders, |longest| {
            let got = semaphore.wait(own, longest) || longest.is_zero() && try_permit(semaphore, own);
            got.then_some(())
        })?;
    }
    locks::took(Lock::Permit(Rc::clone(semaphore)));
    Ok(())
}

/// Takes a permit that is free. False, and nothing is done, if none is.
pub(crate) fn acquire_free_permit(semaphore: &Rc<Semaphore>) -> bool {
    let taken = semaphore.try_acquire(Process::own());
    if taken {
        locks::took(Lock::Permit(Rc::clone(semaphore)));
    }
    taken
}

/// Gives a permit back that this process holds. False, and nothing is done, if it holds none.
pub(crate) fn release_own_permit(semaphore: &Rc<Semaphore>) -> bool {
    let released = semaphore.release(Process::own()).is_ok();
    if released {
        locks::gave_back(&Lock::Permit(Rc::clone(semaphore)));
    }
    released
}

/// Takes a permit, if one is free.
pub(crate) fn try_acquire_permit(semaphore: &Rc<Semaphore>) -> bool {
    let taken = try_permit(semaphore, Process::own());
    if taken {
        locks::took(Lock::Permit(Rc::clone(semaphore)));
    }
    taken
}

fn try_permit(semaphore: &Semaphore, own: Process) -> bool {
    semaphore.try_acquire(own) || semaphore.recover() && semaphore.try_acquire(own)
}

/// Gives a permit back.
///
/// # Errors
///
/// When this process holds none.
pub(crate) fn release_permit(semaphore: &Rc<Semaphore>) -> Result<(), Thrown> {
    if semaphore.release(Process::own()).is_err() {
        return Err(fail(LockError::NoPermit { pid: child::id() }));
    }
    locks::gave_back(&Lock::Permit(Rc::clone(semaphore)));
    Ok(())
}

/// Takes the right to write a shared value. Re-enters PHP.
///
/// # Errors
///
/// As [`acquire`].
pub(crate) fn begin_writing(bytes: &Rc<SharedBytes>) -> Result<(), Thrown> {
    take(bytes.lock(), VALUE, None)?;
    locks::took(Lock::Bytes(Rc::clone(bytes)));
    Ok(())
}

/// Gives that right back.
///
/// # Errors
///
/// When this process does not have it.
pub(crate) fn end_writing(bytes: &Rc<SharedBytes>) -> Result<(), Thrown> {
    give_back(bytes.lock(), VALUE, &Lock::Bytes(Rc::clone(bytes)))
}

/// Does this process have the right to write a shared value?
pub(crate) fn is_writing(bytes: &SharedBytes) -> bool {
    bytes.lock().holder() == Some(Process::own())
}

/// Does something, and then gives back what was taken for it, whatever became of it. Re-enters PHP.
///
/// # Errors
///
/// When that throws, or when it has been given back meanwhile.
pub(crate) fn synchronized(
    work: impl FnOnce() -> Returned,
    give_back: impl FnOnce() -> Result<(), Thrown>,
) -> Returned {
    let returned = work();
    if returned.is_ok() {
        give_back()?;
        return returned;
    }
    // What was thrown is pending, and remains what is told.
    let aside = exception::Aside::new();
    if give_back().is_err() {
        exception::take();
    }
    drop(aside);
    returned
}

/// Waits for something that another process has. `attempt` sleeps for so long at most. Re-enters PHP: handlers run, and
/// those of signals.
///
/// # Errors
///
/// When patience is at an end, a signal handler threw, or the script is exiting.
pub(crate) fn wait_for<T>(
    patience: Option<Patience>,
    what: &'static str,
    holders: impl Fn() -> Vec<Holder>,
    mut attempt: impl FnMut(Duration) -> Option<T>,
) -> Result<T, Thrown> {
    let wait = deadlock::Wait::default();
    let result = loop {
        let asked = deadlock::asked().filter(|_| patience.is_none());
        interrupt::run();
        // Before anything else: what signal handlers throw ends this wait, what hooks throw is kept for an await.
        if exception::pending() {
            break Err(Thrown);
        }
        let has_children = !state().workers.borrow().is_empty() || event_loop::busy();
        if has_children && let Err(thrown) = look_after_children() {
            break Err(thrown);
        }
        if exception::pending() {
            break Err(Thrown);
        }
        let left = patience.map_or(Duration::MAX, Patience::left);
        let longest = if has_children { LOOK_AT_CHILDREN } else { LOOK_AGAIN };
        if let Some(taken) = attempt(left.min(longest)) {
            break Ok(taken);
        }
        if let Some(patience) = patience.filter(|_| left.is_zero()) {
            let limit = Seconds(patience.seconds());
            break Err(fail(LockError::GaveUp { what, limit, holders: holders() }));
        }
        if let Some(inquiry) = asked {
            deadlock::answer(inquiry, &wait, Awaited::OTHER);
        }
    };
    event_loop::leave();
    result
}

fn look_after_children() -> Result<(), Thrown> {
    remote_payload::fetch_all();
    if event_loop::wait(Some(Duration::ZERO)) == Err(Errno::EINTR) {
        event_loop::interrupted();
    }
    event_loop::dispatch(Moment::Call)
}

fn take(lock: &lock::Lock, what: &'static str, patience: Option<Patience>) -> Result<Taken, Thrown> {
    let own = Process::own();
    match lock.try_acquire(own) {
        Ok(taken) => Ok(taken),
        Err(holder) if holder == own => Err(fail(LockError::HeldAlready { what, pid: own.pid() })),
        Err(_) => {
            let holders = || lock.holder().map(holder).into_iter().collect();
            wait_for(patience, what, holders, |longest| {
                let taken = lock.wait(own, longest);
                taken.or_else(|| if longest.is_zero() { lock.take_over(own) } else { None })
            })
        }
    }
}

fn give_back(lock: &lock::Lock, what: &'static str, held: &Lock) -> Result<(), Thrown> {
    let own = Process::own();
    if lock.release(own).is_err() {
        let holder = lock.holder().map(holder);
        return Err(fail(LockError::NotHeld { what, pid: own.pid(), holder }));
    }
    locks::gave_back(held);
    Ok(())
}

/// Throws.
pub(crate) fn fail(error: LockError) -> Thrown {
    exceptions::throw(&Error::Lock(error))
}

/// Who holds something, with the name of the task, where this process knows it: it is that of a child.
pub(super) fn holder(process: Process) -> Holder {
    let pid = process.pid();
    let worker = state().workers.borrow().values().find(|worker| worker.pid == pid).cloned();
    let task = worker.and_then(|worker| {
        let group = worker.group()?;
        let running = worker.warm().map(|warm| warm.workers.job_queue.running(warm.slot));
        let future = group.future(running.unwrap_or(Some(worker.id))?)?;
        Some(future.subject().label)
    });
    Holder { pid, own: process == Process::own(), task }
}
