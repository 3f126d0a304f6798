//! The shutdown function of the script that waits for tasks.

use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::zend::object::Native;
use crate::zend::request;

/// Makes sure that the end of this process's script waits. A child waits by itself, before it reports.
pub(crate) fn register() {
    let state = state();
    if !state.is_child.get() && !state.exit_registered.replace(true) {
        request::at_shutdown(&Future::registration().class, c"atexit");
    }
}
