//! Messages of a channel: values are encoded as results are, and go through a ring in shared memory. In any process of
//! the tree, whether it has children or not.
//!
//! Whoever has to wait does what a waiting parent does ([`super::wait`]): reads what children report, starts queued
//! tasks, runs handlers. It sleeps on a word in shared memory, from which the other side wakes it, and so does the
//! notifier, for what children report. Signals cut the sleep short; one that comes just before it is seen a tick later.

use std::rc::Rc;
use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::error::{Error, Message};
use crate::exceptions;
use crate::process::identity::Process;
use crate::process::shared::message_ring::duplex_table::Duplex;
use crate::process::shared::message_ring::{Loss, MessageRing, SHORT, Trouble, What};
use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::task::parent::event_loop;
use crate::task::parent::pausing::Pausing;
use crate::task::parent::wait::Patience;
use crate::wire::codec::Format;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::object::Object;
use crate::zend::value::classes::Classes;
use crate::zend::value::{DecodeError, Simple, Unserializable};
use crate::zend::{exception, value};

/// How often to look whether another process is there that could end the wait. That reads a file.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The most memory that is kept for the bytes of the next message.
const KEPT: usize = 64 * 1024;

/// Sends a value. Re-enters PHP: hooks of serialization, and what [`Pausing`] does.
///
/// # Errors
///
/// When it cannot be serialized, the channel is closed, or time is over.
pub(crate) fn send(
    ring: &MessageRing,
    message: &Zval,
    patience: Option<Patience>,
    peer: Peer<'_>,
) -> Result<(), Stop> {
    let encoded = value::encode(message);
    if exception::pending() {
        return Err(Stop::Thrown);
    }
    let encoded = encoded.map_err(|Unserializable { type_name, path, reason, .. }| {
        exceptions::throw(&Error::NotSendable { type_name, path, reason })
    })?;
    let mut pausing = Pausing::new(ring, patience, peer);
    ring.send(Process::own(), encoded.format() as u8, encoded.len(), encoded.chunks(), &mut |waiting| {
        pausing.pause(waiting)
    })
    .map_err(|trouble| peer.raise(ring, trouble, What::Room))
}

/// Who is at the other end of a ring.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Peer<'p> {
    /// Whoever has the channel.
    Anyone,
    /// The parent of the task that has this duplex.
    Parent(&'p Duplex),
    /// This attempt of a task.
    Task(&'p Object<Future>, u64),
}

/// Why a message was not sent or received.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// An exception is pending that says so.
    Thrown,
    /// The attempt is over whose task was at the other end.
    Over,
    /// A message of that task is lost with a process.
    Lost(Loss),
}

impl From<Thrown> for Stop {
    fn from(Thrown: Thrown) -> Self {
        Self::Thrown
    }
}

impl From<Stop> for Thrown {
    /// Where no attempt is at the other end.
    fn from(_: Stop) -> Self {
        Self
    }
}

impl Peer<'_> {
    /// Is the attempt over?
    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Task(future, attempt) if future.has_ended() || future.id.get() != attempt)
    }

    /// The classes that its messages may have; none for all.
    fn classes(self) -> Option<Rc<Classes>> {
        if let Self::Task(future, _) = self { classes(future) } else { None }
    }

    /// Throws what was in the way.
    fn raise(self, ring: &MessageRing, trouble: Trouble<Stop>, what: What) -> Stop {
        match trouble {
            Trouble::Closed if self.is_over() => Stop::Over,
            Trouble::Lost(loss) if matches!(self, Self::Task(..)) => Stop::Lost(loss),
            trouble => raise(ring, trouble, what),
        }
    }
}

/// Sends a string or a scalar, if nothing is in the way: then no PHP code runs. False, and nothing is done, if
/// something is.
#[inline]
pub(crate) fn send_now(ring: &MessageRing, message: &Zval) -> bool {
    value::with_simple(message, |format, bytes| ring.send_now(Process::own(), format as u8, bytes))
        == Some(true)
}

/// A short string or a scalar that was received, and is not a value of PHP's yet.
pub(crate) struct Short {
    bytes: [u8; SHORT],
    length: usize,
    simple: Simple,
}

impl Short {
    /// The value. As for [`Simple::value`], a caller holds nothing.
    #[inline]
    pub(crate) fn value(&self) -> Option<Zval> {
        self.bytes.get(..self.length).map(|bytes| self.simple.value(bytes))
    }
}

/// Receives a short string or a scalar, if nothing is in the way: then no PHP code runs. `None`, and nothing is done, if
/// something is.
#[inline]
pub(crate) fn receive_now(ring: &MessageRing) -> Option<Short> {
    let mut bytes = [0; SHORT];
    let (simple, length) = ring.receive_now(Process::own(), &mut bytes, |format, bytes| {
        Some((Simple::of(Format::try_from(format).ok()?, bytes)?, bytes.len()))
    })?;
    Some(Short { bytes, length, simple })
}

/// Receives the next value. `None` if the channel is closed and empty. Re-enters PHP: what decoding does, and what
/// [`Pausing`] does.
///
/// # Errors
///
/// When a message was lost or cannot be read, no other process is left, or time is over.
pub(crate) fn receive(
    ring: &MessageRing,
    patience: Option<Patience>,
    peer: Peer<'_>,
) -> Result<Option<Zval>, Stop> {
    let mut bytes = state().message.take();
    let mut refused = None;
    let mut pausing = Pausing::new(ring, patience, peer);
    let mut wanted = |format: u8, length: u64| {
        // Before its memory is taken: no memory is worth it for what is refused in any case.
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length <= KEPT {
            return true; // decoding finds that out, too
        }
        let format = Format::try_from(format).unwrap_or(Format::Serialized);
        refused = value::room(format, length).err();
        refused.is_none()
    };
    let received =
        ring.receive(Process::own(), &mut bytes, &mut wanted, &mut |waiting| pausing.pause(waiting));
    let received = match received {
        Ok(received) => received,
        Err(Trouble::Closed) if !peer.is_over() => {
            keep(bytes);
            return Ok(None);
        }
        Err(trouble) => {
            keep(bytes);
            return Err(peer.raise(ring, trouble, What::Message));
        }
    };
    if !received.kept {
        let reason = refused.map_or_else(
            || format!("there is no memory for its {} bytes", received.length),
            |why| why.to_string(),
        );
        return Err(unreadable(reason).into());
    }
    let decoded = decode(received.format, &bytes, peer.classes().as_deref());
    keep(bytes);
    Ok(decoded.map(Some)?)
}

/// The classes that messages of a task may have; none for all.
pub(crate) fn classes(future: &Future) -> Option<Rc<Classes>> {
    future.classes().or_else(|| future.group.borrow().as_ref()?.classes())
}

/// Decodes a message, with objects of `classes` only, if that is given. Re-enters PHP.
///
/// # Errors
///
/// When it cannot be read, or code that ran has thrown.
pub(crate) fn decode(format: u8, bytes: &[u8], classes: Option<&Classes>) -> Returned {
    let decoded = match Format::try_from(format) {
        Ok(format) => value::decode(format, bytes, classes),
        Err(unknown) => return Err(unreadable(unknown.to_string())),
    };
    decoded.map_err(|error| match error {
        DecodeError::Thrown(throwable) => exception::throw(&throwable),
        DecodeError::Exiting => Thrown,
        error => unreadable(error.to_string()),
    })
}

fn unreadable(reason: String) -> Thrown {
    exceptions::throw(&Error::UnreadableMessage { reason })
}

/// Throws that the channel is closed and empty.
pub(crate) fn closed(ring: &MessageRing) -> Thrown {
    raise(ring, Trouble::Closed, What::Message).into()
}

/// The memory for the next message.
fn keep(mut bytes: Vec<u8>) {
    if bytes.capacity() <= KEPT {
        bytes.clear();
        state().message.replace(bytes);
    }
}

/// Throws what was in the way.
fn raise(ring: &MessageRing, trouble: Trouble<Stop>, what: What) -> Stop {
    let message = if what == What::Message { Message::Received } else { Message::Sent };
    let error = match trouble {
        Trouble::Closed if ring.is_lapsed() => Error::TaskChannelOver { message },
        Trouble::Closed if ring.has_ended() => Error::ScriptOver { message, script: ring.closer() },
        Trouble::Closed => Error::ChannelClosed { message, by: ring.closer() },
        Trouble::Lost(loss) => return lost(loss).into(),
        Trouble::Garbled => Error::ChannelGarbled,
        Trouble::Underneath => Error::Misuse(
            "the channel is in the middle of a message that this process sends or receives: a handler that runs meanwhile \
             cannot use the same end",
        ),
        Trouble::Stopped(stop) => return stop,
    };
    exceptions::throw(&error).into()
}

/// Throws that a message is lost.
pub(crate) fn lost(Loss { process, received }: Loss) -> Thrown {
    exceptions::throw(&Error::MessageLost {
        pid: Some(process.pid()).filter(|&pid| pid != 0),
        message: if received { Message::Received } else { Message::Sent },
    })
}

/// Is there another process, or will there be one, that could send to a ring, or receive from it?
pub(crate) fn may_be_used(ring: &MessageRing) -> bool {
    let busy = is_busy();
    busy || ring.may_be_used(busy)
}

/// Has this process something to run in others?
pub(super) fn is_busy() -> bool {
    event_loop::busy() || event_loop::is_due_in_a_call() || state().has_isolated() || has_queued()
}

/// Is no other process left that could send to a ring? Its descriptor is readable then.
pub(crate) fn is_deserted(ring: &MessageRing) -> bool {
    let deserted = !may_be_used(ring);
    match (deserted, ring.is_deserted()) {
        (true, false) => ring.desert(),
        (false, true) => ring.revive(),
        _ => {}
    }
    deserted
}

/// Does something wait for a process of its own?
fn has_queued() -> bool {
    state().active.borrow().iter().any(|group| group.ledger.borrow().has_waiting())
}
