//! Tasks that run in this process, one after the other: `async.mode=sync`, and `async.unsupported=sync` where there are
//! no children. They go through the queue of their pool as others do, so that repeats, handlers and counts are the
//! same.
//!
//! A task begins where its child would have been forked, in the middle of the code that adds it, and that code goes on
//! when it has ended. It takes its slot whether or not one is free: otherwise it could not begin in another task of its
//! pool, and whoever waits for it there would wait for ever.

use std::rc::Rc;
use std::time::{Duration, Instant};

use ext_php_rs::types::Zval;

use crate::error::{Death, Error, Label, Subject, Traces};
use crate::exceptions;
use crate::pool::retry::Failure;
use crate::task::life::attempt::Attempt;
use crate::task::life::future::{Ending, Future, Outcome, Phase};
use crate::task::life::group::Group;
use crate::task::life::locks;
use crate::task::life::map_call::MapCall;
use crate::task::life::state::state;
use crate::task::life::surfacing::release;
use crate::task::map::{Failed, Item};
use crate::task::parent::wait;
use crate::task::workers::retry;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::object::Object;
use crate::zend::request::Enclosed;
use crate::zend::{exception, interrupt};

/// Can what is queued in `group` run here? Not what is left of a map that has begun with processes.
pub(crate) fn is_possible(group: &Group) -> bool {
    group.maps.borrow().values().all(|map_call| map_call.in_line)
}

/// Runs the next task of a queue, to its end. False when there is none. Re-enters PHP.
pub(crate) fn run_next(group: &Rc<Group>) -> bool {
    match group.ledger.change(|ledger| ledger.next_within(usize::MAX)) {
        None => false,
        Some((_, Attempt::Task(future))) => {
            run(group, &future);
            true
        }
        Some((id, Attempt::Portion(_))) => {
            group.ledger.change(|ledger| ledger.requeue(id));
            false
        }
    }
}

fn run(group: &Rc<Group>, future: &Object<Future>) {
    let id = future.id.get();
    drop(group.take_job(id));
    let work = future.work.take();
    let Some(work) = work else {
        drop(group.end(id));
        return;
    };
    future.pid.set(None);
    group.ledger.change(|ledger| ledger.run(id));
    future.attempts.set(future.attempts.get() + 1);
    let ran = enclosed(Some(future), || work.run());
    future.work.set(Some(work));
    let parked = group.end(id);
    let outcome = match (ran, future.ending.get()) {
        // The script ends: what is left is dealt with there.
        (Err(Thrown), _) => return,
        (Ok(ran), Some(Ending::Cancelled)) => {
            release(ran);
            Ran::failed(&Error::Cancelled { subject: future.subject(), unended: None }, Failure::Final)
        }
        (Ok(Ok(ran)), _) => ran,
        (Ok(Err(code)), _) => Ran::died(future.subject(), code),
    };
    retry::conclude_as(group, future.clone(), Phase::Done(outcome.outcome), |_, _| outcome.failure);
    release(parked);
    interrupt::flags().raise();
}

/// How a task or an item has ended.
#[derive(Debug)]
struct Ran {
    outcome: Outcome,
    /// How it has failed, if it has.
    failure: Option<Failure>,
}

impl Ran {
    fn failed(error: &Error, failure: Failure) -> Self {
        Self { outcome: Outcome::Failed(exceptions::new(error)), failure: Some(failure) }
    }

    fn died(subject: Subject, code: i32) -> Self {
        Self::failed(
            &Error::Died { subject, death: Death::Exited(code), traces: Traces::default() },
            Failure::Died,
        )
    }
}

/// Runs PHP code as a task in this process. Gives what became of it, or the code with which it has called `exit`.
///
/// # Errors
///
/// When the script is ending.
fn enclosed(
    future: Option<&Object<Future>>,
    work: impl FnOnce() -> Returned,
) -> Result<Result<Ran, i32>, Thrown> {
    let state = state();
    // A fatal error skips what is behind the call. Then the end of the script sets all of this back.
    state.in_line.push(future.cloned());
    if future.is_some() {
        state.in_hand.set(state.in_hand.get() + 1);
    }
    let locks_before = locks::held();
    let enclosure = Enclosed::new();
    let returned = work().and_then(wait::resolved);
    let exited = if returned.is_err() { enclosure.exited() } else { None };
    drop(enclosure);
    locks::abandon_all_but(locks_before);
    if future.is_some() {
        state.in_hand.set(state.in_hand.get().saturating_sub(1));
    }
    let innermost = state.in_line.change(Vec::pop);
    release(innermost);
    match (returned, exited) {
        (Ok(value), _) => Ok(Ok(Ran { outcome: Outcome::Value(value), failure: None })),
        (Err(Thrown), Some(code)) => Ok(Err(code)),
        (Err(Thrown), None) => {
            let outcome = Outcome::Failed(exception::take().ok_or(Thrown)?);
            Ok(Ok(Ran { outcome, failure: Some(Failure::Thrown) }))
        }
    }
}

/// Runs the next item of a map, as often as its pool says. None when there is none left. Re-enters PHP.
///
/// # Errors
///
/// When the script is ending.
pub(crate) fn run_item(map_call: &MapCall) -> Result<Option<Item>, Thrown> {
    let Some((key, value)) = map_call.take_one()? else {
        return Ok(None);
    };
    let mut repeats = 0;
    loop {
        let item = value.shallow_clone();
        let ran = match enclosed(None, || map_call.call(item))? {
            Ok(ran) => ran,
            Err(code) => Ran::died(subject(&key), code),
        };
        let policy = map_call.group.retry.get();
        let again = ran.failure.filter(|_| !map_call.halted.get());
        let delay = again.and_then(|failure| policy.after(failure, repeats, retry::seed(repeats.into())));
        let (ran, again) = asked(map_call, ran, delay)?;
        let Some(delay) = again else {
            let result = match ran.outcome {
                Outcome::Value(value) => Ok(value),
                Outcome::Failed(throwable) => Err(Box::new(Failed { throwable, given: Some(value) })),
            };
            return Ok(Some((key, result)));
        };
        let due = Instant::now().checked_add(delay);
        if !delay.is_zero() {
            wait::ticking(|| Ok(map_call.halted.get() || due.is_some_and(|due| Instant::now() >= due)))?;
        }
        repeats += 1;
        release(ran);
    }
}

/// Asks the script whether an item that has failed is run again, if its pool says so. Re-enters PHP.
fn asked(map_call: &MapCall, ran: Ran, delay: Option<Duration>) -> Result<(Ran, Option<Duration>), Thrown> {
    let callable = map_call.group.retry_if.borrow().clone();
    let (Some(callable), Some(_), Outcome::Failed(throwable)) = (callable, delay, &ran.outcome) else {
        return Ok((ran, delay));
    };
    if let Ok(answer) = callable.call(&mut [throwable.shallow_clone()]) {
        return Ok((ran, delay.filter(|_| answer.is_true())));
    }
    let thrown = exception::take().ok_or(Thrown)?;
    exception::chain(&thrown, throwable.shallow_clone());
    Ok((Ran { outcome: Outcome::Failed(thrown), ..ran }, None))
}

fn subject(key: &Zval) -> Subject {
    let label = match (key.str(), key.long()) {
        (Some(key), _) => Label::Key(key.to_owned()),
        (None, index) => Label::Index(index.unwrap_or_default()),
    };
    Subject { label, pid: None }
}

/// A task that runs here is to be ended: that is told to it when it asks, and to everybody else when it has returned.
/// False when it does not run here.
pub(crate) fn end(id: u64, ending: Ending) -> bool {
    let state = state();
    let in_line = state.in_line.borrow();
    let future = in_line.iter().flatten().find(|future| future.id.get() == id);
    future.inspect(|future| future.ending.set(Some(ending))).is_some()
}
