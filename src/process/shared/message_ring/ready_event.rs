//! The descriptor of a ring for event loops: an event, which is set only while an event loop listens.

use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::process::os::Event;

/// How many rings can have a descriptor at a time, which a message of `Channel::stream()` says too: the other
/// descriptors are for the script.
const MOST: usize = if cfg!(loom) { 0 } else { 128 };
/// The lowest number of one. A task may close arbitrary descriptors and then open files, which get the lowest free
/// numbers: none of these may be mistaken for it.
const HIGH: i32 = 512;

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The descriptor of one ring, which all processes have that have the ring.
#[derive(Debug)]
pub(super) struct ReadyEvent(Event);

impl ReadyEvent {
    /// A descriptor, if there are few.
    pub(super) fn new() -> Option<Self> {
        if COUNT.load(Ordering::Relaxed) >= MOST {
            return None;
        }
        let event = Event::new().ok()?;
        let high = event.copy(HIGH).or_else(|_| event.above_standard()).ok()?;
        COUNT.fetch_add(1, Ordering::Relaxed);
        Some(Self(high))
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.0.descriptor()
    }

    /// Makes the descriptor readable, unless a task has closed it: a file with its number is no event.
    pub(super) fn set(&self) {
        if self.0.is_open() {
            let _ = self.0.set();
        }
    }

    /// Makes it unreadable.
    pub(super) fn clear(&self) {
        self.0.clear();
    }
}

impl Drop for ReadyEvent {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::Relaxed);
    }
}
