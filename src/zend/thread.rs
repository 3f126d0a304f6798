//! Values of the thread that runs PHP, where PHP is not built for more than one.

use std::cell::Cell;
use std::ops::Deref;

/// A cell for that thread. Unlike with a thread-local one, it takes no call to find it.
#[derive(Debug)]
pub(crate) struct OneThread<T: Copy>(Cell<T>);

impl<T: Copy> OneThread<T> {
    /// A cell with `value` in it.
    pub(crate) const fn new(value: T) -> Self {
        Self(Cell::new(value))
    }
}

// SAFETY: all that we do is called by the engine, on its only thread; the one thread of our own
// (`process::poller::notifier`) calls nothing but the kernel.
unsafe impl<T: Copy> Sync for OneThread<T> {}

impl<T: Copy> Deref for OneThread<T> {
    type Target = Cell<T>;

    fn deref(&self) -> &Cell<T> {
        &self.0
    }
}
