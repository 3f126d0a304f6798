//! What the processes meet by: atomics, fences, the hint of a spinning loop, and sleeping on a futex.
//!
//! The modules beside this one take them from here alone. Under `cfg(loom)` they are those of loom, a model checker:
//! threads then stand for processes, and it tries the orders in which their steps can happen, and the values that each
//! load can see. `tests/loom` builds it like that. Otherwise these are the standard library's, and cost nothing.

#[cfg(loom)]
pub(in crate::process) use model::*;
#[cfg(not(loom))]
pub(in crate::process) use system::*;

#[cfg(not(loom))]
mod system {
    pub(in crate::process) use std::hint::spin_loop;
    pub(in crate::process) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

    use std::ops::Deref;
    use std::sync::atomic::compiler_fence;
    use std::time::Duration;

    use crate::process::os;

    /// A fence of all orders, for who has just exchanged the value of some atomic: on processors where that is a fence
    /// itself, it costs nothing.
    pub(in crate::process) fn fence_after_exchange() {
        if cfg!(target_arch = "x86_64") {
            compiler_fence(Ordering::SeqCst);
        } else {
            fence(Ordering::SeqCst);
        }
    }

    /// A word that processes can sleep on, until another one changes it.
    #[repr(transparent)]
    #[derive(Debug)]
    pub(in crate::process) struct Futex(AtomicU32);

    impl Deref for Futex {
        type Target = AtomicU32;

        fn deref(&self) -> &AtomicU32 {
            &self.0
        }
    }

    impl Futex {
        /// Sleeps while the word is `expected`: until [`Futex::wake`], a signal or `timeout`, whichever comes first.
        /// May return spuriously. True when the time is over.
        pub(in crate::process) fn wait(&self, expected: u32, timeout: Duration) -> bool {
            os::wait_on(self, expected, timeout)
        }

        /// Wakes one process that sleeps on the word.
        pub(in crate::process) fn wake(&self) {
            os::wake(self, 1);
        }

        /// Wakes all processes that sleep on the word.
        pub(in crate::process) fn wake_all(&self) {
            os::wake(self, i32::MAX);
        }
    }

    /// In the model, shared memory is made of values; here it is zeroed pages, and of any type that may be there.
    pub(in crate::process) trait Zeroed {}

    impl<T> Zeroed for T {}
}

#[cfg(loom)]
mod model {
    pub(in crate::process) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
    pub(in crate::process) use std::default::Default as Zeroed;

    use std::cell::Cell;
    use std::ops::Deref;
    use std::time::Duration;

    use loom::sync::{Condvar, Mutex};

    pub(in crate::process) fn fence_after_exchange() {
        fence(Ordering::SeqCst);
    }

    loom::lazy_static! {
        static ref DEAD: AtomicU64 = AtomicU64::new(0);
    }

    loom::thread_local! {
        static OWN: Cell<u64> = Cell::new(1);
    }

    /// From now on this thread stands for the process with this number, and not for that with number 1.
    pub(in crate::process) fn be(number: u64) {
        OWN.with(|own| own.set(number));
    }

    pub(in crate::process) fn own() -> u64 {
        OWN.with(Cell::get)
    }

    /// The process with this number has died. Whoever finds that out sees all that it has done.
    pub(in crate::process) fn die(number: u64) {
        DEAD.fetch_or(1 << number, Ordering::AcqRel);
    }

    pub(in crate::process) fn is_dead(number: u64) -> bool {
        DEAD.load(Ordering::Acquire) >> number & 1 == 1
    }

    /// Nothing: after loom's own, all other threads would run until they have to wait.
    pub(in crate::process) fn spin_loop() {}

    /// A word that threads of a model can sleep on. As in the kernel, to look at the word and to fall asleep is one step
    /// for those who wake. Nobody wakes by himself, or after a time that is not zero: a wake-up that is lost is a
    /// deadlock, which loom reports.
    #[derive(Debug)]
    pub(in crate::process) struct Futex {
        word: AtomicU32,
        sleepers: Mutex<()>,
        woken: Condvar,
    }

    impl Default for Futex {
        fn default() -> Self {
            Self { word: AtomicU32::new(0), sleepers: Mutex::new(()), woken: Condvar::new() }
        }
    }

    impl Deref for Futex {
        type Target = AtomicU32;

        fn deref(&self) -> &AtomicU32 {
            &self.word
        }
    }

    impl Futex {
        /// The time is over at once, or never.
        pub(in crate::process) fn wait(&self, expected: u32, timeout: Duration) -> bool {
            let sleepers = self.sleepers.lock().unwrap();
            let sleeps = self.word.load(Ordering::Relaxed) == expected;
            if sleeps && !timeout.is_zero() {
                drop(self.woken.wait(sleepers));
            }
            sleeps && timeout.is_zero()
        }

        pub(in crate::process) fn wake(&self) {
            let _sleepers = self.sleepers.lock().unwrap();
            self.woken.notify_one();
        }

        pub(in crate::process) fn wake_all(&self) {
            let _sleepers = self.sleepers.lock().unwrap();
            self.woken.notify_all();
        }
    }

    /// Stands for an eventfd and the poll of its reader, in models only.
    #[derive(Debug)]
    pub(in crate::process) struct Event {
        rings: Mutex<u32>,
        rung: Condvar,
    }

    impl Default for Event {
        fn default() -> Self {
            Self { rings: Mutex::new(0), rung: Condvar::new() }
        }
    }

    impl Event {
        pub(in crate::process) fn ring(&self) {
            *self.rings.lock().unwrap() += 1;
            self.rung.notify_one();
        }

        /// Sleeps until there was a ring since the last call.
        pub(in crate::process) fn wait(&self) {
            let mut rings = self.rings.lock().unwrap();
            while *rings == 0 {
                rings = self.rung.wait(rings).unwrap();
            }
            *rings = 0;
        }
    }
}
