//! The descriptors that are waited for, and what an event at each of them means.
//!
//! The kernel is given a number with each descriptor, a token, and returns it with each event. No token is used twice.
//! So an event that the kernel has reported, and whose descriptor was deregistered before the event was handled,
//! belongs to no source any more. With descriptor numbers instead, which are reused at once, it could be mistaken for
//! an event of a descriptor that was registered in the meantime.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use nix::errno::Errno;

use crate::process::os::{BATCH, Clock, Poller, Queue, Token, Trigger};
use crate::process::output::Stream;
use crate::process::signals::Blocked;

/// What a descriptor's events are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The pipe into which this child writes its outcome.
    Pipe(u64),
    /// The pidfd of this child: readable once it has ended.
    Pidfd(u64),
    /// The captured output of the task, or of the warm worker, with this number.
    Output(u64, Stream),
    /// The doorbell of all warm workers. Their results are in shared memory.
    Doorbell,
    /// What is attended while code sleeps that looks after it itself. There is nothing to handle.
    Attended,
    /// The reactor's timer. There is nothing to handle: the caller knows what is due.
    Timer,
}

/// All descriptors that are waited for.
#[derive(Debug)]
pub(super) struct Registry {
    poller: Queue,
    sources: BTreeMap<Token, Source>,
    tokens: BTreeMap<RawFd, Token>,
    given: u64,
}

impl Registry {
    pub(super) fn new(poller: Queue) -> Self {
        Self { poller, sources: BTreeMap::new(), tokens: BTreeMap::new(), given: 0 }
    }

    /// Adds `fd`, whose events are about `source`.
    ///
    /// # Errors
    ///
    /// When the kernel cannot watch one more descriptor.
    pub(super) fn register(
        &mut self,
        fd: impl AsFd,
        source: Source,
        trigger: Trigger,
    ) -> Result<Token, Errno> {
        self.given += 1;
        let token = Token(self.given);
        self.poller.add(&fd, token, trigger)?;
        self.sources.insert(token, source);
        // If another source has this number, its descriptor was closed without being deregistered.
        if let Some(before) = self.tokens.insert(fd.as_fd().as_raw_fd(), token) {
            self.sources.remove(&before);
        }
        Ok(token)
    }

    /// Adds a timer, whose events are about `source`.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(super) fn clock(&mut self, source: Source) -> Result<Clock, Errno> {
        self.given += 1;
        let token = Token(self.given);
        let clock = Clock::new(&self.poller, token)?;
        self.sources.insert(token, source);
        Ok(clock)
    }

    /// Removes `fd`. Events of it that have been fetched already belong to no source any more.
    pub(super) fn deregister(&mut self, fd: impl AsFd) {
        if let Some(token) = self.tokens.remove(&fd.as_fd().as_raw_fd()) {
            self.sources.remove(&token);
            let _ = self.poller.delete(fd);
        }
    }

    /// What an event is about; `None` if its descriptor has been deregistered since.
    pub(super) fn source(&self, token: Token) -> Option<Source> {
        self.sources.get(&token).copied()
    }

    /// Waits for events: see [`Poller::wait`].
    ///
    /// # Errors
    ///
    /// EINTR when a signal arrived.
    pub(super) fn wait(
        &self,
        millis: i32,
        blocked: Option<&Blocked>,
        ready: &mut [Token; BATCH],
    ) -> Result<usize, Errno> {
        self.poller.wait(millis, blocked.map(Blocked::before), ready)
    }

    /// What the kernel watches.
    pub(super) fn queue(&self) -> &Queue {
        &self.poller
    }

    /// A descriptor that is readable when [`Registry::wait`] would not block.
    pub(super) fn descriptor(&self) -> &OwnedFd {
        self.poller.descriptor()
    }

    /// In a child: closes its copy of the poller's descriptor. Memory is not freed, as freeing it would copy its pages.
    pub(super) fn forget(self) {
        std::mem::forget((self.sources, self.tokens));
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::*;

    fn readable() -> (OwnedFd, OwnedFd) {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        nix::unistd::write(&writer, b"x").unwrap();
        (reader, writer)
    }

    fn ready(registry: &Registry) -> Vec<Token> {
        let mut tokens = [Token::default(); BATCH];
        let count = registry.wait(0, None, &mut tokens).unwrap();
        tokens[..count].to_vec()
    }

    #[test]
    fn an_event_says_what_it_is_about() {
        let mut registry = Registry::new(Queue::new().unwrap());
        let (first, second) = (readable(), readable());
        let pipe = registry.register(&first.0, Source::Pipe(7), Trigger::Level).unwrap();
        let output = Source::Output(7, Stream::Error);
        registry.register(&second.0, output, Trigger::Edge).unwrap();
        let mut about: Vec<_> = ready(&registry).into_iter().map(|token| registry.source(token)).collect();
        about.sort_by_key(|source| *source == Some(output));
        assert_eq!(about, [Some(Source::Pipe(7)), Some(output)]);
        assert_eq!(ready(&registry), [pipe], "the other one was told of");
    }

    #[test]
    fn a_late_event_is_not_taken_for_one_of_a_new_descriptor_of_the_same_number() {
        let mut registry = Registry::new(Queue::new().unwrap());
        let (gone, _other) = readable();
        let late = registry.register(&gone, Source::Pipe(1), Trigger::Level).unwrap();
        let batch = ready(&registry);
        assert_eq!(batch, [late]);
        // In the middle of the batch its descriptor is deregistered, and another one gets its number.
        registry.deregister(&gone);
        let (new, _another) = readable();
        let number = gone.as_raw_fd();
        let mut gone = gone;
        nix::unistd::dup2(&new, &mut gone).unwrap();
        assert_eq!(gone.as_raw_fd(), number);
        let token = registry.register(&gone, Source::Pipe(2), Trigger::Level).unwrap();
        assert_eq!(registry.source(late), None);
        assert_eq!(ready(&registry), [token]);
        assert_eq!(registry.source(token), Some(Source::Pipe(2)));
    }

    #[test]
    fn a_descriptor_that_was_closed_without_a_word_leaves_nothing_when_its_number_comes_again() {
        let mut registry = Registry::new(Queue::new().unwrap());
        let (mut fd, _writer) = readable();
        let before = registry.register(&fd, Source::Pipe(1), Trigger::Level).unwrap();
        let (new, _another) = readable();
        nix::unistd::dup2(&new, &mut fd).unwrap();
        registry.register(&fd, Source::Pidfd(2), Trigger::Level).unwrap();
        assert_eq!(registry.source(before), None);
    }

    #[test]
    fn what_is_deregistered_is_told_of_no_more_and_may_be_deregistered_again() {
        let mut registry = Registry::new(Queue::new().unwrap());
        let (fd, _writer) = readable();
        registry.register(&fd, Source::Pipe(1), Trigger::Level).unwrap();
        registry.deregister(&fd);
        registry.deregister(&fd);
        assert_eq!(ready(&registry), []);
        registry.register(&fd, Source::Pipe(1), Trigger::Level).unwrap();
        assert_eq!(ready(&registry).len(), 1);
    }
}
