//! The engine's part in signals: it has handlers of its own, which wait for the end of what must not be interrupted.

use crate::ffi;
use crate::process::{child, signals};

/// Lets the engine have its say about the signals of children. MINIT, which may run more than once.
pub(crate) fn install() {
    // SAFETY: MINIT: no other thread runs PHP, and nobody has a use for this signal.
    let handler = unsafe { ffi::async_signals_startup(child::parent_death_signal()) };
    signals::install(signals::Engine { handler: handler.expose_provenance(), begin_child, deferred });
}

fn begin_child() -> u64 {
    // SAFETY: a new child, with its signals blocked.
    unsafe { ffi::async_signals_begin_child() }
}

fn deferred() -> bool {
    // SAFETY: reads two numbers of the engine.
    unsafe { ffi::async_signals_deferred() }
}
