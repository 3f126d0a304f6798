//! Waiting for futures: `await`, `settle`, and everything that blocks.
//!
//! # Who waits for whom
//!
//! | who | waits for | which ends, because |
//! |---|---|---|
//! | the parent, in `await` and the like | news of a child, a deadline, or the next try of what could not be started (see `event_loop`) | the child runs, or has a limit; where nothing runs that could bring news, the wait is an error |
//! | the parent, at the end | workers that leave | they are told to, and continued if a signal has stopped them; after a kill there are none |
//! | a child that keeps a result in its memory | the parent, which fetches it | outcomes are read before each sleep, in handlers, too; those of maps as well |
//! | a queued task | a slot of its pool | a slot is free when its child has sent everything, also while handlers run; a child that does not end then is killed |
//! | a queued task | a permit of `async.max_children` | the same; idle workers end and free theirs; the first child of a process uses that process's own; permits of other processes are asked for again every 20 ms |
//! | a task in the job queue | a worker that is free, and young enough | an idle one that is too old is replaced |
//! | code that a starting function of ours has called: a source, a hook | what that function has posted so far, and not started yet | whoever waits there starts it (see `underway`) |
//! | the source of a map, in a call of its own iterator | a result of an item that it has given | that is posted; for any other the wait is an error |
//! | a handler | other handlers that run | only handlers wait for handlers: nothing that one of them may await does |
//! | a process, in `send()`, `receive()` or `acquire()` | another process, its parent among them | that is up to the script: where two wait for each other, only a time limit ends it |
//!
//! But for the last row, a circle would have to lead back through the parent, as children never wait for each other. At the
//! end of a script such circles are ended (see [`deadlock`]). The parent waits in one
//! place, [`until`], and does there all that anybody waits for from it, but one thing: to go on with what is underneath
//! on its own stack. That is a handler, a result that is being read, and a task that is being serialized. The first two
//! mark their future, and to await that is an error; the third is counted, and does not count as running. No fiber is
//! switched in any of them, so that what is underneath is over when what is above it is. Handlers never begin in the
//! middle of another function of ours.

use std::time::Duration;

use ext_php_rs::types::Zval;
use nix::errno::Errno;

use crate::error::{Error, Seconds};
use crate::exceptions;
use crate::process::shared::deadlock::Awaited;
use crate::task::life::future::{Future, Phase};
use crate::task::life::futures::Futures;
use crate::task::life::group::Group;
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::life::{conclusion, support, surfacing};
use crate::task::parent::deadlock::{self, AtEnd};
use crate::task::parent::{at_exit, event_loop, handlers, start};
use crate::zend::exception;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::object::Object;

pub(crate) use super::patience::Patience;

/// The longest time between two checks of a condition of the script's.
const TICK: Duration = Duration::from_millis(20);

/// Waits until `done`, handling all that happens meanwhile. Re-enters PHP.
///
/// # Errors
///
/// When patience is at an end, a signal handler threw, or the script is exiting.
pub(crate) fn until(
    patience: Option<Patience>,
    mut done: impl FnMut() -> Result<bool, Thrown>,
) -> Result<(), Thrown> {
    match (in_time(patience, &mut done)?, patience) {
        (false, Some(patience)) => {
            Err(exceptions::throw(&Error::GaveUp { limit: Seconds(patience.seconds()) }))
        }
        _ => Ok(()),
    }
}

/// Waits until `done`, handling all that happens meanwhile. False when patience is at an end before. Re-enters PHP.
///
/// # Errors
///
/// When a signal handler threw, or the script is exiting.
pub(crate) fn in_time(
    patience: Option<Patience>,
    mut done: impl FnMut() -> Result<bool, Thrown>,
) -> Result<bool, Thrown> {
    at_exit::precede();
    let wait = deadlock::Wait::default();
    let mut answer = || {
        if let Some(inquiry) = deadlock::asked() {
            deadlock::answer(inquiry, &wait, Awaited::OTHER);
        }
    };
    let look: Option<&mut dyn FnMut()> =
        if patience.is_none() && deadlock::may_be_asked() { Some(&mut answer) } else { None };
    let result = wait_loop(patience, look, &mut || {
        surfacing::throw()?;
        done()
    });
    event_loop::leave();
    result
}

/// Waits until `done`, as the end of a script does: exceptions that are kept for an `await` stay kept, and are no
/// reason not to wait for the rest. Re-enters PHP.
///
/// # Errors
///
/// When a signal handler threw, or the script is exiting.
pub(crate) fn at_end(mut done: impl FnMut() -> bool) -> Result<(), Thrown> {
    let mut at_end = AtEnd::new();
    let result = wait_loop(None, Some(&mut || at_end.look()), &mut || Ok(done()));
    event_loop::leave();
    result.map(drop)
}

/// False when patience is at an end. Calls `look` from time to time, when nothing is left to do but to wait.
fn wait_loop(
    patience: Option<Patience>,
    mut look: Option<&mut dyn FnMut()>,
    done: &mut impl FnMut() -> Result<bool, Thrown>,
) -> Result<bool, Thrown> {
    let mut is_over = false;
    loop {
        // Of a signal handler, or of a hook that has called exit or whose fiber was ended.
        if exception::pending() {
            return Err(Thrown);
        }
        event_loop::dispatch(Moment::Call)?;
        if done()? {
            return Ok(true);
        }
        if is_over {
            return Ok(false);
        }
        let left = patience.map(Patience::left);
        // What has ended by then counts: there is one more look, which does not wait.
        is_over = left == Some(Duration::ZERO);
        if !is_over && !event_loop::busy() && !state().has_isolated() && !restart() {
            return Err(exceptions::throw(&Error::Misuse(if state().in_line.borrow().is_empty() {
                "what is awaited can never end: it has not started, and nothing is left that would start it"
            } else {
                "what is awaited can never end: it waits for a task that runs in this process, and that goes on when the \
                 code that waits has returned"
            })));
        }
        let mut longest = left;
        if let Some(look) = &mut look {
            look();
            longest = Some(left.map_or(deadlock::LOOK_EVERY, |left| left.min(deadlock::LOOK_EVERY)));
        }
        if event_loop::wait(longest) == Err(Errno::EINTR) {
            event_loop::interrupted();
        }
    }
}

/// Waits until `done`, which is called after each wake-up, and after `longest` at least, as not only tasks can make it
/// true. False when patience is at an end before. Re-enters PHP.
///
/// # Errors
///
/// As [`in_time`].
pub(crate) fn looking(
    patience: Option<Patience>,
    longest: Duration,
    mut done: impl FnMut() -> Result<bool, Thrown>,
) -> Result<bool, Thrown> {
    at_exit::precede();
    let result = loop {
        if exception::pending() {
            break Err(Thrown);
        }
        let done = event_loop::dispatch(Moment::Call).and_then(|()| surfacing::throw()).and_then(|()| done());
        let left = patience.map_or(longest, Patience::left);
        if done != Ok(false) || left.is_zero() {
            break done;
        }
        if !event_loop::busy() && !state().has_isolated() {
            restart();
        }
        if event_loop::wait_attending(Some(left.min(longest))) == Err(Errno::EINTR) {
            event_loop::interrupted();
        }
    };
    event_loop::leave();
    result
}

/// Waits until `done`, which is called after each wake-up, and every few hundredths of a second at least. Re-enters
/// PHP.
///
/// # Errors
///
/// As [`until`].
pub(crate) fn ticking(mut done: impl FnMut() -> Result<bool, Thrown>) -> Result<(), Thrown> {
    let result = loop {
        match event_loop::dispatch(Moment::Call).and_then(|()| done()) {
            Ok(false) => {}
            Ok(true) => break Ok(()),
            Err(thrown) => break Err(thrown),
        }
        if event_loop::wait(Some(TICK)) == Err(Errno::EINTR) {
            event_loop::interrupted();
            if exception::pending() {
                break Err(Thrown);
            }
        }
    };
    event_loop::leave();
    result
}

/// Nothing runs: tries to start what could not be started before.
fn restart() -> bool {
    let active = state().active.borrow().clone();
    active.iter().for_each(start::pump);
    event_loop::busy()
        || event_loop::is_due_in_a_call()
        || state().held_back.get()
        || state().deadlines.borrow().is_any_to_start()
}

/// The value of one future. Re-enters PHP.
///
/// # Errors
///
/// What the task threw, or what became of it.
pub(crate) fn one(future: &Object<Future>, patience: Option<Patience>) -> Returned {
    finish(future, patience)?;
    future.observed.set(true);
    match conclusion::outcome_of(future) {
        Some(Ok(value)) => Ok(value),
        Some(Err(throwable)) => Err(exception::throw(&throwable)),
        None => Err(Thrown),
    }
}

/// What a task returned; a future is awaited, and gives its value instead. Re-enters PHP.
///
/// # Errors
///
/// As [`one`].
pub(crate) fn resolved(mut value: Zval) -> Returned {
    while let Some(inner) = Object::<Future>::from_zval(&value) {
        value = one(&inner, None)?;
    }
    Ok(value)
}

/// Waits until all have ended, their handlers have run, and their children are gone. Re-enters PHP.
///
/// # Errors
///
/// When patience is at an end, or one of them can never end. What they threw is not thrown here.
pub(crate) fn all(futures: &[Object<Future>], patience: Option<Patience>) -> Result<(), Thrown> {
    if let Err(thrown) = futures.iter().try_for_each(begin) {
        // Other futures have been started.
        event_loop::leave();
        return Err(thrown);
    }
    for future in futures {
        finish(future, patience)?;
    }
    // They have sent everything: this is short, and needs no time limit.
    until(None, || Ok(!futures.iter().any(|future| state().ends_with_attempt(future.id.get()))))
}

/// Waits until all tasks of a pool have ended, including those that handlers add meanwhile. Re-enters PHP.
///
/// # Errors
///
/// As [`all`].
pub(crate) fn pool(group: &Group, futures: &Futures, patience: Option<Patience>) -> Result<(), Thrown> {
    loop {
        until(patience, || Ok(group.has_told()))?;
        // Collected first, as there are usually none, though there may be very many futures.
        let unsettled = futures.unsettled();
        for future in &unsettled {
            finish(future, patience)?;
        }
        if unsettled.is_empty() && group.has_told() {
            return Ok(());
        }
    }
}

/// Waits, and handles what ends meanwhile, until fewer than `limit` tasks of a pool wait for a slot. Re-enters PHP.
///
/// # Errors
///
/// As [`until`].
pub(crate) fn room(group: &Group, limit: usize) -> Result<(), Thrown> {
    let has_room = || {
        let ledger = group.ledger.borrow();
        ledger.is_stopped() || ledger.backlog() < limit
    };
    if support::in_line() || has_room() { Ok(()) } else { until(None, || Ok(has_room())) }
}

/// Waits for the end of one future, and runs its handlers. Re-enters PHP.
pub(crate) fn finish(future: &Object<Future>, patience: Option<Patience>) -> Result<(), Thrown> {
    begin(future)?;
    if future.is_settled() {
        return surfacing::throw();
    }
    until(patience, || is_complete(future))
}

/// Is there nothing to wait for any more? Runs the handlers of a future that has ended. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting, or a handler has returned a future that can never end.
pub(crate) fn is_complete(future: &Object<Future>) -> Result<bool, Thrown> {
    if future.has_ended() {
        // Inside a handler the handlers of others wait, but what is awaited there must come to its end.
        handlers::complete(future, Moment::Call)?;
        // A handler may have returned a future.
        if future.is_following() {
            ensure_not_underneath(future)?;
        }
    }
    Ok(future.is_complete())
}

/// Makes sure that a future can end: starts one that was not started. Re-enters PHP.
///
/// # Errors
///
/// `AsyncError` when it cannot end for who waits here.
pub(crate) fn begin(future: &Object<Future>) -> Result<(), Thrown> {
    ensure_not_underneath(future)?;
    if future.is_pending() {
        start::enqueue(&Group::default_group(), future);
    }
    ensure_here(future)
}

/// Makes sure that code does not wait for something that goes on further down its own stack.
///
/// # Errors
///
/// `AsyncError` when a handler of `future` is running, or what it has left is being read; or that of a future that a
/// handler of its own has returned.
fn ensure_not_underneath(future: &Future) -> Result<(), Thrown> {
    ensure_not_in_hand(future)?;
    let mut at = future.followed();
    while let Some(followed) = at {
        ensure_not_in_hand(&followed)?;
        at = followed.followed();
    }
    Ok(())
}

fn ensure_not_in_hand(future: &Future) -> Result<(), Thrown> {
    if future.handling.get() {
        return Err(exceptions::throw(&Error::Misuse(
            "a future cannot be awaited in its own handler: it ends when its handlers have ended",
        )));
    }
    if state().runs_in_line(future.id.get()) {
        return Err(exceptions::throw(&Error::Misuse(
            "a task cannot be awaited by code that it runs itself: it runs in this process, and goes on when that code has \
             returned",
        )));
    }
    if future.is_being_read() {
        return Err(exceptions::throw(&Error::Misuse(
            "a future cannot be awaited by code that reads its result: it ends when that has been read",
        )));
    }
    Ok(())
}

/// A future that is queued or running can be awaited and changed only by the process that has started it.
///
/// # Errors
///
/// `AsyncError` in any other.
pub(crate) fn ensure_here(future: &Future) -> Result<(), Thrown> {
    let elsewhere = match &*future.phase.borrow() {
        Phase::Active => !future.group.borrow().as_ref().is_some_and(|group| group.is_here()),
        _ => false,
    };
    if elsewhere {
        return Err(exceptions::throw(&Error::Misuse(
            "this future belongs to another process: only the one that started it can await, change or cancel it",
        )));
    }
    Ok(())
}
