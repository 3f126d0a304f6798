//! From what a child has sent, or has left undone, to the value or the exception that PHP gets. Runs in the parent, at
//! a safe point, as classes may be loaded.

use std::mem::MaybeUninit;

use nix::errno::Errno;

use crate::error::{Death, Error, Seconds, Traces};
use crate::process::chunked_reader::ChunkedReader;
use crate::process::head_and_tail::last_lines;
use crate::process::output::Stream;
use crate::process::poller::notifier::Means;
use crate::process::poller::reactor::{Ended, Message};
use crate::process::remote_payload::RemotePayload;
use crate::process::wait::{Exit, Unended};
use crate::process::{bytes, chunked_reader, threads};
use crate::task::life::conclusion::conclude;
use crate::task::life::future::{Ending, Future, Outcome, Phase};
use crate::task::life::state::state;
use crate::task::life::surfacing::release;
use crate::task::workers::collect;
use crate::wire::codec::{Format, UnknownFormat};
use crate::wire::frame::{Frame, Kind, Malformed};
use crate::wire::report::Report;
use crate::zend::handler::Thrown;
use crate::zend::interrupt::FiberBlock;
use crate::zend::value::DecodeError;
use crate::zend::{exception, string, throwable, value};
use crate::{exceptions, ini};

/// The exception for a process that died has the last lines of its error output: at most so many lines, and so many
/// bytes.
const LAST_LINES: usize = 20;
const LAST_BYTES: usize = 4096;

/// Decodes the outcome of a future whose child has sent one, or has ended. Does nothing for any other. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting: a class that was loaded for the outcome called `exit`.
pub(crate) fn settle(future: &Future) -> Result<(), Thrown> {
    if !matches!(*future.phase.borrow(), Phase::Reported(_) | Phase::Remote { .. }) {
        return Ok(());
    }
    // While an exception is pending the engine loads no class, and runs no code of one.
    if exception::pending() {
        return Err(Thrown);
    }
    let phase = future.phase.replace(Phase::Reading);
    // An autoloader that suspended its fiber, and was never resumed, would keep the outcome.
    let _fibers = FiberBlock::new();
    let read = match phase {
        Phase::Remote { child, remote_payload } => {
            let outcome = fetch(future, child, *remote_payload);
            collect::release(child);
            outcome.map(|outcome| late(future, outcome, None))
        }
        Phase::Reported(ended) => interpret(future, ended),
        _ => return Ok(()),
    };
    let outcome = read.unwrap_or_else(|Thrown| failed(&Error::Unread { subject: future.subject() }));
    conclude(future, outcome);
    // Its closure and arguments are no longer needed; what they refer to may have destructors.
    release(future.work.take());
    if exception::pending() { Err(Thrown) } else { Ok(()) }
}

/// Decodes a payload that the child keeps in its memory. Room for it is allocated while nothing is borrowed: at its
/// memory limit the engine leaves this function by a long jump.
fn fetch(future: &Future, child: u64, mut remote_payload: RemotePayload) -> Result<Outcome, Thrown> {
    let RemotePayload { kind, format, length, .. } = remote_payload;
    let classes = future.classes();
    let checked = state()
        .reactor
        .borrow()
        .as_ref()
        .map_or(Err(Errno::ESRCH), |reactor| reactor.check(child, &remote_payload));
    let mut copy = |to: &mut [MaybeUninit<u8>]| match state().reactor.borrow_mut().as_mut() {
        Some(reactor) => reactor.fetch(child, &mut remote_payload, to),
        None => Err(Errno::ESRCH),
    };
    // Before the payload is copied: a value for which PHP has no memory needs no copy.
    let room = match value::room(Format::try_from(format).unwrap_or(Format::Serialized), length) {
        Ok(room) => room,
        Err(no_room) => return unreadable(future, no_room.into()),
    };
    let fetched = match (kind, Format::try_from(format)) {
        (Kind::Value, Ok(Format::Raw)) => {
            match checked.and_then(|()| string::filled(length, copy)).map(|value| room.admit(value)) {
                Ok(Ok(value)) => Ok(Outcome::Value(value)),
                Ok(Err(no_room)) => return unreadable(future, no_room.into()),
                Err(errno) => Err(errno),
            }
        }
        (Kind::Value, Ok(Format::Packed)) if length >= chunked_reader::FROM => {
            drop(room);
            let mut chunked_reader = ChunkedReader::new(length, copy);
            match (
                value::decode_from(&mut chunked_reader, length, classes.as_deref()),
                chunked_reader.failure(),
            ) {
                (Ok(value), _) => Ok(Outcome::Value(value)),
                (Err(DecodeError::Malformed(_)), Some(errno)) => Err(errno),
                (Err(error), _) => return unreadable(future, error),
            }
        }
        _ => {
            drop(room);
            match bytes::filled(length, &mut copy) {
                Ok(payload) => return understand(future, kind, format, &payload),
                Err(errno) => Err(errno),
            }
        }
    };
    match fetched {
        Ok(outcome) => Ok(outcome),
        Err(errno @ (Errno::ENOMEM | Errno::EPROTO)) => {
            let length = length as u64;
            let why =
                if errno == Errno::ENOMEM { Malformed::NoMemory { length } } else { Malformed::Overwritten };
            Ok(failed(&Error::Protocol { subject: future.subject(), why }))
        }
        Err(_) => {
            let exit = state().reactor.borrow().as_ref().map_or(Exit::Unknown, |reactor| reactor.fate(child));
            let death = Death::Gone { exit, writing: true };
            Ok(failed(&died(future, death)))
        }
    }
}

/// The error for the death of the process of `future`, with its last error output.
fn died(future: &Future, death: Death) -> Error {
    let captured = future.captured.borrow();
    let error_output = captured.as_ref().map(|captured| {
        let text = captured.text(Stream::Error);
        last_lines(&text, LAST_LINES, LAST_BYTES).to_vec()
    });
    let memory_killer = killed(&death)
        && state().reactor.borrow_mut().as_mut().is_some_and(|reactor| reactor.memory_killer.struck());
    Error::Died { subject: future.subject(), death, traces: Traces { error_output, memory_killer } }
}

/// Was it killed by SIGKILL? Where this extension has killed it, the outcome is a cancellation or a timeout, and this
/// is not asked.
fn killed(death: &Death) -> bool {
    matches!(death, Death::Gone { exit: Exit::Signal { number: libc::SIGKILL, .. }, .. })
}

fn failed(error: &Error) -> Outcome {
    Outcome::Failed(exceptions::new(error))
}

/// Decodes the outcome in a payload.
fn understand(future: &Future, kind: Kind, format: u8, payload: &[u8]) -> Result<Outcome, Thrown> {
    let classes = future.classes();
    let classes = classes.as_deref();
    let decoded = match (kind, Format::try_from(format)) {
        (Kind::Value, Ok(format)) => value::decode(format, payload, classes).map(Outcome::Value),
        (Kind::Thrown, _) => throwable::decode(payload, exceptions::remote(), classes).map(Outcome::Failed),
        (kind, format) => return Ok(failed(&reported(future, kind, format, payload))),
    };
    decoded.or_else(|error| unreadable(future, error))
}

/// The error for a task that has neither returned nor thrown: the child has reported why.
fn reported(future: &Future, kind: Kind, format: Result<Format, UnknownFormat>, payload: &[u8]) -> Error {
    let subject = future.subject();
    match (kind, format) {
        (Kind::Value, Err(unknown)) => Error::Unreadable { subject, reason: unknown.to_string() },
        (Kind::Report, _) => match Report::decode(payload) {
            Some(Report::Exited { code }) => died(future, Death::Exited(code)),
            Some(Report::Fatal(error)) => died(future, Death::Fatal(error)),
            Some(Report::Panicked { message }) => died(future, Death::Panicked(message)),
            Some(Report::NotSerializable { type_name, path, reason }) => {
                Error::NotSerializable { subject, type_name, path, reason }
            }
            None => Error::Unreadable { subject, reason: "the report is malformed".into() },
        },
        _ => Error::Unreadable { subject, reason: "the remote_payload is malformed".into() },
    }
}

/// A future that never ran fails with `error`.
pub(crate) fn fail(future: &Future, error: &Error) {
    conclude(future, Outcome::Failed(exceptions::new(error)));
    release(future.work.take());
}

fn interpret(future: &Future, ended: Ended) -> Result<Outcome, Thrown> {
    let Ended { message, exit, .. } = ended;
    let ending = future.ending.get();
    let unended = if let Exit::Unended(why) = exit { Some(why) } else { None };
    // A task that returns in the grace period after its time limit has done so in time.
    if let Message::Frame(Frame { kind, format, payload }) = &message
        && (ending.is_none() || ending == Some(Ending::TimedOut) && *kind != Kind::Report)
    {
        return Ok(late(future, understand(future, *kind, *format, payload)?, unended));
    }
    let subject = future.subject();
    let error = match (message, ending) {
        (_, Some(Ending::Cancelled)) => Error::Cancelled { subject, unended },
        (_, Some(Ending::Abandoned)) => Error::Abandoned { subject },
        (_, Some(Ending::TimedOut)) => timed_out(future, unended),
        (Message::Malformed(why), _) => Error::Protocol { subject, why },
        (Message::Nothing, _) => died(future, Death::Gone { exit, writing: false }),
        (_, _) => died(future, Death::Gone { exit, writing: true }),
    };
    Ok(failed(&error))
}

/// What a task throws in the grace period after its time limit is why it has no result, and its time limit is why it has
/// thrown that.
fn late(future: &Future, outcome: Outcome, unended: Option<Unended>) -> Outcome {
    match outcome {
        Outcome::Failed(thrown) if future.ending.get() == Some(Ending::TimedOut) => {
            let throwable = exceptions::new(&timed_out(future, unended));
            exception::chain(&throwable, thrown);
            Outcome::Failed(throwable)
        }
        outcome => outcome,
    }
}

fn timed_out(future: &Future, unended: Option<Unended>) -> Error {
    Error::TimedOut {
        subject: future.subject(),
        limit: Seconds(future.times().limit.unwrap_or_default()),
        unended,
        threads: threads::of_libraries(ini::notifier() == Means::Thread),
    }
}

/// The outcome where a payload cannot be decoded: an exception that says so, or the one that decoding it threw.
///
/// # Errors
///
/// When the script is exiting.
fn unreadable(future: &Future, error: DecodeError) -> Result<Outcome, Thrown> {
    let subject = future.subject();
    let error = match error {
        DecodeError::Thrown(throwable) => return Ok(Outcome::Failed(throwable)),
        DecodeError::Exiting => return Err(Thrown),
        DecodeError::UnknownClass { class } => Error::NotSerializable {
            subject,
            reason: format!("class {class} is not known here, and no autoloader loads it"),
            type_name: class,
            path: String::new(),
        },
        refused @ DecodeError::RefusedClass { .. } => {
            Error::Unreadable { subject, reason: refused.to_string() }
        }
        DecodeError::Malformed(why) => Error::Unreadable { subject, reason: why.to_string() },
        DecodeError::NoRoom(why) => Error::Unreadable { subject, reason: why.to_string() },
    };
    Ok(Outcome::Failed(exceptions::new(&error)))
}
