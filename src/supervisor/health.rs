//! What a supervisor shows to others: a file that says how all is, and a text for people.

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::process::child;
use crate::supervisor::event::line;
use crate::supervisor::unit::{Running, State, Unit};

/// How a supervisor is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Summary<'r> {
    /// `starting`, `running`, `reloading` or `stopping`.
    pub(super) state: &'static str,
    /// How many seconds it runs.
    pub(super) age: f64,
    /// How often a process has taken the place of another one.
    pub(super) restarts: u64,
    pub(super) units: &'r [Unit],
}

impl Summary<'_> {
    /// How many workers have a process that is ready.
    pub(super) fn ready(&self) -> usize {
        self.units.iter().filter(|unit| unit.running().is_some_and(|running| running.ready)).count()
    }

    /// One line.
    pub(super) fn line(&self) -> String {
        let wanted = self.units.iter().filter(|unit| !matches!(unit.state, State::Done)).count();
        format!("{}, {} of {wanted} workers ready, {} restarts", self.state, self.ready(), self.restarts)
    }

    /// One line for each worker, and one before them.
    pub(super) fn table(&self) -> String {
        let mut text = format!("{}, up {:.0} s", self.line(), self.age);
        for unit in self.units {
            let running = unit.running();
            let pid = unit.pid().map_or_else(|| "-".to_owned(), |pid| pid.to_string());
            let age = running.map_or(0.0, |running| running.since.elapsed().as_secs_f64());
            let silence = running.map_or(0.0, |running| running.silence().as_secs_f64());
            // Writing to a `String` cannot fail.
            let _ = write!(
                text,
                "\n  {} pid {pid} {}, {age:.0} s, {} jobs, {} restarts, heartbeat {silence:.1} s ago",
                line(&unit.name()),
                unit.word(),
                unit.all_jobs(),
                unit.restarts
            );
            if let Some(status) = running.and_then(Running::status) {
                let _ = write!(text, ": {}", line(&status));
            }
        }
        text
    }

    /// The same for programs.
    pub(super) fn json(&self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let mut text = format!(
            "{{\"pid\":{},\"state\":\"{}\",\"time\":{now:.3},\"age\":{:.3},\"ready\":{},\"restarts\":{},\"workers\":[",
            child::id(),
            self.state,
            self.age,
            self.ready(),
            self.restarts
        );
        for (index, unit) in self.units.iter().enumerate() {
            let running = unit.running();
            let number =
                |number: Option<f64>| number.map_or_else(|| "null".to_owned(), |n| format!("{n:.3}"));
            let status = running.and_then(Running::status);
            let _ = write!(
                text,
                "{}{{\"name\":{},\"id\":{},\"pid\":{},\"state\":\"{}\",\"age\":{},\"heartbeat\":{},\"jobs\":{},\"bytes\":{},\"restarts\":{},\"status\":{}}}",
                if index > 0 { "," } else { "" },
                quoted(&unit.kind.name),
                unit.id,
                unit.pid().map_or_else(|| "null".to_owned(), |pid| pid.to_string()),
                unit.word(),
                number(running.map(|running| running.since.elapsed().as_secs_f64())),
                number(running.map(|running| running.silence().as_secs_f64())),
                unit.all_jobs(),
                running.and_then(Running::pulse).map_or(0, |pulse| pulse.bytes),
                unit.restarts,
                status.map_or_else(|| "null".to_owned(), |status| quoted(&status)),
            );
        }
        text.push_str("]}\n");
        text
    }
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            char if char < ' ' || char == '\u{7f}' => drop(write!(quoted, "\\u{:04x}", u32::from(char))),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn any_text_is_a_string_of_json() {
        assert_eq!(quoted("a \"b\" \\ ä\n\u{0}"), "\"a \\\"b\\\" \\\\ ä\\u000a\\u0000\"");
    }
}
