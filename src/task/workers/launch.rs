//! From a future to a child: queueing, and the fork.

use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use crate::ini;
use crate::pool::deadlines::Stage;
use crate::process::fork::{self, Fork, Purpose, Refused};
use crate::process::forwarding::Signals;
use crate::process::output::{self, Streams};
use crate::process::places::{self, Place};
use crate::process::reactor::Reactor;
use crate::task::child::isolated;
use crate::task::life::attempt::Attempt;
use crate::task::life::future::{Future, Outcome, Phase};
use crate::task::life::group::{Group, Hook};
use crate::task::life::held::Moment;
use crate::task::life::state::{Request, Running, state};
use crate::task::life::{heap, support, surfacing};
use crate::task::map;
use crate::task::parent::{at_exit, handlers, turn, wait};
use crate::task::workers;
use crate::task::workers::Route;
use crate::task::workers::retry;
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::interrupt;
use crate::zend::object::Object;

/// Queues a future, and starts what may start. Where there is no forking it runs here and now. Re-enters PHP.
pub(crate) fn enqueue(group: &Rc<Group>, future: &Object<Future>) {
    if support::in_line() {
        run_here(group, future);
        return;
    }
    future.phase.set(Phase::Queued);
    future.group.set(Some(Rc::clone(group)));
    future.epoch.set(state().book.borrow().next_epoch());
    group.ledger.change(|ledger| ledger.enqueue(future.id.get(), Attempt::Task(future.clone())));
    group.activate();
    at_exit::register();
    pump(group);
    if state().request.get() == Request::Over {
        at_exit::end_request();
    }
}

/// Makes a queued future the next one to start: now, or when a slot is free. Re-enters PHP: hooks run.
pub(crate) fn hasten(future: &Object<Future>) {
    let group = future.group.borrow().clone();
    if let Some(group) = group.filter(|group| group.ledger.change(|ledger| ledger.hasten(future.id.get()))) {
        pump(&group);
    }
}

/// Starts queued tasks while there are slots. Re-enters PHP: hooks run.
pub(crate) fn pump(group: &Rc<Group>) {
    if group.stays.get() {
        if !put_off() {
            workers::feed(group);
        }
        return;
    }
    while !put_off() {
        let next = group.ledger.change(|ledger| ledger.next().and_then(|(_, of)| of.future().cloned()));
        let Some(future) = next else {
            if group.ledger.borrow().starves() && turn::reap_one(group) {
                continue;
            }
            return;
        };
        if launch(group, &future).is_break() {
            return;
        }
    }
}

/// With an exit or the end of a fiber in flight, which a hook has brought about, nothing is started: a child would do so
/// too. Looks again soon.
fn put_off() -> bool {
    let pending = exception::pending();
    if pending {
        state().held_back.set(true);
    }
    pending
}

/// Forks for a future that has its slot. Breaks when there is no point in trying the next one.
fn launch(group: &Rc<Group>, future: &Object<Future>) -> std::ops::ControlFlow<()> {
    match make_child(group, future) {
        Ok(()) => {
            for hook in hooks(group) {
                after_fork(&hook);
            }
            std::ops::ControlFlow::Continue(())
        }
        // One of ours will end, and leave room; or somebody else's.
        Err(refused) if is_shortage(refused.errno) && children() > 0 => {
            hold_back();
            group.ledger.change(|ledger| ledger.requeue(future.id.get()));
            std::ops::ControlFlow::Break(())
        }
        Err(refused) => {
            let parked = group.end(future.id.get());
            retry::no_process(group, future, refused);
            drop(parked);
            std::ops::ControlFlow::Continue(())
        }
    }
}

/// There is no room for another process now: looks again soon.
pub(crate) fn hold_back() {
    state().held_back.set(true);
    map::loan::fetch_all();
    workers::make_room();
}

/// Will there be room when something else has ended?
pub(crate) fn is_shortage(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::ENOMEM | Errno::EMFILE | Errno::ENFILE)
}

/// How many children there are.
pub(crate) fn children() -> usize {
    state().reactor.borrow().as_ref().map_or(0, Reactor::len)
}

fn make_child(group: &Rc<Group>, future: &Object<Future>) -> Result<(), Refused> {
    let state = state();
    ensure_reactor()?;
    let (hooks, limits) = (hooks(group), group.limits.borrow().clone());
    let mut place = place()?;
    let (streams, capture) = streams(group, future.id.get())?;
    heap::before_fork();
    let forked = match fork::fork(Purpose::Outcome)? {
        Fork::Child(channel) => isolated::run(&channel, streams, &limits, &hooks, future),
        Fork::Parent(forked) => forked,
    };
    let pid = forked.pid;
    place.hand_to(pid.as_raw());
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        let added = reactor.add(future.id.get(), forked, ini::max_result());
        added.map_err(Refused::by("epoll_ctl"))?;
    }
    forward(group, future.id.get());
    capture.keep();
    future.pid.set(Some(pid.as_raw()));
    future.route.set(Some(Route::Forked));
    future.phase.set(Phase::Running);
    group.ledger.change(|ledger| ledger.run(future.id.get()));
    let running = Running { group: Rc::clone(group), origin: None, place };
    state.running.insert(future.id.get(), running);
    future.attempts.set(future.attempts.get() + 1);
    future.started.set(Some(Instant::now()));
    future.limit.set(future.limit.get().or_else(|| group.timeout.get()));
    set_deadline(future);
    Ok(())
}

/// A place for one more process, where their number is limited.
pub(crate) fn place() -> Result<Place, Refused> {
    places::take(children() == 0).ok_or(Refused { call: places::MAX_CHILDREN, errno: Errno::EAGAIN })
}

/// The standard output and error output for a task of `group`, or for a child that stays; under `id` the parent listens to
/// them.
pub(crate) fn streams(group: &Group, id: u64) -> Result<(Streams, Listening), Refused> {
    let limit = usize::try_from(ini::max_output()).unwrap_or(usize::MAX);
    let (streams, capture) = output::open(group.output.get(), limit)?;
    if let (Some(capture), Some(reactor)) = (capture, state().reactor.borrow_mut().as_mut()) {
        reactor.capture(id, capture).map_err(Refused::by("epoll_ctl"))?;
    }
    Ok((streams, Listening { id }))
}

/// The new child `id` is sent the signals that `group` forwards, if it does.
pub(crate) fn forward(group: &Group, id: u64) {
    let signals = group.forwarded.get();
    if signals == Signals::NONE {
        return;
    }
    let state = state();
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.forward(id, signals);
    }
    state.forwarding.borrow_mut().look();
}

/// From now on `group` forwards `signals`, and no others.
pub(crate) fn forward_from_now_on(group: &Rc<Group>, signals: Signals) {
    let state = state();
    group.forwarded.set(signals);
    state.forwarding.borrow_mut().want(signals);
    let ours = |of: &Rc<Group>| Rc::ptr_eq(of, group);
    let running: Vec<_> =
        state.running.borrow().iter().filter(|(_, child)| ours(&child.group)).map(|(&id, _)| id).collect();
    let workers: Vec<_> =
        state.workers.borrow().iter().filter(|(_, (of, _))| ours(of)).map(|(&id, _)| id).collect();
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        running.into_iter().chain(workers).for_each(|id| reactor.forward(id, signals));
    }
}

/// The reactor listens to the output of a child that is still to be made. Whatever keeps that child from being made, it
/// listens no more when this is dropped, and both pipes are closed.
#[derive(Debug)]
pub(crate) struct Listening {
    id: u64,
}

impl Listening {
    /// The child is there: its end will end the listening.
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(turn::printed_by(self.id));
    }
}

/// Makes sure that children can be heard of.
pub(crate) fn ensure_reactor() -> Result<(), Refused> {
    let mut reactor = state().reactor.borrow_mut();
    if reactor.is_none() {
        *reactor = Some(Reactor::new(ini::notifier(), interrupt::flags())?);
    }
    Ok(())
}

/// Lets the limit of a running task take effect; 0 lifts it.
pub(crate) fn set_deadline(future: &Future) {
    let (Some(started), Some(seconds)) = (future.started.get(), future.limit.get()) else {
        return;
    };
    let mut deadlines = state().deadlines.borrow_mut();
    let limit = Duration::try_from_secs_f64(seconds).ok().filter(|limit| !limit.is_zero());
    match limit.and_then(|limit| started.checked_add(limit)) {
        Some(at) if !future.has_ended() => deadlines.set(future.id.get(), at, Stage::Expire),
        _ => deadlines.clear(future.id.get()),
    }
}

/// The hook for the parent. What it throws is thrown by the next `await`.
pub(crate) fn after_fork(hook: &Hook) {
    let Some(callable) = &hook.parent else {
        return;
    };
    match callable.call(&mut []) {
        Ok(value) => surfacing::release(value),
        Err(Thrown) => surfacing::keep_pending(),
    }
}

/// The hooks for a child of `group`: everybody's, then its own.
pub(crate) fn hooks(group: &Group) -> Vec<Rc<Hook>> {
    let global = state().hooks.borrow();
    global.iter().chain(group.hooks.borrow().iter()).cloned().collect()
}

/// Runs a task in this process, at once.
fn run_here(group: &Group, future: &Object<Future>) {
    let work = future.work.take();
    let Some(work) = work else {
        return;
    };
    future.phase.set(Phase::Running);
    future.attempts.set(1);
    let outcome = match work.run().and_then(wait::resolved) {
        Ok(value) => Outcome::Value(value),
        Err(Thrown) => match exception::take() {
            Some(throwable) => Outcome::Failed(throwable),
            None => return, // exiting
        },
    };
    handlers::conclude(future, outcome);
    surfacing::release(work);
    group.note_end(future);
    // Exiting is told by what is pending.
    let _ = handlers::complete(future, Moment::Call);
}
