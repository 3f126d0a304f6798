//! The engine's state of a request, as a child begins, runs and ends.

use std::ffi::CStr;
use std::panic::AssertUnwindSafe;
use std::ptr;

use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::{CatchError, try_catch};

use super::cell::ensure_free;
use super::class::Class;
use super::exception;
use super::handler::Thrown;
use super::string::lossy;
use crate::ffi;
use crate::process::file;
use crate::wire::report::LastError;

/// How a piece of PHP ended, before any transport.
#[derive(Debug)]
pub(crate) enum Ran<T> {
    /// It returned.
    Returned(T),
    /// It threw, and nobody caught it.
    Threw(Zval),
    /// It called `exit`.
    Exited(i32),
    /// A fatal error ended it.
    Fatal(LastError),
    /// Our own code panicked.
    Panicked(String),
}

impl<T> Ran<T> {
    /// With what `f` makes of what was returned.
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Ran<U> {
        match self {
            Self::Returned(value) => Ran::Returned(f(value)),
            Self::Threw(thrown) => Ran::Threw(thrown),
            Self::Exited(code) => Ran::Exited(code),
            Self::Fatal(error) => Ran::Fatal(error),
            Self::Panicked(message) => Ran::Panicked(message),
        }
    }
}

/// Runs `work` so that nothing escapes: no exception, no exit, no fatal error, no panic.
pub(crate) fn protect<T>(work: impl FnOnce() -> Result<T, Thrown>) -> Ran<T> {
    ensure_free();
    match try_catch(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ran::Returned(value),
        Ok(Err(Thrown)) => exception::take().map_or_else(
            || {
                // Current patch releases unwind fatal errors the way they unwind an exit.
                exception::clear();
                fatal().map_or_else(|| Ran::Exited(exit_status()), Ran::Fatal)
            },
            Ran::Threw,
        ),
        Err(CatchError::Bailout) => fatal().map_or_else(|| Ran::Exited(exit_status()), Ran::Fatal),
        Err(CatchError::Panic(message)) => Ran::Panicked(message),
        Err(other) => Ran::Panicked(other.to_string()),
    }
}

fn exit_status() -> i32 {
    // SAFETY: reads a field of the engine.
    unsafe { ffi::async_exit_status() }
}

/// `E_ERROR`, `E_PARSE`, `E_CORE_ERROR`, `E_COMPILE_ERROR`, `E_USER_ERROR`, `E_RECOVERABLE_ERROR`.
const FATAL: i32 = 1 | 4 | 16 | 64 | 256 | 4096;

/// The last error of this request, if it was fatal.
pub(crate) fn fatal() -> Option<LastError> {
    let mut message: *mut ZendStr = ptr::null_mut();
    let mut file: *mut ZendStr = ptr::null_mut();
    let mut line = 0;
    // SAFETY: valid out-pointers; the strings are the engine's, and read at once.
    let kind = unsafe { ffi::async_last_error(&raw mut message, &raw mut file, &raw mut line) };
    if kind & FATAL == 0 {
        return None;
    }
    // SAFETY: null, or a live string of the engine.
    let message = unsafe { message.as_ref() };
    // SAFETY: as above.
    let file = unsafe { file.as_ref() };
    let text = |string: Option<&ZendStr>| string.map(lossy).unwrap_or_default();
    Some(LastError { message: text(message), file: text(file), line })
}

/// Has a fatal error ended this script since somebody last asked? Whatever was the last error since.
pub(crate) fn ended_by_error() -> bool {
    // SAFETY: reads and clears a flag of our own.
    unsafe { ffi::async_ended_by_error_take() }
}

/// Lets the errors of children be told by their outcomes, and notes down what ends a script. MINIT.
pub(crate) fn install() {
    // SAFETY: MINIT: no other thread runs PHP.
    unsafe { ffi::async_errors_install() };
}

/// Gives the hook back, if it is still ours. MSHUTDOWN.
pub(crate) fn uninstall() {
    // SAFETY: MSHUTDOWN: no other thread runs PHP.
    unsafe { ffi::async_errors_uninstall() };
}

/// In the parent, right before each fork of ours: looks at what the child would look at, with code that is there
/// already.
pub(crate) fn expect_child() {
    // SAFETY: reads tables of the engine, and writes our own.
    unsafe { ffi::async_child_expected() };
}

/// In a new child, before any PHP code: forgets what is the parent's, and renews what must differ.
pub(crate) fn begin_child(reseed: bool) {
    // SAFETY: a child just forked, which never returns to the parent's frames.
    unsafe { ffi::async_child_begin(reseed) };
    let (mut cursor, mut position) = (0, 0);
    loop {
        // SAFETY: valid out-pointers; the list of resources does not change meanwhile.
        let file = unsafe { ffi::async_hidden_file_next(&raw mut cursor, &raw mut position) };
        if file < 0 {
            return;
        }
        // One that cannot be opened anew stays shared, as all the others.
        let _ = file::part(file, position);
    }
}

/// In a warm worker that is ready for its first task: that one and all after it find what there is now.
pub(crate) fn begin_tasks() {
    // SAFETY: a child's own state, and nothing of it is running.
    unsafe { ffi::async_child_watch() };
}

/// In a warm worker: has the last task set handlers of signals?
pub(crate) fn signals_changed() -> bool {
    // SAFETY: reads a flag of our own.
    unsafe { ffi::async_signals_changed() }
}

/// In a warm worker, after a task or an item: puts back what that has changed of one signal. False when that was all.
/// Re-enters PHP: what handlers held is released.
pub(crate) fn put_signal_back() -> bool {
    ensure_free();
    // SAFETY: a child's own state, and nothing of it is running.
    unsafe { ffi::async_signals_put_back() }
}

/// In a warm worker, after a task or an item: what belongs to one only begins anew. False when something cannot, and
/// the worker has to make room for another.
pub(crate) fn between_tasks() -> bool {
    // SAFETY: a child's own state, and nothing of it is running.
    unsafe { ffi::async_child_between() }
}

/// Notices from now on what tasks change of their process. RINIT.
pub(crate) fn watch_process() {
    // SAFETY: RINIT: no PHP code runs, and none is compiled.
    unsafe { ffi::async_process_startup() };
}

/// Bytes that PHP has from the system.
pub(crate) fn memory_usage() -> usize {
    // SAFETY: reads a number of the engine.
    unsafe { ffi::zend_memory_usage(true) }
}

/// In a child, before any PHP code: sets `memory_limit` to `text`, which means `bytes`; none for no limit.
///
/// # Errors
///
/// The bytes that are in use, when that is more.
pub(crate) fn limit_memory(text: &str, bytes: Option<u64>) -> Result<(), usize> {
    let bytes = bytes.map_or(usize::MAX, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    // SAFETY: the text is copied.
    let used = unsafe { ffi::async_memory_limit(text.as_ptr().cast(), text.len(), bytes) };
    if used == 0 { Ok(()) } else { Err(used) }
}

/// In a child: has it registered shutdown functions itself?
pub(crate) fn has_shutdown_functions() -> bool {
    // SAFETY: reads a field of the engine.
    unsafe { ffi::async_child_has_shutdown_functions() }
}

/// In a child that has some, after its run: shutdown functions that it registered itself. Re-enters PHP.
pub(crate) fn call_shutdown_functions() {
    ensure_free();
    // SAFETY: the list holds only what this child registered.
    unsafe { ffi::async_child_shutdown_functions() };
}

/// In a child: is there something that it has to write out?
pub(crate) fn has_output() -> bool {
    // SAFETY: reads fields of the engine.
    unsafe { ffi::async_child_has_output() }
}

/// In a child: writes out its output buffers and the streams that it opened; at its end its files are closed as well.
/// Re-enters PHP.
pub(crate) fn flush(at_end: bool) {
    ensure_free();
    // SAFETY: the output layer and the streams are this child's own.
    unsafe { ffi::async_child_flush(at_end) };
}

/// Calls a static method of `class` at the end of the script, as one more of its shutdown functions.
pub(crate) fn at_shutdown(class: &Class, method: &CStr) {
    // SAFETY: a registered class; the method is one of its.
    unsafe { ffi::async_shutdown_register(class.entry(), method.as_ptr()) };
}

/// Calls a static method of `class` that takes nothing and gives nothing. Re-enters PHP.
///
/// # Errors
///
/// When an exception is pending afterwards.
pub(crate) fn call(class: &Class, method: &CStr) -> Result<(), Thrown> {
    // SAFETY: a registered class; the method is one of its.
    unsafe { ffi::async_static_call(class.entry(), method.as_ptr()) };
    if exception::pending() { Err(Thrown) } else { Ok(()) }
}

/// The name of the server API: `cli`, `fpm-fcgi`, ...
pub(crate) fn sapi() -> String {
    // SAFETY: set before any module starts, and constant since.
    let name = unsafe { ext_php_rs::ffi::sapi_module.name };
    if name.is_null() {
        return String::new();
    }
    // SAFETY: a NUL-terminated text that lives for ever.
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

/// A stream resource that reads from a duplicate of `fd`.
pub(crate) fn stream(fd: std::os::fd::OwnedFd) -> Option<Zval> {
    let mut stream = Zval::new();
    // SAFETY: the stream takes the descriptor over when it is made.
    if unsafe { ffi::async_stream_from_fd(std::os::fd::AsRawFd::as_raw_fd(&fd), &raw mut stream) } {
        std::mem::forget(fd);
        return Some(stream);
    }
    None
}
