//! Functions that start attempts, or process news of children, and call PHP code in the middle of it: sources of maps,
//! hooks, destructors. That code may wait for what these functions have posted so far, and would start only at their
//! end. So whoever waits while one of them is on the stack starts it.

use crate::task::life::state::state;

/// While it lives, such a function is on the stack.
pub(crate) struct Underway;

impl Underway {
    pub(crate) fn new() -> Self {
        let underway = &state().underway;
        underway.set(underway.get() + 1);
        Self
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        let underway = &state().underway;
        underway.set(underway.get().saturating_sub(1));
    }
}
