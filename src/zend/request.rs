//! The engine's state of a request: how it is adapted when a child begins, between its tasks, and when it ends.

use std::ffi::{CStr, OsStr, c_void};
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::ptr;
use std::sync::OnceLock;

use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::{CatchError, try_catch};

use super::cell::ensure_free;
use super::class::Class;
use super::handler::Thrown;
use super::string::lossy;
use super::{exception, interrupt};
use crate::ffi;
use crate::process::file;
use crate::wire::report::LastError;

/// How a piece of PHP code ended.
#[derive(Debug)]
pub(crate) enum Ran<T> {
    /// It returned.
    Returned(T),
    /// It threw an exception that was not caught.
    Threw(Zval),
    /// It called `exit`.
    Exited(i32),
    /// A fatal error ended it.
    Fatal(LastError),
    /// Our own code panicked.
    Panicked(String),
}

impl<T> Ran<T> {
    /// Applies `f` to a returned value.
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

/// Runs `work`, and turns any way in which it can end into a [`Ran`]: no exception, exit, fatal error or panic leaves
/// this function.
pub(crate) fn protect<T>(work: impl FnOnce() -> Result<T, Thrown>) -> Ran<T> {
    ensure_free();
    match try_catch(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ran::Returned(value),
        Ok(Err(Thrown)) => exception::take().map_or_else(
            || {
                // Recent patch releases of PHP unwind fatal errors in the same way as an exit.
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

/// A call of PHP code that may call `exit` without ending the script, and that is in no fiber.
#[derive(Debug)]
pub(crate) struct Enclosed {
    status: i32,
    fiber: *mut c_void,
}

impl Enclosed {
    /// Such code runs until this is dropped.
    pub(crate) fn new() -> Self {
        // SAFETY: sets a field of the engine, which is set back when this is dropped, in the same function.
        let fiber = unsafe { ffi::async_fiber_hide() };
        Self { status: exit_status(), fiber }
    }

    /// If it has called `exit`, the code: other code can run then. `None` when what unwinds is the end of the script: a
    /// fatal error, or `exit` in a handler of a signal.
    pub(crate) fn exited(&self) -> Option<i32> {
        if !exception::exiting() || interrupt::has_exited() || fatal().is_some() {
            return None;
        }
        let code = exit_status();
        exception::clear();
        // SAFETY: sets a field of the engine.
        unsafe { ffi::async_exit_status_set(self.status) };
        Some(code)
    }
}

impl Drop for Enclosed {
    fn drop(&mut self) {
        // SAFETY: the fiber that was active when this was made; it is the same function, and so the same fiber.
        unsafe { ffi::async_fiber_show(self.fiber) };
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

/// Whether a fatal error has ended the script since the last call. The last error does not tell this, as a warning may
/// follow the fatal one.
pub(crate) fn ended_by_error() -> bool {
    // SAFETY: reads and clears a flag of our own.
    unsafe { ffi::async_ended_by_error_take() }
}

/// Has the script come to its end, and do its shutdown functions or destructors run?
pub(crate) fn is_shutting_down() -> bool {
    // SAFETY: reads a flag of the engine's, of this thread.
    unsafe { ffi::async_is_shutting_down() }
}

/// Installs an error hook: a child does not print its fatal error, as its outcome reports that; and a fatal error that
/// ends a script is recorded for [`ended_by_error`]. MINIT.
pub(crate) fn install() {
    // SAFETY: MINIT: no other thread runs PHP.
    unsafe { ffi::async_errors_install() };
}

/// Removes the hook, if the current one is ours. MSHUTDOWN.
pub(crate) fn uninstall() {
    // SAFETY: MSHUTDOWN: no other thread runs PHP.
    unsafe { ffi::async_errors_uninstall() };
}

/// In the parent, right before each of our forks: computes what the child needs to know, so that the child does not
/// have to map the code for it.
pub(crate) fn expect_child() {
    // SAFETY: reads tables of the engine, and writes our own.
    unsafe { ffi::async_child_expected() };
}

/// In a new child, before any PHP code: discards state that belongs to the parent, and resets what must differ, such as
/// the seeds of random numbers if `reseed` is set.
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
        // A file that cannot be opened again stays shared with the parent, like all other descriptors.
        let _ = file::part(file, position);
    }
}

/// In a process that goes on with the script in place of the one that it was forked from: renews what the engine has of
/// the system in each process.
pub(crate) fn forked() {
    // SAFETY: a process just forked, which has one thread.
    unsafe { ffi::async_process_forked() };
}

/// In a warm worker that is ready for its first task: records the state that each task is to find.
pub(crate) fn begin_tasks() {
    // SAFETY: a child's own state, and nothing of it is running.
    unsafe { ffi::async_child_watch() };
}

/// In a warm worker: whether the last task has set signal handlers.
pub(crate) fn signals_changed() -> bool {
    // SAFETY: reads a flag of our own.
    unsafe { ffi::async_signals_changed() }
}

/// In a warm worker, after a task or an item: restores one signal that it has changed. Returns false when none is left.
/// PHP code may run, as values that handlers held are released.
pub(crate) fn put_signal_back() -> bool {
    ensure_free();
    // SAFETY: a child's own state, and nothing of it is running.
    unsafe { ffi::async_signals_put_back() }
}

/// In a warm worker, after a task or an item: resets the state that belongs to a single task. Returns false when some
/// of it cannot be reset, and the worker has to be replaced.
pub(crate) fn between_tasks() -> bool {
    // SAFETY: a child's own state, and nothing of it is running.
    unsafe { ffi::async_child_between() }
}

/// Has this process, or one that it was forked from, called functions of C? They can do to it what no function of
/// PHP's own can: close descriptors that are not theirs.
pub(crate) fn is_native() -> bool {
    // SAFETY: reads a flag of our own.
    unsafe { ffi::async_process_is_native() }
}

/// Begins to record which state of the process tasks change, such as timers and resource limits. RINIT.
pub(crate) fn watch_process() {
    // SAFETY: RINIT: no PHP code runs, and none is compiled.
    unsafe { ffi::async_process_startup() };
}

static RIGHTS: OnceLock<fn()> = OnceLock::new();

/// Has `hook` called before PHP code can change the rights of this process: by a function for that, or by one of C. MINIT,
/// which may run more than once in a process.
pub(crate) fn before_rights_change(hook: fn()) {
    RIGHTS.get_or_init(|| hook);
    // SAFETY: MINIT: no other thread runs PHP.
    unsafe { ffi::async_rights_install(on_rights_change) };
}

unsafe extern "C" fn on_rights_change() {
    // A panic must not leave an `extern "C"` frame.
    let _ = catch_unwind(|| RIGHTS.get().inspect(|hook| hook()));
}

/// The working directory of the script. A thread-safe PHP keeps it apart from that of the process.
pub(crate) fn folder() -> Option<PathBuf> {
    let mut path = vec![0_u8; 4096];
    // SAFETY: the engine writes a text that ends with NUL into the buffer, of the size that it is told.
    if !unsafe { ffi::async_folder(path.as_mut_ptr().cast(), path.len()) } {
        return None;
    }
    let path = CStr::from_bytes_until_nul(&path).ok()?;
    Some(OsStr::from_bytes(path.to_bytes()).into())
}

/// Makes the root the working directory of the script.
pub(crate) fn leave_folder() {
    // SAFETY: changes a path that the engine keeps, or the process's own.
    unsafe { ffi::async_folder_leave() };
}

/// The memory in bytes that PHP has allocated from the system.
pub(crate) fn memory_usage() -> usize {
    // SAFETY: reads a number of the engine.
    unsafe { ffi::zend_memory_usage(true) }
}

/// In a child, before any PHP code: sets `memory_limit` to `text`, which stands for `bytes`; `None` for no limit.
///
/// # Errors
///
/// The memory in bytes that is in use, if that exceeds the limit.
pub(crate) fn limit_memory(text: &str, bytes: Option<u64>) -> Result<(), usize> {
    let bytes = bytes.map_or(usize::MAX, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    // SAFETY: the text is copied.
    let used = unsafe { ffi::async_memory_limit(text.as_ptr().cast(), text.len(), bytes) };
    if used == 0 { Ok(()) } else { Err(used) }
}

/// In a child: whether it has registered shutdown functions itself.
pub(crate) fn has_shutdown_functions() -> bool {
    // SAFETY: reads a field of the engine.
    unsafe { ffi::async_child_has_shutdown_functions() }
}

/// In a child that has registered shutdown functions, after its task: calls them, and none of the parent's. PHP code
/// runs.
pub(crate) fn call_shutdown_functions() {
    ensure_free();
    // SAFETY: the list holds only what this child registered.
    unsafe { ffi::async_child_shutdown_functions() };
}

/// In a child: whether it may have buffered output, in the output layer or in its own streams.
pub(crate) fn has_output() -> bool {
    // SAFETY: reads fields of the engine.
    unsafe { ffi::async_child_has_output() }
}

/// In a child: flushes its output buffers and the streams that it opened; with `at_end` also closes its files. PHP code
/// may run.
pub(crate) fn flush(at_end: bool) {
    ensure_free();
    // SAFETY: the output layer and the streams are this child's own.
    unsafe { ffi::async_child_flush(at_end) };
}

/// Registers a static method of `class` as a shutdown function of the script.
pub(crate) fn at_shutdown(class: &Class, method: &CStr) {
    // SAFETY: a registered class; the method is one of its.
    unsafe { ffi::async_shutdown_register(class.entry(), method.as_ptr()) };
}

/// Calls a static method of `class` without parameters and result. PHP code runs.
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
    // SAFETY: a NUL-terminated text that lives as long as the process.
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

/// A stream resource that owns `fd`.
pub(crate) fn stream(fd: std::os::fd::OwnedFd) -> Option<Zval> {
    let mut stream = Zval::new();
    // SAFETY: on success the stream owns the descriptor.
    if unsafe { ffi::async_stream_from_fd(std::os::fd::AsRawFd::as_raw_fd(&fd), &raw mut stream) } {
        std::mem::forget(fd);
        return Some(stream);
    }
    None
}
