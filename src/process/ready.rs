//! A descriptor that is readable while a pool has news, for event loops of the application. Runs in the parent.
//!
//! The children's descriptors would not suffice: what the parent has already taken in at an interrupt is still news to
//! code that waits for this descriptor.

use std::os::fd::{BorrowedFd, OwnedFd};

use nix::errno::Errno;

use super::os::{Event, Poller, Queue, Token, Trigger};

/// The descriptor, and an event that keeps it readable.
#[derive(Debug)]
pub(crate) struct ReadyDescriptor {
    queue: Queue,
    news: Event,
}

impl ReadyDescriptor {
    /// Readable while `children` is, and from [`ReadyDescriptor::set`] to [`ReadyDescriptor::clear`].
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn over(children: BorrowedFd<'_>) -> Result<Self, Errno> {
        let (queue, news) = (Queue::new()?, Event::new()?);
        queue.add(children, Token::default(), Trigger::Level)?;
        queue.add(news.descriptor(), Token::default(), Trigger::Level)?;
        Ok(Self { queue, news })
    }

    /// A duplicate of the descriptor, for one waiting event loop.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn descriptor(&self) -> std::io::Result<OwnedFd> {
        self.queue.descriptor().try_clone()
    }

    /// Makes the descriptor readable: there is news.
    pub(crate) fn set(&self) {
        let _ = self.news.set();
    }

    /// The news has been taken in.
    pub(crate) fn clear(&self) {
        self.news.clear();
        self.queue.refresh();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use nix::unistd::{pipe, write};
    use std::os::fd::AsFd;

    fn readable(fd: &OwnedFd) -> bool {
        poll(&mut [PollFd::new(fd.as_fd(), PollFlags::POLLIN)], PollTimeout::ZERO).unwrap() == 1
    }

    #[test]
    fn it_shines_for_children_and_for_news() {
        let (children, writer) = pipe().unwrap();
        let ready = ReadyDescriptor::over(children.as_fd()).unwrap();
        let fd = ready.descriptor().unwrap();
        assert!(!readable(&fd));
        ready.set();
        assert!(readable(&fd));
        ready.clear();
        assert!(!readable(&fd));
        write(&writer, b"x").unwrap();
        assert!(readable(&fd));
    }
}
