//! What one process of a worker does: its bootstrap, and then its code.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::supervisor::object::Recycle;
use crate::supervisor::worker;
use crate::supervisor::worker::Worker;
use crate::task::child::channel::NO_SUPERVISED;
use crate::task::life::state::state;
use crate::task::life::work::{Program, Work};
use crate::zend::callable::{Callable, require};
use crate::zend::handler::Returned;
use crate::zend::object::{Object, Tracer};

/// What each worker does first.
#[derive(Debug)]
pub(crate) enum Bootstrap {
    /// It calls this.
    Call(Callable),
    /// It loads this file, which its supervisor has never loaded: so a worker that is started later has what the file
    /// says by then.
    File(String),
}

impl Bootstrap {
    fn run(&self, worker: &Object<Worker>) -> Returned {
        match self {
            Self::Call(callable) => callable.call(&mut [worker.zval()]),
            Self::File(path) => require(path),
        }
    }

    /// Its values, for the cycle collector.
    pub(super) fn trace(&self, tracer: &mut Tracer) {
        if let Self::Call(callable) = self {
            tracer.value(callable.value());
        }
    }
}

/// What one process of a worker is to do.
pub(super) struct Assignment {
    /// What the worker runs.
    pub(super) work: Rc<Work>,
    /// What it does first.
    pub(super) bootstrap: Option<Rc<Bootstrap>>,
    /// The name of its kind.
    pub(super) name: String,
    /// Its number among those of its kind, from 1 on.
    pub(super) id: usize,
    /// When it has had enough.
    pub(super) recycle: Recycle,
    /// How often it has to give a sign of life.
    pub(super) heartbeat: Option<Duration>,
}

impl fmt::Debug for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assignment").field("name", &self.name).field("id", &self.id).finish_non_exhaustive()
    }
}

impl Program for Assignment {
    /// What the worker's code returns is for nobody.
    fn run(&self) -> Returned {
        state().own.no_duplex.set(Some(NO_SUPERVISED));
        let worker = worker::begin(self);
        let value = match &self.bootstrap {
            Some(bootstrap) => bootstrap.run(&worker)?,
            None => Zval::new(),
        };
        worker.is_ready();
        match &*self.work {
            Work::Call(callable, _) => drop(callable.call(&mut [worker.zval(), value])?),
            work => drop(work.run()?),
        }
        Ok(Zval::new())
    }
}
