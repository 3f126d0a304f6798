//! SIGINT and SIGTERM while the end of the script waits for its tasks.
//!
//! Where the application handles them, the first one has ended the script, or its handler decides what it means; the
//! second one ends the tasks. Where it does not, they kill the script, or are ignored, and there is nothing to listen
//! to.

use crate::process::listener;
use crate::process::listener::Listener;
use crate::zend::cell::Plain;
use crate::zend::{interrupt, signal};

/// A listener for both signals.
#[derive(Debug)]
pub(crate) struct Interruption {
    #[expect(dead_code, reason = "held, not read")]
    listeners: Vec<Listener>,
    /// How many signals end the tasks.
    enough: u32,
}

impl Plain for Interruption {}

impl Interruption {
    /// Begins to listen. Re-enters PHP.
    pub(crate) fn watch() -> Self {
        listener::count_anew();
        let handled: Vec<_> = [libc::SIGINT, libc::SIGTERM]
            .into_iter()
            .filter(|&signal| listener::is_handled(signal))
            .collect();
        // A handler that only pcntl_signal_dispatch() calls cannot decide anything any more.
        let decided = interrupt::has_exited() || !handled.is_empty() && !signal::handlers_run();
        let listeners = handled.into_iter().filter_map(|signal| Listener::counting(signal).ok()).collect();
        Self { listeners, enough: if decided { 1 } else { 2 } }
    }

    /// Have enough signals come to end the tasks?
    pub(crate) fn is_over(&self) -> bool {
        listener::counted() >= self.enough
    }
}
