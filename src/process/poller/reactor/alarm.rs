//! When the notifier is to raise the flags, while the parent does not wait itself.

use std::time::{Duration, Instant};

use super::Reactor;
use super::checks::EVERY;
use crate::process::poller::wake_state::{Expected, Input};

/// After so many posted tasks what has ended is looked at. A millisecond later most would have left the processor's
/// cache.
const PORTION: u32 = 64;

impl Reactor {
    /// The caller goes back to code that does not wait here: it wants to be told, and after `delay` in any case.
    /// Children that are on their way out are no hurry, and those that stay only matter when they are `busy`.
    pub(crate) fn arm(&mut self, delay: Option<Duration>, busy: bool) {
        let isolated = self.children.len() - self.rings.len();
        let told = if isolated > 0 { self.children.values().filter(|child| child.told).count() } else { 0 };
        let expected = Expected {
            isolated: isolated > told,
            leaving: told > 0,
            blind: !self.blind.is_empty(),
            warm: self.rings.len() > 0,
            busy,
            lively: self.rings.lively && !self.watched,
            deaf: self.deaf.is_some(),
        };
        self.timer.set(delay);
        let check = (busy && self.checks.wanted).then_some(EVERY);
        let needs = expected.needs([delay, check].into_iter().flatten().min());
        self.step(Input::Leave(needs));
        if self.has_portion() || needs.doorbell && self.rings.listen() {
            self.flags.raise();
        }
    }

    /// Will the flags be raised in a moment whatever happens, so that there is nothing to arm now? Asked once a posted
    /// task, most of which follow each other closely.
    pub(crate) fn is_imminent(&self) -> bool {
        if self.wake.imminent && self.has_portion() {
            self.flags.raise();
        }
        self.wake.imminent
    }

    fn has_portion(&self) -> bool {
        self.posted >= PORTION && self.rings.has_news()
    }

    /// The flags were raised, and are lowered: the caller looks, or goes back to where somebody does.
    pub(crate) fn notice(&mut self) {
        self.posted = 0;
        self.step(Input::Look);
    }

    /// There may be news, and this is no moment to look: the flags are raised again after `delay`.
    pub(crate) fn put_off(&mut self, delay: Duration) {
        self.posted = 0;
        self.step(Input::PutOff(delay));
    }

    /// The one way in which the notifier is told anything.
    pub(super) fn step(&mut self, input: Input) {
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
    }

    /// A warm worker was given something to do.
    pub(crate) fn expect(&mut self) {
        self.checks.wanted = true;
        self.rings.lively = true;
        self.posted += 1;
    }

    /// Warm workers were expected to tell something, and the last wait brought nothing at all. True once.
    pub(crate) fn fell_silent(&mut self) -> bool {
        std::mem::take(&mut self.silent)
    }

    /// The next wait is a short one: somebody has been woken.
    pub(crate) fn look_soon(&mut self) {
        self.rings.lively = true;
    }

    /// Raises the flags after `delay`, whatever the children do.
    fn alarm(&mut self, delay: Duration) {
        let now = Instant::now();
        let at = now.checked_add(delay).unwrap_or(now);
        // One that comes earlier is enough: whoever it wakes looks what comes next.
        if self.alarm.is_none_or(|alarm| alarm <= now || alarm > at) {
            self.alarm = Some(at);
            self.notifier.alarm(delay);
        }
    }
}
