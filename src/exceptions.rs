//! The classes of exceptions, and the only table from [`Error`] to these. Registered in MINIT; objects are made in the
//! parent.

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ClassEntry;
use nix::errno::Errno;

use crate::error::{Death, Error, Label, Limit, LockError, Subject, Traces, limit_name, signal_name};
use crate::process::wait::Exit;
use crate::wire::report::LastError;
use crate::zend::array::Array;
use crate::zend::class::Class;
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::object::{READ_ONLY, int_property, is_instance, set_property};
use crate::zend::string;

static ASYNC_EXCEPTION: Class = Class::new();
static PROCESS_DIED: Class = Class::new();
static TIMEOUT: Class = Class::new();
static CANCELLED: Class = Class::new();
static NOT_SERIALIZABLE: Class = Class::new();
static CANNOT_FORK: Class = Class::new();
static UNSUPPORTED: Class = Class::new();
static PROTOCOL: Class = Class::new();
static AGGREGATE: Class = Class::new();
static REMOTE: Class = Class::new();
static LOCK: Class = Class::new();
static CHANNEL_CLOSED: Class = Class::new();
static SUPERVISOR: Class = Class::new();
static ASYNC_ERROR: Class = Class::new();

/// Registers the classes. MINIT.
pub(crate) fn register() {
    let (runtime_exception, error) = exception::base_classes();
    ASYNC_EXCEPTION.register(c"Async\\AsyncException", runtime_exception, &[], 0, None);
    ASYNC_ERROR.register(c"Async\\AsyncError", error, &[], 0, None);
    let base = ASYNC_EXCEPTION.entry();
    PROCESS_DIED.register(c"Async\\ProcessDiedException", base, &[], 0, None);
    TIMEOUT.register(c"Async\\TimeoutException", base, &[], 0, None);
    CANCELLED.register(c"Async\\CancelledException", base, &[], 0, None);
    NOT_SERIALIZABLE.register(c"Async\\NotSerializableException", base, &[], 0, None);
    CANNOT_FORK.register(c"Async\\CannotForkException", base, &[], 0, None);
    UNSUPPORTED.register(c"Async\\UnsupportedException", base, &[], 0, None);
    PROTOCOL.register(c"Async\\ProtocolException", base, &[], 0, None);
    AGGREGATE.register(c"Async\\AggregateException", base, &[], 0, None);
    REMOTE.register(c"Async\\RemoteException", base, &[], 0, None);
    LOCK.register(c"Async\\LockException", base, &[], 0, None);
    CHANNEL_CLOSED.register(c"Async\\ChannelClosedException", base, &[], 0, None);
    SUPERVISOR.register(c"Async\\SupervisorException", base, &[], 0, None);
    for (name, of) in [
        (c"exitCode", "?int"),
        (c"signal", "?int"),
        (c"signalName", "?string"),
        (c"pid", "?int"),
        (c"lastError", "?string"),
        (c"lastErrorFile", "?string"),
        (c"lastErrorLine", "?int"),
        (c"coreDumped", "bool"),
        (c"task", "string"),
        (c"errorOutput", "?string"),
    ] {
        PROCESS_DIED.property(name, of, READ_ONLY);
    }
    NOT_SERIALIZABLE.property(c"type", "string", READ_ONLY);
    NOT_SERIALIZABLE.property(c"path", "string", READ_ONLY);
    CANNOT_FORK.property(c"errno", "int", READ_ONLY);
    CANNOT_FORK.property(c"limit", "?string", READ_ONLY);
    AGGREGATE.property(c"reasons", "array", READ_ONLY);
    REMOTE.property(c"class", "string", READ_ONLY);
    REMOTE.property(c"properties", "array", READ_ONLY);
}

/// `Async\RemoteException`, which replaces a throwable whose class the parent does not know.
pub(crate) fn remote() -> &'static ClassEntry {
    REMOTE.get()
}

/// Is it an `Async\CancelledException`?
pub(crate) fn is_cancelled(throwable: &Zval) -> bool {
    is_instance(throwable, &CANCELLED)
}

/// With which exit code, or by which signal, a process has ended of whose death `throwable` tells.
pub(crate) fn death_of(throwable: &Zval) -> Option<(Option<i64>, Option<i64>)> {
    let number = |name| int_property(throwable, &PROCESS_DIED, name);
    is_instance(throwable, &PROCESS_DIED).then(|| (number(c"exitCode"), number(c"signal")))
}

/// Throws the PHP exception for an error.
pub(crate) fn throw(error: &Error) -> Thrown {
    exception::throw(&new(error))
}

/// Makes the PHP exception for an error that consists of several: `reasons` has them, and `first` is its previous one.
pub(crate) fn aggregate(error: &Error, reasons: Array, first: Option<Zval>) -> Zval {
    let throwable = new(error);
    set_property(&throwable, &AGGREGATE, c"reasons", reasons.into_zval());
    if let Some(first) = first {
        exception::chain(&throwable, first);
    }
    throwable
}

/// Makes the PHP exception for an error.
pub(crate) fn new(error: &Error) -> Zval {
    let class = class_of(error);
    let throwable = exception::new(class, &error.to_string());
    match error {
        Error::Died { subject, death, traces } => describe_death(&throwable, subject, death, traces),
        Error::NotSerializable { type_name, path, .. }
        | Error::NotShareable { type_name, path, .. }
        | Error::NotSendable { type_name, path, .. } => {
            set_property(&throwable, class, c"type", string::zval(type_name));
            set_property(&throwable, class, c"path", string::zval(path));
        }
        Error::CannotFork { refused, .. }
        | Error::NoWorkers { refused }
        | Error::NoChannel { refused }
        | Error::NoStream { refused } => {
            set_property(&throwable, class, c"errno", int(Some(refused.errno as i32)));
            set_property(&throwable, class, c"limit", text(limit_name(refused.errno)));
        }
        Error::TooManyTaskChannels { .. } => {
            set_property(&throwable, class, c"errno", int(Some(Errno::EAGAIN as i32)));
            set_property(&throwable, class, c"limit", Zval::new());
        }
        Error::LimitRefused { limit, .. } => {
            let (errno, name) = match limit {
                Limit::Memory { .. } => (Errno::ENOMEM, "memory_limit"),
                Limit::Nice { errno, .. } => (*errno, "RLIMIT_NICE"),
            };
            set_property(&throwable, class, c"errno", int(Some(errno as i32)));
            set_property(&throwable, class, c"limit", string::zval(name));
        }
        Error::NoDaemon { code, .. } => set_property(&throwable, class, c"code", int(Some(*code))),
        Error::MessageLost { pid, .. } => {
            let subject = Subject { label: Label::Key(String::new()), pid: *pid };
            let death = Death::Gone { exit: Exit::Unknown, writing: false };
            describe_death(&throwable, &subject, &death, &Traces::default());
        }
        _ => {}
    }
    throwable
}

fn class_of(error: &Error) -> &'static Class {
    match error {
        Error::Died { .. } | Error::MessageLost { .. } => &PROCESS_DIED,
        Error::NoneSucceeded { .. } => &AGGREGATE,
        Error::TimedOut { .. }
        | Error::GaveUp { .. }
        | Error::Lock(LockError::GaveUp { .. })
        | Error::NoMessage { .. }
        | Error::NoRoomInChannel { .. }
        | Error::NoTurnInChannel { .. } => &TIMEOUT,
        Error::Lock(_) => &LOCK,
        Error::Cancelled { .. } | Error::Abandoned { .. } => &CANCELLED,
        Error::NotSerializable { .. } | Error::NotShareable { .. } | Error::NotSendable { .. } => {
            &NOT_SERIALIZABLE
        }
        Error::CannotFork { .. }
        | Error::NoWorkers { .. }
        | Error::LimitRefused { .. }
        | Error::NoChannel { .. }
        | Error::TooManyTaskChannels { .. }
        | Error::NoStream { .. } => &CANNOT_FORK,
        Error::ChannelClosed { .. }
        | Error::ScriptOver { .. }
        | Error::ChannelDeserted { .. }
        | Error::TaskChannelOver { .. }
        | Error::TaskOver { .. }
        | Error::NothingInLine => &CHANNEL_CLOSED,
        Error::Protocol { .. }
        | Error::Unreadable { .. }
        | Error::Unread { .. }
        | Error::ChannelGarbled
        | Error::UnreadableMessage { .. } => &PROTOCOL,
        Error::Unsupported { .. } | Error::OtherThread | Error::Threads => &UNSUPPORTED,
        Error::NoDaemon { .. } => &SUPERVISOR,
        Error::Misuse(_) | Error::NotAwaited { .. } => &ASYNC_ERROR,
    }
}

fn describe_death(throwable: &Zval, subject: &Subject, death: &Death, traces: &Traces) {
    let (code, signal, dumped) = match death {
        Death::Exited(code) | Death::Gone { exit: Exit::Code(code), .. } => (Some(*code), None, false),
        Death::Fatal(_) | Death::Panicked(_) => (Some(255), None, false),
        Death::Gone { exit: Exit::Signal { number, core }, .. } => (None, Some(*number), *core),
        Death::Gone { exit: Exit::Unknown | Exit::Unended(_), .. } => (None, None, false),
    };
    let last = match death {
        Death::Fatal(error) => Some(error),
        _ => None,
    };
    let set = |name, value| set_property(throwable, &PROCESS_DIED, name, value);
    let mut core_dumped = Zval::new();
    core_dumped.set_bool(dumped);
    set(c"exitCode", int(code));
    set(c"signal", int(signal));
    set(c"signalName", text(signal.map(signal_name)));
    set(c"pid", int(subject.pid));
    set(c"lastError", text(last.map(|LastError { message, .. }| message)));
    set(c"lastErrorFile", text(last.map(|LastError { file, .. }| file)));
    set(c"lastErrorLine", int(last.and_then(|LastError { line, .. }| i32::try_from(*line).ok())));
    set(c"coreDumped", core_dumped);
    set(c"task", string::zval(subject.label.name()));
    set(c"errorOutput", traces.error_output.as_ref().map_or_else(Zval::new, string::zval));
}

fn int(number: Option<i32>) -> Zval {
    let mut value = Zval::new();
    if let Some(number) = number {
        value.set_long(number);
    }
    value
}

fn text(text: Option<impl AsRef<str>>) -> Zval {
    text.map_or_else(Zval::new, |text| string::zval(text.as_ref()))
}
