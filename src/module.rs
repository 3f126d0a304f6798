//! The module's phases: lists of calls in order, without logic.

use std::ffi::c_int;

use ext_php_rs::zend::ModuleEntry;

use crate::process::{cpus, fork, handover, quota};
use crate::task::child::{isolated, worker_loop};
use crate::task::life::{state, support};
use crate::task::parent::at_exit;
use crate::task::workers::spawn::{self, Mains};
use crate::zend::module::{self, Life};
use crate::zend::{class, interrupt, names, request, signal, throwable, value};
use crate::{ini, php, supervisor};

/// The version of the extension.
const VERSION: &str = env!("CARGO_PKG_VERSION");

const LIFE: Life = Life { startup, shutdown, request_startup, request_shutdown, info };

/// The module, as PHP loads it.
pub(crate) fn entry() -> *mut ModuleEntry {
    module::entry("async", VERSION, LIFE)
}

/// MINIT. May run more than once in a process.
fn startup(number: c_int) -> Result<(), String> {
    if class::extension_exists(c"true_async") || class::class_exists(c"Async\\Pool") {
        return Err(
            "another extension, such as true_async, has the namespace Async already; load one of the two"
                .into(),
        );
    }
    fork::watch();
    handover::receive();
    ini::register(number);
    spawn::install(Mains { isolated: isolated::run, warm: worker_loop::run });
    quota::establish(ini::max_children());
    php::register();
    value::serialize::startup();
    value::startup();
    interrupt::install(supervisor::on_interrupt);
    request::install();
    request::before_rights_change(state::before_rights_change);
    signal::install();
    Ok(())
}

/// RINIT.
fn request_startup() {
    names::activate();
    request::watch_process();
    at_exit::begin_request();
}

/// RSHUTDOWN.
fn request_shutdown() {
    at_exit::end_request();
    throwable::lost::forget();
}

/// MSHUTDOWN.
fn shutdown(number: c_int) {
    names::shutdown();
    request::uninstall();
    interrupt::uninstall();
    value::serialize::shutdown();
    crate::zend::ini::unregister(number);
}

/// MINFO.
fn info() -> Vec<(&'static str, String)> {
    let word = |is: bool, yes: &str, no: &str| if is { yes } else { no }.to_owned();
    vec![
        ("async support", "enabled".into()),
        ("Version", VERSION.into()),
        ("Tasks", word(support::supported(), "in forked children", "not supported by this server API")),
        ("Usable CPUs", cpus::usable().to_string()),
        ("Default concurrency", ini::concurrency().to_string()),
        ("Short names", word(ini::short_names(), "async(), await(), Pool", "off")),
    ]
}
