//! The words in which the code around speaks to any system.

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::signal::SigSet;

/// Why there is no new child, or whatever else was asked of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The call that failed, such as `pipe` or `fork`.
    pub(crate) call: &'static str,
    /// Its error.
    pub(crate) errno: Errno,
}

impl Refused {
    /// A failure of `call`.
    pub(crate) fn by(call: &'static str) -> impl Fn(Errno) -> Self {
        move |errno| Self { call, errno }
    }
}

/// What a thread that waits for news is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// There is news.
    News,
    /// There may be none: a signal came.
    Nothing,
    /// It has to end.
    End,
}

/// Whom a signal is for that is sent by the descriptor of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// The process.
    Itself,
    /// The process group that it leads, or has led (Linux 6.9).
    ItsGroup,
}

/// Advice about memory that changes no byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advice {
    /// To use huge pages for what is yet to be allocated there.
    Huge,
    /// To move what is there into huge pages, now (Linux 6.1).
    Collapse,
}

/// When events of a descriptor are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// As long as it is readable.
    Level,
    /// Each time that it becomes readable.
    Edge,
}

/// The number that the kernel returns with an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token(pub(crate) u64);

/// The most events that are fetched by one system call.
pub(crate) const BATCH: usize = 64;

/// Descriptors that the kernel watches: epoll, or a kqueue.
pub(crate) trait Poller: Sized {
    /// None yet.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    fn new() -> Result<Self, Errno>;

    /// Adds `fd` to the descriptors that are watched.
    ///
    /// # Errors
    ///
    /// When the kernel cannot watch one more descriptor.
    fn add(&self, fd: impl AsFd, token: Token, trigger: Trigger) -> Result<(), Errno>;

    /// From now on `fd`, which is watched, is waited for until it is writable.
    ///
    /// # Errors
    ///
    /// When it is not watched.
    fn want_room(&self, fd: impl AsFd, token: Token) -> Result<(), Errno>;

    /// Removes `fd`. Closing it does not suffice: a child that is just being forked still has a copy.
    ///
    /// # Errors
    ///
    /// When `fd` was not watched.
    fn delete(&self, fd: impl AsFd) -> Result<(), Errno>;

    /// Waits for events, without a time limit if `millis` is negative. Writes them to `ready`, and returns how many
    /// there are. Signals are blocked as `mask` says during the wait, where there is one.
    ///
    /// # Errors
    ///
    /// EINTR when a signal arrived.
    fn wait(&self, millis: i32, mask: Option<&SigSet>, ready: &mut [Token; BATCH]) -> Result<usize, Errno>;

    /// A descriptor that is readable when there are events.
    fn descriptor(&self) -> &OwnedFd;

    /// Whoever waits for the descriptor, and fetches no events, calls this once their causes may have gone: with a kqueue it
    /// is readable until they are fetched.
    fn refresh(&self);

    /// The same descriptor, for others, who only wait for it.
    ///
    /// # Errors
    ///
    /// ENOSYS where that would be readable for ever.
    fn into_descriptor(self) -> Result<OwnedFd, Errno>;
}
