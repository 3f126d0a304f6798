//! Exceptions that nobody can be told now: the next `await` throws them.
//!
//! A hook of a fork, or the destructor of a value that we let go, throws while something else is under way. Left pending,
//! its exception would be taken for the failure of whatever runs next.

use ext_php_rs::types::Zval;

use crate::task::state::state;
use crate::zend::exception;

/// Keeps an exception. One that is kept already becomes its previous one.
pub(crate) fn keep(throwable: Zval) {
    let kept = state().surfacing.take();
    if let Some(older) = kept {
        exception::chain(&throwable, older);
    }
    state().surfacing.set(Some(throwable));
}

/// Keeps the exception that is pending. The unwinding of an exit stays as it is: it is nobody's to take.
pub(crate) fn keep_pending() {
    if let Some(throwable) = exception::take() {
        keep(throwable);
    }
}

/// What is kept, for who can throw it.
pub(crate) fn take() -> Option<Zval> {
    state().surfacing.take()
}

/// Lets go of something of PHP's while there is more to do: what its destructors throw is kept. Re-enters PHP.
pub(crate) fn release<T>(value: T) {
    // With one in flight the engine makes it the previous one of what a destructor throws: both are told.
    let in_flight = exception::pending();
    drop(value);
    if !in_flight && exception::pending() {
        keep_pending();
    }
}
