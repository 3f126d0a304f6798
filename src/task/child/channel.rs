//! A task's end of the channel between it and its parent.

use std::rc::Rc;
use std::time::{Duration, Instant};

use ext_php_rs::types::Zval;

use nix::errno::Errno;

use crate::error::Error;
use crate::exceptions;
use crate::process::fork::Refused;
use crate::process::shared::message_ring::lines::{Line, Lines, NoLine};
use crate::task::life::state::state;
use crate::task::parent::messages::Peer;
use crate::task::parent::wait::Patience;
use crate::task::parent::{messages, talk, wait};
use crate::zend::handler::Thrown;

/// How long a task waits for a line that is given back.
const PATIENCE: Duration = Duration::from_secs(60);

/// The line of the task that this process runs.
///
/// # Errors
///
/// Outside of tasks, and when there is none left.
pub(crate) fn own() -> Result<Rc<Line>, Thrown> {
    let own = &state().own;
    let attempt = own.attempt.get();
    let why = own.no_line.get().or_else(|| (attempt == 0).then_some(NO_TASK));
    if let Some(why) = why {
        return Err(exceptions::throw(&Error::Misuse(why)));
    }
    if let Some((of, line)) = &*own.line.borrow()
        && *of == attempt
    {
        return Ok(Rc::clone(line));
    }
    let refused = Refused { call: "mmap", errno: Errno::ENOMEM };
    let lines = own.lines.get().ok_or_else(|| exceptions::throw(&Error::NoChannel { refused }))?;
    let line = Rc::new(open(lines, attempt)?);
    own.line.replace(Some((attempt, Rc::clone(&line))));
    Ok(line)
}

/// Workers run ahead of their parent, which takes lines back when it hears that their tasks have ended: that is waited for.
fn open(lines: &'static Lines, attempt: u64) -> Result<Line, Thrown> {
    let until = Instant::now() + PATIENCE;
    let mut line = lines.open(attempt, false);
    let full = |line: &Result<_, _>| matches!(line, Err(NoLine::Full));
    if full(&line) {
        wait::ticking(|| {
            line = lines.open(attempt, false);
            Ok(!full(&line) || Instant::now() >= until || !lines.has_parent())
        })?;
    }
    line.map_err(talk::no_line)
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
pub(crate) fn send(line: &Line, message: &Zval, patience: Option<Patience>) -> Result<(), Thrown> {
    messages::send(&line.to_parent, message, patience, Peer::Parent(line))?;
    line.ring();
    Ok(())
}

/// Sends a string or a scalar, if nothing is in the way. False, and nothing is done, if something is.
pub(crate) fn send_now(line: &Line, message: &Zval) -> bool {
    let sent = messages::send_now(&line.to_parent, message);
    if sent {
        line.ring();
    }
    sent
}

/// Receives a message of the parent. `None` when there are none left, and it sends no more. Re-enters PHP.
///
/// # Errors
///
/// As [`messages::receive`].
pub(crate) fn receive(line: &Line, patience: Option<Patience>) -> Result<Option<Zval>, Thrown> {
    Ok(messages::receive(&line.to_task, patience, Peer::Parent(line))?)
}

/// The task sends nothing more.
pub(crate) fn close(line: &Line) {
    line.to_parent.close();
    line.ring();
}

/// Does one side send nothing more?
pub(crate) fn is_closed(line: &Line) -> bool {
    line.to_parent.is_closed() || line.to_task.is_closed()
}
