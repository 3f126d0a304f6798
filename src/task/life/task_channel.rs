//! What a task and its parent say to each other: the parent's side, of those futures that have one.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::process::identity::Process;
use crate::process::ready::ReadyDescriptor;
use crate::process::shared::message_ring::duplex_table::{Duplex, DuplexTable};
use crate::process::shared::message_ring::{Loss, Trouble};
use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::zend::callable::Callable;
use crate::zend::cell::{DataCell, Plain, ValueCell};
use crate::zend::object::{Object, Tracer};
use crate::zend::scope::Scope;

/// A function of the script that is called with the messages of a pool's tasks.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) callable: Callable,
    /// The functions that were running when it was registered.
    pub(crate) scope: Scope,
    /// It has called `exit`: it is not called again, and the messages that come for it are dropped.
    pub(crate) has_exited: Cell<bool>,
}

/// A message that was taken out of a duplex, or what has become of one.
#[derive(Debug)]
pub(crate) enum Queued {
    /// Its format and its bytes.
    Message(u8, Vec<u8>),
    /// It is lost with the process that sent it.
    Lost(Loss),
    /// The duplex was written over.
    Garbled,
}

impl Plain for Queued {}
impl Plain for ReadyDescriptor {}
impl Plain for Rc<Duplex> {}

/// The parent's side.
#[derive(Debug, Default)]
pub(crate) struct TaskChannel {
    /// What the task has said, and is in no duplex any more, as its attempt is over, or as it runs in this process.
    pub(crate) arrived: DataCell<VecDeque<Queued>>,
    /// What was sent to a task that runs in this process.
    pub(crate) outbox: DataCell<VecDeque<Queued>>,
    /// The duplex of its attempt, once it is known.
    pub(crate) duplex: DataCell<Option<Rc<Duplex>>>,
    /// Duplexes of attempts that are over, where a call further down the stack is in the middle of a message. What is behind
    /// that message is taken out once that call has it.
    pub(crate) unread: DataCell<Vec<Rc<Duplex>>>,
    /// The parent sends nothing more.
    pub(crate) closed: Cell<bool>,
    /// A task that runs in this process sends nothing more.
    pub(crate) closed_by_task: Cell<bool>,
    /// It is in the list of futures with something for handlers.
    pub(crate) is_due: Cell<bool>,
    /// How many calls further down the stack wait for a message of this task: these get what comes, and not a handler.
    pub(crate) receivers: Cell<u32>,
    /// The attempt is over, and this handler has not had all of its messages.
    pub(crate) listener: ValueCell<Option<Rc<Listener>>>,
    /// What the handler has thrown first.
    pub(crate) failure: ValueCell<Option<Zval>>,
    /// For event loops.
    pub(crate) ready: DataCell<Option<ReadyDescriptor>>,
}

impl TaskChannel {
    /// Its values, for the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        self.failure.peek(|failure| failure.iter().for_each(|failure| tracer.value(failure)));
    }

    /// Is there something that was taken out of the duplex?
    pub(crate) fn has_arrived(&self) -> bool {
        !self.arrived.borrow().is_empty()
    }

    /// An event loop that waits for messages has something to receive, or to learn.
    pub(crate) fn set_ready(&self) {
        self.ready.borrow().iter().for_each(ReadyDescriptor::set);
    }

    /// The duplex of an attempt, if there is one.
    pub(crate) fn duplex(&self, attempt: u64) -> Option<Rc<Duplex>> {
        if let Some(duplex) = &*self.duplex.borrow() {
            return Some(Rc::clone(duplex));
        }
        // Those are in the table yet.
        if self.is_unread() { None } else { Some(self.keep(find(attempt)?)) }
    }

    /// Is there a message of an attempt that is over, and have those behind it not been taken out?
    pub(crate) fn is_unread(&self) -> bool {
        !self.unread.borrow().is_empty()
    }

    /// The attempt that has this duplex is over: takes out what it has said, or leaves that to the call that is in the
    /// middle of a message.
    fn take_out(&self, duplex: Rc<Duplex>) {
        if drain(&duplex, self) {
            duplex.release();
        } else {
            duplex.keep();
            self.unread.borrow_mut().push(duplex);
        }
    }

    /// Keeps the duplex of the current attempt.
    pub(crate) fn keep(&self, duplex: Duplex) -> Rc<Duplex> {
        let duplex = Rc::new(duplex);
        self.duplex.replace(Some(Rc::clone(&duplex)));
        duplex
    }
}

impl Drop for TaskChannel {
    /// A duplex of an attempt that never was.
    fn drop(&mut self) {
        self.duplex.take().iter().for_each(|duplex| duplex.release());
        self.unread.take().iter().for_each(|duplex| duplex.release());
    }
}

/// The duplex that an attempt has, whoever has asked for it.
fn find(attempt: u64) -> Option<Duplex> {
    state().duplexes.get().filter(|duplexes| duplexes.is_any_used())?.find(attempt)
}

/// An attempt of a task of `group` is over: what it has said is taken out of its duplex, which others may need.
#[inline]
pub(crate) fn attempt_is_over(group: Option<&Group>, future: &Object<Future>) {
    if state().duplexes.get().is_some_and(DuplexTable::is_any_used) || future.has_channel() {
        part(group, future);
    }
}

/// The channel of a task, if the task or its parent has asked for one.
pub(crate) fn known(future: &Future) -> Option<Rc<TaskChannel>> {
    future.channel().or_else(|| {
        let duplex = find(future.id.get())?;
        let channel = future.channel_or_new();
        channel.keep(duplex);
        Some(channel)
    })
}

fn part(group: Option<&Group>, future: &Object<Future>) {
    let Some(channel) = known(future) else {
        return;
    };
    if let Some(duplex) = channel.duplex(future.id.get()) {
        channel.duplex.take();
        channel.take_out(duplex);
    }
    channel.set_ready();
    let listener = group.and_then(|group| group.listener.borrow().clone());
    if (channel.has_arrived() || channel.is_unread()) && listener.is_some() {
        drop(channel.listener.replace(listener));
        make_due(future, &channel);
    }
}

/// A call has received a message of the task of `future`, whose attempt may be over by now.
pub(crate) fn after_message(future: &Object<Future>, channel: &TaskChannel) {
    if !channel.is_unread() {
        return;
    }
    for duplex in channel.unread.take() {
        channel.take_out(duplex);
    }
    channel.set_ready();
    if channel.has_arrived() && listener(future, channel).is_some() {
        make_due(future, channel);
    }
}

/// A new attempt of a task has its number, and has not begun: what its parent has closed is closed for this one, too.
pub(crate) fn begin_attempt(future: &Future) {
    if let Some(channel) = future.channel().filter(|channel| channel.closed.get())
        && let Some(duplexes) = state().duplexes.get()
        && let Ok(duplex) = duplexes.open(future.id.get(), true)
    {
        channel.keep(duplex).to_task.close();
    }
}

/// There is something for a handler of messages.
pub(crate) fn make_due(future: &Object<Future>, channel: &TaskChannel) {
    if !channel.is_due.replace(true) {
        state().settled.push_back(future.clone());
    }
}

/// The handler for the messages of a task.
pub(crate) fn listener(future: &Future, channel: &TaskChannel) -> Option<Rc<Listener>> {
    let left = channel.listener.borrow().clone();
    left.or_else(|| future.group.borrow().as_ref()?.listener.borrow().clone())
}

/// Takes everything out of the duplex: its task sends nothing more. False if this process is in the middle of a message.
fn drain(duplex: &Duplex, channel: &TaskChannel) -> bool {
    let own = Process::own();
    loop {
        let mut bytes = Vec::new();
        // Who died in the middle of a message is found by looking again, each time for a millisecond at most.
        let mut looks = 5;
        let received = duplex.to_parent.receive(own, &mut bytes, &mut |_, _| true, &mut |_| {
            looks -= 1;
            if looks == 0 { Err(()) } else { Ok(()) }
        });
        channel.arrived.borrow_mut().push_back(match received {
            Ok(received) => Queued::Message(received.format, bytes),
            Err(Trouble::Lost(loss)) => Queued::Lost(loss),
            Err(Trouble::Garbled) => Queued::Garbled,
            Err(Trouble::Underneath) => return false,
            Err(Trouble::Closed | Trouble::Stopped(())) => return true,
        });
    }
}
