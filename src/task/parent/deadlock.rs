//! The end of a script whose tasks wait for each other, or for the script: who waits like that for a message is told. How
//! that is found out: [`crate::process::shared::deadlock`].
//!
//! While a script runs it may send something, and its tasks wait for that. When it has ended, and waits for them, only a
//! handler, or a task, can. So when none of those is left that does anything else than wait, one of the channels that are
//! waited for is closed, for all that wait for it: a loop over it ends, and what its task does then may end other
//! waits. If that is so for nobody, the next channel is closed.
//!
//! A task that has started tasks is the end of a script for those. A wait for a lock has to end by itself: it is no wait
//! for the script, whose locks are free at its end.

use std::cell::Cell;
use std::time::Duration;

use crate::process::census;
use crate::process::child;
use crate::process::clock;
use crate::process::shared::deadlock::{Answer, Awaited, Inquiry};
use crate::task::life::deadlock::Stamps;
use crate::task::life::state::state;
use crate::task::parent::event_loop;

/// How often to look.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A call that waits, without a time limit. It counts from when its beginning is first asked for, so that a wait about which
/// nobody asks reads no clock.
#[derive(Debug, Default)]
pub(crate) struct Wait(Cell<u64>);

impl Wait {
    fn began(&self) -> u64 {
        if self.0.get() == 0 {
            self.0.set(now());
        }
        self.0.get()
    }

    /// How long it has lasted.
    pub(crate) fn elapsed(&self) -> Duration {
        let began = self.began();
        Duration::from_nanos(now().saturating_sub(began))
    }
}

/// Is this a task, whose parent may ask?
pub(crate) fn may_be_asked() -> bool {
    state().own.slot_ref.get().is_some()
}

fn now() -> u64 {
    u64::try_from(clock::monotonic().as_nanos()).unwrap_or(u64::MAX)
}

/// What the parent of this task asks. To be called before a look whether the wait is over, after which [`answer`] says
/// that it is not.
pub(crate) fn asked() -> Option<Inquiry> {
    let inquiry = state().own.slot_ref.get()?.inquiry();
    (inquiry.round != 0).then_some(inquiry)
}

/// Asks the children of this process what it was asked itself, and answers when all of them wait, too.
pub(crate) fn answer(inquiry: Inquiry, wait: &Wait, awaited: Awaited) {
    let state = state();
    if let Some(control) = state.control.get() {
        control.inquire(inquiry);
    }
    if has_something_to_do() {
        return;
    }
    let (Some(mut below), Some(slot_ref)) = (Below::look(inquiry.round), state.own.slot_ref.get()) else {
        return;
    };
    below.add(0, wait.began(), awaited);
    let stamp = state.deadlock.borrow_mut().stamp(below.stamps, now());
    let awaited = below.first.unwrap_or(Awaited::OTHER);
    slot_ref.answer(child::id(), Answer { round: inquiry.round, stamp, awaited });
}

/// Will this process do something by itself, such as to run a handler, or a task again?
fn has_something_to_do() -> bool {
    event_loop::is_due_in_a_call() || state().deadlines.borrow().is_any_to_come()
}

/// The children of this process, all of which wait.
#[derive(Debug, Default)]
struct Below {
    /// Their ids, and the stamps of their answers.
    stamps: Stamps,
    /// The first of the channels that are waited for.
    first: Option<Awaited>,
}

impl Below {
    /// `None` if one of them does not wait, or has not said so in this round.
    fn look(round: u64) -> Option<Self> {
        let state = state();
        let (mut below, mut idle, mut running) = (Self::default(), false, 0);
        for worker in state.workers.borrow().values() {
            if let Some(warm) = worker.warm() {
                if warm.workers.job_queue.running(warm.slot).is_none() {
                    idle |= !warm.is_leaving();
                    continue;
                }
                running += 1;
            }
            let answer = worker.place.as_ref()?.answer(worker.pid)?;
            if answer.round != round {
                return None;
            }
            below.add(worker.id, answer.stamp, answer.awaited);
        }
        // An idle worker is about to take what is posted.
        let is_to_be_taken = idle && event_loop::count_posted() > running;
        (!is_to_be_taken).then_some(below)
    }

    fn add(&mut self, id: u64, stamp: u64, awaited: Awaited) {
        self.stamps.push((id, stamp));
        let channel = Some(awaited).filter(|&awaited| awaited != Awaited::OTHER);
        self.first = self.first.into_iter().chain(channel).min();
    }
}

/// The wait at the end of a script, or of a task that has started tasks.
#[derive(Debug)]
pub(crate) struct AtEnd {
    wait: Wait,
    inquiry: Inquiry,
    /// The answers of the last round.
    before: Option<Stamps>,
}

impl AtEnd {
    /// It begins now.
    pub(crate) fn new() -> Self {
        census::is_at_end();
        // The numbers of rounds are those of no other process.
        let round = u64::from(child::id().unsigned_abs()) << 32 | 1;
        let inquiry = Inquiry { round, told: Awaited::OTHER };
        Self { wait: Wait::default(), inquiry, before: None }
    }

    /// Looks whether all that is left waits, and tells some of that.
    pub(crate) fn look(&mut self) {
        if let Some(inquiry) = asked() {
            self.before = None;
            answer(inquiry, &self.wait, Awaited::OTHER);
            return;
        }
        let state = state();
        let Some(control) = state.control.get() else {
            return;
        };
        control.inquire(self.inquiry);
        if has_something_to_do() {
            return;
        }
        let Some(below) = Below::look(self.inquiry.round) else {
            return;
        };
        if self.before.as_ref() == Some(&below.stamps) {
            self.before = None;
            // Other channels than its own the script above may still use.
            let own = Awaited::parent(child::id());
            if let Some(told) = below.first.filter(|&told| !state.is_child.get() || told == own) {
                self.inquiry.told = told;
            }
        } else {
            self.before = Some(below.stamps);
        }
        self.inquiry.round += 1;
        control.inquire(self.inquiry);
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        if let Some(control) = state().control.get() {
            control.inquire(Inquiry::default());
        }
    }
}
