//! Asks the script whether a task that has failed is run again: the `if` of `Pool::retry()`. Runs in the parent.

use std::rc::Rc;
use std::time::Instant;

use ext_php_rs::types::Zval;

use crate::ini;
use crate::pool::deadlines::Stage;
use crate::pool::ledger;
use crate::pool::place::Place;
use crate::task::life::conclusion;
use crate::task::life::doubt::Doubt;
use crate::task::life::future::{Failed, Future, Outcome, Phase};
use crate::task::life::group::Group;
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::life::surfacing::release;
use crate::task::workers::{outcome, retry};
use crate::zend::callable::Callable;
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::interrupt::{FiberBlock, Floor};
use crate::zend::object::Object;

/// May the script be asked about the next one at this moment?
#[expect(
    clippy::inline_always,
    reason = "a call would cost more than what it finds out for most tasks: nothing"
)]
#[inline(always)]
pub(crate) fn may_ask(moment: Moment) -> bool {
    let doubts = state().doubts.borrow();
    doubts.front().is_some_and(|doubt| {
        moment == Moment::Call || doubt.group.handlers.get().unwrap_or_else(ini::handlers) != Place::Await
    })
}

/// Asks about all failed tasks that wait for it, as far as the script may be asked at this moment. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting.
#[expect(
    clippy::inline_always,
    reason = "a call would cost more than what it finds out for most tasks: nothing"
)]
#[inline(always)]
pub(crate) fn ask_all(moment: Moment) -> Result<(), Thrown> {
    if may_ask(moment) { ask_while(moment) } else { Ok(()) }
}

fn ask_while(moment: Moment) -> Result<(), Thrown> {
    while may_ask(moment) {
        let next = state().doubts.pop_front();
        if let Some(doubt) = next {
            let asked = ask(&doubt);
            let Doubt { group, future, .. } = &doubt;
            if asked.is_err() && rests(group, future.id.get()) {
                // The script exits, and nobody would be asked again: the end of the script would wait for this task.
                retry::call_off(group, future.clone());
            }
            release(doubt);
            asked?;
        }
    }
    Ok(())
}

fn ask(doubt: &Doubt) -> Result<(), Thrown> {
    let Doubt { group, future, delay } = doubt;
    let id = future.id.get();
    if !rests(group, id) {
        return Ok(()); // it was cancelled, stopped or hastened
    }
    let Some(failed) = future.keep_previous(None) else {
        return Ok(());
    };
    let failed = read(future, *failed)?;
    let throwable = match &failed.phase {
        Phase::Done(Outcome::Failed(throwable)) => throwable.shallow_clone(),
        _ => return Err(Thrown),
    };
    // While the script is asked it may stop the pool: then this is how the task has failed.
    release(future.keep_previous(Some(Box::new(failed))));
    let callable = group.retry_if.borrow().clone();
    let answer = callable.map_or(Ok(true), |callable| is_wanted(&callable, &throwable));
    let thrown = match answer {
        Ok(_) => None,
        Err(Thrown) => Some(exception::take().ok_or(Thrown)?),
    };
    if !rests(group, id) {
        release((throwable, thrown));
        return Ok(());
    }
    if let Some(thrown) = thrown
        && let Some(failed) = future.keep_previous(None)
    {
        exception::chain(&thrown, throwable);
        let failed = Failed { phase: Phase::Done(Outcome::Failed(thrown)), ..*failed };
        release(future.keep_previous(Some(Box::new(failed))));
    }
    let again = answer == Ok(true);
    if !again || group.ledger.borrow().is_stopped() {
        let parked = group.end(id);
        retry::give_up(group, future);
        release(parked);
    } else if let Some(at) = Instant::now().checked_add(*delay).filter(|_| !delay.is_zero()) {
        state().deadlines.borrow_mut().set(id, at, Stage::Repeat);
    } else {
        retry::due(future);
    }
    Ok(())
}

fn rests(group: &Rc<Group>, id: u64) -> bool {
    group.ledger.borrow().stage(id) == Some(ledger::Stage::Resting)
}

/// Decodes how an attempt has failed, in the way of the outcome of a task.
fn read(future: &Future, failed: Failed) -> Result<Failed, Thrown> {
    let attempt = Object::<Future>::new();
    let Failed { phase, ending, pid, captured } = failed;
    attempt.key.set(future.key.borrow().shallow_clone());
    attempt.observed.set(true);
    attempt.ending.set(ending);
    attempt.pid.set(pid);
    attempt.captured.replace(captured);
    attempt.set_times(|times| times.limit = future.times().limit);
    attempt.phase.set(phase);
    outcome::settle(&attempt)?;
    let Some(Ok(throwable) | Err(throwable)) = conclusion::outcome_of(&attempt) else {
        return Err(Thrown);
    };
    let captured = attempt.captured.take();
    Ok(Failed { phase: Phase::Done(Outcome::Failed(throwable)), ending, pid, captured })
}

fn is_wanted(callable: &Callable, throwable: &Zval) -> Result<bool, Thrown> {
    let _fibers = FiberBlock::new();
    let _floor = Floor::new();
    let answer = callable.call(&mut [throwable.shallow_clone()])?;
    let wanted = answer.is_true();
    release(answer);
    Ok(wanted)
}
