//! What the script can ask about a task while it is queued or runs, and how many tasks are in which state. Runs in the
//! parent.

use std::time::Duration;

use crate::pool::ledger::Stage;
use crate::process::output::Stream;
use crate::task::life::future::{Future, Phase};
use crate::task::life::futures::Futures;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::totals::{Counts, End};
use crate::task::life::workers::Route;
use crate::task::map::tally;
use crate::task::parent::event_loop;
use crate::task::workers;
use crate::task::workers::{Whereabouts, outcome};
use crate::zend::handler::Thrown;

/// The state of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It has not been queued.
    Pending,
    /// It waits for a slot.
    Queued,
    /// It runs.
    Running,
    /// It returned a value.
    Succeeded,
    /// It threw an exception, or its process died.
    Failed,
    /// Its time ran out.
    TimedOut,
    /// It was cancelled.
    Cancelled,
}

impl Status {
    /// The state of a future's task, regardless of what its handlers made of the result. A task whose process has ended
    /// still counts as running until the event loop has processed that.
    pub(crate) fn of(future: &Future) -> Self {
        match (future.end(), &*future.phase.borrow()) {
            (Some(End::Succeeded), _) => Self::Succeeded,
            (Some(End::Failed), _) => Self::Failed,
            (Some(End::TimedOut), _) => Self::TimedOut,
            (Some(End::Cancelled), _) => Self::Cancelled,
            (None, Phase::Pending) => Self::Pending,
            (None, Phase::Active) => Self::active(future),
            (None, _) => Self::Running,
        }
    }

    /// The state of a task that is queued or runs: a worker may have taken it from the job queue already.
    fn active(future: &Future) -> Self {
        match (&*future.group.borrow(), future.stage()) {
            (Some(group), Some(stage)) if stage != Stage::Running => {
                match workers::whereabouts(group, future.id.get()) {
                    Whereabouts::Waiting => Self::Queued,
                    Whereabouts::Running(..) | Whereabouts::Unknown => Self::Running,
                }
            }
            _ => Self::Running,
        }
    }
}

/// How the task of a future reached its child; `None` when it has not begun.
pub(crate) fn route(future: &Future) -> Option<Route> {
    future.route.get().filter(|_| !matches!(Status::of(future), Status::Pending | Status::Queued))
}

/// How many attempts of a task have begun.
pub(crate) fn attempts(future: &Future) -> u32 {
    // A worker that takes a task from the job queue does not report this before the task's end, so `attempts` does not
    // include a running attempt that was posted.
    let is_posted = future.stage() == Some(Stage::Posted);
    let begun = is_posted && !future.has_ended() && Status::of(future) == Status::Running;
    future.attempts.get() + u32::from(begun)
}

/// The process id of the child that runs a task, or has run it.
pub(crate) fn pid(future: &Future) -> Option<i32> {
    let group = future.group.borrow().clone();
    future.pid.get().or_else(|| workers::pid_of(&*group?, future.id.get()))
}

/// What a task has printed: all of it when the task has ended, and until then what has been read so far.
pub(crate) fn printed(future: &Future, stream: Stream) -> Vec<u8> {
    let captured = future.captured.borrow().as_ref().map(|captured| captured.text(stream));
    let group = future.group.borrow().clone();
    let child = group.and_then(|group| workers::child_of(&group, future.id.get()));
    let so_far = || state().reactor.borrow_mut().as_mut()?.printed(child.unwrap_or(future.id.get()), stream);
    captured.or_else(so_far).unwrap_or_default()
}

/// Processes pending events without running handlers, so that the states of a pool's tasks are up to date. Re-enters
/// PHP: outcomes are decoded that nothing else is going to decode.
///
/// # Errors
///
/// When the script is exiting.
pub(crate) fn refresh(futures: &Futures) -> Result<(), Thrown> {
    let _ = event_loop::wait(Some(Duration::ZERO));
    event_loop::read()?;
    if futures.totals.take_unread() {
        for (_, future) in futures.all() {
            outcome::settle(&future)?;
        }
    }
    event_loop::leave();
    Ok(())
}

/// How many tasks of a pool, and items of its maps, are in which state.
pub(crate) fn counts(group: &Group, futures: &Futures) -> Counts {
    let mut counts = futures.totals.counts(group, workers::untaken(group), futures.len());
    tally::add(group, &mut counts);
    counts
}
