//! The shutdown function of the script that waits for tasks.

use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::zend::object::Native;
use crate::zend::request;

/// Makes sure that the script waits for its tasks at its end. A child needs no such function: it waits before it
/// reports.
pub(crate) fn register() {
    let state = state();
    if !state.is_child.get() && !state.exit_registered.replace(true) {
        request::at_shutdown(&Future::registration().class, c"atexit");
    }
}
