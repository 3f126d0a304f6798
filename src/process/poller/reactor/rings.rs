//! The result rings of the warm workers, and when to look there.

use std::collections::VecDeque;
use std::os::fd::BorrowedFd;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use nix::errno::Errno;

use super::{Message, News};
use crate::process::poller::notifier::Flags;
use crate::process::remote_payload::RemotePayload;
use crate::process::shared::doorbell::Doorbell;
use crate::process::shared::job_queue::JobQueue;
use crate::process::shared::message_ring::duplex_table::DuplexTable;
use crate::process::shared::result_ring::{Answer, Garbled, ResultRing};
use crate::process::spin::Spin;
use crate::wire::frame::{Frame, Kind, Malformed};

/// So many waits in a row may find results without asking the kernel, which may also have news: of deaths, and of other
/// children.
const ASK_EVERY: u32 = 64;

#[derive(Debug)]
struct RingReader {
    ring: ResultRing,
    /// Where its jobs come from, and its worker slot there.
    source: (Rc<JobQueue>, usize),
    /// The most bytes that a result may have; 0 for no limit.
    limit: u64,
    /// The worker waits after every answer until its captured output has been taken, not only after a remote payload.
    waits: bool,
    /// The worker has a remote payload that has not been released.
    lends: bool,
}

/// The rings of all warm workers, and their doorbell.
#[derive(Debug)]
pub(super) struct Rings {
    /// By the ids of the workers, in ascending order. There are few, and they are gone through for each task.
    readers: Vec<(u64, RingReader)>,
    doorbell: Option<Rc<Doorbell>>,
    /// Messages in them are news, too.
    pub(super) duplexes: Option<&'static DuplexTable>,
    spin: Spin,
    /// There were results at the last look, or a job has been posted since.
    pub(super) lively: bool,
    /// How many waits in a row have found results without asking the kernel.
    unasked: u32,
}

impl Rings {
    pub(super) fn new() -> Self {
        Self {
            readers: Vec::new(),
            doorbell: None,
            duplexes: None,
            spin: Spin::new(),
            lively: false,
            unasked: 0,
        }
    }

    /// The doorbell. A new one is passed to `watch`; with `by_signal`, for processes without a notifier thread, ringing
    /// it also sends a signal.
    pub(super) fn doorbell(
        &mut self,
        by_signal: bool,
        known: Option<&Rc<Doorbell>>,
        watch: impl FnOnce(BorrowedFd<'_>) -> Result<(), Errno>,
    ) -> Result<Rc<Doorbell>, Errno> {
        if let Some(doorbell) = &self.doorbell {
            return Ok(Rc::clone(doorbell));
        }
        let doorbell = match known {
            Some(known) => Rc::clone(known),
            None => Rc::new(Doorbell::new(by_signal)?),
        };
        watch(doorbell.descriptor())?;
        self.doorbell = Some(Rc::clone(&doorbell));
        Ok(doorbell)
    }

    pub(super) fn add(
        &mut self,
        child: u64,
        ring: ResultRing,
        source: (Rc<JobQueue>, usize),
        limit: u64,
        waits: bool,
    ) {
        ring.keep_from_siblings();
        let at = self.readers.partition_point(|&(other, _)| other < child);
        self.readers.insert(at, (child, RingReader { ring, source, limit, waits, lends: false }));
    }

    /// Reads no more of the ring of `child`.
    pub(super) fn remove(&mut self, child: u64) {
        self.take(child);
    }

    fn take(&mut self, child: u64) -> Option<RingReader> {
        let at = self.position(child)?;
        Some(self.readers.remove(at).1)
    }

    fn position(&self, child: u64) -> Option<usize> {
        self.readers.binary_search_by_key(&child, |&(other, _)| other).ok()
    }

    fn reader(&self, child: u64) -> Option<&RingReader> {
        self.readers.get(self.position(child)?).map(|(_, reader)| reader)
    }

    fn reader_mut(&mut self, child: u64) -> Option<&mut RingReader> {
        let at = self.position(child)?;
        self.readers.get_mut(at).map(|(_, reader)| reader)
    }

    pub(super) fn clear(&mut self) {
        self.readers.clear();
    }

    /// Is `child` a warm worker whose ring is read?
    pub(super) fn has(&self, child: u64) -> bool {
        self.position(child).is_some()
    }

    pub(super) fn len(&self) -> usize {
        self.readers.len()
    }

    /// The result ring of `child`, if that is a warm worker.
    pub(super) fn ring(&mut self, child: u64) -> Option<&mut ResultRing> {
        self.reader_mut(child).map(|reader| &mut reader.ring)
    }

    /// False if `child` is a warm worker that has gone on although its remote payload has not been released.
    pub(super) fn is_lent(&self, child: u64) -> bool {
        self.reader(child).is_none_or(|reader| reader.ring.is_lent())
    }

    /// Releases the remote payload of `child`. False if that is not a warm worker.
    pub(super) fn release(&mut self, child: u64) -> bool {
        let Some(reader) = self.reader_mut(child) else {
            return false;
        };
        reader.lends = false;
        reader.ring.release();
        true
    }

    /// Lets `child` continue, if it is one that waits until its captured output has been taken.
    pub(super) fn go_on(&self, child: u64) {
        if let Some(reader) = self.reader(child).filter(|reader| reader.waits) {
            reader.ring.release();
        }
    }

    /// Reads the results that are there, without asking the kernel. If there are none and the caller has `time`, waits
    /// for some without sleeping.
    ///
    /// # Errors
    ///
    /// EINTR when the virtual machine's interrupt flag is raised.
    pub(super) fn unasked(
        &mut self,
        time: bool,
        flags: Flags,
        news: &mut VecDeque<News>,
    ) -> Result<Heard, Errno> {
        if self.unasked == ASK_EVERY || self.readers.is_empty() {
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

    /// Waits for results for a short time, without sleeping. False if there are none.
    fn look(&mut self, flags: Flags) -> Result<bool, Errno> {
        let interrupted = || flags.interrupt.load(Ordering::Relaxed);
        let readers = &self.readers;
        let news = self.spin.until(|| {
            // A message comes into the processor's cache together with the word that says that it is there, not after it.
            for (_, reader) in readers {
                reader.ring.prefetch();
            }
            interrupted() || told(readers)
        });
        if interrupted() { Err(Errno::EINTR) } else { Ok(news) }
    }

    /// Writes the parent's words of all rings anew.
    pub(super) fn restate(&self) {
        self.readers.iter().for_each(|(_, reader)| reader.ring.restate());
    }

    /// Is there anything to read in any ring?
    pub(super) fn has_news(&self) -> bool {
        told(&self.readers)
    }

    /// Reads all rings, and appends what they hold to `news`.
    pub(super) fn hear(&mut self, news: &mut VecDeque<News>) -> Heard {
        let before = news.len();
        let mut garbled = Vec::new();
        for (child, reader) in self.readers.iter_mut().filter(|(_, reader)| reader.ring.has_news()) {
            // What is answered is checked against the job, which lies elsewhere.
            reader.source.0.prefetch(reader.source.1);
            if reader.hear(*child, news).is_err() {
                garbled.push(*child);
            }
        }
        for &child in &garbled {
            self.take(child);
        }
        match (garbled.is_empty(), news.len() > before) {
            (false, _) => Heard::Garbage(garbled),
            (true, true) => Heard::News,
            (true, false) => Heard::Nothing,
        }
    }

    /// Reads what is left in the ring of a child that has ended. A result that was not complete is lost, and the end of
    /// the child is reported for its task. True if the child had a remote payload.
    pub(super) fn last_words(&mut self, child: u64, news: &mut VecDeque<News>) -> bool {
        let Some(mut reader) = self.take(child) else {
            return false;
        };
        // First what had been read already, then what is still in the ring.
        let _ = reader.hear(child, news).and_then(|()| reader.hear(child, news));
        reader.lends
    }

    /// Asks workers and tasks to ring from now on. True if there is something to read already.
    pub(super) fn listen(&self) -> bool {
        self.doorbell.iter().for_each(|doorbell| doorbell.listen());
        self.has_news() || self.duplexes.is_some_and(DuplexTable::have_news)
    }

    /// Asks the workers not to ring.
    pub(super) fn ignore(&self) {
        self.doorbell.iter().for_each(|doorbell| doorbell.ignore());
    }
}

fn told(readers: &[(u64, RingReader)]) -> bool {
    readers.iter().any(|(_, reader)| reader.ring.has_news())
}

/// Appends a value to `news`: to the latest, if that has values of the same task.
fn append(news: &mut VecDeque<News>, child: u64, task: u64, value: Frame) {
    match news.back_mut() {
        Some(News::Values { child: of, task: about, values }) if (*of, *about) == (child, task) => {
            values.push(value);
        }
        Some(last) if is_value_of(last, child, task) => {
            let first = std::mem::replace(last, News::Values { child, task, values: Vec::new() });
            if let (News::Answered { message: Message::Frame(first), .. }, News::Values { values, .. }) =
                (first, last)
            {
                values.extend([first, value]);
            }
        }
        _ => news.push_back(News::Answered { child, task, message: Message::Frame(value) }),
    }
}

fn is_value_of(news: &News, child: u64, task: u64) -> bool {
    matches!(
        news,
        News::Answered { child: of, task: about, message: Message::Frame(Frame { kind: Kind::Value, .. }) }
            if (*of, *about) == (child, task)
    )
}

/// The result of reading the rings.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Nothing,
    News,
    /// There may be news as well. These children have sent something that is no message, and have to be ended.
    Garbage(Vec<u64>),
}

impl RingReader {
    fn hear(&mut self, child: u64, news: &mut VecDeque<News>) -> Result<(), Garbled> {
        self.ring.read()?;
        while let Some(answer) = self.ring.hear(self.limit)? {
            if answer.frame.kind == Kind::Value && !self.is_too_long(answer.length) {
                append(news, child, answer.task, answer.frame);
            } else {
                news.push_back(self.news(child, answer)?);
            }
        }
        Ok(())
    }

    fn is_too_long(&self, length: u64) -> bool {
        self.limit > 0 && length > self.limit
    }

    fn news(&mut self, child: u64, answer: Answer) -> Result<News, Garbled> {
        let Answer { task, frame, length } = answer;
        let limit = self.limit;
        let refused = |length| Message::Malformed(Malformed::TooLong { length, limit });
        let message = match frame.kind {
            Kind::Remote => {
                let remote_payload = RemotePayload::announced(&frame).ok_or(Garbled)?;
                if !self.is_too_long(remote_payload.length as u64) {
                    self.lends = true;
                    let remote_payload = Box::new(remote_payload);
                    return Ok(News::HoldsResult { child, task, remote_payload });
                }
                if !self.waits {
                    self.ring.release();
                }
                refused(remote_payload.length as u64)
            }
            Kind::Value | Kind::Thrown if self.is_too_long(length) => refused(length),
            _ => Message::Frame(frame),
        };
        Ok(News::Answered { child, task, message })
    }
}
