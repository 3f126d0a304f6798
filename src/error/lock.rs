//! What can go wrong with what processes share.

use std::fmt;

use nix::errno::Errno;

use super::{Label, Seconds};

/// A process that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// Its id.
    pub(crate) pid: i32,
    /// It is the process that reports this.
    pub(crate) own: bool,
    /// The task that it runs, where that is known.
    pub(crate) task: Option<Label>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.task, self.own) {
            (Some(task), _) => write!(f, "task {task} (pid {})", self.pid),
            (None, true) => write!(f, "this process (pid {})", self.pid),
            (None, false) => write!(f, "the process {}", self.pid),
        }
    }
}

/// What can go wrong with what processes share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LockError {
    /// It was not free within the time.
    #[error("{what} was not free within {limit} s{}", holders_text(.holders))]
    GaveUp {
        /// What was waited for.
        what: &'static str,
        /// The time limit in seconds.
        limit: Seconds,
        /// Who holds it.
        holders: Vec<Holder>,
    },
    /// A process that holds a lock wants it once more.
    #[error(
        "this process (pid {pid}) holds {what} already, and would wait for itself for ever; release it first"
    )]
    HeldAlready {
        /// What is held.
        what: &'static str,
        /// The process.
        pid: i32,
    },
    /// A process that holds all permits of a semaphore wants one more.
    #[error(
        "this process (pid {pid}) holds all permits of the semaphore ({permits}) already, and would wait for itself \
         for ever; release one first"
    )]
    AllHeld {
        /// The process.
        pid: i32,
        /// How many there are.
        permits: usize,
    },
    /// A process gives back what it does not hold.
    #[error("this process (pid {pid}) cannot release {what}: {}; acquire it first", not_held_text(.holder.as_ref()))]
    NotHeld {
        /// What is not held.
        what: &'static str,
        /// The process.
        pid: i32,
        /// Who holds it.
        holder: Option<Holder>,
    },
    /// A process gives a permit back that it does not hold.
    #[error("this process (pid {pid}) cannot release the semaphore: it holds no permit; acquire one first")]
    NoPermit {
        /// The process.
        pid: i32,
    },
    /// There is no memory to share.
    #[error("there is no shared memory of {bytes} bytes: mmap() failed: {}", .errno.desc())]
    NoMemory {
        /// How much was wanted.
        bytes: usize,
        /// The error of the kernel.
        errno: Errno,
    },
    /// A value has no room.
    #[error(
        "the value takes {bytes} bytes, and there is room for {room}; make the Async\\Shared with more bytes"
    )]
    TooLarge {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        room: usize,
    },
    /// A shared value makes no sense.
    #[error("the shared value cannot be read: {reason}; some task writes over memory that is not its own")]
    Garbled {
        /// The reason, as given by the decoder.
        reason: String,
    },
}

fn holders_text(holders: &[Holder]) -> String {
    let named: Vec<_> = holders.iter().take(8).map(ToString::to_string).collect();
    match (&named[..], holders.len()) {
        ([], _) => String::new(),
        (_, count) if count > named.len() => {
            format!(": {} and {} others hold it", named.join(", "), count - named.len())
        }
        ([one], _) => format!(": {one} holds it"),
        (named, _) => format!(": {} hold it", named.join(", ")),
    }
}

fn not_held_text(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "nobody holds it".to_owned(), |holder| format!("{holder} holds it"))
}
