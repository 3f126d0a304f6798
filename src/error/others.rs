//! Who could have ended a wait that took too long.

use std::fmt;

use super::{Holder, Subject};

/// A process that could have ended a wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    /// One of those that have a channel.
    Process(Holder),
    /// The one that runs, or will run, this task.
    Task(Subject, Doing),
    /// The one whose task waits: its id, and whether it waits in the same way.
    Parent(i32, Option<Doing>),
}

/// What such a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// The task waits to be run.
    NotBegun,
    /// The task has failed, and waits to be run once more.
    Resting,
    /// The task runs.
    Runs,
    /// It waits for the same of this process: a message, or room for one.
    WaitsToo(&'static str),
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBegun => write!(f, ", which has not begun"),
            Self::Resting => write!(f, ", which has failed, and has not begun again"),
            Self::Runs => write!(f, ", which runs"),
            Self::WaitsToo(what) => write!(f, ", which waits for {what} itself"),
        }
    }
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(process) => process.fmt(f),
            Self::Task(subject, doing) => write!(f, "{subject}{doing}"),
            Self::Parent(pid, doing) => {
                write!(f, "the parent of the task (pid {pid})")?;
                doing.map_or(Ok(()), |doing| doing.fmt(f))
            }
        }
    }
}

/// Who else could do what somebody waits for.
pub(super) fn others_text(others: &[Other], what: &str) -> String {
    let named: Vec<_> = others.iter().map(ToString::to_string).collect();
    if named.is_empty() { String::new() } else { format!("; who could {what}: {}", named.join(", ")) }
}
