//! What a task runs: a callable with its arguments, or an object that implements `Async\Task`.

use ext_php_rs::types::Zval;

use crate::zend::callable::{Callable, call_method};
use crate::zend::code;
use crate::zend::handler::Returned;
use crate::zend::object::Tracer;

/// What is to be run.
#[derive(Debug)]
pub(crate) enum Work {
    /// A callable, arguments by position, and an array of arguments by name.
    Call(Callable, Vec<Zval>, Option<Zval>),
    /// An object whose `run` method is called.
    Task(Zval),
}

impl Work {
    /// Runs it. Re-enters PHP.
    pub(crate) fn run(&self) -> Returned {
        match self {
            Self::Call(callable, args, named) => {
                let mut args: Vec<_> = args.iter().map(Zval::shallow_clone).collect();
                callable.call_named(&mut args, named.as_ref().and_then(Zval::array))
            }
            Self::Task(object) => call_method(object, c"run"),
        }
    }

    /// Does nothing of PHP's run when it is dropped?
    pub(crate) fn goes_quietly(&self) -> bool {
        match self {
            Self::Call(callable, args, None) => args.is_empty() && code::goes_quietly(callable.value()),
            _ => false,
        }
    }

    /// Its values, for the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        match self {
            Self::Call(callable, args, named) => {
                tracer.value(callable.value());
                args.iter().chain(named).for_each(|value| tracer.value(value));
            }
            Self::Task(object) => tracer.value(object),
        }
    }
}
