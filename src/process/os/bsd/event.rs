//! A descriptor that one process makes readable for another: a pipe.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::stat::{SFlag, fstat};
use nix::unistd::{read, write};

use crate::process::os::descriptor::{above_standard, duplicate};

/// An event, which all processes have that are forked while it is there.
#[derive(Debug)]
pub(crate) struct Event {
    reader: OwnedFd,
    writer: OwnedFd,
}

impl Event {
    /// An event that has not happened.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn new() -> Result<Self, Errno> {
        let (reader, writer) = super::pipe()?;
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok(Self { reader, writer })
    }

    /// The same event, with numbers from `lowest` on.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn copy(&self, lowest: RawFd) -> Result<Self, Errno> {
        let reader = duplicate(self.reader.as_fd(), lowest)?;
        Ok(Self { reader, writer: duplicate(self.writer.as_fd(), lowest)? })
    }

    /// This event, with numbers that are not those of the standard streams.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn above_standard(self) -> Result<Self, Errno> {
        let reader = above_standard(self.reader)?;
        Ok(Self { reader, writer: above_standard(self.writer)? })
    }

    /// Readable from [`Event::set`] until [`Event::clear`]. For whoever never clears it, and is told of each change.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }

    /// Is it still open? Code may have closed arbitrary descriptors.
    pub(crate) fn is_open(&self) -> bool {
        [&self.reader, &self.writer].into_iter().all(|fd| {
            fstat(fd)
                .is_ok_and(|file| SFlag::from_bits_truncate(file.st_mode) & SFlag::S_IFMT == SFlag::S_IFIFO)
        })
    }

    /// It happens. Each time counts as a change.
    ///
    /// # Errors
    ///
    /// When it has been closed.
    pub(crate) fn set(&self) -> Result<(), Errno> {
        let set = || write(&self.writer, b".").map(drop);
        match set() {
            Err(Errno::EAGAIN) => {
                self.clear();
                set()
            }
            set => set,
        }
    }

    /// It has not happened.
    pub(crate) fn clear(&self) {
        while matches!(read(&self.reader, &mut [0; 4096]), Ok(4096)) {}
    }
}
