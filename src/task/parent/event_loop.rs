//! One turn of the event loop in the parent: read what children have sent, start the next tasks, give futures their
//! outcomes.
//!
//! Reading and starting may happen anywhere; outcomes are decoded and handlers run only where the script could have
//! called a function.

use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use crate::pool::deadlines::Stage;
use crate::pool::ledger;
use crate::process::poller::reactor::{Ended, Message, News, Reactor};
use crate::process::wait::{Exit, pause};
use crate::task::life::attempt::Attempt;
use crate::task::life::future::{Ending, Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::life::surfacing;
use crate::task::life::underway::Underway;
use crate::task::parent::{check, gone, in_line, listeners, news, start, steer, streams};
use crate::task::workers::{collect, ending, retry};
use crate::task::{map, workers};
use crate::zend::handler::Thrown;
use crate::zend::interrupt::FiberBlock;
use crate::zend::object::Object;
use crate::zend::{exception, interrupt, scope};

pub(crate) use super::dispatch::{dispatch, is_due, is_due_in_a_call, read};
use super::dispatch::{look_for_held, look_out};

/// When to try again after an interrupt at which no PHP code may run.
pub(super) const RETRY: Duration = Duration::from_millis(1);
/// How often to try again what could not be started: there is no signal when another process makes room.
pub(super) const HELD_BACK: Duration = Duration::from_millis(20);

/// Waits for messages and ends of children, at most `timeout`, and processes them. Runs no handler.
///
/// # Errors
///
/// EINTR when a signal wants the script's attention.
pub(crate) fn wait(timeout: Option<Duration>) -> Result<(), Errno> {
    wait_as(timeout, false)
}

/// The same for a caller that looks after what the reactor attends to: that ends the wait, too.
///
/// # Errors
///
/// As [`wait`].
pub(crate) fn wait_attending(timeout: Option<Duration>) -> Result<(), Errno> {
    wait_as(timeout, true)
}

fn wait_as(timeout: Option<Duration>, attends: bool) -> Result<(), Errno> {
    let state = state();
    if state.underway.get() > 0 {
        state.held_back.set(true);
        start_next();
    }
    if timeout != Some(Duration::ZERO) {
        map::remote_payload::fetch_all();
    }
    let until_deadline =
        state.deadlines.borrow().next().map(|at| at.saturating_duration_since(Instant::now()));
    let retry = state.held_back.get().then_some(HELD_BACK);
    let timeout = [timeout, until_deadline, retry].into_iter().flatten().min();
    if !state.forwarding.borrow().is_off() {
        state.forwarding.borrow_mut().look();
    }
    interrupt::acknowledge();
    let heard = hear(timeout, attends);
    let _underway = Underway::new();
    take_in();
    listeners::look();
    expire();
    surfacing::keep_pending();
    heard?;
    start_next();
    retire();
    if state.reactor.borrow_mut().as_mut().is_some_and(Reactor::fell_silent) {
        workers::nudge();
    }
    if state.reactor.borrow_mut().as_mut().is_some_and(Reactor::is_time_to_check) {
        check::check_all();
    }
    Ok(())
}

/// Processes what children have sent by now, and starts nothing. Re-enters PHP: values are released.
pub(crate) fn look() {
    interrupt::acknowledge();
    // A signal is the virtual machine's to handle, later.
    let _ = hear(Some(Duration::ZERO), false);
    let _underway = Underway::new();
    take_in();
    listeners::look();
    expire();
    surfacing::keep_pending();
}

/// A signal has cut a wait short: does what the virtual machine would do, and then what the wait has skipped. Otherwise
/// signals in quick succession would keep that from being done for ever. Re-enters PHP: handlers of signals, hooks.
pub(crate) fn interrupted() {
    interrupt::run();
    if !exception::pending() {
        // It does not sleep, so that no signal cuts it short.
        let _ = wait(Some(Duration::ZERO));
    }
}

/// Waits for news. It does not sleep while earlier news is not processed: that is so when processing it has called PHP
/// code, and that code waits.
fn hear(timeout: Option<Duration>, attends: bool) -> Result<(), Errno> {
    let state = state();
    let mut news = state.news.borrow_mut();
    let timeout =
        if news.is_empty() && state.freed.borrow().is_empty() { timeout } else { Some(Duration::ZERO) };
    match state.reactor.borrow_mut().as_mut() {
        Some(reactor) => reactor.wait(timeout, attends, &mut news),
        // There is no child yet, as there were no descriptors for the reactor; a fork may be waiting to be tried again.
        None => timeout.map_or(Ok(()), |timeout| pause(timeout.min(HELD_BACK))),
    }
}

/// Processes the news. Re-enters PHP: values are released, and items of maps are serialized again. That code may wait,
/// and come back here: so all news that is not processed stays in the state, where it is found.
fn take_in() {
    let state = state();
    loop {
        let next = state.news.borrow_mut().pop_front();
        let Some(one) = next else {
            return;
        };
        state.streams_due.set(true);
        let group = match one {
            News::Told { id, message } => {
                let whole = matches!(message, Message::Frame(_));
                let group = told(id, Phase::Reported(Ended { id, exit: Exit::Unknown, message }));
                if whole {
                    ending::expect_end(id);
                } else {
                    ending::dismiss(id);
                }
                group
            }
            News::HoldsPayload { id, remote_payload } => {
                told(id, Phase::Remote { child: id, remote_payload });
                None
            }
            News::Answered { child, task, message } => news::answered(child, task, message),
            News::Values { child, task, values } => news::values(child, task, values),
            News::HoldsResult { child, task, remote_payload } => {
                news::offered(child, task, Phase::Remote { child, remote_payload })
            }
            News::Garbled { child } => {
                ending::kill(child);
                None
            }
            News::Ended(ended) => gone::gone(ended),
        };
        surfacing::keep_pending();
        // Few groups have anything to start.
        if let Some(group) = group.filter(|group| !group.idle()) {
            let known = state.freed.borrow().back().is_some_and(|last| Rc::ptr_eq(last, &group));
            if !known {
                state.freed.push_back(group);
            }
        }
    }
}

/// Starts what there are free slots for now. Re-enters PHP: hooks run.
fn start_next() {
    let state = state();
    if state.held_back.take() {
        let all = state.active.borrow().iter().cloned().collect();
        state.freed.set(all);
    }
    loop {
        let next = state.freed.pop_front();
        let Some(group) = next else {
            return;
        };
        start::pump(&group);
        surfacing::keep_pending();
    }
}

/// Takes groups that have nothing to do off the list of active ones. Runs PHP code: destructors.
fn retire() {
    let next = |active: &mut Vec<Rc<Group>>| {
        let at = active.iter().position(|group| group.idle())?;
        Some(active.remove(at))
    };
    while let Some(group) = state().active.change(next) {
        group.rest();
        surfacing::keep_pending();
    }
    state().active.borrow().iter().for_each(|group| group.let_go());
}

/// A child has sent everything: its outcome can be read, its time limit is off, and its group has a free slot, unless
/// the outcome is still in the child's memory.
fn told(id: u64, phase: Phase) -> Option<Rc<Group>> {
    let state = state();
    let group = state.worker(id)?.group()?;
    let lends = matches!(phase, Phase::Remote { .. });
    let parted = group.ledger.change(|ledger| if lends { ledger.disown(id) } else { ledger.report(id) });
    let future = parted.and_then(Attempt::into_future)?;
    state.deadlines.borrow_mut().clear(id);
    collect::take_output(&future);
    retry::conclude(&group, future, phase);
    Some(group)
}

/// Ends tasks whose time is over, and runs those again whose backoff is over.
fn expire() {
    if state().deadlines.borrow().next().is_none() {
        return;
    }
    let now = Instant::now();
    loop {
        let due = state().deadlines.borrow_mut().due(now);
        let Some((id, stage)) = due else {
            return;
        };
        match (stage, posted(id)) {
            (Stage::Ask, _) => steer::due(id),
            (Stage::Look, _) => workers::look(id),
            (Stage::Start, _) => state().held_back.set(true),
            (Stage::Repeat, Some(future)) => retry::due(&future),
            (Stage::Repeat, None) => map::due(id),
            (Stage::Expire, None) => end(id, Ending::TimedOut),
            (Stage::Expire, Some(future)) => workers::expire(&future),
            (Stage::Kill, _) => ending::kill(id),
            (Stage::GiveUp, _) => gone::give_up(id),
        }
    }
}

/// The future with this id, if it waits for a warm worker, or runs in one.
fn posted(id: u64) -> Option<Object<Future>> {
    let active = state().active.borrow();
    let posted = |group: &&Rc<Group>| {
        group.ledger.borrow().stage(id).is_some_and(|stage| stage != ledger::Stage::Running)
    };
    active.iter().find(posted)?.future(id)
}

/// Asks a running task to end, and kills it after the grace period.
pub(crate) fn end(id: u64, ending: Ending) {
    if in_line::end(id, ending) {
        return;
    }
    if let Some(future) = posted(id) {
        workers::end(&future, ending);
        return;
    }
    let group = state().worker(id).and_then(|worker| worker.group());
    let future = group.and_then(|group| group.future(id));
    if let Some(future) = future {
        future.ending.set(Some(ending));
    }
    ending::dismiss(id);
}

/// Processes the news, gives outcomes and runs handlers: for `tick()`, and the interrupt. Re-enters PHP.
///
/// # Errors
///
/// When the script is exiting.
pub(crate) fn tick(moment: Moment) -> Result<(), Thrown> {
    // A signal is the virtual machine's to handle, right after this.
    let _ = wait(Some(Duration::ZERO));
    let done = dispatch(moment);
    leave();
    done
}

/// The virtual machine's interrupt after the notifier raised its flag.
pub(crate) fn on_interrupt() {
    let state = state();
    // No fiber is switched, as in handlers of signals: what is interrupted is in the middle of a statement.
    let _fibers = FiberBlock::new();
    if interrupt::safe() {
        let moment =
            if interrupt::is_of_a_call() { Moment::Call } else { Moment::Interrupt(scope::running()) };
        // Exiting is told by what is pending.
        let _ = tick(moment);
        look_out();
    } else if interrupt::is_of_freed() {
        // Later may come in the next call of that kind: a script that mostly waits in one would never be told.
        interrupt::flags().raise();
    } else if interrupt::is_inside_ours()
        && !interrupt::is_of_a_call()
        && (is_due() || state.reactor.borrow().is_none())
    {
        // News of children can wait: requested again each time, interrupts for it made code wrong now and then that the
        // tracing JIT of PHP 8.5 had compiled.
        interrupt::flags().raise();
    } else if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        if interrupt::is_of_a_call() {
            // The function that waits in that call looks right after this. An alarm would cut its wait short, end up
            // here, and set another.
            reactor.notice();
        } else {
            reactor.put_off(RETRY);
        }
    }
}

/// Is a task running, or posted for a worker?
pub(crate) fn busy() -> bool {
    let state = state();
    let mut in_hand = state.in_hand.get();
    state.active.borrow().iter().any(|group| group.ledger.borrow().is_busy_besides(&mut in_hand))
}

/// How many attempts are posted for workers, or in one.
pub(crate) fn count_posted() -> usize {
    let posted = |group: &Rc<Group>| {
        group.ledger.borrow().iter().filter(|(_, stage, _)| *stage == ledger::Stage::Posted).count()
    };
    state().active.borrow().iter().map(posted).sum()
}

/// The script goes on: the notifier is to interrupt it when there is news, or a deadline.
pub(crate) fn leave() {
    let state = state();
    if state.streams_due.take() && !state.streams.borrow().is_empty() {
        streams::look();
    }
    if state.reactor.borrow_mut().as_mut().is_some_and(Reactor::may_return) {
        return;
    }
    let next = state.deadlines.borrow().next();
    let retry = state.held_back.get().then_some(HELD_BACK);
    let is_due = is_due();
    let look = look_for_held();
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        let due = next.map(|at| at.saturating_duration_since(Instant::now()));
        let delay = if is_due { Some(RETRY) } else { due.into_iter().chain(retry).chain(look).min() };
        reactor.arm(delay, busy());
    }
}
