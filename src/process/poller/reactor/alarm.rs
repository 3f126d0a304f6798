//! When the notifier is to raise the flags, while the parent does not wait itself.

use std::time::{Duration, Instant};

use super::checks::EVERY;
use super::{REAP, Reactor, SOON};

/// After so many posted tasks what has ended is looked at. A millisecond later most would have left the processor's cache.
const PORTION: u32 = 64;

impl Reactor {
    /// The caller goes back to code that does not wait here: it wants to be told, and after `delay` in any case. Children
    /// that are on their way out are no hurry, and those that stay only matter when they are `busy`.
    pub(crate) fn arm(&mut self, delay: Option<Duration>, busy: bool) {
        let isolated = self.children.len() - self.lines.len();
        let told = if isolated > 0 { self.children.values().filter(|child| child.told).count() } else { 0 };
        let others = isolated - told;
        // Whoever tells much, or has just told the last, is not asked to ring: each ring costs as much as some tasks.
        let soon = self.lines.lively && !self.watched;
        // Those that stay may end at any time, also when nobody has anything for them. What is no longer our descriptor may be
        // readable for ever: each interrupt would bring about the next one, and the script would get no further.
        if self.deaf.is_none() && (others > 0 || !soon && self.lines.len() > 0) {
            self.notifier.arm(&self.epoll.0);
        }
        let many = self.posted >= PORTION && self.lines.has_news();
        if many || busy && !soon && self.lines.listen() {
            self.flags.raise();
        }
        let leaving = others == 0 && told > 0 || !self.blind.is_empty();
        let leaving = leaving || self.deaf.is_some() && !self.children.is_empty();
        let check = busy && self.checks.wanted;
        let look =
            leaving.then_some(REAP).into_iter().chain(soon.then_some(SOON)).chain(check.then_some(EVERY));
        self.timer.set(delay);
        // An imminent one covers all that have more time; reading the clock costs a tenth of a task.
        if let Some(delay) = look.chain(delay).min().filter(|&delay| !self.imminent || delay < SOON) {
            self.alarm(delay);
            self.imminent = delay <= SOON;
        }
    }

    /// The alarm, if it was that, is heard.
    pub(crate) fn notice(&mut self) {
        self.imminent = false;
        self.posted = 0;
    }

    /// A child that stays was given something to do.
    pub(crate) fn expect(&mut self) {
        self.checks.wanted = true;
        self.lines.lively = true;
        self.posted += 1;
    }

    /// Children that stay were expected to tell something, and the last wait brought nothing at all. True once.
    pub(crate) fn fell_silent(&mut self) -> bool {
        std::mem::take(&mut self.silent)
    }

    /// The next wait is a short one: somebody has been woken.
    pub(crate) fn look_soon(&mut self) {
        self.lines.lively = true;
    }

    /// Raises the flags after `delay`, whatever the children do.
    pub(crate) fn alarm(&mut self, delay: Duration) {
        let now = Instant::now();
        let at = now.checked_add(delay).unwrap_or(now);
        // One that comes earlier is enough: whoever it wakes looks what comes next.
        if self.alarm.is_none_or(|alarm| alarm <= now || alarm > at) {
            self.alarm = Some(at);
            self.notifier.alarm(delay);
        }
    }
}
