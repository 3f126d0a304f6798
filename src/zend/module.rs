//! Connects the engine's calls in the phases of a module to safe functions, which may fail or panic.

use std::ffi::{CString, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use ext_php_rs::builders::ModuleBuilder;
use ext_php_rs::ffi::{php_info_print_table_end, php_info_print_table_row, php_info_print_table_start};
use ext_php_rs::zend::{ModuleEntry, StaticModuleEntry};

use super::{exception, thread};
use crate::ffi;

/// The module's functions for its phases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    /// MINIT, with the number of the module. An error is the reason why the extension is not loaded.
    pub(crate) startup: fn(c_int) -> Result<(), String>,
    /// MSHUTDOWN.
    pub(crate) shutdown: fn(c_int),
    /// RINIT, of the main thread.
    pub(crate) request_startup: fn(),
    /// RSHUTDOWN, of the main thread.
    pub(crate) request_shutdown: fn(),
    /// The rows of the module's table in `phpinfo()`.
    pub(crate) info: fn() -> Vec<(&'static str, String)>,
}

static LIFE: OnceLock<Life> = OnceLock::new();
/// Set when startup failed: the module is in the engine's list, but has registered nothing.
static INERT: AtomicBool = AtomicBool::new(false);

/// The module's functions, unless startup failed.
fn life() -> Option<&'static Life> {
    LIFE.get().filter(|_| !INERT.load(Ordering::Acquire))
}

const SUCCESS: c_int = 0;
const FAILURE: c_int = -1;
/// `MODULE_TEMPORARY`: loaded by `dl()`.
const TEMPORARY: c_int = 2;

/// The entry of the module.
pub(crate) fn entry(name: &str, version: &str, life: Life) -> *mut ModuleEntry {
    static MODULE: StaticModuleEntry = StaticModuleEntry::new();
    LIFE.get_or_init(|| life);
    MODULE.get_or_init(|| {
        let module = ModuleBuilder::new(name, version)
            .startup_function(startup)
            .shutdown_function(shutdown)
            .request_startup_function(request_startup)
            .request_shutdown_function(request_shutdown)
            .info_function(info);
        match <(ModuleEntry, _, _)>::try_from(module) {
            Ok((entry, _, allocations)) => (entry, allocations),
            // Fails only for a NUL byte in the name or the version.
            Err(_) => std::process::abort(),
        }
    })
}

unsafe extern "C" fn startup(kind: c_int, number: c_int) -> c_int {
    let started = catch_unwind(AssertUnwindSafe(|| {
        if kind == TEMPORARY {
            return Err("it hooks into the engine at startup, and cannot be loaded by dl()".to_owned());
        }
        LIFE.get().map_or(Ok(()), |life| (life.startup)(number))
    }));
    let reason = match started {
        Ok(Ok(())) => return SUCCESS,
        Ok(Err(reason)) => reason,
        Err(_) => "it panicked at startup".to_owned(),
    };
    exception::core_warn(&format!("async is not loaded: {reason}"));
    INERT.store(true, Ordering::Release);
    // FAILURE would be a fatal error, which stops PHP altogether.
    SUCCESS
}

unsafe extern "C" fn shutdown(_: c_int, number: c_int) -> c_int {
    let done = catch_unwind(AssertUnwindSafe(|| life().map(|life| (life.shutdown)(number))));
    if done.is_ok() { SUCCESS } else { FAILURE }
}

unsafe extern "C" fn request_startup(_: c_int, _: c_int) -> c_int {
    thread::enter();
    let run = || life().filter(|_| thread::is_main()).map(|life| (life.request_startup)());
    let done = catch_unwind(AssertUnwindSafe(run));
    if done.is_ok() { SUCCESS } else { FAILURE }
}

unsafe extern "C" fn request_shutdown(_: c_int, _: c_int) -> c_int {
    let run = || life().filter(|_| thread::is_main()).map(|life| (life.request_shutdown)());
    let done = catch_unwind(AssertUnwindSafe(run));
    thread::leave();
    if done.is_ok() { SUCCESS } else { FAILURE }
}

unsafe extern "C" fn info(module: *mut ModuleEntry) {
    let rows = catch_unwind(AssertUnwindSafe(|| life().map(|life| (life.info)()))).ok().flatten();
    // SAFETY: between start and end; the texts live during the calls.
    unsafe { php_info_print_table_start() };
    for (name, value) in rows.unwrap_or_else(|| vec![("async support", "disabled".into())]) {
        if let (Ok(name), Ok(value)) = (CString::new(name), CString::new(value)) {
            // SAFETY: a variadic function, told that two texts follow.
            unsafe { php_info_print_table_row(2, name.as_ptr(), value.as_ptr()) };
        }
    }
    // SAFETY: ends the table that was started.
    unsafe { php_info_print_table_end() };
    // SAFETY: the engine passes our module.
    unsafe { ffi::display_ini_entries(module) };
}
