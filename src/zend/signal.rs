//! The engine's handling of signals: it has handlers of its own, and defers signals during sections that must not be
//! interrupted.

use crate::ffi;
use crate::process::{child, signals};

/// Registers the engine's functions with `process::signals`, which manages the signals of children. MINIT, which may
/// run more than once.
pub(crate) fn install() {
    // SAFETY: MINIT: no other thread runs PHP, and the signal has no other use.
    let handler = unsafe { ffi::async_signals_startup(child::parent_death_signal()) };
    let handler = handler.expose_provenance();
    signals::install(signals::Engine { handler, begin_child, handles, deferred });
}

fn begin_child() -> u64 {
    // SAFETY: a new child, with its signals blocked.
    unsafe { ffi::async_signals_begin_child() }
}

fn handles(signal: i32) -> bool {
    // SAFETY: reads the engine's table.
    unsafe { ffi::async_signals_handles(signal) }
}

/// Whether a signal handler of the script can run while the script waits for tasks. One that only
/// `pcntl_signal_dispatch()` calls cannot.
pub(crate) fn handlers_run() -> bool {
    // SAFETY: calls a function of pcntl that only reads.
    unsafe { ffi::async_signals_dispatched() }
}

fn deferred() -> bool {
    // SAFETY: reads two numbers of the engine.
    unsafe { ffi::async_signals_deferred() }
}
