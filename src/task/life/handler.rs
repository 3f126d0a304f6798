//! What is to be called when a task has ended.

use crate::task::life::future::Future;
use crate::zend::callable::Callable;
use crate::zend::object::{Object, Tracer};
use crate::zend::scope::Scope;

/// One handler in the chain of a future.
#[derive(Debug)]
pub(crate) enum Handler {
    /// For a value; what it returns, if its code has a return statement, replaces it.
    Then(Callable),
    /// For a failure that its first parameter takes; what it returns is the value from then on.
    Catch(Callable),
    /// For any end.
    Finally(Callable),
    /// For an end by a deadline; what it returns is the value from then on.
    Timeout(Callable),
    /// For a failure that nothing has handled: the rest of the pool is cancelled.
    FailFast,
    /// For any end: this future, which follows, gets the same outcome.
    Follow(Object<Future>),
}

impl Handler {
    /// Its values, for the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        match self {
            Self::Then(callable)
            | Self::Catch(callable)
            | Self::Finally(callable)
            | Self::Timeout(callable) => tracer.value(callable.value()),
            Self::FailFast => {}
            Self::Follow(future) => future.trace_in(tracer),
        }
    }
}

/// A handler, and where it was registered.
#[derive(Debug)]
pub(crate) struct Registered {
    /// What is to be done.
    pub(crate) handler: Handler,
    /// The functions that were running then; none for a handler of the extension's own, which runs no PHP code.
    pub(crate) scope: Option<Scope>,
}
