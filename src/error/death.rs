//! How the process of a task died, where that was to give a value.

use crate::process::wait::Exit;
use crate::wire::report::LastError;

/// How a process died that was to return a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// The task called `exit` with this status.
    Exited(i32),
    /// PHP ended the task by a fatal error.
    Fatal(LastError),
    /// The process is gone, and has sent no complete result.
    Gone {
        /// How the process ended.
        exit: Exit,
        /// Whether the process had begun to send its result.
        writing: bool,
    },
    /// The extension itself failed in the child; the message of the panic.
    Panicked(String),
}

/// What is known about the death of a process, in addition to its exit status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traces {
    /// The last lines of the task's error output, if that was captured.
    pub(crate) error_output: Option<Vec<u8>>,
    /// The kernel's OOM killer has killed some process, probably this one.
    pub(crate) memory_killer: bool,
}
