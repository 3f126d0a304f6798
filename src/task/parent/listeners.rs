//! The handlers that get what tasks say: which messages are due, and giving them.

use std::rc::Rc;

use crate::process::shared::message_ring::duplex_table::{Duplex, DuplexTable};
use crate::task::life::conclusion;
use crate::task::life::future::{Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::life::surfacing::release;
use crate::task::life::task_channel::{
    Listener, Queued, TaskChannel, after_message, known, listener, make_due,
};
use crate::task::parent::messages::{Peer, Stop};
use crate::task::parent::{handlers, messages, task_channel};
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::interrupt::{FiberBlock, Floor};
use crate::zend::object::Object;

/// Notes which tasks have sent something since the last look, and have a handler, or an event loop, that waits for
/// that.
pub(crate) fn look() {
    if let Some(duplexes) = state().duplexes.get().filter(|duplexes| duplexes.is_any_used()) {
        look_at(duplexes);
    }
}

fn look_at(duplexes: &'static DuplexTable) {
    for (attempt, by_task) in duplexes.look() {
        let future = state().active.borrow().iter().find_map(|group| group.future(attempt));
        let Some(future) = future else {
            // The attempt was over before its task asked for the duplex.
            if by_task {
                duplexes.find(attempt).iter().for_each(Duplex::release);
            }
            continue;
        };
        let channel = future.channel_or_new();
        channel.set_ready();
        if channel.receivers.get() == 0 && listener(&future, &channel).is_some() {
            make_due(&future, &channel);
        }
        release(future);
    }
}

/// Gives the messages of a task to the handler of its pool, as far as that may run now. False when it may not, and
/// messages are left. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting; an exception of the handler becomes the future's failure.
pub(crate) fn deliver(future: &Object<Future>, moment: Moment) -> Result<bool, Thrown> {
    let Some(channel) = future.channel() else {
        return Ok(true);
    };
    channel.is_due.set(false);
    let Some(listener) = listener(future, &channel) else {
        return Ok(true);
    };
    if future.handling.replace(true) {
        return Ok(true);
    }
    let _fibers = FiberBlock::new();
    let _floor = Floor::new();
    let done = deliver_all(future, &channel, &listener, moment);
    future.handling.set(false);
    let is_left = || channel.duplex(future.id.get()).is_some_and(|duplex| duplex.to_parent.has_any());
    if done.is_err() && (channel.has_arrived() || is_left()) {
        // The task may wait for room, and so would the end of the script.
        make_due(future, &channel);
    }
    if let (Ok(true), false) = (&done, channel.is_unread()) {
        let left = channel.listener.take();
        release((left, listener));
    }
    done
}

fn deliver_all(
    future: &Object<Future>,
    channel: &TaskChannel,
    listener: &Listener,
    moment: Moment,
) -> Result<bool, Thrown> {
    loop {
        if exception::pending() {
            return Err(Thrown);
        }
        let duplex = channel.duplex(future.id.get()).filter(|duplex| !duplex.to_parent.is_lapsed());
        let in_ring = duplex.filter(|duplex| channel.receivers.get() == 0 && duplex.to_parent.has_any());
        if !channel.has_arrived() && in_ring.is_none() {
            return Ok(true);
        }
        let place = future.place.get().or_else(|| future.group.borrow().as_ref()?.handlers.get());
        if let Err(scope) = handlers::ensure_allowed_in(listener.scope.clone(), place, moment) {
            channel.is_due.set(true);
            state().held.change(|held| held.push(scope, future.clone()));
            return Ok(false);
        }
        let next = channel.arrived.borrow_mut().pop_front();
        let message = match (next, in_ring) {
            (Some(Queued::Lost(_)), _) => continue,
            (Some(queued), _) => {
                task_channel::unpack(&queued, messages::classes(future).as_deref()).map(Some)
            }
            (None, Some(duplex)) => {
                let received =
                    messages::receive(&duplex.to_parent, None, Peer::Task(future, future.id.get()));
                after_message(future, channel);
                match received {
                    // What became of the task tells of a message that is lost with it.
                    Err(Stop::Over | Stop::Lost(_)) => continue,
                    received => received.map_err(Thrown::from),
                }
            }
            (None, None) => return Ok(true),
        };
        let told = match message {
            Ok(None) => return Ok(true),
            Ok(Some(message)) if listener.has_exited.get() => {
                release(message);
                Ok(())
            }
            Ok(Some(message)) => {
                handlers::call(&listener.callable, &mut [message, future.zval()], |returned| {
                    returned.map(release)
                })
            }
            Err(thrown) => Err(thrown),
        };
        if told.is_err() {
            let Some(throwable) = exception::take() else {
                listener.has_exited.set(true);
                return Err(Thrown);
            };
            if channel.failure.borrow().is_none() {
                channel.failure.set(Some(throwable));
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
    let Some(throwable) = future.channel().and_then(|channel| channel.failure.take()) else {
        return;
    };
    if future.has_failed() {
        state().surfacing.push(throwable);
    } else {
        conclusion::fail(future, throwable);
    }
}

/// The handler for all messages of the tasks of `group`, from now on.
pub(crate) fn listen(group: &Group, listener: Listener) {
    group.listener.set(Some(Rc::new(listener)));
    task_channel::heed();
}

/// A task has a handler for its messages now that it may not have had when some of them came.
pub(crate) fn catch_up(future: &Object<Future>) {
    if future.has_ended() {
        return;
    }
    let Some(channel) = known(future) else {
        return;
    };
    let is_in_ring = || channel.duplex(future.id.get()).is_some_and(|duplex| duplex.to_parent.has_any());
    if listener(future, &channel).is_some() && (channel.has_arrived() || is_in_ring()) {
        make_due(future, &channel);
    }
}
