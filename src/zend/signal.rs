//! The engine's part in signals: it has handlers of its own, which wait for the end of what must not be interrupted.

use crate::ffi;
use crate::process::{child, signals};

/// Lets the engine have its say about the signals of children. MINIT, which may run more than once.
pub(crate) fn install() {
    // SAFETY: MINIT: no other thread runs PHP, and nobody has a use for this signal.
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

/// Can a handler of the application's run while it waits? One that only `pcntl_signal_dispatch()` calls cannot.
pub(crate) fn handlers_run() -> bool {
    // SAFETY: calls a function of pcntl that only tells.
    unsafe { ffi::async_signals_dispatched() }
}

fn deferred() -> bool {
    // SAFETY: reads two numbers of the engine.
    unsafe { ffi::async_signals_deferred() }
}
