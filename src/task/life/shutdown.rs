//! The shutdown function of the script that waits for tasks.

use crate::task::life::future::Future;
use crate::task::life::state::{Request, state};
use crate::zend::object::Native;
use crate::zend::request;

/// Makes sure that the script waits for its tasks at its end. A child needs no such function: it waits before it
/// reports.
pub(crate) fn register() {
    let state = state();
    if !state.is_child.get() && !state.exit_registered.replace(true) {
        if request::is_shutting_down() && state.request.get() == Request::Runs {
            state.request.set(Request::Ending); // nothing was started before
        }
        request::at_shutdown(&Future::registration().class, c"atexit");
    }
}
