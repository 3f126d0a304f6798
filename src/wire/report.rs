//! How a task ended when there is neither a value nor a throwable: written by the child, read by the parent.

use serde::{Deserialize, Serialize};

/// An end that is no value. Strings are bytes: paths and messages need not be UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Report {
    /// The task called `exit`.
    Exited {
        /// The status that it gave.
        code: i32,
    },
    /// A fatal error ended the task: the memory limit, a time limit, a compile error.
    Fatal(LastError),
    /// The value exists, but cannot leave the child.
    NotSerializable {
        /// Its type, as `get_debug_type` names it.
        type_name: String,
        /// Where it is in the result; empty for the result itself.
        path: String,
        /// What the serializer said.
        reason: String,
    },
    /// The extension itself failed in the child.
    Panicked {
        /// The panic's message.
        message: String,
    },
}

/// What PHP knows about its last error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastError {
    /// The message, without file and line.
    pub(crate) message: String,
    /// The file in which it happened.
    pub(crate) file: String,
    /// The line in it.
    pub(crate) line: u32,
}

impl Report {
    /// The payload of a frame. Infallible in practice: there is nothing in it that `MessagePack` cannot hold.
    pub(crate) fn encode(&self) -> Vec<u8> {
        rmp_serde::to_vec(self).unwrap_or_default()
    }

    /// The report in a payload, if it is one.
    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        rmp_serde::from_slice(payload).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_comes_back() {
        let error = LastError {
            message: "out of memory".into(),
            file: "a.php".into(),
            line: 3,
        };
        let not = Report::NotSerializable {
            type_name: "Closure".into(),
            path: "[0]->fn".into(),
            reason: "not allowed".into(),
        };
        let panicked = Report::Panicked {
            message: "index".into(),
        };
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
