//! How a process of a worker has ended.

use ext_php_rs::types::Zval;

use crate::exceptions;
use crate::task::life::conclusion;
use crate::task::life::future::{Future, describe};

/// How it has ended.
#[derive(Debug)]
pub(super) enum End {
    /// Its code has returned, or called `exit(0)`.
    Returned,
    /// It has thrown, died, or was never there.
    Failed {
        /// What a log says of it.
        text: String,
        /// What an `await` of it would have thrown.
        throwable: Zval,
        /// The exit code, if it had one.
        code: Option<i64>,
        /// The signal that has ended it, if one has.
        signal: Option<i64>,
    },
}

impl End {
    /// How the process of `future` has ended, whose outcome has been decoded.
    pub(super) fn of(future: &Future) -> Option<Self> {
        match conclusion::outcome_of(future)? {
            Ok(_) => Some(Self::Returned),
            Err(throwable) => {
                let (code, signal) = exceptions::death_of(&throwable).unwrap_or_default();
                if code == Some(0) {
                    return Some(Self::Returned);
                }
                Some(Self::Failed { text: describe(&throwable), throwable, code, signal })
            }
        }
    }

    /// What an `await` would have thrown.
    pub(super) fn throwable(&self) -> Option<&Zval> {
        if let Self::Failed { throwable, .. } = self { Some(throwable) } else { None }
    }

    /// The exit code and the signal.
    pub(super) fn status(&self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Returned => (Some(0), None),
            Self::Failed { code, signal, .. } => (*code, *signal),
        }
    }
}
