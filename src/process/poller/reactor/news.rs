//! What the reactor reports about children.

use crate::process::remote_payload::RemotePayload;
use crate::process::wait::Exit;
use crate::wire::frame::{Frame, Malformed};

/// One piece of news.
#[derive(Debug)]
pub(crate) enum News {
    /// The child has sent everything; [`News::Ended`] follows. After a frame the child is about to end, and nobody has
    /// to wait for that, as ending a process takes about as long as making one. After anything else it may run on for
    /// ever.
    Told {
        /// The id under which the child was added.
        id: u64,
        /// What the child sent: a frame, or something that is none.
        message: Message,
    },
    /// The child has a remote payload, and waits for [`super::Reactor::fetch`] and [`super::Reactor::release`];
    /// [`News::Ended`] follows.
    HoldsPayload {
        /// The id under which the child was added.
        id: u64,
        /// Where in the child's memory the payload is.
        remote_payload: Box<RemotePayload>,
    },
    /// A warm worker has sent an answer about a task.
    Answered {
        /// The id of the worker.
        child: u64,
        /// The id of the task.
        task: u64,
        /// What the worker sent.
        message: Message,
    },
    /// A warm worker has sent several values in a row for one task: those of items of a map.
    Values {
        /// The id of the worker.
        child: u64,
        /// The id that the items were posted under.
        task: u64,
        /// The values, in the order of the items.
        values: Vec<Frame>,
    },
    /// A warm worker has the result of a task as a remote payload, and waits as above.
    HoldsResult {
        /// The id of the worker.
        child: u64,
        /// The id of the task.
        task: u64,
        /// Where in the worker's memory the payload is.
        remote_payload: Box<RemotePayload>,
    },
    /// A warm worker has sent something that is no message: it has to be ended.
    Garbled {
        /// The id of the worker.
        child: u64,
    },
    /// The child has ended, and is reaped.
    Ended(Ended),
}

/// What a child has sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A complete frame.
    Frame(Frame),
    /// Nothing at all.
    Nothing,
    /// The beginning of a frame.
    Truncated,
    /// Something that is no frame.
    Malformed(Malformed),
}

/// A child that has ended, and is reaped.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The id under which the child was added.
    pub(crate) id: u64,
    /// What the child sent, unless that was reported before.
    pub(crate) message: Message,
    /// How the child ended.
    pub(crate) exit: Exit,
}
