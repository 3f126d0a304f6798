//! Static variables of the thread that runs PHP, for builds of PHP without thread safety (NTS).

use std::cell::Cell;
use std::ops::Deref;

/// A static cell for that one thread. Unlike a thread-local one it is accessed without a function call.
#[derive(Debug)]
pub(crate) struct OneThread<T: Copy>(Cell<T>);

impl<T: Copy> OneThread<T> {
    /// A cell with `value` in it.
    pub(crate) const fn new(value: T) -> Self {
        Self(Cell::new(value))
    }
}

// SAFETY: the engine calls all our functions on its only thread; our own thread (`process::poller::notifier`) only
// makes system calls.
unsafe impl<T: Copy> Sync for OneThread<T> {}

impl<T: Copy> Deref for OneThread<T> {
    type Target = Cell<T>;

    fn deref(&self) -> &Cell<T> {
        &self.0
    }
}
