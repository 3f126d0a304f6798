//! `Async\Channel`: messages between processes; and `Async\ChannelIterator`, for `foreach` over one.

use std::cell::{Cell, OnceCell};
use std::ffi::CStr;
use std::rc::Rc;

use ext_php_rs::types::Zval;
use nix::errno::Errno;

use crate::error::Error;
use crate::exceptions;
use crate::php::future::patience;
use crate::process::fork::Refused;
use crate::process::shared::message_ring::{MOST, MessageRing};
use crate::task::parent::messages;
use crate::zend::cell::ValueCell;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry, quick_entry};
use crate::zend::object::{Native, Object, Registration, Tracer};
use crate::zend::{interfaces, object, request};

/// The capacity of a channel for which none is given.
const CAPACITY: u32 = 16;

/// The data of a channel.
#[derive(Debug, Default)]
pub(crate) struct Channel {
    ring: OnceCell<Rc<MessageRing>>,
    /// The stream that `stream()` has made.
    stream: ValueCell<Option<Zval>>,
}

static REGISTRATION: Registration = Registration::new();

impl Native for Channel {
    const NAME: &'static CStr = c"Async\\Channel";

    fn registration() -> &'static Registration {
        &REGISTRATION
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace(&self, tracer: &mut Tracer) {
        self.stream.peek(|stream| stream.iter().for_each(|stream| tracer.value(stream)));
    }

    fn is_leaf(&self) -> bool {
        true
    }

    fn released(_: &Object<Self>) {}
}

/// The data of an iterator: the channel, and the current message.
#[derive(Debug, Default)]
pub(crate) struct ChannelIterator {
    channel: ValueCell<Option<Object<Channel>>>,
    current: ValueCell<Option<Zval>>,
    count: Cell<i64>,
    begun: Cell<bool>,
}

static ITERATOR: Registration = Registration::new();

impl Native for ChannelIterator {
    const NAME: &'static CStr = c"Async\\ChannelIterator";

    fn registration() -> &'static Registration {
        &ITERATOR
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace(&self, tracer: &mut Tracer) {
        self.channel.peek(|channel| channel.iter().for_each(|channel| channel.trace_in(tracer)));
        self.current.peek(|current| current.iter().for_each(|current| tracer.value(current)));
    }

    fn released(_: &Object<Self>) {}
}

/// Registers the classes. MINIT.
pub(crate) fn register() {
    object::register::<ChannelIterator>(&[
        object::private_constructor(),
        Function::new("current", "", "mixed", entry(current)),
        Function::new("key", "", "?int", entry(key)),
        Function::new("next", "", "void", entry(next)),
        Function::new("rewind", "", "void", entry(rewind)),
        Function::new("valid", "", "bool", entry(valid)),
    ]);
    ITERATOR.class.implement(interfaces::iterator());
    object::register::<Channel>(&[
        object::private_constructor(),
        Function::new("create", "int $capacity = 16", "self", entry(create)).fixed(),
        Function::new("send", "mixed $message, ?float $timeout = null", "void", quick_entry(send_now, send)),
        Function::new("receive", "?float $timeout = null", "mixed", entry(receive)),
        Function::new("close", "", "void", entry(close)),
        Function::new("isClosed", "", "bool", entry(is_closed)),
        Function::new("count", "", "int", entry(count)),
        Function::new("stream", "", "", entry(stream)),
        Function::new("getIterator", "", "Iterator", entry(iterate)),
    ]);
    REGISTRATION.class.implement(interfaces::countable());
    REGISTRATION.class.implement(interfaces::iterator_aggregate());
}

fn create(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let capacity = match call.arg(0) {
        None => CAPACITY,
        Some(_) => match call.long(0)? {
            capacity if capacity < 1 => {
                return Err(call.value_error(0, "must be greater than or equal to 1"));
            }
            capacity => u32::try_from(capacity)
                .ok()
                .filter(|&capacity| capacity <= MOST)
                .ok_or_else(|| call.value_error(0, &format!("must be less than or equal to {MOST}")))?,
        },
    };
    let ring = MessageRing::new(capacity)
        .map_err(|errno| exceptions::throw(&Error::NoChannel { refused: Refused { call: "mmap", errno } }))?;
    let channel = Object::<Channel>::new();
    let _ = channel.ring.set(Rc::new(ring));
    Ok(channel.zval())
}

/// The ring of the channel whose method is called.
fn ring(call: &Call) -> Result<Rc<MessageRing>, Thrown> {
    let channel = call.this::<Channel>().ok_or(Thrown)?;
    ring_of(&channel)
}

fn ring_of(channel: &Channel) -> Result<Rc<MessageRing>, Thrown> {
    channel.ring.get().cloned().ok_or_else(|| {
        exceptions::throw(&Error::Misuse("this channel was not made by Async\\Channel::create()"))
    })
}

/// What needs neither PHP's serializer nor a wait.
fn send_now(call: &Call) -> Option<Zval> {
    let channel: &Channel = call.peek_this().filter(|_| call.count() == 1)?;
    messages::send_now(channel.ring.get()?, call.arg(0)?).then(Zval::new)
}

fn send(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    let patience = patience(call, 1)?;
    let ring = ring(call)?;
    let Some(message) = call.arg(0) else {
        return Err(Thrown);
    };
    messages::send(&ring, message, patience)?;
    Ok(Zval::new())
}

fn receive(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let patience = patience(call, 0)?;
    messages::receive_one(&*ring(call)?, patience)
}

fn close(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    ring(call)?.close();
    Ok(Zval::new())
}

fn is_closed(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut closed = Zval::new();
    closed.set_bool(ring(call)?.is_closed());
    Ok(closed)
}

fn count(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut count = Zval::new();
    count.set_long(i64::from(ring(call)?.count()));
    Ok(count)
}

fn stream(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let channel = call.this::<Channel>().ok_or(Thrown)?;
    if let Some(stream) = &*channel.stream.borrow() {
        return Ok(stream.shallow_clone());
    }
    let ring = ring_of(&channel)?;
    let descriptor = ring.watch().ok_or_else(|| {
        exceptions::throw(&Error::Misuse(
            "this channel has no stream: when it was made, 128 channels of this process had a descriptor for one, or no \
             more files could be open; keep fewer channels, or call receive() with a time limit",
        ))
    })?;
    let refused =
        |_| exceptions::throw(&Error::NoStream { refused: Refused { call: "dup", errno: Errno::last() } });
    let descriptor = descriptor.try_clone_to_owned().map_err(refused)?;
    let stream = request::stream(descriptor).ok_or(Thrown)?;
    channel.stream.set(Some(stream.shallow_clone()));
    Ok(stream)
}

fn iterate(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let channel = call.this::<Channel>().ok_or(Thrown)?;
    let iterator = Object::<ChannelIterator>::new();
    iterator.channel.set(Some(channel));
    Ok(iterator.zval())
}

fn this(call: &Call) -> Result<Object<ChannelIterator>, Thrown> {
    call.expect(0, Some(0))?;
    call.this().ok_or(Thrown)
}

/// Receives the next message; there is no current one when the channel is closed and empty. Re-enters PHP.
fn advance(iterator: &ChannelIterator) -> Result<(), Thrown> {
    let channel = iterator.channel.borrow().clone();
    let Some(channel) = channel else {
        return Ok(());
    };
    drop(iterator.current.take());
    let message = messages::receive(&*ring_of(&channel)?, None)?;
    drop(iterator.current.replace(message));
    Ok(())
}

fn current(call: &Call) -> Returned {
    let iterator = this(call)?;
    let current = iterator.current.borrow();
    Ok(current.as_ref().map_or_else(Zval::new, Zval::shallow_clone))
}

fn key(call: &Call) -> Returned {
    let iterator = this(call)?;
    let mut key = Zval::new();
    if iterator.current.borrow().is_some() {
        key.set_long(iterator.count.get());
    }
    Ok(key)
}

fn next(call: &Call) -> Returned {
    let iterator = this(call)?;
    iterator.count.set(iterator.count.get() + 1);
    advance(&iterator)?;
    Ok(Zval::new())
}

fn rewind(call: &Call) -> Returned {
    let iterator = this(call)?;
    // Messages that were received are gone: a second loop goes on with what comes.
    if !iterator.begun.replace(true) {
        advance(&iterator)?;
    }
    Ok(Zval::new())
}

fn valid(call: &Call) -> Returned {
    let mut valid = Zval::new();
    valid.set_bool(this(call)?.current.borrow().is_some());
    Ok(valid)
}
