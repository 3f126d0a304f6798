//! What a task and its parent say to each other: the parent's side, of those futures that have one.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::process::identity::Process;
use crate::process::ready::ReadyDescriptor;
use crate::process::shared::message_ring::lines::{Line, Lines};
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
}

/// A message that was taken out of a line, or what has become of one.
#[derive(Debug)]
pub(crate) enum Queued {
    /// Its format and its bytes.
    Message(u8, Vec<u8>),
    /// It is lost with the process that sent it.
    Lost(Loss),
    /// The line was written over.
    Garbled,
}

impl Plain for Queued {}
impl Plain for ReadyDescriptor {}
impl Plain for Rc<Line> {}

/// The parent's side.
#[derive(Debug, Default)]
pub(crate) struct Talk {
    /// What the task has said, and is in no line any more, as its attempt is over, or as it runs in this process.
    pub(crate) arrived: DataCell<VecDeque<Queued>>,
    /// What was sent to a task that runs in this process.
    pub(crate) outbox: DataCell<VecDeque<Queued>>,
    /// The line of its attempt, once it is known.
    pub(crate) line: DataCell<Option<Rc<Line>>>,
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

impl Talk {
    /// Its values, for the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        self.failure.peek(|failure| failure.iter().for_each(|failure| tracer.value(failure)));
    }

    /// Is there something that was taken out of the line?
    pub(crate) fn has_arrived(&self) -> bool {
        !self.arrived.borrow().is_empty()
    }

    /// An event loop that waits for messages has something to receive, or to learn.
    pub(crate) fn light(&self) {
        self.ready.borrow().iter().for_each(ReadyDescriptor::light);
    }

    /// The line of an attempt, if there is one.
    pub(crate) fn line(&self, attempt: u64) -> Option<Rc<Line>> {
        if let Some(line) = &*self.line.borrow() {
            return Some(Rc::clone(line));
        }
        let line = state().lines.get().filter(|lines| lines.is_any_used())?.find(attempt)?;
        Some(self.keep(line))
    }

    /// Keeps the line of the current attempt.
    pub(crate) fn keep(&self, line: Line) -> Rc<Line> {
        let line = Rc::new(line);
        self.line.replace(Some(Rc::clone(&line)));
        line
    }
}

impl Drop for Talk {
    /// A line of an attempt that never was.
    fn drop(&mut self) {
        self.line.take().iter().for_each(|line| line.release());
    }
}

/// An attempt of a task of `group` is over: what it has said is taken out of its line, which others may need.
#[inline]
pub(crate) fn attempt_is_over(group: Option<&Group>, future: &Object<Future>) {
    if state().lines.get().is_some_and(Lines::is_any_used) || future.has_talk() {
        part(group, future);
    }
}

fn part(group: Option<&Group>, future: &Object<Future>) {
    let known = future.talk().map_or_else(
        || state().lines.get()?.find(future.id.get()).map(|line| future.talk_or_new().keep(line)),
        |talk| talk.line(future.id.get()),
    );
    let Some(talk) = future.talk() else {
        return;
    };
    if let Some(line) = known {
        drain(&line, &talk);
        line.release();
        talk.line.take();
    }
    talk.light();
    let listener = group.and_then(|group| group.listener.borrow().clone());
    if talk.has_arrived() && listener.is_some() {
        drop(talk.listener.replace(listener));
        make_due(future, &talk);
    }
}

/// A new attempt of a task has its number, and has not begun: what its parent has closed is closed for this one, too.
pub(crate) fn begin_attempt(future: &Future) {
    if let Some(talk) = future.talk().filter(|talk| talk.closed.get())
        && let Some(lines) = state().lines.get()
        && let Ok(line) = lines.open(future.id.get(), true)
    {
        talk.keep(line).to_task.close();
    }
}

/// There is something for a handler of messages.
pub(crate) fn make_due(future: &Object<Future>, talk: &Talk) {
    if !talk.is_due.replace(true) {
        state().settled.push_back(future.clone());
    }
}

/// Takes everything out of the line: its task sends nothing more.
fn drain(line: &Line, talk: &Talk) {
    let own = Process::own();
    loop {
        let mut bytes = Vec::new();
        // Who died in the middle of a message is found by looking again, each time for a millisecond at most.
        let mut looks = 5;
        let received = line.to_parent.receive(own, &mut bytes, &mut |_, _| true, &mut |_| {
            looks -= 1;
            if looks == 0 { Err(()) } else { Ok(()) }
        });
        talk.arrived.borrow_mut().push_back(match received {
            Ok(received) => Queued::Message(received.format, bytes),
            Err(Trouble::Lost(loss)) => Queued::Lost(loss),
            Err(Trouble::Garbled) => Queued::Garbled,
            Err(Trouble::Closed | Trouble::Underneath | Trouble::Stopped(())) => return,
        });
    }
}
