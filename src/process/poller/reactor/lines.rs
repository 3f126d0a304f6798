//! The children that stay: what they tell by shared memory, and when to look there.

use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use nix::errno::Errno;

use super::{Message, News};
use crate::process::linger::Linger;
use crate::process::loan::Loan;
use crate::process::poller::notifier::Flags;
use crate::process::shared::bell::Bell;
use crate::process::shared::line::{Answer, Garbled, Line};
use crate::wire::frame::{Kind, Malformed};

/// The kernel, too, may have news: of deaths, and of other children.
const ASK_EVERY: u32 = 64;

#[derive(Debug)]
struct Wire {
    line: Line,
    /// Bytes that a result may have; 0 for no limit.
    limit: u64,
    /// It waits after every answer, not only while it lends something.
    waits: bool,
    /// It has something in its memory that nobody has fetched.
    lends: bool,
}

/// The lines of all children that stay, and the bell that they ring.
#[derive(Debug)]
pub(super) struct Lines {
    wires: BTreeMap<u64, Wire>,
    bell: Option<Rc<Bell>>,
    linger: Linger,
    /// There was news at the last look, or a task was posted since.
    pub(super) lively: bool,
    /// Waits that found news without asking the kernel, one after the other.
    unasked: u32,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self { wires: BTreeMap::new(), bell: None, linger: Linger::new(), lively: false, unasked: 0 }
    }

    /// The bell; `watch` is given the descriptor of a new one, which sends a signal, too, where there is no thread.
    pub(super) fn bell(
        &mut self,
        by_signal: bool,
        watch: impl FnOnce(BorrowedFd<'_>) -> Result<(), Errno>,
    ) -> Result<Rc<Bell>, Errno> {
        if let Some(bell) = &self.bell {
            return Ok(Rc::clone(bell));
        }
        let bell = Rc::new(Bell::new(by_signal)?);
        watch(bell.descriptor())?;
        self.bell = Some(Rc::clone(&bell));
        Ok(bell)
    }

    pub(super) fn add(&mut self, child: u64, line: Line, limit: u64, waits: bool) {
        line.keep_from_siblings();
        self.wires.insert(child, Wire { line, limit, waits, lends: false });
    }

    /// Hears no more of `child`.
    pub(super) fn remove(&mut self, child: u64) {
        self.wires.remove(&child);
    }

    pub(super) fn clear(&mut self) {
        self.wires.clear();
    }

    /// Is `child` one that stays?
    pub(super) fn has(&self, child: u64) -> bool {
        self.wires.contains_key(&child)
    }

    pub(super) fn len(&self) -> usize {
        self.wires.len()
    }

    /// What `child` tells its results by, if it is one that stays.
    pub(super) fn line(&mut self, child: u64) -> Option<&mut Line> {
        self.wires.get_mut(&child).map(|wire| &mut wire.line)
    }

    /// The parent is done with what a child lends. False when that one does not stay.
    pub(super) fn release(&mut self, child: u64) -> bool {
        let Some(wire) = self.wires.get_mut(&child) else {
            return false;
        };
        wire.lends = false;
        wire.line.release();
        true
    }

    /// What a child has printed has been taken, if it is one that waits for that.
    pub(super) fn go_on(&self, child: u64) {
        if let Some(wire) = self.wires.get(&child).filter(|wire| wire.waits) {
            wire.line.release();
        }
    }

    /// What there is to hear without asking the kernel, after a while of looking if the caller has `time`.
    ///
    /// # Errors
    ///
    /// EINTR when the virtual machine wants attention.
    pub(super) fn unasked(&mut self, time: bool, flags: Flags, news: &mut Vec<News>) -> Result<Heard, Errno> {
        if self.unasked == ASK_EVERY || self.wires.is_empty() {
            self.unasked = 0;
            return Ok(Heard::Nothing);
        }
        let mut heard = self.hear(news);
        if heard == Heard::Nothing && time && self.look(flags)? {
            heard = self.hear(news);
        }
        self.lively |= heard != Heard::Nothing;
        self.unasked = if heard == Heard::Nothing { 0 } else { self.unasked + 1 };
        Ok(heard)
    }

    /// Looks for a while whether there is news.
    fn look(&mut self, flags: Flags) -> Result<bool, Errno> {
        let interrupted = || flags.interrupt.load(Ordering::Relaxed);
        let wires = &self.wires;
        let news = self.linger.until(|| interrupted() || told(wires));
        if interrupted() { Err(Errno::EINTR) } else { Ok(news) }
    }

    /// Has somebody told something?
    pub(super) fn has_news(&self) -> bool {
        told(&self.wires)
    }

    /// Takes in what was told.
    pub(super) fn hear(&mut self, news: &mut Vec<News>) -> Heard {
        let before = news.len();
        let mut garbled = Vec::new();
        for (&child, wire) in self.wires.iter_mut().filter(|(_, wire)| wire.line.has_news()) {
            if wire.hear(child, news).is_err() {
                garbled.push(child);
            }
        }
        for child in &garbled {
            self.wires.remove(child);
        }
        match (garbled.is_empty(), news.len() > before) {
            (false, _) => Heard::Garbage(garbled),
            (true, true) => Heard::News,
            (true, false) => Heard::Nothing,
        }
    }

    /// What a child has told that is gone. What it was in the middle of is lost, and its end says so. True when
    /// it lent something.
    pub(super) fn last_words(&mut self, child: u64, news: &mut Vec<News>) -> bool {
        let Some(mut wire) = self.wires.remove(&child) else {
            return false;
        };
        // What was read before, and what is still there.
        let _ = wire.hear(child, news).and_then(|()| wire.hear(child, news));
        wire.lends
    }

    /// The next news shall ring. True when there is some already.
    pub(super) fn listen(&self) -> bool {
        self.bell.iter().for_each(|bell| bell.listen());
        self.has_news()
    }

    /// Nothing needs to ring.
    pub(super) fn ignore(&self) {
        self.bell.iter().for_each(|bell| bell.ignore());
    }
}

fn told(wires: &BTreeMap<u64, Wire>) -> bool {
    wires.values().any(|wire| wire.line.has_news())
}

/// What a look at the lines brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Nothing,
    News,
    /// Perhaps news, too. These children told something that is no message, and are no use any more.
    Garbage(Vec<u64>),
}

impl Wire {
    fn hear(&mut self, child: u64, news: &mut Vec<News>) -> Result<(), Garbled> {
        let mut next = self.line.hear(self.limit)?;
        while let Some(answer) = next {
            news.push(self.news(child, answer)?);
            next = self.line.hear_more(self.limit)?;
        }
        Ok(())
    }

    fn news(&mut self, child: u64, answer: Answer) -> Result<News, Garbled> {
        let Answer { task, frame, length } = answer;
        let limit = self.limit;
        let refused = |length| Message::Malformed(Malformed::TooLong { length, limit });
        let too_long = |length| limit > 0 && length > limit;
        let message = match frame.kind {
            Kind::Lent => {
                let loan = Loan::announced(&frame).ok_or(Garbled)?;
                if !too_long(loan.length as u64) {
                    self.lends = true;
                    return Ok(News::Offers { child, task, loan });
                }
                if !self.waits {
                    self.line.release();
                }
                refused(loan.length as u64)
            }
            Kind::Value | Kind::Thrown if too_long(length) => refused(length),
            _ => Message::Frame(frame),
        };
        Ok(News::Answered { child, task, message })
    }
}
