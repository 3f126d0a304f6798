//! What most futures do not have: handlers, a failure, an attempt before this one, another future that they follow.
//!
//! It is allocated when it is first needed: a pool may hold a million futures, and the time to make one grows with its
//! size.

use std::collections::VecDeque;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::process::shared::control::Report;
use crate::task::life::future::{Failed, Future};
use crate::task::life::handler::{Handler, Registered};
use crate::task::life::task_channel::TaskChannel;
use crate::zend::object::{Object, Tracer};
use crate::zend::scope::Scope;
use crate::zend::value::classes::Classes;

/// What most futures do not have.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    /// What is to be called when it has ended, in order.
    handlers: VecDeque<Registered>,
    /// How the task itself has failed, whatever handlers made of it.
    failure: Option<Zval>,
    /// How the attempt before this one failed.
    previous: Option<Box<Failed>>,
    /// The future that a handler has returned: this one ends when that does, with the same outcome.
    following: Option<Object<Future>>,
    /// Which of the tasks that wait for a slot starts first, if that was said.
    priority: Option<i64>,
    /// The classes that its outcome may have, if its pool restricts them.
    classes: Option<Rc<Classes>>,
    /// What it has reported of itself, if it runs in this process.
    report: Option<Report>,
    /// What it and its parent say to each other.
    channel: Option<Rc<TaskChannel>>,
}

impl Extra {
    /// Its values, for the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        self.handlers.iter().for_each(|registered| registered.handler.trace(tracer));
        self.failure.iter().for_each(|failure| tracer.value(failure));
        self.previous.iter().for_each(|attempt| attempt.trace(tracer));
        self.following.iter().for_each(|other| other.trace_in(tracer));
        self.channel.iter().for_each(|channel| channel.trace(tracer));
    }

    fn is_empty(&self) -> bool {
        self.handlers.is_empty()
            && self.failure.is_none()
            && self.previous.is_none()
            && self.following.is_none()
            && self.channel.is_none()
    }
}

impl Future {
    /// Something is to be called when it has ended, and was not called yet.
    pub(crate) fn has_handlers(&self) -> bool {
        self.extra.borrow().as_ref().is_some_and(|extra| !extra.handlers.is_empty())
    }

    /// Is all that is to be done to cancel the rest of its pool if it has failed? That need not wait for other handlers.
    pub(crate) fn has_only_to_fail_fast(&self) -> bool {
        let only = |extra: &Extra| match extra.handlers.front() {
            Some(Registered { handler: Handler::FailFast, .. }) => Some(()),
            _ => None,
        };
        self.look(only).is_some()
    }

    /// One more handler, behind the others.
    pub(crate) fn push_handler(&self, registered: Registered) {
        self.extra.change(|extra| extra.get_or_insert_default().handlers.push_back(registered));
    }

    /// Takes the next handler.
    #[must_use = "destructors of its values may be PHP's"]
    pub(crate) fn pop_handler(&self) -> Option<Registered> {
        self.extra.change(|extra| extra.as_mut()?.handlers.pop_front())
    }

    /// Where the next handler was registered; none when there is no handler, or when it runs no PHP code.
    pub(crate) fn next_scope(&self) -> Option<Scope> {
        self.look(|extra| extra.handlers.front()?.scope.clone())
    }

    /// How the task itself has failed, whatever handlers made of it; none when it has not.
    pub(crate) fn failure(&self) -> Option<Zval> {
        self.look(|extra| extra.failure.as_ref().map(Zval::shallow_clone))
    }

    /// Whether the task itself has failed.
    pub(crate) fn has_own_failure(&self) -> bool {
        self.look(|extra| extra.failure.as_ref().map(|_| ())).is_some()
    }

    /// The task itself has failed so, or has not. Gives what was noted before.
    #[must_use = "its destructor may be PHP's"]
    #[inline]
    pub(crate) fn note_failure(&self, failure: Option<Zval>) -> Option<Zval> {
        self.exchange(|extra| &mut extra.failure, failure)
    }

    /// Whether an earlier attempt has failed, and its outcome is kept.
    pub(crate) fn has_previous(&self) -> bool {
        self.look(|extra| extra.previous.as_ref().map(|_| ())).is_some()
    }

    /// Keeps how an attempt has failed, or takes it. Gives what was kept before.
    #[must_use = "destructors of its values may be PHP's"]
    #[inline]
    pub(crate) fn keep_previous(&self, failed: Option<Box<Failed>>) -> Option<Box<Failed>> {
        self.exchange(|extra| &mut extra.previous, failed)
    }

    /// The future that a handler has returned, and that has not ended.
    pub(crate) fn followed(&self) -> Option<Object<Future>> {
        self.look(|extra| extra.following.clone())
    }

    /// Whether there is one.
    pub(crate) fn is_following(&self) -> bool {
        self.look(|extra| extra.following.as_ref().map(|_| ())).is_some()
    }

    /// Follows another, or none any more. Gives the one that was followed before.
    #[must_use = "its destructor may be PHP's"]
    pub(crate) fn set_followed(&self, other: Option<Object<Future>>) -> Option<Object<Future>> {
        self.exchange(|extra| &mut extra.following, other)
    }

    /// Its priority in the queue, if it was given one.
    pub(crate) fn priority(&self) -> Option<i64> {
        self.look(|extra| extra.priority)
    }

    /// Gives it one.
    pub(crate) fn set_priority(&self, priority: i64) {
        self.extra.change(|extra| extra.get_or_insert_default().priority = Some(priority));
    }

    /// The classes that its outcome may have; none for all.
    pub(crate) fn classes(&self) -> Option<Rc<Classes>> {
        self.look(|extra| extra.classes.clone())
    }

    /// Restricts them, if `classes` are given.
    pub(crate) fn restrict(&self, classes: Option<Rc<Classes>>) {
        if classes.is_some() {
            self.extra.change(|extra| extra.get_or_insert_default().classes = classes);
        }
    }

    /// It runs in this process, and is so far.
    pub(crate) fn report_here(&self, fraction: f64, text: &str) {
        let report = Report { fraction, text: text.to_owned() };
        self.extra.change(|extra| extra.get_or_insert_default().report = Some(report));
    }

    /// What it has reported of itself in this process.
    pub(crate) fn reported_here(&self) -> Option<Report> {
        self.look(|extra| extra.report.clone())
    }

    /// What it and its parent say to each other, if they do.
    pub(crate) fn channel(&self) -> Option<Rc<TaskChannel>> {
        self.look(|extra| extra.channel.clone())
    }

    /// The same, if they are going to.
    pub(crate) fn channel_or_new(&self) -> Rc<TaskChannel> {
        self.extra.change(|extra| Rc::clone(extra.get_or_insert_default().channel.get_or_insert_default()))
    }

    /// Do they?
    pub(crate) fn has_channel(&self) -> bool {
        self.look(|extra| extra.channel.as_ref().map(|_| ())).is_some()
    }

    /// Has a handler of messages not had all of an attempt that is over?
    pub(crate) fn has_undelivered(&self) -> bool {
        self.look(|extra| extra.channel.as_ref()?.listener.borrow().as_ref().map(|_| ())).is_some()
    }

    /// Has it handlers, a failure, messages, or anything else of what most futures do not have? One look instead of
    /// several where a future that has none of that is done with.
    pub(crate) fn has_extra(&self) -> bool {
        self.extra.borrow().is_some()
    }

    /// Whether there is nothing that the cycle collector would have to see; no answer while it changes.
    pub(crate) fn has_no_extra(&self) -> Option<bool> {
        self.extra.peek(|extra| extra.as_ref().is_none_or(|extra| extra.is_empty()))
    }

    fn look<T>(&self, look: impl FnOnce(&Extra) -> Option<T>) -> Option<T> {
        self.extra.borrow().as_deref().and_then(look)
    }

    #[inline]
    fn exchange<T>(&self, of: impl FnOnce(&mut Extra) -> &mut Option<T>, new: Option<T>) -> Option<T> {
        if new.is_none() && self.extra.borrow().is_none() {
            return None;
        }
        self.extra.change(|extra| std::mem::replace(of(extra.get_or_insert_default()), new))
    }
}
