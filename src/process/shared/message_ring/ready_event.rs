//! The descriptor of a ring for event loops: an eventfd, which is written to only while an event loop listens.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::unistd::{Whence, lseek, read, write};

use crate::process::pipe;

/// How many rings can have a descriptor at a time, which a message of `Channel::stream()` says too: the other
/// descriptors are for the script.
const MOST: usize = if cfg!(loom) { 0 } else { 128 };
/// The lowest number of one. A task may close arbitrary descriptors and then open files, which get the lowest free
/// numbers: none of these may be mistaken for it.
const HIGH: i32 = 512;

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The descriptor of one ring, which all processes have that have the ring.
#[derive(Debug)]
pub(super) struct ReadyEvent(OwnedFd);

impl ReadyEvent {
    /// A descriptor, if there are few.
    pub(super) fn new() -> Option<Self> {
        if COUNT.load(Ordering::Relaxed) >= MOST {
            return None;
        }
        let event = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK).ok()?;
        let high = pipe::duplicate(event.as_fd(), HIGH)
            .or_else(|_| pipe::above_standard(OwnedFd::from(event)))
            .ok()?;
        COUNT.fetch_add(1, Ordering::Relaxed);
        Some(Self(high))
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Makes the descriptor readable, unless a task has closed it: a file with its number has a position.
    pub(super) fn set(&self) {
        if lseek(&self.0, 0, Whence::SeekCur).is_ok() {
            let _ = write(&self.0, &1_u64.to_ne_bytes());
        }
    }

    /// Makes it unreadable.
    pub(super) fn clear(&self) {
        let _ = read(&self.0, &mut [0; 8]);
    }
}

impl Drop for ReadyEvent {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::Relaxed);
    }
}
