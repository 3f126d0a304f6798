//! What becomes of a task that has been run: it has ended, or it is run again. Runs in the parent.
//!
//! A repeat is a task of its own to everybody but the future: it has another number, as the child of the attempt before
//! may still be on its way out, and it is new to warm workers, as those that had it have used it up.

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
use crate::task::life::{conclusion, ended, talk};
use crate::task::workers::collect;
use crate::wire::frame::{Frame, Kind, Malformed};
use crate::wire::report::Report;
use crate::zend::interrupt;
use crate::zend::object::Object;

/// An attempt of a task of `group` is over that is in no queue any more: what it left makes its outcome, or it is run
/// again as its pool says.
pub(crate) fn conclude(group: &Rc<Group>, future: Object<Future>, phase: Phase) {
    conclude_as(group, future, phase, failure);
}

/// The same, with a function that says how the attempt has failed, if it has.
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
        // Whether it is run again is asked where PHP code may run. Until then it rests.
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

/// Another number for each task, process and time.
pub(crate) fn seed(id: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.subsec_nanos());
    id ^ u64::from(now) << 32 ^ u64::from(state().owner.get().as_raw().unsigned_abs())
}

/// A task that was posted, and is out no more, has ended.
pub(crate) fn finish(group: &Rc<Group>, future: Object<Future>, phase: Phase) {
    state().deadlines.borrow_mut().clear(future.id.get());
    future.attempts.set(future.attempts.get() + 1);
    conclude(group, future, phase);
}

/// Was a task of `group` that was on its way, and has not begun, cancelled meanwhile, or its pool stopped?
pub(crate) fn is_called_off(group: &Group, future: &Future) -> bool {
    group.ledger.borrow().is_stopped() || future.ending.get() == Some(Ending::Cancelled)
}

/// Such a task does not begin: it ends as one that was in the queue then.
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

/// There was no process for a task of `group` that is in no queue any more.
pub(crate) fn no_process(group: &Rc<Group>, future: &Object<Future>, refused: Refused) {
    let error = Error::CannotFork { subject: future.subject(), refused };
    conclude(group, future.clone(), Phase::Done(Outcome::Failed(exceptions::new(&error))));
    // Perhaps there is no child whose end would make anybody look.
    state().held_back.set(!future.has_ended() || state().held_back.get());
}

/// A task has waited long enough.
pub(crate) fn due(future: &Object<Future>) {
    let group = future.group.borrow().clone();
    if let Some(group) = group {
        group.ledger.change(|ledger| ledger.wake(future.id.get()));
        state().held_back.set(true);
    }
}

/// Nothing starts any more: a task that was to be run again, and is in no queue any more, has ended as it failed. False
/// for one that has not failed.
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
    // What has an outcome already is looked at no more.
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

/// Makes a future that has failed one that waits to be run, under another number. The attempt before is dropped by the
/// caller, when the task has its place again: its destructors run PHP code.
fn again(group: &Group, future: &Object<Future>, phase: Phase) -> (u64, Option<Box<Failed>>) {
    let state = state();
    talk::attempt_is_over(Some(group), future);
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
    talk::begin_attempt(future);
    future.epoch.set(state.code_index.borrow().next_epoch());
    future.declined.set(false);
    future.set_times(|times| (times.started, times.sought) = (None, None));
    future.phase.set(Phase::Active);
    (id, older)
}

/// How an attempt has failed; none when it has not.
pub(crate) fn failure(phase: &Phase, ending: Option<Ending>) -> Option<Failure> {
    match phase {
        _ if matches!(ending, Some(Ending::Cancelled | Ending::Abandoned)) => Some(Failure::Final),
        // Two at a time would be run.
        Phase::Reported(Ended { exit: Exit::Unended(_), .. }) => Some(Failure::Final),
        Phase::Reported(Ended { message, .. }) => match (of_message(message), ending) {
            (Some(Failure::Died | Failure::Final), Some(Ending::TimedOut)) => Some(Failure::TimedOut),
            (failure, _) => failure,
        },
        Phase::Remote { remote_payload, .. } => {
            (remote_payload.kind == Kind::Thrown).then_some(Failure::Thrown)
        }
        Phase::Done(Outcome::Failed(_)) => Some(Failure::NoProcess),
        _ => None,
    }
}

/// How what left this message has failed; none when it has not.
pub(crate) fn of_message(message: &Message) -> Option<Failure> {
    match message {
        Message::Frame(frame) => of_frame(frame),
        Message::Malformed(_) => Some(Failure::Final),
        Message::Nothing | Message::Truncated => Some(Failure::Died),
    }
}

/// The same for a whole frame.
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

/// A failure that keeps no child waiting.
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
