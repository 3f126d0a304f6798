//! Models for loom, which tries the orders in which the steps of several processes can happen, and what each load can
//! see. See `tests/loom`; `make loom` runs them.
//!
//! A thread stands for a process, and the first one for the parent. Nobody wakes up without being woken, so that a
//! wake-up that is lost shows itself as a deadlock.

mod control;
mod deadlock;
mod doorbell;
mod duplex_table;
mod items;
mod job_queue;
mod lock;
mod message_ring;
mod pulse;
mod result_ring;
mod semaphore;
mod value;

use std::ptr::NonNull;

use loom::thread::{self, JoinHandle};

/// Tries a model. A thread may be interrupted, where it does not have to wait, `preemptions` times in all: to try all
/// orders would take days.
fn check(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(preemptions));
    builder.max_branches = 10_000;
    builder.check(model);
}

/// What all threads of a model share, for as long as the model runs.
struct Common<T>(NonNull<T>);

impl<T: 'static> Common<T> {
    fn new(value: T) -> Self {
        Self(NonNull::from(Box::leak(Box::new(value))))
    }

    fn get(&self) -> &'static T {
        // SAFETY: `end` alone drops it, after all threads that could have it.
        unsafe { self.0.as_ref() }
    }

    /// Drops the value, which no thread has any more.
    fn end(self) {
        // SAFETY: from `Box::leak`; nobody has it any more.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

/// A process that is forked now.
fn fork<R: 'static>(run: impl FnOnce() -> R + 'static) -> JoinHandle<R> {
    thread::spawn(run)
}

/// Waits for a process to end.
fn reaped<R>(process: JoinHandle<R>) -> R {
    process.join().unwrap()
}
