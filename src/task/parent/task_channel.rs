//! The parent's end of the channel between it and one of its tasks.

use std::rc::Rc;

use ext_php_rs::types::Zval;

use nix::errno::Errno;

use crate::error::{Error, Message};
use crate::exceptions;
use crate::pool::ledger::Stage;
use crate::process::fork::Refused;
use crate::process::ready::ReadyDescriptor;
use crate::process::shared::message_ring::duplex_table::{DUPLEXES, Duplex, NoDuplex};
use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::task::life::support;
use crate::task::life::task_channel::{Queued, TaskChannel, after_message, listener, make_due};
use crate::task::parent::messages::{Peer, Short, Stop};
use crate::task::parent::wait::Patience;
use crate::task::parent::{event_loop, messages, wait};
use crate::task::workers::spawn;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::object::Object;
use crate::zend::value::Unserializable;
use crate::zend::value::classes::Classes;
use crate::zend::{exception, request, value};

/// What the parent and the task of `future` say to each other. Throws in any other process, and in the task itself.
fn here(future: &Object<Future>) -> Result<Rc<TaskChannel>, Thrown> {
    let inherited = future.id.get() <= state().inherited.get();
    if inherited || state().runs_in_line(future.id.get()) {
        return Err(exceptions::throw(&Error::Misuse(
            "this end of the channel is the parent's, in its own process: a task has its end by Async\\channel(), and other \
             processes share an Async\\Channel::create()",
        )));
    }
    wait::ensure_here(future)?;
    Ok(future.channel_or_new())
}

/// The duplex of the current attempt of a task that has not ended.
fn open(future: &Future, channel: &TaskChannel) -> Result<Rc<Duplex>, Thrown> {
    if let Some(duplex) = channel.duplex(future.id.get()) {
        return Ok(duplex);
    }
    let duplexes = spawn::duplexes().map_err(|refused| exceptions::throw(&Error::NoChannel { refused }))?;
    let id = future.id.get();
    let ahead = future.stage() != Some(Stage::Running);
    let duplex = duplexes.open(id, ahead).or_else(|_| {
        // Tasks may have ended that still have theirs.
        event_loop::look();
        event_loop::leave();
        duplexes.open(id, ahead)
    });
    Ok(channel.keep(duplex.map_err(no_duplex)?))
}

/// Throws why there is no duplex.
pub(crate) fn no_duplex(why: NoDuplex) -> Thrown {
    exceptions::throw(&match why {
        NoDuplex::Full => Error::TooManyTaskChannels { most: DUPLEXES },
        NoDuplex::Garbled => Error::ChannelGarbled,
    })
}

fn over(future: &Future, message: Message) -> Thrown {
    exceptions::throw(&Error::TaskOver { message, subject: future.subject() })
}

/// A message for a task that runs in this process, or from it.
fn queued(message: &Zval) -> Result<Queued, Thrown> {
    let encoded = value::encode(message);
    if exception::pending() {
        return Err(Thrown);
    }
    let encoded = encoded.map_err(|Unserializable { type_name, path, reason, .. }| {
        exceptions::throw(&Error::NotSendable { type_name, path, reason })
    })?;
    let bytes = encoded.chunks().flatten().copied().collect();
    Ok(Queued::Message(encoded.format() as u8, bytes))
}

/// Sends a message to the task of a future. Re-enters PHP.
///
/// # Errors
///
/// As [`messages::send`]; and when the task has ended.
pub(crate) fn send(
    future: &Object<Future>,
    message: &Zval,
    patience: Option<Patience>,
) -> Result<(), Thrown> {
    let channel = here(future)?;
    loop {
        if future.has_ended() {
            return Err(over(future, Message::Sent));
        }
        if channel.closed.get() {
            let by = std::process::id();
            return Err(exceptions::throw(&Error::ChannelClosed { message: Message::Sent, by }));
        }
        if support::in_line() {
            let queued = queued(message)?;
            channel.outbox.borrow_mut().push_back(queued);
            return Ok(());
        }
        let duplex = open(future, &channel)?;
        match messages::send(&duplex.to_task, message, patience, Peer::Task(future, future.id.get())) {
            Err(Stop::Over) => {}
            sent => return Ok(sent?),
        }
    }
}

/// Sends a string or a scalar, if nothing is in the way. False, and nothing is done, if something is.
pub(crate) fn send_now(future: &Future, message: &Zval) -> bool {
    duplex_in_use(future).is_some_and(|(_, duplex)| messages::send_now(&duplex.to_task, message))
}

/// Receives a short string or a scalar, if nothing is in the way, and neither a handler nor an event loop hears of
/// messages of this task. `None`, and nothing is done, if something is.
pub(crate) fn receive_now(future: &Future) -> Option<Short> {
    let (channel, duplex) = duplex_in_use(future)?;
    let heard =
        channel.has_arrived() || channel.ready.borrow().is_some() || listener(future, &channel).is_some();
    if heard { None } else { messages::receive_now(&duplex.to_parent) }
}

/// The duplex of an attempt that has one, and that is this process's to use.
fn duplex_in_use(future: &Future) -> Option<(Rc<TaskChannel>, Rc<Duplex>)> {
    let id = future.id.get();
    let channel = future.channel().filter(|_| id > state().inherited.get() && !state().runs_in_line(id))?;
    let is_here = future.group.borrow().as_ref().is_some_and(|group| group.is_here());
    let duplex = channel.duplex.borrow().clone().filter(|_| is_here)?;
    Some((channel, duplex))
}

/// Receives a message of the task of a future. `None` when there are none left, and it sends no more. Re-enters PHP.
///
/// # Errors
///
/// As [`messages::receive`].
pub(crate) fn receive(future: &Object<Future>, patience: Option<Patience>) -> Result<Option<Zval>, Thrown> {
    let channel = here(future)?;
    loop {
        let next = channel.arrived.borrow_mut().pop_front();
        if let Some(queued) = next {
            return unpack(&queued, messages::classes(future).as_deref()).map(Some);
        }
        let unread = channel.unread.borrow().first().cloned();
        if unread.is_none() && (future.has_ended() || channel.closed_by_task.get()) {
            return Ok(None);
        }
        if support::in_line() {
            wait::begin(future)?;
            if future.has_ended() || channel.has_arrived() {
                continue;
            }
            return Err(exceptions::throw(&Error::ChannelDeserted {
                message: Message::Received,
                capacity: 0,
            }));
        }
        // What comes first is the message that a call further down the stack is in the middle of.
        let duplex = unread.map_or_else(|| open(future, &channel), Ok)?;
        channel.receivers.set(channel.receivers.get() + 1);
        let received = messages::receive(&duplex.to_parent, patience, Peer::Task(future, future.id.get()));
        channel.receivers.set(channel.receivers.get() - 1);
        after_message(future, &channel);
        after_receipt(future, &channel, &duplex);
        match received {
            Err(Stop::Over) => {}
            Err(Stop::Lost(loss)) => return Err(messages::lost(loss)),
            received => return Ok(received?),
        }
    }
}

/// A message was received, or not. What is left there is for others.
fn after_receipt(future: &Object<Future>, channel: &TaskChannel, duplex: &Duplex) {
    let is_left = !duplex.to_parent.is_lapsed() && duplex.to_parent.has_any();
    if is_left && channel.receivers.get() == 0 && listener(future, channel).is_some() {
        make_due(future, channel);
    }
    if !is_left && !channel.has_arrived() && !future.has_ended() && !duplex.to_parent.is_closed() {
        channel.ready.borrow().iter().for_each(ReadyDescriptor::clear);
    }
}

/// Throws that there are no messages left, and none will come.
pub(crate) fn closed(future: &Object<Future>) -> Thrown {
    match future.channel().and_then(|channel| channel.duplex(future.id.get())) {
        Some(duplex) if !future.has_ended() => messages::closed(&duplex.to_parent),
        _ => over(future, Message::Received),
    }
}

pub(super) fn unpack(queued: &Queued, classes: Option<&Classes>) -> Returned {
    match queued {
        Queued::Message(format, bytes) => messages::decode(*format, bytes, classes),
        Queued::Lost(loss) => Err(messages::lost(*loss)),
        Queued::Garbled => Err(exceptions::throw(&Error::ChannelGarbled)),
    }
}

/// The parent sends nothing more.
///
/// # Errors
///
/// As [`send`], when there is no duplex by which the task could be told.
pub(crate) fn close(future: &Object<Future>) -> Result<(), Thrown> {
    let channel = here(future)?;
    if !future.has_ended() && !support::in_line() {
        open(future, &channel)?.to_task.close();
    }
    channel.closed.set(true);
    Ok(())
}

/// Does one side send nothing more?
pub(crate) fn is_closed(future: &Object<Future>) -> Result<bool, Thrown> {
    let channel = here(future)?;
    let by_task = || channel.duplex(future.id.get()).is_some_and(|duplex| duplex.to_parent.is_closed());
    Ok(channel.closed.get() || channel.closed_by_task.get() || future.has_ended() || by_task())
}

/// How many messages of the task can be received now.
pub(crate) fn count(future: &Object<Future>) -> Result<usize, Thrown> {
    let channel = here(future)?;
    let in_ring = channel.duplex(future.id.get()).map_or(0, |duplex| duplex.to_parent.count() as usize);
    let arrived = channel.arrived.borrow().len();
    Ok(arrived + in_ring)
}

/// A stream that is readable while there is a message, and when the task sends no more.
///
/// # Errors
///
/// When there is no descriptor for it.
pub(crate) fn stream(future: &Object<Future>) -> Returned {
    let channel = here(future)?;
    let refused = |refused| exceptions::throw(&Error::NoStream { refused });
    spawn::ensure_reactor().map_err(refused)?;
    heed();
    let ready = match state().reactor.borrow_mut().as_mut() {
        Some(reactor) => reactor.descriptor().and_then(ReadyDescriptor::over),
        None => Err(Errno::EBADF),
    };
    let ready = ready.map_err(|errno| refused(Refused { call: "epoll_create", errno }))?;
    let descriptor =
        ready.descriptor().map_err(|_| refused(Refused { call: "dup", errno: Errno::last() }))?;
    if count(future)? > 0 || is_closed(future)? {
        ready.set();
    }
    channel.ready.replace(Some(ready));
    request::stream(descriptor).ok_or(Thrown)
}

/// Messages of tasks wake this process from now on.
pub(crate) fn heed() {
    if support::in_line() {
        return;
    }
    // Without memory for duplexes no task sends anything.
    if let Ok(duplexes) = spawn::duplexes()
        && let Some(reactor) = state().reactor.borrow_mut().as_mut()
    {
        reactor.heed(duplexes);
    }
}

/// A task that runs in this process sends to its parent.
///
/// # Errors
///
/// When the message cannot be serialized, or the task has closed its end.
pub(crate) fn send_in_line(future: &Object<Future>, message: &Zval) -> Result<(), Thrown> {
    let channel = future.channel_or_new();
    if !state().runs_in_line(future.id.get()) {
        return Err(exceptions::throw(&Error::TaskChannelOver { message: Message::Sent }));
    }
    if channel.closed_by_task.get() {
        let by = std::process::id();
        return Err(exceptions::throw(&Error::ChannelClosed { message: Message::Sent, by }));
    }
    let queued = queued(message)?;
    channel.arrived.borrow_mut().push_back(queued);
    Ok(())
}

/// A task that runs in this process receives what its parent sent before it began.
///
/// # Errors
///
/// When there is nothing left, and the parent has not closed its end.
pub(crate) fn receive_in_line(future: &Object<Future>) -> Result<Option<Zval>, Thrown> {
    let channel = future.channel_or_new();
    let next = channel.outbox.borrow_mut().pop_front();
    match next {
        Some(queued) => unpack(&queued, None).map(Some),
        None if channel.closed.get() => Ok(None),
        None => Err(exceptions::throw(&Error::NothingInLine)),
    }
}
