//! When the notifier has to raise the flags while the parent does not wait in the reactor.

use std::time::{Duration, Instant};

use super::Reactor;
use super::checks::EVERY;
use crate::process::poller::wake_state::{Action, Expected, Input, State};

/// After this many posted jobs the parent takes in the results that there are. A millisecond later, when the alarm
/// comes, most of them would have left the processor's cache.
const PORTION: u32 = 64;

impl Reactor {
    /// The caller goes back to the script: from now on news raises the flags, and so does the end of `delay`. Children
    /// that are about to end are not urgent, and warm workers matter only while they are `busy`.
    pub(crate) fn arm(&mut self, delay: Option<Duration>, busy: bool) {
        let isolated = self.children.len() - self.rings.len();
        let told = if isolated > 0 { self.children.values().filter(|child| child.told).count() } else { 0 };
        let expected = Expected {
            isolated: isolated > told,
            leaving: told > 0,
            polled: !self.polled.is_empty(),
            warm: self.rings.len() > 0,
            busy,
            lively: self.rings.lively && !self.watched,
            cannot_wait: self.wait_error.is_some(),
        };
        self.timer.set(&self.registry, delay);
        let check = (busy && self.checks.wanted).then_some(EVERY);
        let needs = expected.needs([delay, check].into_iter().flatten().min());
        self.step(Input::Leave(needs));
        if self.has_portion() || needs.doorbell && self.rings.listen() {
            self.flags.raise();
            // An event loop of the application that waits in the kernel sees no flag, and nobody has rung: the virtual
            // machine may get there before it looks at the flag, or call us where no handler can run.
            self.timer.set(&self.registry, Some(Duration::ZERO));
        }
    }

    /// The caller goes back to the script. False if it has to call [`Reactor::arm`] before, as it usually has not after
    /// a posted job.
    pub(crate) fn may_return(&mut self) -> bool {
        if self.step(Input::Return { watched: self.watched }).leave {
            return false;
        }
        if self.has_portion() {
            self.flags.raise();
        }
        true
    }

    fn has_portion(&self) -> bool {
        self.posted >= PORTION && self.rings.has_news()
    }

    /// The caller has lowered the flags, and looks for news now, or returns to code that does.
    pub(crate) fn notice(&mut self) {
        self.posted = 0;
        self.step(Input::Look { rung: self.flags.take_raised() });
    }

    /// The caller is about to fork, and arms before it goes back to the script: the notifier does nothing meanwhile. The
    /// news that a fork takes long enough for would wake its thread nearly every time.
    pub(crate) fn before_fork(&mut self) {
        self.step(Input::Ask);
    }

    /// The caller has lowered the flags, and cannot look for news now: they are raised again after `delay`.
    pub(crate) fn put_off(&mut self, delay: Duration) {
        self.posted = 0;
        self.step(Input::PutOff(delay));
    }

    /// Feeds the state machine, and carries out what it says. Nothing else gives orders to the notifier.
    #[expect(clippy::inline_always, reason = "as for `State::step`")]
    #[inline(always)]
    pub(super) fn step(&mut self, input: Input) -> Action {
        let (state, action) = self.wake.step(input);
        self.wake = state;
        if let Some(order) = action.order
            && self.notifier.obey(order, self.registry.descriptor()).is_err()
        {
            self.wake = self.wake.step(Input::Refused).0;
        }
        if let Some(delay) = action.alarm {
            self.alarm(delay);
        }
        action
    }

    /// The process is about to change its rights, which each of its threads has to have: see [`crate::process::threads`].
    pub(crate) fn before_rights_change(&mut self) {
        self.notifier.become_known(self.registry.descriptor());
        self.wake = State::NEW;
        self.alarm = None;
        // So that this is armed again.
        self.flags.raise();
    }

    /// A warm worker has been given a job.
    pub(crate) fn expect(&mut self) {
        self.rings.lively = true;
        self.posted += 1;
    }

    /// Were warm workers expected to answer, and did the last wait bring nothing at all? True only once.
    pub(crate) fn fell_silent(&mut self) -> bool {
        std::mem::take(&mut self.silent)
    }

    /// Makes the next wait a short one, as a worker has been woken.
    pub(crate) fn look_soon(&mut self) {
        self.rings.lively = true;
    }

    /// Raises the flags after `delay`, whatever the children do.
    fn alarm(&mut self, delay: Duration) {
        let now = Instant::now();
        let at = now.checked_add(delay).unwrap_or(now);
        // An earlier alarm suffices: when it wakes the parent, the parent finds out what comes next.
        if self.alarm.is_none_or(|alarm| alarm <= now || alarm > at) {
            self.alarm = Some(at);
            self.notifier.alarm(delay);
        }
    }
}
