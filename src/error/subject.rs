//! The task that an error is about.

use std::fmt;

/// The name of a task in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// Its key in its pool.
    Key(String),
    /// Its key in its pool, if that is an integer.
    Index(i64),
    /// Its number in this process, for a task outside of a pool.
    Number(u64),
}

impl Label {
    /// The name without quotes or brackets, for programs.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Key(key) => key.clone(),
            Self::Index(index) => index.to_string(),
            Self::Number(number) => format!("#{number}"),
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "\"{key}\""),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Number(number) => write!(f, "#{number}"),
        }
    }
}

/// The task that an error is about: `task "key" (pid 123)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The name of the task.
    pub(crate) label: Label,
    /// The id of the task's process, if it ever had one.
    pub(crate) pid: Option<i32>,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "task {} (pid {pid})", self.label),
            None => write!(f, "task {}", self.label),
        }
    }
}
