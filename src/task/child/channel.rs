//! A task's end of the channel between it and its parent.

use std::rc::Rc;
use std::time::{Duration, Instant};

use ext_php_rs::types::Zval;

use nix::errno::Errno;

use crate::error::Error;
use crate::exceptions;
use crate::process::fork::Refused;
use crate::process::shared::message_ring::duplex_table::{Duplex, DuplexTable, NoDuplex};
use crate::task::life::state::state;
use crate::task::parent::messages::Peer;
use crate::task::parent::wait::Patience;
use crate::task::parent::{messages, task_channel, wait};
use crate::zend::handler::Thrown;

/// How long a task waits for a duplex that is given back.
const PATIENCE: Duration = Duration::from_secs(60);

/// The duplex of the task that this process runs.
///
/// # Errors
///
/// Outside of tasks, and when there is none left.
pub(crate) fn own() -> Result<Rc<Duplex>, Thrown> {
    let own = &state().own;
    let attempt = own.attempt.get();
    let why = own.no_duplex.get().or_else(|| (attempt == 0).then_some(NO_TASK));
    if let Some(why) = why {
        return Err(exceptions::throw(&Error::Misuse(why)));
    }
    if let Some((of, duplex)) = &*own.duplex.borrow()
        && *of == attempt
    {
        return Ok(Rc::clone(duplex));
    }
    let refused = Refused { call: "mmap", errno: Errno::ENOMEM };
    let duplexes = own.duplexes.get().ok_or_else(|| exceptions::throw(&Error::NoChannel { refused }))?;
    let duplex = Rc::new(open(duplexes, attempt)?);
    own.duplex.replace(Some((attempt, Rc::clone(&duplex))));
    Ok(duplex)
}

/// Workers run ahead of their parent, which takes duplexes back when it hears that their tasks have ended: that is waited for.
fn open(duplexes: &'static DuplexTable, attempt: u64) -> Result<Duplex, Thrown> {
    let until = Instant::now() + PATIENCE;
    let mut duplex = duplexes.open(attempt, false);
    let full = |duplex: &Result<_, _>| matches!(duplex, Err(NoDuplex::Full));
    if full(&duplex) {
        wait::ticking(|| {
            duplex = duplexes.open(attempt, false);
            Ok(!full(&duplex) || Instant::now() >= until || !duplexes.has_parent())
        })?;
    }
    duplex.map_err(task_channel::no_duplex)
}

/// Outside of tasks.
const NO_TASK: &str = "Async\\channel() is a task's end of the channel to its parent, and this is no task; the parent has \
                       Future::channel() for each of its tasks";
/// For workers of a supervisor.
pub(crate) const NO_SUPERVISED: &str = "a supervised worker has no channel of its own: nobody has a future for it; make one \
                                        by Async\\Channel::create() before Supervisor::run()";
/// For functions of `map()`.
pub(crate) const NO_MAP: &str = "a function of map() has no channel of its own: the call has no future whose channel would \
                                 be the other end; make one by Async\\Channel::create() before";

/// Sends a message to the parent. Re-enters PHP.
///
/// # Errors
///
/// As [`messages::send`].
pub(crate) fn send(duplex: &Duplex, message: &Zval, patience: Option<Patience>) -> Result<(), Thrown> {
    messages::send(&duplex.to_parent, message, patience, Peer::Parent(duplex))?;
    duplex.ring();
    Ok(())
}

/// Sends a string or a scalar, if nothing is in the way. False, and nothing is done, if something is.
pub(crate) fn send_now(duplex: &Duplex, message: &Zval) -> bool {
    let sent = messages::send_now(&duplex.to_parent, message);
    if sent {
        duplex.ring();
    }
    sent
}

/// Receives a message of the parent. `None` when there are none left, and it sends no more. Re-enters PHP.
///
/// # Errors
///
/// As [`messages::receive`].
pub(crate) fn receive(duplex: &Duplex, patience: Option<Patience>) -> Result<Option<Zval>, Thrown> {
    Ok(messages::receive(&duplex.to_task, patience, Peer::Parent(duplex))?)
}

/// The task sends nothing more.
pub(crate) fn close(duplex: &Duplex) {
    duplex.to_parent.close();
    duplex.ring();
}

/// Does one side send nothing more?
pub(crate) fn is_closed(duplex: &Duplex) -> bool {
    duplex.to_parent.is_closed() || duplex.to_task.is_closed()
}
