//! What becomes of a task after an attempt: it has ended, or it is run again. Runs in the parent.
//!
//! A retry is a new attempt with a new id: the process of the former attempt may still be there under the old one, and
//! warm workers that inherited the task have used it up.

use std::rc::Rc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use nix::errno::Errno;

use crate::error::Error;
use crate::exceptions;
use crate::pool::deadlines::Stage;
use crate::pool::retry::Failure;
use crate::process::bytes;
use crate::process::fork::Refused;
use crate::process::poller::reactor::{Ended, Message};
use crate::process::remote_payload::RemotePayload;
use crate::process::wait::Exit;
use crate::task::life::attempt::Attempt;
use crate::task::life::doubt::Doubt;
use crate::task::life::future::{Ending, Failed, Future, Outcome, Phase};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::surfacing::release;
use crate::task::life::{conclusion, ended, task_channel};
use crate::task::workers::collect;
use crate::wire::frame::{Frame, Kind, Malformed};
use crate::wire::report::Report;
use crate::zend::interrupt;
use crate::zend::object::Object;

/// An attempt of a task of `group` is over, and the ledger does not have it any more: `phase` has what it left. That
/// becomes the task's outcome, or the task is run again, as its pool says.
pub(crate) fn conclude(group: &Rc<Group>, future: Object<Future>, phase: Phase) {
    conclude_as(group, future, phase, failure);
}

/// The same, where `failure` says how the attempt has failed; `None` if it has not.
pub(crate) fn conclude_as(
    group: &Rc<Group>,
    future: Object<Future>,
    phase: Phase,
    failure: impl FnOnce(&Phase, Option<Ending>) -> Option<Failure>,
) {
    let policy = group.retry.get();
    let wanted = policy.is_wanted() && !group.ledger.borrow().is_stopped() && !future.is_asked();
    let failure = if wanted { failure(&phase, future.ending.get()) } else { None };
    let seed = || seed(future.id.get());
    let delay = failure.and_then(|failure| policy.after(failure, future.repeats.get(), seed()));
    let Some(delay) = delay else {
        let previous = future.keep_previous(None);
        end(group, future, phase);
        release(previous);
        return;
    };
    let (id, older) = again(group, &future, phase);
    if let Some(priority) = future.priority() {
        group.ledger.change(|ledger| ledger.rank(id, priority));
    }
    if group.retry_if.borrow().is_some() {
        // The script's function is asked later, where PHP code may run. The attempt is `Resting` until then.
        group.ledger.change(|ledger| ledger.rest(id, Attempt::Task(future.clone())));
        state().doubts.push_back(Doubt { group: Rc::clone(group), future, delay });
        interrupt::flags().raise();
        release(older);
        return;
    }
    let attempt = Attempt::Task(future);
    match Instant::now().checked_add(delay) {
        Some(at) if !delay.is_zero() => {
            group.ledger.change(|ledger| ledger.rest(id, attempt));
            state().deadlines.borrow_mut().set(id, at, Stage::Repeat);
        }
        _ => group.ledger.change(|ledger| ledger.enqueue_first(id, attempt)),
    }
    release(older);
}

/// A seed for random delays that differs by task, process and time.
pub(crate) fn seed(id: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.subsec_nanos());
    id ^ u64::from(now) << 32 ^ u64::from(state().owner.get().as_raw().unsigned_abs())
}

/// An attempt in a warm worker is over, and the ledger does not have it any more.
pub(crate) fn finish(group: &Rc<Group>, future: Object<Future>, phase: Phase) {
    state().deadlines.borrow_mut().clear(future.id.get());
    future.attempts.set(future.attempts.get() + 1);
    conclude(group, future, phase);
}

/// Must a task of `group` that has not begun not begin any more? Its pool was stopped, or it was cancelled while its
/// job was made.
pub(crate) fn is_called_off(group: &Group, future: &Future) -> bool {
    group.ledger.borrow().is_stopped() || future.ending.get() == Some(Ending::Cancelled)
}

/// Ends such a task, as if it had been in the queue when it was cancelled.
pub(crate) fn call_off(group: &Rc<Group>, future: Object<Future>) {
    let id = future.id.get();
    let parked = group.end(id);
    state().deadlines.borrow_mut().clear(id);
    if future.ending.get() == Some(Ending::Cancelled) || !give_up(group, &future) {
        future.ending.set(Some(Ending::Cancelled));
        future.observed.set(true);
        let ended = Ended { id, exit: Exit::Unknown, message: Message::Nothing };
        conclude(group, future, Phase::Reported(ended));
    }
    drop(parked);
}

/// No process could be forked for a task of `group`, and the ledger does not have it any more: it fails, or is tried
/// again if failures are.
pub(crate) fn no_process(group: &Rc<Group>, future: &Object<Future>, refused: Refused) {
    let error = Error::CannotFork { subject: future.subject(), refused };
    conclude(group, future.clone(), Phase::Done(Outcome::Failed(exceptions::new(&error))));
    // There may be no child whose end would start it.
    state().held_back.set(!future.has_ended() || state().held_back.get());
}

/// The backoff of a task is over.
pub(crate) fn due(future: &Object<Future>) {
    let group = future.group.borrow().clone();
    if let Some(group) = group {
        group.ledger.change(|ledger| ledger.wake(future.id.get()));
        state().held_back.set(true);
    }
}

/// A task that was to be run again is not, as its pool was stopped, and the ledger does not have it any more: its
/// outcome is its last failure. False for a task that has not failed yet.
pub(crate) fn give_up(group: &Rc<Group>, future: &Object<Future>) -> bool {
    let Some(attempt) = future.keep_previous(None) else {
        return false;
    };
    let Failed { phase, ending, pid, captured } = *attempt;
    future.set_repeats(future.repeats.get().saturating_sub(1));
    future.ending.set(ending);
    future.pid.set(pid);
    future.captured.replace(captured);
    end(group, future.clone(), phase);
    true
}

fn end(group: &Rc<Group>, future: Object<Future>, phase: Phase) {
    // A task with an outcome needs its closure and arguments no more.
    let mut work = None;
    match phase {
        Phase::Done(outcome) => {
            work = future.work.take();
            conclusion::conclude(&future, outcome);
        }
        phase => future.phase.set(phase),
    }
    ended::end(group, future);
    release(work);
}

/// Prepares a future whose attempt has failed for the next one. Returns the id of that, and the failed attempt before
/// the last one, which the future does not keep: the caller drops it once the new attempt is in the ledger, as
/// destructors run PHP code.
fn again(group: &Group, future: &Object<Future>, phase: Phase) -> (u64, Option<Box<Failed>>) {
    let state = state();
    task_channel::attempt_is_over(Some(group), future);
    let failed = Failed {
        phase: brought_home(phase),
        ending: future.ending.take(),
        pid: future.pid.take(),
        captured: future.captured.take(),
    };
    let older = future.keep_previous(Some(Box::new(failed)));
    future.set_repeats(future.repeats.get() + 1);
    future.wait_again();
    let id = state.next_id();
    future.id.set(id);
    task_channel::begin_attempt(future);
    future.epoch.set(state.code_index.borrow().next_epoch());
    future.declined.set(false);
    future.set_times(|times| (times.started, times.sought) = (None, None));
    future.phase.set(Phase::Active);
    (id, older)
}

/// How an attempt has failed that left `phase`; `None` when it has not.
pub(crate) fn failure(phase: &Phase, ending: Option<Ending>) -> Option<Failure> {
    match phase {
        _ if matches!(ending, Some(Ending::Cancelled | Ending::Abandoned)) => Some(Failure::Final),
        // Its process could not be ended: with a retry two would run at a time.
        Phase::Reported(Ended { exit: Exit::Unended(_), .. }) => Some(Failure::Final),
        Phase::Reported(Ended { message, .. }) => match (of_message(message), ending) {
            (Some(Failure::Thrown | Failure::Died | Failure::Final), Some(Ending::TimedOut)) => {
                Some(Failure::TimedOut)
            }
            (failure, _) => failure,
        },
        Phase::Remote { remote_payload, .. } => {
            let failure = if ending == Some(Ending::TimedOut) { Failure::TimedOut } else { Failure::Thrown };
            (remote_payload.kind == Kind::Thrown).then_some(failure)
        }
        Phase::Done(Outcome::Failed(_)) => Some(Failure::NoProcess),
        _ => None,
    }
}

/// How an attempt has failed that left this message; `None` when it has not.
pub(crate) fn of_message(message: &Message) -> Option<Failure> {
    match message {
        Message::Frame(frame) => of_frame(frame),
        Message::Malformed(_) => Some(Failure::Final),
        Message::Nothing | Message::Truncated => Some(Failure::Died),
    }
}

/// How an attempt has failed that left this frame; `None` when it has not.
pub(crate) fn of_frame(frame: &Frame) -> Option<Failure> {
    match frame.kind {
        Kind::Value => None,
        Kind::Thrown => Some(Failure::Thrown),
        Kind::Report => Some(match Report::decode(&frame.payload) {
            None | Some(Report::NotSerializable { .. }) => Failure::Final,
            Some(_) => Failure::Died,
        }),
        _ => Some(Failure::Final),
    }
}

/// A failure whose payload is in the parent's memory: it is copied there if the child still has it, and the child goes
/// on.
pub(crate) fn brought_home(phase: Phase) -> Phase {
    let Phase::Remote { child, mut remote_payload } = phase else {
        return phase;
    };
    let payload = copy(child, &mut remote_payload);
    let exit = match &payload {
        Ok(_) => Exit::Unknown,
        Err(_) => state().reactor.borrow().as_ref().map_or(Exit::Unknown, |reactor| reactor.fate(child)),
    };
    collect::release(child);
    let RemotePayload { kind, format, .. } = *remote_payload;
    let message = match payload {
        Ok(payload) => Message::Frame(Frame { kind, format, payload: payload.into() }),
        Err(Errno::EPROTO) => Message::Malformed(Malformed::Overwritten),
        Err(_) => Message::Truncated,
    };
    Phase::Reported(Ended { id: child, exit, message })
}

fn copy(child: u64, remote_payload: &mut RemotePayload) -> Result<Vec<u8>, Errno> {
    let mut reactor = state().reactor.borrow_mut();
    let reactor = reactor.as_mut().ok_or(Errno::ESRCH)?;
    reactor.check(child, remote_payload)?;
    bytes::filled(remote_payload.length, |to| reactor.fetch(child, remote_payload, to))
}
