//! What a task runs: a callable with its arguments, or an object that implements `Async\Task`.

use std::fmt::Debug;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::zend::callable::{Callable, call_method};
use crate::zend::code;
use crate::zend::handler::Returned;
use crate::zend::object::Tracer;

/// What is to be run.
#[derive(Debug)]
pub(crate) enum Work {
    /// A callable, and its arguments, if it has any.
    Call(Callable, Option<Box<Arguments>>),
    /// An object whose `run` method is called.
    Task(Zval),
    /// Something that another part of this extension does in a child of its own. Its owner shows its values to the cycle
    /// collector.
    Program(Rc<dyn Program>),
}

/// What another part of this extension does in a child.
pub(crate) trait Program: Debug {
    /// Does it. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When it throws.
    fn run(&self) -> Returned;
}

/// The arguments of a callable.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// By position.
    pub(crate) positional: Vec<Zval>,
    /// By name: an array.
    pub(crate) named: Option<Zval>,
}

impl Work {
    /// A call with arguments by position, and an array of arguments by name.
    pub(crate) fn call(callable: Callable, positional: Vec<Zval>, named: Option<Zval>) -> Self {
        let none = positional.is_empty() && named.is_none();
        Self::Call(callable, (!none).then(|| Box::new(Arguments { positional, named })))
    }

    /// Runs it. Re-enters PHP.
    pub(crate) fn run(&self) -> Returned {
        match self {
            Self::Call(callable, None) => callable.call(&mut []),
            Self::Call(callable, Some(arguments)) => {
                let mut args: Vec<_> = arguments.positional.iter().map(Zval::shallow_clone).collect();
                callable.call_named(&mut args, arguments.named.as_ref().and_then(Zval::array))
            }
            Self::Task(object) => call_method(object, c"run"),
            Self::Program(program) => program.run(),
        }
    }

    /// Does nothing of PHP's run when it is dropped?
    pub(crate) fn goes_quietly(&self) -> bool {
        match self {
            Self::Call(callable, None) => code::goes_quietly(callable.value()),
            _ => false,
        }
    }

    /// Its values, for the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        match self {
            Self::Call(callable, arguments) => {
                tracer.value(callable.value());
                let values = arguments
                    .iter()
                    .flat_map(|arguments| arguments.positional.iter().chain(&arguments.named));
                values.for_each(|value| tracer.value(value));
            }
            Self::Task(object) => tracer.value(object),
            Self::Program(_) => {}
        }
    }
}
