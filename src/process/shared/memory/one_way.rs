//! Memory that a process writes, and that its children can only read.

use nix::errno::Errno;

use super::{Shared, SharedMemory};

/// Zeroed pages, mapped twice: for this process alone, and without the right to write for its children.
#[derive(Debug)]
pub(in crate::process::shared) struct OneWay<H> {
    own: SharedMemory<H>,
    /// `None` where the system makes no such memory. Then children could write it, too.
    children: Option<SharedMemory<H>>,
}

impl<H: Shared> OneWay<H> {
    /// Maps a head and `body` bytes.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(in crate::process::shared) fn new(body: usize) -> Result<Self, Errno> {
        if let Ok([own, children]) = SharedMemory::twice(body) {
            own.keep_from_children();
            return Ok(Self { own, children: Some(children) });
        }
        SharedMemory::new(body).map(|own| Self { own, children: None })
    }

    /// For the process that has made it, and for no other.
    pub(in crate::process::shared) fn for_writing(&self) -> &SharedMemory<H> {
        &self.own
    }

    /// For its children.
    pub(in crate::process::shared) fn for_reading(&self) -> &SharedMemory<H> {
        self.children.as_ref().unwrap_or(&self.own)
    }
}
