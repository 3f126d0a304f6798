//! What a pool sets for its children: memory and priority. Set in the child, before any PHP code.

use crate::error::{Error, Label, Limit, Subject};
use crate::exceptions;
use crate::process::child;
use crate::zend::handler::Thrown;
use crate::zend::request;

/// A value of `memory_limit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemoryLimit {
    /// As in php.ini.
    pub(crate) text: String,
    /// In bytes; none for no limit.
    pub(crate) bytes: Option<u64>,
}

/// Limits of a child.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Its `memory_limit`, if it is not that of its parent.
    pub(crate) memory: Option<MemoryLimit>,
    /// What is added to its nice value.
    pub(crate) nice: i32,
}

impl Limits {
    /// Applies them to this process.
    ///
    /// # Errors
    ///
    /// `CannotForkException` when the engine or the kernel refuses: a task that was to be limited does not run without.
    pub(crate) fn apply(&self, label: impl FnOnce() -> Label) -> Result<(), Thrown> {
        self.try_apply().map_err(|limit| {
            let subject = Subject { label: label(), pid: Some(child::id()) };
            exceptions::throw(&Error::LimitRefused { subject, limit })
        })
    }

    fn try_apply(&self) -> Result<(), Limit> {
        if let Some(MemoryLimit { text, bytes }) = &self.memory {
            request::limit_memory(text, *bytes)
                .map_err(|used| Limit::Memory { wanted: text.clone(), used })?;
        }
        if self.nice != 0 {
            child::nice(self.nice).map_err(|errno| Limit::Nice { increment: self.nice, errno })?;
        }
        Ok(())
    }
}
