//! Where forking is an option: in a process that serves one script, and has one thread that runs PHP.

use std::sync::OnceLock;

use crate::error::Error;
use crate::ini;
use crate::zend::request;

/// Server APIs whose process is the script's own.
const OWN_PROCESS: [&str; 4] = ["cli", "phpdbg", "micro", "embed"];

/// How tasks run here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// In children.
    Fork,
    /// One after the other, in the process itself.
    Sync,
}

/// Can this process have children that run PHP?
pub(crate) fn supported() -> bool {
    static SUPPORTED: OnceLock<bool> = OnceLock::new();
    *SUPPORTED.get_or_init(|| OWN_PROCESS.contains(&request::sapi().as_str()))
}

/// How tasks run here.
///
/// # Errors
///
/// [`Error::Unsupported`] where they cannot, and php.ini does not say that the process itself may run them.
pub(crate) fn mode() -> Result<Mode, Error> {
    if supported() {
        Ok(Mode::Fork)
    } else if ini::sync_when_unsupported() {
        Ok(Mode::Sync)
    } else {
        Err(Error::Unsupported {
            sapi: request::sapi(),
        })
    }
}
