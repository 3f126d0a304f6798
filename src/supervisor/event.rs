//! What a supervisor tells the script: one call for each event, in the manner of a PSR-3 logger.

use std::io::Write;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::process::{child, clock};
use crate::supervisor::object::Supervisor;
use crate::task::life::future::describe;
use crate::task::life::surfacing;
use crate::zend::array::Array;
use crate::zend::handler::Thrown;
use crate::zend::{exception, string};

/// How much an event matters: the levels of PSR-3 that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Info,
    Notice,
    Warning,
    Error,
    Critical,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

/// One event.
#[derive(Debug)]
pub(super) struct Event {
    level: Level,
    text: String,
    context: Vec<(&'static str, Zval)>,
}

impl Event {
    /// `name` says for programs what `text` says for readers.
    pub(super) fn new(level: Level, name: &'static str, text: String) -> Self {
        Self { level, text, context: vec![("event", string::zval(name))] }
    }

    /// The same, with an int in the context, if there is one.
    pub(super) fn int(mut self, key: &'static str, number: Option<i64>) -> Self {
        if let Some(number) = number {
            let mut value = Zval::new();
            value.set_long(number);
            self.context.push((key, value));
        }
        self
    }

    /// With a float.
    pub(super) fn float(mut self, key: &'static str, number: f64) -> Self {
        let mut value = Zval::new();
        value.set_double(number);
        self.context.push((key, value));
        self
    }

    /// With a text.
    pub(super) fn text(mut self, key: &'static str, text: &str) -> Self {
        self.context.push((key, string::zval(text)));
        self
    }

    /// With any value, if there is one.
    pub(super) fn value(mut self, key: &'static str, value: Option<&Zval>) -> Self {
        self.context.extend(value.map(|value| (key, value.shallow_clone())));
        self
    }
}

/// Tells the script of an event; where nobody listens, those that matter are a line of the error output. What a listener
/// throws is a warning: whatever became of the log, the workers are kept up. Re-enters PHP.
///
/// # Errors
///
/// When the listener ends the script.
pub(super) fn tell(supervisor: &Supervisor, event: Event) -> Result<(), Thrown> {
    let listener = supervisor.on_event.borrow().as_ref().map(Rc::clone);
    let Event { level, text, context } = event;
    let Some(listener) = listener else {
        if level >= Level::Notice {
            print(&format!("{}: {}", level.name(), line(&text)));
        }
        return Ok(());
    };
    let mut array = Array::with_capacity(context.len());
    for (key, value) in context {
        array.set(&string::zval(key), value);
    }
    let mut args = [string::zval(level.name()), string::zval(text), array.into_zval()];
    let returned = listener.call(&mut args);
    if returned.is_err() {
        let Some(throwable) = exception::take() else {
            return Err(Thrown);
        };
        let message =
            format!("Unhandled exception of the listener of a supervisor: {}", describe(&throwable));
        exception::warn_at(&throwable, &message);
        surfacing::release(throwable);
    }
    surfacing::release((returned, args));
    surfacing::tell();
    if exception::pending() { Err(Thrown) } else { Ok(()) }
}

/// The text as a line, with escapes for what would end it or command a terminal: it may come from elsewhere.
pub(super) fn line(text: &str) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escaped).collect()
}

/// Writes a line to the error output, at once and whole.
pub(super) fn print(text: &str) {
    let line = format!("[{}] supervisor {}: {text}\n", clock::stamp(), child::id());
    // There is nowhere to say that this has failed.
    let _ = std::io::stderr().write_all(line.as_bytes());
}
