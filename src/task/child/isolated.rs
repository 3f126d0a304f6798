//! A child with one task, from the fork to `_exit`: nothing here returns into the script that it was forked from.

use std::mem::ManuallyDrop;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::ini;
use crate::process::output::Streams;
use crate::process::shared::doorbell::Ringer;
use crate::process::shared::result_ring::ResultRing;
use crate::process::{channel, child, remote_payload};
use crate::task::life::future::{Future, describe};
use crate::task::life::group::Hook;
use crate::task::life::limits::Limits;
use crate::task::life::locks;
use crate::task::life::state::state;
use crate::task::life::surfacing;
use crate::task::life::work::Work;
use crate::task::parent::{at_exit, wait};
use crate::wire::frame::Kind;
use crate::wire::report::Report;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::object::Object;
use crate::zend::request::Ran;
use crate::zend::value::object::type_name;
use crate::zend::value::{Encoded, Unserializable};
use crate::zend::{exception, request, throwable, value};

/// Where an outcome goes.
#[derive(Debug)]
pub(crate) enum Sink<'s> {
    /// A pipe of its own: the child has one task, and ends with it, at once or after hooks.
    Pipe {
        /// The pipe.
        channel: &'s OwnedFd,
        /// Hooks run after the outcome is told.
        has_hooks: bool,
    },
    /// A ring that serves many tasks.
    Ring {
        /// The ring.
        ring: &'s ResultRing,
        /// What wakes the reader.
        ringer: &'s Ringer<'s>,
        /// The task.
        task: u64,
        /// The reader has to take what the task printed before this process prints more.
        captured: bool,
    },
}

/// Runs a task, tells the parent how it ended, and ends.
pub(crate) fn run(
    channel: &OwnedFd,
    streams: Streams,
    limits: &Limits,
    hooks: &[Rc<Hook>],
    future: &Object<Future>,
) -> ! {
    state().leave_behind(true);
    let own = state().owner.get();
    // Not before: the parent's descriptors may have these numbers.
    streams.put_in_place();
    request::begin_child(ini::reseed());
    state().own.begin_isolated(future);
    let ran = request::protect(|| {
        limits.apply(|| future.subject().label)?;
        prepare(hooks)?;
        // Not released either: what only the closure refers to has its destructor in the parent.
        let work = ManuallyDrop::new(future.work.take());
        call(work.as_ref().ok_or(Thrown)?)
    });
    let has_hooks = has_exit_hooks(hooks);
    let sink = Sink::Pipe { channel, has_hooks };
    // A process that the task forked by itself comes here, too, when it returns from the task's function. It has
    // nothing to report.
    if state().owner.get() != own {
        child::end(leave(&sink, &ran));
    }
    let code = report(&sink, &ran);
    if has_hooks {
        run_exit_hooks(hooks);
    }
    child::end(code)
}

/// Ends as a script does, without a report. Returns the exit code.
fn leave(sink: &Sink<'_>, ran: &Ran<Zval>) -> i32 {
    sink.settle();
    exit_code(ran)
}

/// The exit code of a script that ends so.
pub(crate) fn exit_code(ran: &Ran<Zval>) -> i32 {
    match ran {
        Ran::Returned(_) => 0,
        Ran::Exited(code) => *code,
        _ => 255,
    }
}

/// Calls the hooks for a new child. Re-enters PHP.
///
/// # Errors
///
/// When one throws.
pub(crate) fn prepare(hooks: &[Rc<Hook>]) -> Result<(), Thrown> {
    for hook in hooks {
        if let Some(callable) = &hook.child {
            callable.call(&mut [])?;
        }
    }
    Ok(())
}

/// Runs a task, and waits for the tasks that it has started. Re-enters PHP.
///
/// # Errors
///
/// When it throws.
pub(crate) fn call(work: &Work) -> Returned {
    // A future is awaited here: its process is this one's child, not the parent's.
    let value = wait::resolved(work.run()?)?;
    at_exit::finish()?;
    surfacing::throw()?;
    Ok(value)
}

/// Sends the outcome, after everything else that this process has to do. Returns the exit code.
pub(crate) fn report(sink: &Sink<'_>, ran: &Ran<Zval>) -> i32 {
    match ran {
        Ran::Returned(value) => match encode(value) {
            Ran::Returned(Ok(encoded)) => {
                sink.settle();
                sink.deliver(Kind::Value, encoded.format() as u8, encoded.len(), encoded.chunks());
                0
            }
            Ran::Returned(Err(Unserializable { type_name, path, reason, .. })) => {
                sink.send(&Report::NotSerializable { type_name, path, reason }, 0)
            }
            other => abnormal(sink, value, other),
        },
        Ran::Threw(thrown) => match request::protect(|| unless_thrown(throwable::encode(thrown))) {
            Ran::Returned(payload) => {
                sink.settle();
                sink.deliver(Kind::Thrown, 0, payload.len(), [&payload[..]].into_iter());
                0
            }
            other => abnormal(sink, thrown, other),
        },
        Ran::Exited(code) => sink.send(&Report::Exited { code: *code }, *code),
        Ran::Fatal(error) => sink.send(&Report::Fatal(error.clone()), 255),
        Ran::Panicked(message) => sink.send(&Report::Panicked { message: message.clone() }, 255),
    }
}

impl Sink<'_> {
    /// Does what has to be done before the parent gets the outcome.
    fn settle(&self) {
        match self {
            // Hooks may need what is open.
            Self::Pipe { has_hooks: true, .. } => wind_up_before_hooks(),
            Self::Pipe { channel, .. } => {
                wind_up();
                child::let_go(channel);
            }
            Self::Ring { .. } => flush(false),
        }
        locks::abandon_all_but(0);
    }

    /// Writes the frame of an outcome. Of a large one only its address is sent, and the parent reads it from this
    /// process's memory. Errors of a broken pipe are ignored: it has no reader any more.
    fn deliver<'c>(
        &self,
        kind: Kind,
        format: u8,
        length: usize,
        chunks: impl Iterator<Item = &'c [u8]> + Clone,
    ) {
        match (self, remote_payload::wanted(length)) {
            (Self::Pipe { channel, .. }, true) => drop(remote_payload::lend(channel, kind, format, chunks)),
            (Self::Pipe { channel, .. }, false) => {
                let _ = channel::write(channel, kind, format, length, chunks);
            }
            (Self::Ring { ring, ringer, task, captured }, remote) => {
                if remote {
                    let places = remote_payload::places(kind, format, chunks.clone());
                    ring.say(ringer, *task, Kind::Remote, 0, places.len(), [&places[..]].into_iter());
                } else {
                    ring.say(ringer, *task, kind, format, length, chunks.clone());
                }
                while (remote || *captured) && !ring.await_release() {
                    // Anything else than a remote payload is asked for by a task that writes over shared memory.
                    if remote {
                        ring.say(ringer, *task, Kind::Asked, format, length, chunks.clone());
                    }
                }
            }
        }
    }

    /// Tells the parent that this worker cannot run the task, so that another one does.
    pub(crate) fn decline(&self) {
        self.settle();
        self.deliver(Kind::Declined, 0, 0, std::iter::empty());
    }

    fn send(&self, report: &Report, code: i32) -> i32 {
        self.settle();
        let payload = report.encode();
        self.deliver(Kind::Report, 0, payload.len(), [&payload[..]].into_iter());
        code
    }
}

/// Encodes a value, under protection where that can run PHP code.
fn encode(value: &Zval) -> Ran<Result<Encoded<'_>, Unserializable>> {
    if value.is_array() || value.is_object() {
        request::protect(|| unless_thrown(value::encode(value)))
    } else {
        Ran::Returned(value::encode(value))
    }
}

/// An exit in a hook of serialization is pending, whatever else was returned.
fn unless_thrown<T>(encoded: T) -> Result<T, Thrown> {
    if exception::pending() { Err(Thrown) } else { Ok(encoded) }
}

/// Serializing ran hooks of the outcome's own classes, and those did not return: there is an outcome, but it cannot be
/// sent.
fn abnormal<T>(sink: &Sink<'_>, outcome: &Zval, ran: Ran<T>) -> i32 {
    let reason = match ran {
        Ran::Exited(code) => format!("exit({code}) was called while it was serialized"),
        Ran::Fatal(error) => format!("{} in {}:{}", error.message, error.file, error.line),
        Ran::Panicked(message) => message,
        Ran::Returned(_) | Ran::Threw(_) => "serializing it threw".to_owned(),
    };
    let type_name = type_name(outcome);
    sink.send(&Report::NotSerializable { type_name, path: String::new(), reason }, 255)
}

/// What a script's end does, for what this child itself began: its shutdown functions, its output, its streams.
pub(crate) fn wind_up() {
    shut_down();
    flush(true);
}

/// The same, where hooks come after it: files stay open.
fn wind_up_before_hooks() {
    shut_down();
    flush(false);
}

fn shut_down() {
    if request::has_shutdown_functions() {
        let _ = request::protect(|| {
            request::call_shutdown_functions();
            Ok(())
        });
    }
}

/// Are there hooks for the end of a child?
fn has_exit_hooks(hooks: &[Rc<Hook>]) -> bool {
    hooks.iter().any(|hook| hook.exit.is_some())
}

/// What a warm worker does at its end: the same as for a task of its own, whose outcome is told.
pub(crate) fn wind_up_worker(hooks: &[Rc<Hook>]) {
    if has_exit_hooks(hooks) {
        wind_up_before_hooks();
        run_exit_hooks(hooks);
    } else {
        wind_up();
    }
}

/// Calls the hooks for the end of a child, whose outcomes are all told. The kernel ends this process after the grace
/// period. An exception is that of no task, and becomes a warning, after which the next hook is called. Re-enters PHP.
fn run_exit_hooks(hooks: &[Rc<Hook>]) {
    child::end_within(ini::kill_grace());
    for callable in hooks.iter().filter_map(|hook| hook.exit.as_ref()) {
        let ran = request::protect(|| {
            let returned = callable.call(&mut []);
            if returned.is_err()
                && let Some(throwable) = exception::take()
            {
                let message = format!("Unhandled exception of an onExit() hook: {}", describe(&throwable));
                exception::warn_at(&throwable, &message);
            }
            surfacing::release(returned);
            if exception::pending() { Err(Thrown) } else { Ok(()) }
        });
        if matches!(ran, Ran::Fatal(_) | Ran::Panicked(_)) {
            break;
        }
    }
    flush(true);
}

fn flush(at_end: bool) {
    if !request::has_output() {
        return;
    }
    let _ = request::protect(|| {
        request::flush(at_end);
        Ok(())
    });
}
