//! The parent's end of the channel between it and one of its tasks; and the handlers that get what tasks say.

use std::rc::Rc;

use ext_php_rs::types::Zval;

use nix::errno::Errno;

use crate::error::{Error, Message};
use crate::exceptions;
use crate::pool::ledger::Stage;
use crate::process::fork::Refused;
use crate::process::ready::ReadyDescriptor;
use crate::process::shared::message_ring::lines::{LINES, Line, Lines, NoLine};
use crate::task::life::future::{Future, Outcome, Phase};
use crate::task::life::group::Group;
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::life::surfacing::release;
use crate::task::life::talk::{Listener, Queued, Talk, make_due};
use crate::task::life::{conclusion, support};
use crate::task::parent::messages::{Peer, Short, Stop};
use crate::task::parent::wait::Patience;
use crate::task::parent::{event_loop, handlers, messages, wait};
use crate::task::workers::spawn;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::interrupt::{FiberBlock, Floor};
use crate::zend::object::Object;
use crate::zend::value::Unserializable;
use crate::zend::value::classes::Classes;
use crate::zend::{exception, request, value};

/// What the parent and the task of `future` say to each other. Throws in any other process, and in the task itself.
fn here(future: &Object<Future>) -> Result<Rc<Talk>, Thrown> {
    let inherited = future.id.get() <= state().inherited.get();
    if inherited || state().runs_in_line(future.id.get()) {
        return Err(exceptions::throw(&Error::Misuse(
            "this end of the channel is the parent's, in its own process: a task has its end by Async\\channel(), and other \
             processes share an Async\\Channel::create()",
        )));
    }
    wait::ensure_here(future)?;
    Ok(future.talk_or_new())
}

/// The line of the current attempt of a task that has not ended.
fn open(future: &Future, talk: &Talk) -> Result<Rc<Line>, Thrown> {
    if let Some(line) = talk.line(future.id.get()) {
        return Ok(line);
    }
    let lines = spawn::lines().map_err(|refused| exceptions::throw(&Error::NoChannel { refused }))?;
    let id = future.id.get();
    let ahead = future.stage() != Some(Stage::Running);
    let line = lines.open(id, ahead).or_else(|_| {
        // Tasks may have ended that still have theirs.
        event_loop::look();
        event_loop::leave();
        lines.open(id, ahead)
    });
    Ok(talk.keep(line.map_err(no_line)?))
}

/// Throws why there is no line.
pub(crate) fn no_line(why: NoLine) -> Thrown {
    exceptions::throw(&match why {
        NoLine::Full => Error::TooManyTalks { most: LINES },
        NoLine::Garbled => Error::ChannelGarbled,
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
    let talk = here(future)?;
    loop {
        if future.has_ended() {
            return Err(over(future, Message::Sent));
        }
        if talk.closed.get() {
            let by = std::process::id();
            return Err(exceptions::throw(&Error::ChannelClosed { message: Message::Sent, by }));
        }
        if support::in_line() {
            let queued = queued(message)?;
            talk.outbox.borrow_mut().push_back(queued);
            return Ok(());
        }
        let line = open(future, &talk)?;
        match messages::send(&line.to_task, message, patience, Peer::Task(future, future.id.get())) {
            Err(Stop::Over) => {}
            sent => return Ok(sent?),
        }
    }
}

/// Sends a string or a scalar, if nothing is in the way. False, and nothing is done, if something is.
pub(crate) fn send_now(future: &Future, message: &Zval) -> bool {
    line_in_use(future).is_some_and(|(_, line)| messages::send_now(&line.to_task, message))
}

/// Receives a short string or a scalar, if nothing is in the way, and neither a handler nor an event loop hears of
/// messages of this task. `None`, and nothing is done, if something is.
pub(crate) fn receive_now(future: &Future) -> Option<Short> {
    let (talk, line) = line_in_use(future)?;
    let heard = talk.has_arrived() || talk.ready.borrow().is_some() || listener(future, &talk).is_some();
    if heard { None } else { messages::receive_now(&line.to_parent) }
}

/// The line of an attempt that has one, and that is this process's to use.
fn line_in_use(future: &Future) -> Option<(Rc<Talk>, Rc<Line>)> {
    let id = future.id.get();
    let talk = future.talk().filter(|_| id > state().inherited.get() && !state().runs_in_line(id))?;
    let is_here = future.group.borrow().as_ref().is_some_and(|group| group.is_here());
    let line = talk.line.borrow().clone().filter(|_| is_here)?;
    Some((talk, line))
}

/// Receives a message of the task of a future. `None` when there are none left, and it sends no more. Re-enters PHP.
///
/// # Errors
///
/// As [`messages::receive`].
pub(crate) fn receive(future: &Object<Future>, patience: Option<Patience>) -> Result<Option<Zval>, Thrown> {
    let talk = here(future)?;
    loop {
        let next = talk.arrived.borrow_mut().pop_front();
        if let Some(queued) = next {
            return unpack(&queued, messages::classes(future).as_deref()).map(Some);
        }
        if future.has_ended() || talk.closed_by_task.get() {
            return Ok(None);
        }
        if support::in_line() {
            wait::begin(future)?;
            if future.has_ended() || talk.has_arrived() {
                continue;
            }
            return Err(exceptions::throw(&Error::ChannelDeserted {
                message: Message::Received,
                capacity: 0,
            }));
        }
        let line = open(future, &talk)?;
        talk.receivers.set(talk.receivers.get() + 1);
        let received = messages::receive(&line.to_parent, patience, Peer::Task(future, future.id.get()));
        talk.receivers.set(talk.receivers.get() - 1);
        after_receipt(future, &talk, &line);
        match received {
            Err(Stop::Over) => {}
            Err(Stop::Lost(loss)) => return Err(messages::lost(loss)),
            received => return Ok(received?),
        }
    }
}

/// A message was received, or not. What is left there is for others.
fn after_receipt(future: &Object<Future>, talk: &Talk, line: &Line) {
    let is_left = !line.to_parent.is_lapsed() && line.to_parent.has_any();
    if is_left && talk.receivers.get() == 0 && listener(future, talk).is_some() {
        make_due(future, talk);
    }
    if !is_left && !talk.has_arrived() && !future.has_ended() && !line.to_parent.is_closed() {
        talk.ready.borrow().iter().for_each(ReadyDescriptor::quench);
    }
}

/// Throws that there are no messages left, and none will come.
pub(crate) fn closed(future: &Object<Future>) -> Thrown {
    match future.talk().and_then(|talk| talk.line(future.id.get())) {
        Some(line) if !future.has_ended() => messages::closed(&line.to_parent),
        _ => over(future, Message::Received),
    }
}

fn unpack(queued: &Queued, classes: Option<&Classes>) -> Returned {
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
/// As [`send`], when there is no line by which the task could be told.
pub(crate) fn close(future: &Object<Future>) -> Result<(), Thrown> {
    let talk = here(future)?;
    if !future.has_ended() && !support::in_line() {
        open(future, &talk)?.to_task.close();
    }
    talk.closed.set(true);
    Ok(())
}

/// Does one side send nothing more?
pub(crate) fn is_closed(future: &Object<Future>) -> Result<bool, Thrown> {
    let talk = here(future)?;
    let by_task = || talk.line(future.id.get()).is_some_and(|line| line.to_parent.is_closed());
    Ok(talk.closed.get() || talk.closed_by_task.get() || future.has_ended() || by_task())
}

/// How many messages of the task can be received now.
pub(crate) fn count(future: &Object<Future>) -> Result<usize, Thrown> {
    let talk = here(future)?;
    let in_line = talk.line(future.id.get()).map_or(0, |line| line.to_parent.count() as usize);
    let arrived = talk.arrived.borrow().len();
    Ok(arrived + in_line)
}

/// A stream that is readable while there is a message, and when the task sends no more.
///
/// # Errors
///
/// When there is no descriptor for it.
pub(crate) fn stream(future: &Object<Future>) -> Returned {
    let talk = here(future)?;
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
        ready.light();
    }
    talk.ready.replace(Some(ready));
    request::stream(descriptor).ok_or(Thrown)
}

/// Messages of tasks wake this process from now on.
pub(crate) fn heed() {
    if support::in_line() {
        return;
    }
    // Without memory for lines no task sends anything.
    if let Ok(lines) = spawn::lines()
        && let Some(reactor) = state().reactor.borrow_mut().as_mut()
    {
        reactor.heed(lines);
    }
}

/// Notes which tasks have sent something since the last look, and have a handler, or an event loop, that waits for
/// that.
pub(crate) fn look() {
    if let Some(lines) = state().lines.get().filter(|lines| lines.is_any_used()) {
        look_at(lines);
    }
}

fn look_at(lines: &'static Lines) {
    for (attempt, by_task) in lines.look() {
        let future = state().active.borrow().iter().find_map(|group| group.future(attempt));
        let Some(future) = future else {
            // The attempt was over before its task asked for the line.
            if by_task {
                lines.find(attempt).iter().for_each(Line::release);
            }
            continue;
        };
        let talk = future.talk_or_new();
        talk.light();
        if talk.receivers.get() == 0 && listener(&future, &talk).is_some() {
            make_due(&future, &talk);
        }
        release(future);
    }
}

/// The handler for the messages of a task.
fn listener(future: &Future, talk: &Talk) -> Option<Rc<Listener>> {
    let left = talk.listener.borrow().clone();
    left.or_else(|| future.group.borrow().as_ref()?.listener.borrow().clone())
}

/// Gives the messages of a task to the handler of its pool, as far as that may run now. False when it may not, and
/// messages are left. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting; an exception of the handler becomes the future's failure.
pub(crate) fn deliver(future: &Object<Future>, moment: Moment) -> Result<bool, Thrown> {
    let Some(talk) = future.talk() else {
        return Ok(true);
    };
    talk.is_due.set(false);
    let Some(listener) = listener(future, &talk) else {
        return Ok(true);
    };
    if future.handling.replace(true) {
        return Ok(true);
    }
    let _fibers = FiberBlock::new();
    let _floor = Floor::new();
    let done = deliver_all(future, &talk, &listener, moment);
    future.handling.set(false);
    if let Ok(true) = done {
        let left = talk.listener.take();
        release((left, listener));
    }
    done
}

fn deliver_all(
    future: &Object<Future>,
    talk: &Talk,
    listener: &Listener,
    moment: Moment,
) -> Result<bool, Thrown> {
    loop {
        if exception::pending() {
            return Err(Thrown);
        }
        let line = talk.line(future.id.get()).filter(|line| !line.to_parent.is_lapsed());
        let in_line = line.filter(|line| talk.receivers.get() == 0 && line.to_parent.has_any());
        if !talk.has_arrived() && in_line.is_none() {
            return Ok(true);
        }
        let place = future.place.get().or_else(|| future.group.borrow().as_ref()?.handlers.get());
        if let Err(scope) = handlers::ensure_allowed_in(listener.scope.clone(), place, moment) {
            talk.is_due.set(true);
            state().held.change(|held| held.push(scope, future.clone()));
            return Ok(false);
        }
        let next = talk.arrived.borrow_mut().pop_front();
        let message = match (next, in_line) {
            (Some(Queued::Lost(_)), _) => continue,
            (Some(queued), _) => unpack(&queued, messages::classes(future).as_deref()).map(Some),
            (None, Some(line)) => {
                match messages::receive(&line.to_parent, None, Peer::Task(future, future.id.get())) {
                    // What became of the task tells of a message that is lost with it.
                    Err(Stop::Over | Stop::Lost(_)) => continue,
                    received => received.map_err(Thrown::from),
                }
            }
            (None, None) => return Ok(true),
        };
        let told = match message {
            Ok(None) => return Ok(true),
            Ok(Some(message)) => {
                handlers::call(&listener.callable, &mut [message, future.zval()], |returned| {
                    returned.map(release)
                })
            }
            Err(thrown) => Err(thrown),
        };
        if told.is_err() {
            let throwable = exception::take().ok_or(Thrown)?;
            if talk.failure.borrow().is_none() {
                talk.failure.set(Some(throwable));
            } else {
                state().surfacing.push(throwable);
            }
        }
    }
}

/// What a handler of messages has thrown is the failure of the future from its end on, as what its own handlers throw.
pub(crate) fn fail(future: &Future) {
    if !matches!(*future.phase.borrow(), Phase::Done(_)) {
        return;
    }
    let Some(throwable) = future.talk().and_then(|talk| talk.failure.take()) else {
        return;
    };
    if future.has_failed() {
        state().surfacing.push(throwable);
    } else {
        future.observed.set(false);
        conclusion::set(future, Outcome::Failed(throwable));
    }
}

/// The handler for all messages of the tasks of `group`, from now on.
pub(crate) fn listen(group: &Group, listener: Listener) {
    group.listener.set(Some(Rc::new(listener)));
    heed();
}

/// A task has a handler for its messages now that it may not have had when some of them came.
pub(crate) fn catch_up(future: &Object<Future>) {
    if future.has_ended() {
        return;
    }
    let known = future.talk().or_else(|| {
        let line = state().lines.get().filter(|lines| lines.is_any_used())?.find(future.id.get())?;
        let talk = future.talk_or_new();
        talk.keep(line);
        Some(talk)
    });
    let Some(talk) = known else {
        return;
    };
    let is_in_line = || talk.line(future.id.get()).is_some_and(|line| line.to_parent.has_any());
    if listener(future, &talk).is_some() && (talk.has_arrived() || is_in_line()) {
        make_due(future, &talk);
    }
}

/// A task that runs in this process sends to its parent.
///
/// # Errors
///
/// When the message cannot be serialized, or the task has closed its end.
pub(crate) fn send_in_line(future: &Object<Future>, message: &Zval) -> Result<(), Thrown> {
    let talk = future.talk_or_new();
    if !state().runs_in_line(future.id.get()) {
        return Err(exceptions::throw(&Error::TalkOver { message: Message::Sent }));
    }
    if talk.closed_by_task.get() {
        let by = std::process::id();
        return Err(exceptions::throw(&Error::ChannelClosed { message: Message::Sent, by }));
    }
    let queued = queued(message)?;
    talk.arrived.borrow_mut().push_back(queued);
    Ok(())
}

/// A task that runs in this process receives what its parent sent before it began.
///
/// # Errors
///
/// When there is nothing left, and the parent has not closed its end.
pub(crate) fn receive_in_line(future: &Object<Future>) -> Result<Option<Zval>, Thrown> {
    let talk = future.talk_or_new();
    let next = talk.outbox.borrow_mut().pop_front();
    match next {
        Some(queued) => unpack(&queued, None).map(Some),
        None if talk.closed.get() => Ok(None),
        None => Err(exceptions::throw(&Error::NothingInLine)),
    }
}
