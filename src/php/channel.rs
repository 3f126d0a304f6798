//! `Async\Channel`: messages between processes. The function `Async\channel()`.

use std::cell::OnceCell;
use std::ffi::CStr;
use std::process;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::error::{Error, Message};
use crate::exceptions;
use crate::php::channel_iterator;
use crate::php::future::patience;
use crate::process::fork::Refused;
use crate::process::shared::message_ring::duplex_table::Duplex;
use crate::process::shared::message_ring::{MOST, MessageRing};
use crate::task::child::channel as own;
use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::task::parent::messages::Peer;
use crate::task::parent::selection::Source;
use crate::task::parent::wait::Patience;
use crate::task::parent::{event_loop, messages, streams, task_channel};
use crate::zend::cell::ValueCell;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry, quick_entry};
use crate::zend::object::{Native, Object, Registration, Tracer};
use crate::zend::{interfaces, object, request};

/// The capacity of a channel for which none is given.
const CAPACITY: u32 = 16;

/// What an object stands for.
#[derive(Debug)]
enum End {
    /// A queue that any processes share.
    Shared(Rc<MessageRing>),
    /// The parent's end of the channel to this task.
    Parent(Object<Future>),
    /// A task's end.
    Task(Rc<Duplex>),
    /// The end of a task that runs in the process of its parent.
    InLine(Object<Future>),
}

/// The data of a channel.
#[derive(Debug, Default)]
pub(crate) struct Channel {
    end: OnceCell<End>,
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
        if let Some(End::Parent(future) | End::InLine(future)) = self.end.get() {
            future.trace_in(tracer);
        }
    }

    fn is_leaf(&self) -> bool {
        matches!(self.end.get(), None | Some(End::Shared(_) | End::Task(_)))
    }

    fn released(_: &Object<Self>) {}
}

/// Registers the class. MINIT.
pub(crate) fn register() {
    object::register::<Channel>(&[
        object::private_constructor(),
        Function::new("create", "int $capacity = 16", "self", entry(create)).fixed(),
        Function::new("send", "mixed $message, ?float $timeout = null", "void", quick_entry(send_now, send)),
        Function::new("receive", "?float $timeout = null", "mixed", quick_entry(receive_now, receive)),
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
    Ok(channel(End::Shared(Rc::new(ring))))
}

fn channel(end: End) -> Zval {
    let channel = Object::<Channel>::new();
    channel.end.get_or_init(|| end);
    channel.zval()
}

/// `Async\channel()`: a task's end of the channel to its parent.
pub(crate) static FUNCTIONS: [Function; 1] =
    [Function::new("Async\\channel", "", "Async\\Channel", entry(of_task)).flags(0)];

fn of_task(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let innermost = state().in_line.borrow().last().cloned();
    Ok(channel(match innermost {
        None => End::Task(own::own()?),
        Some(Some(future)) => End::InLine(future),
        Some(None) => return Err(exceptions::throw(&Error::Misuse(own::NO_MAP))),
    }))
}

/// What is waited for until a message can be received.
///
/// # Errors
///
/// When the object stands for no channel.
pub(crate) fn source(channel: &Channel) -> Result<Source, Thrown> {
    Ok(match channel.end()? {
        End::Shared(ring) => Source::Channel(Rc::clone(ring)),
        End::Parent(future) => Source::Task(future.clone()),
        End::Task(duplex) => Source::Parent(Rc::clone(duplex)),
        End::InLine(_) => Source::Ready,
    })
}

/// `Future::channel()`: the parent's end.
pub(crate) fn of_parent(future: Object<Future>) -> Returned {
    task_channel::is_closed(&future)?; // throws where this is not the parent
    Ok(channel(End::Parent(future)))
}

impl End {
    /// The next message; `None` when the channel is closed and empty. Re-enters PHP.
    fn receive(&self, patience: Option<Patience>) -> Result<Option<Zval>, Thrown> {
        match self {
            Self::Shared(ring) => Ok(messages::receive(ring, patience, Peer::Anyone)?),
            Self::Parent(future) => task_channel::receive(future, patience),
            Self::Task(duplex) => own::receive(duplex, patience),
            Self::InLine(future) => task_channel::receive_in_line(future),
        }
    }

    /// Throws that the channel is closed and empty.
    fn closed(&self) -> Thrown {
        match self {
            Self::Shared(ring) => messages::closed(ring),
            Self::Task(duplex) => messages::closed(&duplex.to_task),
            Self::Parent(future) => task_channel::closed(future),
            Self::InLine(_) => {
                exceptions::throw(&Error::ChannelClosed { message: Message::Received, by: process::id() })
            }
        }
    }
}

impl Channel {
    /// The next message; `None` when the channel is closed and empty. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// As [`messages::receive`].
    pub(super) fn next(&self) -> Result<Option<Zval>, Thrown> {
        self.end()?.receive(None)
    }

    fn end(&self) -> Result<&End, Thrown> {
        self.end.get().ok_or_else(|| {
            exceptions::throw(&Error::Misuse("this channel was not made by Async\\Channel::create()"))
        })
    }
}

/// The channel whose method is called.
fn of(call: &Call) -> Result<Object<Channel>, Thrown> {
    call.this().ok_or(Thrown)
}

/// What needs neither PHP's serializer nor a wait.
fn send_now(call: &Call) -> Option<Zval> {
    let channel: &Channel = call.peek_this().filter(|_| call.count() == 1)?;
    let sent = match channel.end.get()? {
        End::Shared(ring) => messages::send_now(ring, call.arg(0)?),
        End::Task(duplex) => own::send_now(duplex, call.arg(0)?),
        End::Parent(future) => task_channel::send_now(future, call.arg(0)?),
        End::InLine(_) => false,
    };
    sent.then(Zval::new)
}

/// What takes neither a wait nor a handler.
fn receive_now(call: &Call) -> Option<Zval> {
    let channel: &Channel = call.peek_this().filter(|_| call.count() == 0)?;
    let short = match channel.end.get()? {
        End::Shared(ring) => messages::receive_now(ring),
        End::Task(duplex) => messages::receive_now(&duplex.to_task),
        End::Parent(future) => task_channel::receive_now(future),
        End::InLine(_) => None,
    };
    // Only now, with nothing held.
    short?.value()
}

fn send(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    let patience = patience(call, 1)?;
    let channel = of(call)?;
    let Some(message) = call.arg(0) else {
        return Err(Thrown);
    };
    match channel.end()? {
        End::Shared(ring) => messages::send(ring, message, patience, Peer::Anyone)?,
        End::Parent(future) => task_channel::send(future, message, patience)?,
        End::Task(duplex) => own::send(duplex, message, patience)?,
        End::InLine(future) => task_channel::send_in_line(future, message)?,
    }
    Ok(Zval::new())
}

fn receive(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let patience = patience(call, 0)?;
    let channel = of(call)?;
    let end = channel.end()?;
    end.receive(patience)?.ok_or_else(|| end.closed())
}

fn close(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    match of(call)?.end()? {
        End::Shared(ring) => ring.close(),
        End::Parent(future) => task_channel::close(future)?,
        End::Task(duplex) => own::close(duplex),
        End::InLine(future) => future.channel_or_new().closed_by_task.set(true),
    }
    Ok(Zval::new())
}

fn is_closed(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut closed = Zval::new();
    closed.set_bool(match of(call)?.end()? {
        End::Shared(ring) => ring.is_closed(),
        End::Parent(future) => task_channel::is_closed(future)?,
        End::Task(duplex) => own::is_closed(duplex),
        End::InLine(future) => {
            let channel = future.channel_or_new();
            channel.closed_by_task.get() || channel.closed.get() || !state().runs_in_line(future.id.get())
        }
    });
    Ok(closed)
}

fn count(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut count = Zval::new();
    let messages = match of(call)?.end()? {
        End::Shared(ring) => ring.count() as usize,
        End::Parent(future) => task_channel::count(future)?,
        End::Task(duplex) => duplex.to_task.count() as usize,
        End::InLine(future) => future.channel_or_new().outbox.borrow().len(),
    };
    count.set_long(i64::try_from(messages).unwrap_or(i64::MAX));
    Ok(count)
}

fn stream(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let channel = of(call)?;
    if let Some(stream) = &*channel.stream.borrow() {
        return Ok(stream.shallow_clone());
    }
    let stream = match channel.end()? {
        End::Shared(ring) => stream_of(ring)?,
        End::Parent(future) => task_channel::stream(future)?,
        End::Task(_) | End::InLine(_) => {
            return Err(exceptions::throw(&Error::Misuse(
                "a task's end of the channel to its parent has no stream: call receive() with a time limit, or share an \
                 Async\\Channel::create(), which has one",
            )));
        }
    };
    channel.stream.set(Some(stream.shallow_clone()));
    Ok(stream)
}

fn stream_of(ring: &Rc<MessageRing>) -> Returned {
    let descriptor = streams::descriptor(ring);
    let descriptor = descriptor.map_err(|refused| exceptions::throw(&Error::NoStream { refused }))?;
    let descriptor = descriptor.ok_or_else(|| {
        exceptions::throw(&Error::Misuse(
            "this channel has no stream: when it was made, 128 channels of this process had a descriptor for one, or no \
             more files could be open; keep fewer channels, or call receive() with a time limit",
        ))
    })?;
    let stream = request::stream(descriptor).ok_or(Thrown)?;
    event_loop::leave();
    Ok(stream)
}

fn iterate(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let channel = of(call)?;
    Ok(channel_iterator::over(channel))
}
