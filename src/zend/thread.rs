//! Threads that run PHP. Without thread safety (NTS) there is one. A thread-safe PHP (ZTS) may have more; tasks belong to
//! the one that has started PHP, as what this extension keeps for a process is kept once.

#[cfg(not(php_zts))]
mod one {
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

    /// Is this the thread that has started PHP?
    #[inline]
    pub(crate) const fn is_main() -> bool {
        true
    }

    /// Does no other thread run PHP?
    #[inline]
    pub(crate) const fn is_alone() -> bool {
        true
    }

    /// A thread is about to run PHP. RINIT.
    pub(crate) const fn enter() {}

    /// It has run it. RSHUTDOWN.
    pub(crate) const fn leave() {}
}

#[cfg(php_zts)]
mod many {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::ffi;

    /// How many threads besides the main one run PHP.
    static OTHERS: AtomicUsize = AtomicUsize::new(0);

    /// Is this the thread that has started PHP?
    pub(crate) fn is_main() -> bool {
        // SAFETY: compares two numbers of threads.
        unsafe { ffi::async_thread_is_main() }
    }

    /// Does no other thread run PHP?
    pub(crate) fn is_alone() -> bool {
        OTHERS.load(Ordering::Acquire) == 0
    }

    /// A thread is about to run PHP. RINIT.
    pub(crate) fn enter() {
        if !is_main() {
            OTHERS.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// It has run it. RSHUTDOWN.
    pub(crate) fn leave() {
        if !is_main() {
            OTHERS.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

#[cfg(php_zts)]
pub(crate) use many::{enter, is_alone, is_main, leave};
#[cfg(not(php_zts))]
pub(crate) use one::{OneThread, enter, is_alone, is_main, leave};
