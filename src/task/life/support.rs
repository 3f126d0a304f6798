//! Whether tasks can run in this process. Forking is possible where a process serves one script, and has one thread
//! that runs PHP.

use std::sync::OnceLock;

use crate::error::Error;
use crate::zend::handler::Thrown;
use crate::zend::{request, thread};
use crate::{exceptions, ini};

/// Server APIs whose process is the script's own.
const OWN_PROCESS: [&str; 4] = ["cli", "phpdbg", "micro", "embed"];

/// Can this process have children that run PHP?
pub(crate) fn supported() -> bool {
    static SUPPORTED: OnceLock<bool> = OnceLock::new();
    *SUPPORTED.get_or_init(|| OWN_PROCESS.contains(&request::sapi().as_str())) && thread::is_main()
}

/// Can tasks run here, in children or in the process itself?
pub(crate) fn available() -> bool {
    supported() || in_line()
}

/// Do tasks that begin now run one after the other, in the process itself?
pub(crate) fn in_line() -> bool {
    ini::sync() || !supported() && ini::sync_when_unsupported()
}

/// Makes sure that tasks can run here.
///
/// # Errors
///
/// `UnsupportedException` where there are no children, and php.ini does not say that the process itself may run them; in
/// any thread but the main one; and while another thread runs PHP, which a child would be without.
pub(crate) fn ensure() -> Result<(), Thrown> {
    if !thread::is_main() {
        return Err(exceptions::throw(&Error::OtherThread));
    }
    if !thread::is_alone() {
        return Err(exceptions::throw(&Error::Threads));
    }
    if available() {
        return Ok(());
    }
    Err(exceptions::throw(&Error::Unsupported { sapi: request::sapi() }))
}
