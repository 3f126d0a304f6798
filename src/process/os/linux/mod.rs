//! Linux.

mod bare;
mod descriptors;
mod event;
mod futex;
mod memory;
mod process;
mod queue;
mod relocated;
mod timer;
mod watch;

pub(crate) use bare::Bare;
pub(crate) use descriptors::*;
pub(crate) use event::Event;
pub(crate) use futex::*;
pub(crate) use memory::*;
pub(crate) use process::*;
pub(crate) use queue::Queue;
pub(crate) use relocated::before_fork;
pub(crate) use timer::{Clock, repeat};
pub(crate) use watch::Watch;
