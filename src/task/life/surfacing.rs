//! Exceptions that cannot be thrown where they come up: the next `await` throws them.
//!
//! A fork hook, or the destructor of a value that is dropped here, throws while something else is under way. If its
//! exception stayed pending, it would be taken for the failure of what runs next.

use crate::task::life::future::describe;
use crate::task::life::state::state;
use crate::zend::exception;
use crate::zend::handler::Thrown;

/// Takes and keeps the exception that is pending. The unwinding of an exit stays pending.
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

/// While `wait` goes on nothing that is kept is thrown: it waits for the next `await` behind it.
pub(crate) fn kept_during<T>(wait: impl FnOnce() -> T) -> T {
    let before = state().surfaces_later.replace(true);
    let result = wait();
    state().surfaces_later.set(before);
    result
}

/// Throws what is kept: the latest, with the earlier ones for previous ones.
///
/// # Errors
///
/// When something is.
#[inline]
pub(crate) fn throw() -> Result<(), Thrown> {
    if state().surfacing.borrow().is_empty() || state().surfaces_later.get() {
        return Ok(());
    }
    throw_latest()
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

/// Raises a warning for each that is kept: there will be no `await` any more. Re-enters PHP: the script's error handler
/// runs.
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
            // Its trace may hold the last reference to an object whose destructor throws, too.
            release(throwable);
        }
    }
}

/// Drops PHP values while there is more to do: what their destructors throw is kept. Re-enters PHP.
#[inline]
pub(crate) fn release<T>(value: T) {
    // An exception that is already pending stays so; the engine makes it the previous one of what a destructor throws.
    let in_flight = exception::pending();
    drop(value);
    if !in_flight {
        keep_pending();
    }
}
