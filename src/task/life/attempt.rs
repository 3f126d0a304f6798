//! What a pool's ledger keeps of an attempt: what it belongs to.

use std::rc::Rc;

use crate::task::life::future::Future;
use crate::task::life::map_call::MapCall;
use crate::zend::object::Object;

/// Whose an attempt is.
#[derive(Clone, Debug)]
pub(crate) enum Attempt {
    /// A task.
    Task(Object<Future>),
    /// A map call: the attempt is a portion of its items.
    Portion(Rc<MapCall>),
}

impl Attempt {
    /// The future of a task.
    pub(crate) fn future(&self) -> Option<&Object<Future>> {
        if let Self::Task(future) = self { Some(future) } else { None }
    }

    /// The map of a portion.
    pub(crate) fn map_call(&self) -> Option<&Rc<MapCall>> {
        if let Self::Portion(map_call) = self { Some(map_call) } else { None }
    }

    /// The future of a task, by value.
    pub(crate) fn into_future(self) -> Option<Object<Future>> {
        if let Self::Task(future) = self { Some(future) } else { None }
    }
}
