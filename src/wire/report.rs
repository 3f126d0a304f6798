//! How a task ended, if with neither a value nor a throwable. Written by the child, read by the parent.

use serde::{Deserialize, Serialize};

/// An end without a value. Strings are bytes: paths and messages need not be UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Report {
    /// The task called `exit`.
    Exited {
        /// The exit status.
        code: i32,
    },
    /// A fatal error ended the task: memory limit, time limit, compile error.
    Fatal(LastError),
    /// The task has returned a value that cannot be serialized.
    NotSerializable {
        /// The type of the part that cannot be serialized, as `get_debug_type` names it.
        type_name: String,
        /// Where that part is in the result; empty for the result itself.
        path: String,
        /// The reason, as given by the serializer.
        reason: String,
    },
    /// The extension itself failed in the child.
    Panicked {
        /// The message of the panic.
        message: String,
    },
}

/// PHP's information about its last error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastError {
    /// The message, without file and line.
    pub(crate) message: String,
    /// The file in which the error occurred.
    pub(crate) file: String,
    /// The line in that file.
    pub(crate) line: u32,
}

impl Report {
    /// The report as the payload of a frame. This cannot fail: `MessagePack` can represent all of it.
    pub(crate) fn encode(&self) -> Vec<u8> {
        rmp_serde::to_vec(self).unwrap_or_default()
    }

    /// The report that is in `payload`; `None` if that is no report.
    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        rmp_serde::from_slice(payload).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_comes_back() {
        let error = LastError { message: "out of memory".into(), file: "a.php".into(), line: 3 };
        let not = Report::NotSerializable {
            type_name: "Closure".into(),
            path: "[0]->fn".into(),
            reason: "not allowed".into(),
        };
        let panicked = Report::Panicked { message: "index".into() };
        for report in [Report::Exited { code: 255 }, Report::Fatal(error), not, panicked] {
            assert_eq!(Report::decode(&report.encode()), Some(report));
        }
    }

    #[test]
    fn garbage_is_no_report() {
        assert_eq!(Report::decode(b""), None);
        assert_eq!(Report::decode(&[0xC1; 40]), None);
    }
}
