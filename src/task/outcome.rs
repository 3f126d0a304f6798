//! What a child left, made into what PHP gets. Runs in the parent, at a safe point: it may load classes.

use super::future::{Ending, Future, Outcome, Phase};
use super::handlers::set;
use crate::error::{Death, Error, Seconds};
use crate::php::exceptions;
use crate::process::reactor::{Ended, Message};
use crate::wire::codec::Format;
use crate::wire::frame::{Frame, Kind};
use crate::wire::report::Report;
use crate::zend::handler::Thrown;
use crate::zend::value::DecodeError;
use crate::zend::{throwable, value};

/// Gives a future whose child has ended its outcome. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting: a class that was loaded for the outcome called `exit`.
pub(crate) fn settle(future: &Future) -> Result<(), Thrown> {
    let ended = match &mut *future.phase.borrow_mut() {
        phase @ Phase::Reported(_) => std::mem::replace(phase, Phase::Running),
        _ => return Ok(()),
    };
    if let Phase::Reported(ended) = ended {
        let outcome = interpret(future, ended)?;
        set(future, outcome);
    }
    // Its closure and arguments are no longer needed; what they refer to may have destructors.
    let work = future.work.take();
    drop(work);
    Ok(())
}

/// A future that never ran fails with `error`.
pub(crate) fn fail(future: &Future, error: &Error) {
    let work = future.work.take();
    set(future, Outcome::Failed(exceptions::new(error)));
    drop(work);
}

fn interpret(future: &Future, ended: Ended) -> Result<Outcome, Thrown> {
    let subject = future.subject();
    let Ended { message, exit, .. } = ended;
    let ending = future.ending.get();
    if ending == Some(Ending::Cancelled) {
        return Ok(Outcome::Failed(exceptions::new(&Error::Cancelled { subject })));
    }
    let error = match message {
        // A task that made it in the grace period has made it.
        Message::Frame(Frame {
            kind: Kind::Value,
            format,
            payload,
        }) => {
            let Ok(format) = Format::try_from(format) else {
                let error = Error::Unreadable {
                    subject,
                    reason: format!("its format {format} is unknown"),
                };
                return Ok(Outcome::Failed(exceptions::new(&error)));
            };
            return value::decode(format, &payload)
                .map(Outcome::Value)
                .or_else(|error| unreadable(future, error));
        }
        Message::Frame(Frame {
            kind: Kind::Thrown,
            payload,
            ..
        }) => {
            let throwable = throwable::decode(&payload, exceptions::remote());
            return throwable
                .map(Outcome::Failed)
                .or_else(|error| unreadable(future, error));
        }
        _ if ending == Some(Ending::TimedOut) => Error::TimedOut {
            subject,
            limit: Seconds(future.limit.get().unwrap_or_default()),
        },
        Message::Frame(Frame {
            kind: Kind::Report,
            payload,
            ..
        }) => match Report::decode(&payload) {
            Some(Report::Exited { code }) => Error::Died {
                subject,
                death: Death::Exited(code),
            },
            Some(Report::Fatal(error)) => Error::Died {
                subject,
                death: Death::Fatal(error),
            },
            Some(Report::Panicked { message }) => Error::Died {
                subject,
                death: Death::Panicked(message),
            },
            Some(Report::NotSerializable {
                type_name,
                path,
                reason,
            }) => Error::NotSerializable {
                subject,
                type_name,
                path,
                reason,
            },
            None => Error::Unreadable {
                subject,
                reason: "the report is malformed".into(),
            },
        },
        Message::Malformed(why) => Error::Protocol { subject, why },
        Message::Nothing => Error::Died {
            subject,
            death: Death::Gone { exit, writing: false },
        },
        Message::Truncated => Error::Died {
            subject,
            death: Death::Gone { exit, writing: true },
        },
    };
    Ok(Outcome::Failed(exceptions::new(&error)))
}

/// A whole frame whose payload cannot be read: a failure, or the exception that reading it threw.
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
        DecodeError::Malformed(why) => Error::Unreadable {
            subject,
            reason: why.to_string(),
        },
    };
    Ok(Outcome::Failed(exceptions::new(&error)))
}
