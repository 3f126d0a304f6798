//! A descriptor that is readable from the end of a child until it is reaped: for event loops of the application, which
//! want to know of a death and not of results.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;

use crate::process::os::{Poller, Queue, Token, Trigger};

/// The descriptor, once somebody has wanted it.
#[derive(Debug, Default)]
pub(super) struct Deaths(Option<Queue>);

impl Deaths {
    /// The descriptor. The children of now have these.
    ///
    /// # Errors
    ///
    /// When the kernel has no descriptor, or cannot watch one more.
    pub(super) fn descriptor<'c>(
        &mut self,
        children: impl Iterator<Item = &'c OwnedFd>,
    ) -> Result<BorrowedFd<'_>, Errno> {
        if self.0.is_none() {
            let queue = Queue::new()?;
            for pidfd in children {
                queue.add(pidfd, Token::default(), Trigger::Level)?;
            }
            self.0 = Some(queue);
        }
        self.0.as_ref().map(|queue| queue.descriptor().as_fd()).ok_or(Errno::EBADF)
    }

    /// There is one more child. If the kernel cannot watch it, its death is noticed when the script looks.
    pub(super) fn add(&self, pidfd: &OwnedFd) {
        if let Some(queue) = &self.0 {
            let _ = queue.add(pidfd, Token::default(), Trigger::Level);
        }
    }

    /// A child is reaped, or is reaped in another way.
    pub(super) fn remove(&self, pidfd: &OwnedFd) {
        if let Some(queue) = &self.0 {
            let _ = queue.delete(pidfd);
        }
    }
}
