//! `Async\ChannelIterator`: `foreach` over a channel.

use std::cell::Cell;
use std::ffi::CStr;

use ext_php_rs::types::Zval;

use crate::php::channel::Channel;
use crate::zend::cell::ValueCell;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry, quick_entry};
use crate::zend::object::{Native, Object, Registration, Tracer};
use crate::zend::zval::{boolean, integer};
use crate::zend::{interfaces, object};

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

/// Registers the class. MINIT.
pub(crate) fn register() {
    object::register::<ChannelIterator>(&[
        object::private_constructor(),
        Function::new("current", "", "mixed", quick_entry(current_now, current)),
        Function::new("key", "", "?int", quick_entry(key_now, key)),
        Function::new("next", "", "void", entry(next)),
        Function::new("rewind", "", "void", entry(rewind)),
        Function::new("valid", "", "bool", quick_entry(valid_now, valid)),
    ]);
    ITERATOR.class.implement(interfaces::iterator());
}

/// An iterator over the messages of a channel.
pub(super) fn over(channel: Object<Channel>) -> Zval {
    let iterator = Object::<ChannelIterator>::new();
    iterator.channel.set(Some(channel));
    iterator.zval()
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
    let message = channel.next()?;
    drop(iterator.current.replace(message));
    Ok(())
}

/// The iterator of a call without arguments.
fn now(call: &Call) -> Option<&ChannelIterator> {
    call.peek_this().filter(|_| call.count() == 0)
}

fn current_now(call: &Call) -> Option<Zval> {
    now(call)?.current.borrow().as_ref().map(Zval::shallow_clone)
}

fn key_now(call: &Call) -> Option<Zval> {
    let iterator = now(call)?;
    iterator.current.borrow().as_ref().map(|_| integer(iterator.count.get()))
}

fn valid_now(call: &Call) -> Option<Zval> {
    Some(boolean(now(call)?.current.borrow().is_some()))
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
    Ok(boolean(this(call)?.current.borrow().is_some()))
}
