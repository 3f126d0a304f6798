//! Waiting for news: of warm workers in their rings, and of all children by the kernel.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;

use super::rings::Heard;
use super::{News, Reactor};
use crate::process::os::{BATCH, Token};
use crate::process::poller::registry::Source;
use crate::process::poller::wake_state::{Input, REAP, SOON};
use crate::process::signals::Blocked;
use crate::wire::frame::Malformed;

impl Reactor {
    /// Waits for news, for `timeout` at most, and appends it to `news`. The notifier raises nothing meanwhile. What is
    /// attended ends the wait only if the caller `attends` to it, and looks itself.
    ///
    /// # Errors
    ///
    /// EINTR when a signal arrived, which the application may want to handle.
    pub(crate) fn wait(
        &mut self,
        timeout: Option<Duration>,
        attends: bool,
        news: &mut VecDeque<News>,
    ) -> Result<(), Errno> {
        self.notice();
        let heard = self.rings.unasked(timeout != Some(Duration::ZERO), self.flags, news);
        let waited = match heard {
            Ok(Heard::Nothing) => self.ask(timeout, attends, news),
            Ok(heard) => {
                self.give_up(heard, news);
                Ok(())
            }
            Err(errno) => Err(errno),
        };
        // A wait that was cut short counts as a whole one, since the next one may be cut short, too.
        self.silent |= waited == Err(Errno::EINTR) && self.rings.lively;
        waited
    }

    /// Reports the children whose rings are garbled.
    fn give_up(&mut self, heard: Heard, news: &mut VecDeque<News>) {
        let Heard::Garbage(children) = heard else {
            return;
        };
        for id in children {
            if let Some(child) = self.children.get_mut(&id) {
                child.refused = Some(Malformed::Header);
                news.push_back(News::Garbled { child: id });
            }
        }
    }

    /// Asks the kernel for events, and sleeps if there are none.
    fn ask(
        &mut self,
        timeout: Option<Duration>,
        attends: bool,
        news: &mut VecDeque<News>,
    ) -> Result<(), Errno> {
        self.step(Input::Ask);
        let mut polled = self.polled.clone();
        let timeout = if polled.is_empty() { timeout } else { Some(timeout.map_or(REAP, |t| t.min(REAP))) };
        // Workers that have just answered, or have just been given jobs, answer soon: preparing for a long sleep does
        // not pay yet.
        let timeout = if self.rings.lively { Some(timeout.map_or(SOON, |t| t.min(SOON))) } else { timeout };
        let timeout = self.checks.within(timeout);
        // Rounded up: a wait of less than a millisecond must not become a busy loop.
        let mut millis = timeout
            .map_or(-1, |timeout| i32::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX));
        if self.rings.listen() {
            millis = 0;
        }
        let attends = attends && millis != 0;
        if attends && self.attended.join(&mut self.registry).is_err() {
            millis = 1; // without the kernel's help the caller looks often
        }
        let mut ready = [Token::default(); BATCH];
        let waited = self.sleep(&mut ready, millis);
        if attends {
            self.attended.leave(&mut self.registry);
        }
        self.wait_error = None;
        let count = match waited {
            Ok(count) => count,
            Err(Errno::EINTR) => return Err(Errno::EINTR),
            // The script has closed the descriptor that we wait on. What can be found out without it is still reported.
            Err(errno) => {
                self.wait_error = Some(errno);
                if millis != 0 {
                    thread::sleep(timeout.map_or(REAP, |timeout| timeout.min(REAP)));
                }
                polled.extend(self.children.keys());
                0
            }
        };
        self.rings.ignore();
        let heard = self.rings.hear(news);
        self.checks.possible = true;
        // The workers that were to answer have had some time.
        self.silent =
            self.rings.lively && (millis > 0 || self.silent) && count == 0 && heard == Heard::Nothing;
        self.rings.lively = heard != Heard::Nothing;
        self.give_up(heard, news);
        for &token in ready.iter().take(count) {
            // Handling an earlier event may have deregistered the descriptor of this one.
            if let Some(source) = self.registry.source(token) {
                self.handle(source, news);
            }
        }
        for id in polled {
            self.reap(id, news);
        }
        Ok(())
    }

    /// Waits for events, without a time limit if `millis` is negative.
    fn sleep(&self, ready: &mut [Token; BATCH], millis: i32) -> Result<usize, Errno> {
        let interrupted = || self.flags.interrupt.load(Ordering::Acquire);
        if let 0..=1 = millis {
            // A signal that comes between these two calls does not end the wait, but that is short.
            if millis != 0 && interrupted() {
                return Err(Errno::EINTR);
            }
            return self.registry.wait(millis, None, ready);
        }
        // A longer wait has to end for any signal: they are unblocked only during the wait itself.
        let blocked = Blocked::all();
        if interrupted() {
            return Err(Errno::EINTR);
        }
        self.registry.wait(millis, Some(&blocked), ready)
    }

    fn handle(&mut self, source: Source, news: &mut VecDeque<News>) {
        match source {
            Source::Output(id, stream) => self.drain(id, stream),
            Source::Pidfd(id) => {
                self.reap(id, news);
                self.look_after(id);
            }
            Source::Pipe(id) if self.rings.has(id) => self.lose(id),
            Source::Pipe(id) => {
                let child = self.children.get_mut(&id);
                news.extend(child.and_then(|child| child.hear(id, &mut self.registry)));
            }
            Source::Doorbell | Source::Attended | Source::Timer => {}
        }
    }
}
