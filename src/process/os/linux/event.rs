//! A descriptor that one process makes readable for another: an eventfd.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::unistd::{Whence, lseek, read, write};

use crate::process::os::descriptor::{above_standard, duplicate};

/// An event, which all processes have that are forked while it is there.
#[derive(Debug)]
pub(crate) struct Event(OwnedFd);

impl Event {
    /// An event that has not happened.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn new() -> Result<Self, Errno> {
        EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK).map(|event| Self(event.into()))
    }

    /// The same event, with numbers from `lowest` on.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn copy(&self, lowest: RawFd) -> Result<Self, Errno> {
        duplicate(self.0.as_fd(), lowest).map(Self)
    }

    /// This event, with numbers that are not those of the standard streams.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn above_standard(self) -> Result<Self, Errno> {
        above_standard(self.0).map(Self)
    }

    /// Readable from [`Event::set`] until [`Event::clear`]. For whoever never clears it, and is told of each change.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Is it still open? Code may have closed arbitrary descriptors.
    pub(crate) fn is_open(&self) -> bool {
        // An eventfd has no file position, so that this changes nothing; it is the cheapest call that fails when closed.
        lseek(&self.0, 0, Whence::SeekCur).is_ok()
    }

    /// It happens. Each time counts as a change.
    ///
    /// # Errors
    ///
    /// When it has been closed.
    pub(crate) fn set(&self) -> Result<(), Errno> {
        let set = || write(&self.0, &1_u64.to_ne_bytes()).map(drop);
        match set() {
            // It is full only after 2^64 times, or when code writes to arbitrary descriptors.
            Err(Errno::EAGAIN) => {
                self.clear();
                set()
            }
            set => set,
        }
    }

    /// It has not happened.
    pub(crate) fn clear(&self) {
        let _ = read(&self.0, &mut [0; 8]);
    }
}
