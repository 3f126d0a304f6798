//! The child: from the fork to `_exit`. Nothing in it returns into the caller's script.

use std::mem::ManuallyDrop;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use super::future::Future;
use super::group::Hook;
use super::limits::Limits;
use super::{at_exit, wait};
use crate::ini;
use crate::process::output::Streams;
use crate::process::{channel, child, loan};
use crate::task::state::state;
use crate::wire::frame::Kind;
use crate::wire::report::Report;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::object::Object;
use crate::zend::request::{self, Ran};
use crate::zend::value::Unserializable;
use crate::zend::value::object::type_name;
use crate::zend::{exception, throwable, value};

/// Runs a task, tells the parent how it ended, and ends.
pub(crate) fn run(
    channel: &OwnedFd,
    streams: Streams,
    limits: &Limits,
    hooks: &[Rc<Hook>],
    future: &Object<Future>,
) -> ! {
    state().leave_behind(true);
    // Not before: the parent's descriptors may have these numbers.
    streams.put_in_place();
    request::begin_child(ini::reseed());
    let ran = request::protect(|| {
        limits.apply(future)?;
        for hook in hooks {
            if let Some(callable) = &hook.child {
                callable.call(&mut [])?;
            }
        }
        call(future)
    });
    let code = report(channel, &ran);
    child::end(code)
}

fn call(future: &Future) -> Returned {
    // Not released either: what only the closure refers to has its destructor in the parent.
    let work = ManuallyDrop::new(future.work.take());
    let mut value = work.as_ref().ok_or(Thrown)?.run()?;
    // A future is awaited here: its process is this one's child, not the parent's.
    while let Some(inner) = Object::<Future>::from_zval(&value) {
        value = wait::one(&inner, None)?;
    }
    at_exit::finish()?;
    Ok(value)
}

/// Sends the outcome, after everything else that this process had to do. Gives the exit code.
fn report(channel: &OwnedFd, ran: &Ran<Zval>) -> i32 {
    match ran {
        Ran::Returned(value) => match request::protect(|| unless_thrown(value::encode(value))) {
            Ran::Returned(Ok(encoded)) => {
                wind_up(channel);
                deliver(channel, Kind::Value, encoded.format() as u8, encoded.len(), encoded.chunks())
            }
            Ran::Returned(Err(Unserializable { type_name, path, reason })) => {
                send(channel, &Report::NotSerializable { type_name, path, reason }, 0)
            }
            other => abnormal(channel, value, other),
        },
        Ran::Threw(thrown) => match request::protect(|| unless_thrown(throwable::encode(thrown))) {
            Ran::Returned(payload) => {
                wind_up(channel);
                deliver(channel, Kind::Thrown, 0, payload.len(), [&payload[..]].into_iter())
            }
            other => abnormal(channel, thrown, other),
        },
        Ran::Exited(code) => send(channel, &Report::Exited { code: *code }, *code),
        Ran::Fatal(error) => send(channel, &Report::Fatal(error.clone()), 255),
        Ran::Panicked(message) => send(channel, &Report::Panicked { message: message.clone() }, 255),
    }
}

/// Writes the frame of an outcome, or lends it when it is large. A pipe that is broken has lost its reader, and there
/// is nobody to tell.
fn deliver<'c>(
    channel: &OwnedFd,
    kind: Kind,
    format: u8,
    length: usize,
    chunks: impl Iterator<Item = &'c [u8]>,
) -> i32 {
    let _ = if loan::wanted(length) {
        loan::lend(channel, kind, format, chunks)
    } else {
        channel::write(channel, kind, format, length, chunks)
    };
    0
}

/// An exit in a hook of serialization is pending, whatever else was returned.
fn unless_thrown<T>(encoded: T) -> Result<T, Thrown> {
    if exception::pending() { Err(Thrown) } else { Ok(encoded) }
}

/// Serializing ran hooks of the outcome's own classes, and those did not return: there is an outcome, but it cannot leave.
fn abnormal<T>(channel: &OwnedFd, outcome: &Zval, ran: Ran<T>) -> i32 {
    let reason = match ran {
        Ran::Exited(code) => format!("exit({code}) was called while it was serialized"),
        Ran::Fatal(error) => format!("{} in {}:{}", error.message, error.file, error.line),
        Ran::Panicked(message) => message,
        Ran::Returned(_) | Ran::Threw(_) => "serializing it threw".to_owned(),
    };
    send(
        channel,
        &Report::NotSerializable { type_name: type_name(outcome), path: String::new(), reason },
        255,
    )
}

fn send(channel: &OwnedFd, report: &Report, code: i32) -> i32 {
    wind_up(channel);
    let payload = report.encode();
    let _ = channel::write(channel, Kind::Report, 0, payload.len(), [&payload[..]].into_iter());
    code
}

/// What a script's end does, for what this child itself began: its shutdown functions, its output, its streams.
fn wind_up(channel: &OwnedFd) {
    let _ = request::protect(|| {
        request::call_shutdown_functions();
        Ok(())
    });
    let _ = request::protect(|| {
        request::flush();
        Ok(())
    });
    child::let_go(channel);
}
