//! What there is to hear of children.

use crate::process::remote_payload::RemotePayload;
use crate::process::wait::Exit;
use crate::wire::frame::{Frame, Malformed};

/// What a child has to say.
#[derive(Debug)]
pub(crate) enum News {
    /// It has told everything: [`News::Ended`] follows. After a frame it is on its way out, and nobody has to wait for
    /// that, as taking down a process takes about as long as making it. After anything else it may go on for ever.
    Told {
        /// The id under which it was added.
        id: u64,
        /// What it told: a frame, or something that is none.
        message: Message,
    },
    /// It has a payload in its memory, and waits for [`super::Reactor::fetch`] and [`super::Reactor::release`];
    /// [`News::Ended`] follows.
    HoldsPayload {
        /// The id under which it was added.
        id: u64,
        /// The payload.
        remote_payload: RemotePayload,
    },
    /// A warm worker has told what became of a task.
    Answered {
        /// The child.
        child: u64,
        /// The task.
        task: u64,
        /// What it told.
        message: Message,
    },
    /// A warm worker has a payload in its memory, as above.
    HoldsResult {
        /// The child.
        child: u64,
        /// The task.
        task: u64,
        /// The payload.
        remote_payload: RemotePayload,
    },
    /// A warm worker has told something that is no message: it has to end.
    Garbled {
        /// The child.
        child: u64,
    },
    /// It is gone, and reaped.
    Ended(Ended),
}

/// What a child left on its pipe.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A whole frame.
    Frame(Frame),
    /// Nothing at all.
    Nothing,
    /// The beginning of a frame.
    Truncated,
    /// Something that is no frame.
    Malformed(Malformed),
}

/// A child that is gone, and reaped.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The id under which it was added.
    pub(crate) id: u64,
    /// What it told, unless it was told before.
    pub(crate) message: Message,
    /// How it ended.
    pub(crate) exit: Exit,
}
