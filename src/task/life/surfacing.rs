//! Exceptions that nobody can be told now: the next `await` throws them.
//!
//! A hook of a fork, or the destructor of a value that we let go, throws while something else is under way. Left
//! pending, its exception would be taken for the failure of whatever runs next.

use crate::task::life::future::describe;
use crate::task::life::state::state;
use crate::zend::exception;
use crate::zend::handler::Thrown;

/// Keeps the exception that is pending. The unwinding of an exit stays as it is: it is nobody's to take.
#[inline]
pub(crate) fn keep_pending() {
    if exception::pending() {
        keep();
    }
}

#[cold]
fn keep() {
    if let Some(throwable) = exception::take() {
        state().surfacing.push(throwable);
    }
}

/// Throws what is kept: the latest, with the earlier ones for previous ones.
///
/// # Errors
///
/// When something is.
#[inline]
pub(crate) fn throw() -> Result<(), Thrown> {
    if state().surfacing.borrow().is_empty() { Ok(()) } else { throw_latest() }
}

#[cold]
fn throw_latest() -> Result<(), Thrown> {
    let mut kept = state().surfacing.take();
    let Some(latest) = kept.pop() else {
        return Ok(());
    };
    for earlier in kept.into_iter().rev() {
        exception::chain(&latest, earlier);
    }
    Err(exception::throw(&latest))
}

/// Tells what is kept by warnings: nobody awaits anything any more. Re-enters PHP: the script's error handler runs.
pub(crate) fn tell() {
    if state().surfacing.borrow().is_empty() {
        return;
    }
    loop {
        let kept = state().surfacing.take();
        if kept.is_empty() {
            return;
        }
        for throwable in kept {
            let message = format!("Unhandled exception of a hook or a destructor: {}", describe(&throwable));
            exception::warn_at(&throwable, &message);
            // What its trace refers to may have a destructor that throws, too.
            release(throwable);
        }
    }
}

/// Lets go of something of PHP's while there is more to do: what its destructors throw is kept. Re-enters PHP.
#[inline]
pub(crate) fn release<T>(value: T) {
    // With one in flight the engine makes it the previous one of what a destructor throws: both are told.
    let in_flight = exception::pending();
    drop(value);
    if !in_flight {
        keep_pending();
    }
}
