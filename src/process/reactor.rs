//! The one place where descriptors are waited for: the pipes and pidfds of all children of this process.
//!
//! Runs in the parent. A child is *ended* when it is reaped; by then everything that it wrote has been read.

use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::channel::{self, Read};
use super::cpus;
use super::fork::Child;
use super::forward;
use super::loan::Loan;
use super::notifier::{Flags, Means, Notifier};
use super::shared::bell::Bell;
use super::shared::line::{Answer, Garbled, Line};
use super::signals::Blocked;
use super::wait::{Exit, Waited, wait};
use crate::wire::frame::{Frame, Kind, Malformed, Progress, Reader};

const BATCH: usize = 64;
/// When to look for children that had nothing more to tell.
const REAP: Duration = Duration::from_millis(5);

/// What a child has to say.
#[derive(Debug)]
pub(crate) enum News {
    /// It has told everything, and is on its way out: [`News::Ended`] follows. Nobody has to wait for that, as taking
    /// down a process takes about as long as making it.
    Told {
        /// The id under which it was added.
        id: u64,
        /// What it told.
        frame: Frame,
    },
    /// It has a payload in its memory, and waits for [`Reactor::fetch`] and [`Reactor::release`]. [`News::Ended`] follows.
    Lends {
        /// The id under which it was added.
        id: u64,
        /// The payload.
        loan: Loan,
    },
    /// A child that stays has told what became of a task.
    Answered {
        /// The child.
        child: u64,
        /// The task.
        task: u64,
        /// What it told.
        message: Message,
    },
    /// A child that stays has a payload in its memory, as above.
    Offers {
        /// The child.
        child: u64,
        /// The task.
        task: u64,
        /// The payload.
        loan: Loan,
    },
    /// It is gone, and reaped.
    Ended(Ended),
}

/// What a child left on its pipe.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A whole frame.
    Frame(Frame),
    /// Nothing at all.
    Nothing,
    /// The beginning of a frame.
    Truncated,
    /// Something that is no frame.
    Malformed(Malformed),
}

/// A child that is gone, and reaped.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The id under which it was added.
    pub(crate) id: u64,
    /// What it told, unless it was told before.
    pub(crate) message: Message,
    /// How it ended.
    pub(crate) exit: Exit,
}

#[derive(Debug)]
struct Watched {
    pid: Pid,
    pidfd: Option<OwnedFd>,
    pipe: Option<OwnedFd>,
    reader: Reader,
    refused: Option<Malformed>,
    limit: u64,
    told: bool,
}

/// All children of this process, and the ways to hear of them.
#[derive(Debug)]
pub(crate) struct Reactor {
    epoll: Epoll,
    notifier: Notifier,
    flags: Flags,
    children: BTreeMap<u64, Watched>,
    /// Those of children that stay.
    lines: BTreeMap<u64, Line>,
    bell: Option<Rc<Bell>>,
    /// How often to look for news before sleeping.
    looks: u32,
    /// Waits that found news without asking the kernel, one after the other.
    unasked: u32,
}

/// That of the bell; ids do not come so far.
const BELL: u64 = u64::MAX;
/// How often to look before sleeping: about as long as it takes to wake a process on another CPU.
const LOOKS: u32 = 1500;
/// The kernel, too, may have news: of deaths, and of other children.
const ASK_EVERY: u32 = 64;

/// An event is about a child's pipe or its pidfd.
fn token(id: u64, pidfd: bool) -> u64 {
    id << 1 | u64::from(pidfd)
}

impl Reactor {
    /// A reactor whose news raise `flags` while nobody waits.
    ///
    /// # Errors
    ///
    /// When there is no descriptor or no thread to be had.
    pub(crate) fn new(means: Means, flags: Flags) -> Result<Self, Errno> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let notifier = Notifier::start(means, &epoll.0, flags)?;
        let looks = if cpus::usable() > 1 { LOOKS } else { 0 };
        let (children, lines) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { epoll, notifier, flags, children, lines, bell: None, looks, unasked: 0 })
    }

    /// Readable when [`Reactor::wait`] would not block.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.epoll.0.as_fd()
    }

    /// How many children are not reaped yet.
    pub(crate) fn len(&self) -> usize {
        self.children.len()
    }

    /// Looks after `child` from now on. Results of more than `limit` bytes are refused; 0 means no limit.
    ///
    /// # Errors
    ///
    /// When the kernel cannot watch one more descriptor; the child is killed and reaped then.
    pub(crate) fn add(&mut self, id: u64, child: Child, limit: u64) -> Result<(), Errno> {
        let watch =
            |fd: &OwnedFd, pidfd| self.epoll.add(fd, EpollEvent::new(EpollFlags::EPOLLIN, token(id, pidfd)));
        let watched = watch(&child.pipe, false)
            .and_then(|()| child.pidfd.as_ref().map_or(Ok(()), |fd| watch(fd, true)));
        if let Err(errno) = watched {
            let _ = killpg(child.pid, Signal::SIGKILL);
            wait(child.pid, true);
            return Err(errno);
        }
        let Child { pid, pidfd, pipe } = child;
        let reader = Reader::new(limit);
        forward::add(pid.as_raw());
        self.children
            .insert(id, Watched { pid, pidfd, pipe: Some(pipe), reader, refused: None, limit, told: false });
        Ok(())
    }

    /// The bell that children ring which stay.
    ///
    /// # Errors
    ///
    /// When there is no descriptor to be had.
    pub(crate) fn bell(&mut self) -> Result<Rc<Bell>, Errno> {
        if let Some(bell) = &self.bell {
            return Ok(Rc::clone(bell));
        }
        let bell = Rc::new(Bell::new()?);
        self.epoll
            .add(bell.descriptor(), EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, BELL))?;
        self.bell = Some(Rc::clone(&bell));
        Ok(bell)
    }

    /// Child `id`, which was added, stays, and tells its results by `line`.
    pub(crate) fn listen(&mut self, id: u64, line: Line) {
        line.keep_from_siblings();
        self.lines.insert(id, line);
    }

    /// Sends `signal` to the process group of child `id`.
    pub(crate) fn signal(&self, id: u64, signal: Signal) {
        if let Some(child) = self.children.get(&id) {
            // A stopped group would sit on everything but SIGKILL.
            let _ = killpg(child.pid, signal).and_then(|()| killpg(child.pid, Signal::SIGCONT));
        }
    }

    /// Ends every child, with its group, and reaps it.
    pub(crate) fn kill_all(&mut self, signal: Signal) {
        for child in self.children.values() {
            let _ = killpg(child.pid, signal);
        }
        self.lines.clear();
        for child in std::mem::take(&mut self.children).into_values() {
            forward::remove(child.pid.as_raw());
            wait(child.pid, true);
        }
    }

    /// Waits until something happens, at most `timeout`, and handles it. The notifier is silent meanwhile.
    ///
    /// # Errors
    ///
    /// EINTR when a signal arrived: the application may want to act on it.
    pub(crate) fn wait(&mut self, timeout: Option<Duration>) -> Result<Vec<News>, Errno> {
        let at_once = timeout == Some(Duration::ZERO);
        if self.unasked < ASK_EVERY {
            let mut news = self.hear();
            if news.is_empty() && !at_once && self.look()? {
                news = self.hear();
            }
            if !news.is_empty() {
                self.unasked += 1;
                return Ok(news);
            }
        }
        self.unasked = 0;
        self.ask(timeout)
    }

    /// Looks for a while whether a child that stays has news.
    ///
    /// # Errors
    ///
    /// EINTR when the virtual machine wants its attention.
    fn look(&self) -> Result<bool, Errno> {
        if self.lines.is_empty() {
            return Ok(false);
        }
        for _ in 0..self.looks {
            if self.flags.interrupt.load(Ordering::Relaxed) {
                return Err(Errno::EINTR);
            }
            if self.lines.values().any(Line::has_news) {
                return Ok(true);
            }
            std::hint::spin_loop();
        }
        Ok(false)
    }

    /// Takes in what children that stay have told. One that told something else is no use any more.
    fn hear(&mut self) -> Vec<News> {
        let mut news = Vec::new();
        let mut garbled = Vec::new();
        for (&id, line) in self.lines.iter_mut().filter(|(_, line)| line.has_news()) {
            let limit = self.children.get(&id).map_or(0, |child| child.limit);
            if hear(id, line, limit, &mut news).is_err() {
                garbled.push(id);
            }
        }
        for id in garbled {
            self.lines.remove(&id);
            if let Some(child) = self.children.get_mut(&id) {
                child.refused = Some(Malformed::Header);
                let _ = killpg(child.pid, Signal::SIGKILL);
            }
        }
        news
    }

    /// Asks the kernel, and sleeps.
    fn ask(&mut self, timeout: Option<Duration>) -> Result<Vec<News>, Errno> {
        self.notifier.disarm(&self.epoll.0);
        forward::wrap();
        // Rounded up: a wait of less than a millisecond must not become a busy loop.
        let mut millis = timeout
            .map_or(-1, |timeout| i32::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX));
        let mut news = Vec::new();
        if let Some(bell) = &self.bell {
            bell.listen();
            news = self.hear();
            millis = if news.is_empty() { millis } else { 0 };
        }
        let mut events = [EpollEvent::empty(); BATCH];
        // A signal between a look at the flag and the wait would be slept through: they are let in only by the wait itself.
        let blocked = Blocked::all();
        if millis != 0 && self.flags.interrupt.load(Ordering::Acquire) {
            return Err(Errno::EINTR);
        }
        let count = match blocked.wait(&self.epoll, &mut events, millis) {
            Err(Errno::EINTR) if !news.is_empty() => 0,
            count => count?,
        };
        drop(blocked);
        self.bell.iter().for_each(|bell| bell.ignore());
        for event in events.iter().take(count) {
            self.handle(event.data(), &mut news);
        }
        news.extend(self.hear());
        Ok(news)
    }

    /// The caller goes back to code that does not wait here: it wants to be told. Children that are on their way out are
    /// no hurry, and those that stay only matter when they are `busy`.
    pub(crate) fn arm(&mut self, busy: bool) {
        let waited_for =
            |(id, child): (&u64, &Watched)| !child.told && (busy || !self.lines.contains_key(id));
        if self.children.iter().any(waited_for) {
            self.notifier.arm(&self.epoll.0);
            if let Some(bell) = self.bell.as_ref().filter(|_| busy) {
                bell.listen();
                if self.lines.values().any(Line::has_news) {
                    self.flags.raise();
                }
            }
        } else if self.children.len() > self.lines.len() {
            self.notifier.alarm(REAP);
        }
    }

    /// Raises the flags after `delay` too, whatever the children do.
    pub(crate) fn alarm(&mut self, delay: Duration) {
        self.notifier.alarm(delay);
    }

    /// Ends the notifier. Children are not touched.
    pub(crate) fn stop(self) {
        self.notifier.stop();
    }

    /// In a child of this process: closes the copies of the parent's descriptors, and nothing else. The epoll instance
    /// is shared with the parent, so nothing may be removed from it; memory is not freed, as that would copy its pages.
    pub(crate) fn forget(self) {
        forward::forget();
        for child in self.children.values() {
            for fd in child.pidfd.iter().chain(&child.pipe) {
                // SAFETY: a descriptor of ours, whose owner is forgotten below.
                unsafe { libc::close(fd.as_raw_fd()) };
            }
        }
        // The lines of others are not even mapped here.
        std::mem::forget((self.children, self.lines, self.bell));
        self.notifier.forget();
    }

    fn handle(&mut self, token: u64, news: &mut Vec<News>) {
        let id = token >> 1;
        let Some(child) = self.children.get_mut(&id) else {
            return;
        };
        if token & 1 == 1 {
            self.reap_with_news(id, false, news);
            return;
        }
        if !child.receive() {
            return;
        }
        if let Some(loan) = child.loan(&self.epoll) {
            news.push(News::Lends { id, loan });
            return;
        }
        child.close_pipe(&self.epoll);
        if child.pidfd.is_none() {
            // The end of the pipe is the only news of a death then, and the death is near.
            self.reap_with_news(id, true, news);
        } else if let Some(frame) = child.take() {
            news.push(News::Told { id, frame });
        }
    }

    /// What a child that stayed has told before its end comes before it.
    fn reap_with_news(&mut self, id: u64, block: bool, news: &mut Vec<News>) {
        let limit = self.children.get(&id).map_or(0, |child| child.limit);
        let Some(ended) = self.reap(id, block) else {
            return;
        };
        if let Some(mut line) = self.lines.remove(&id) {
            // Dead in the middle of a message: that one is lost, and the end says so.
            let _ = hear(id, &mut line, limit, news);
        }
        news.push(News::Ended(ended));
    }

    /// Takes a child that has ended off the list; `block` waits for that.
    fn reap(&mut self, id: u64, block: bool) -> Option<Ended> {
        let child = self.children.get_mut(&id)?;
        let Waited::Ended(exit) = wait(child.pid, block) else {
            return None;
        };
        child.receive();
        child.close_pipe(&self.epoll);
        if let Some(pidfd) = child.pidfd.take() {
            let _ = self.epoll.delete(&pidfd);
        }
        let child = self.children.remove(&id)?;
        forward::remove(child.pid.as_raw());
        Some(Ended { id, exit, message: child.message() })
    }

    /// Looks whether child `id` has what it lends.
    ///
    /// # Errors
    ///
    /// As for [`Reactor::fetch`].
    pub(crate) fn check(&self, id: u64, loan: &Loan) -> Result<(), Errno> {
        let child = self.children.get(&id).ok_or(Errno::ESRCH)?;
        loan.check(child.pid)
    }

    /// Copies the next bytes of what child `id` lends, as many as `to` has.
    ///
    /// # Errors
    ///
    /// ESRCH when the child is gone.
    pub(crate) fn fetch(&self, id: u64, loan: &mut Loan, to: &mut [MaybeUninit<u8>]) -> Result<(), Errno> {
        let child = self.children.get(&id).ok_or(Errno::ESRCH)?;
        loan.fetch(child.pid, to)
    }

    /// Waits for the end of a child that has told everything. None for one that still lends something.
    pub(crate) fn await_end(&mut self, id: u64) -> Option<Ended> {
        self.children.get(&id).filter(|child| child.pipe.is_none())?;
        self.reap(id, true)
    }

    /// Lets a child go that has lent something. Without a pidfd there would be no news of its end, so that is waited for.
    pub(crate) fn release(&mut self, id: u64) -> Option<Ended> {
        if let Some(line) = self.lines.get(&id) {
            line.release();
            return None;
        }
        let child = self.children.get_mut(&id)?;
        child.close_pipe(&self.epoll);
        if child.pidfd.is_some() { None } else { self.reap(id, true) }
    }
}

/// Takes in what child `id` has told.
fn hear(id: u64, line: &mut Line, limit: u64, news: &mut Vec<News>) -> Result<(), Garbled> {
    while let Some(Answer { task, frame, length }) = line.hear(limit)? {
        let too_long = |length| limit > 0 && length > limit;
        let refused = |length| Message::Malformed(Malformed::TooLong { length, limit });
        let message = match frame.kind {
            Kind::Lent => match Loan::announced(&frame).ok_or(Garbled)? {
                loan if too_long(loan.length as u64) => {
                    line.release();
                    refused(loan.length as u64)
                }
                loan => {
                    news.push(News::Offers { child: id, task, loan });
                    continue;
                }
            },
            Kind::Value | Kind::Thrown if too_long(length) => refused(length),
            _ => Message::Frame(frame),
        };
        news.push(News::Answered { child: id, task, message });
    }
    Ok(())
}

impl Watched {
    /// Reads what there is. True when there will be no more.
    fn receive(&mut self) -> bool {
        let Some(pipe) = &self.pipe else {
            return true;
        };
        match channel::read(pipe, &mut self.reader) {
            Read::Pending => false,
            Read::Finished(Progress::Bad(why)) => {
                self.refused = Some(why);
                true
            }
            Read::Closed | Read::Finished(_) => true,
        }
    }

    /// The whole frame, if it is there.
    fn take(&mut self) -> Option<Frame> {
        if self.reader.progress() != Progress::Whole {
            return None;
        }
        self.told = true;
        std::mem::replace(&mut self.reader, Reader::new(self.limit)).finish()
    }

    /// The loan that was announced, if it was one and is not too large. Its pipe stays open, but is not watched.
    fn loan(&mut self, epoll: &Epoll) -> Option<Loan> {
        if self.reader.kind() != Some(Kind::Lent) {
            return None;
        }
        let Some(loan) = Loan::announced(&self.take()?) else {
            self.refused = Some(Malformed::Header);
            return None;
        };
        let (length, limit) = (loan.length as u64, self.limit);
        if limit > 0 && length > limit {
            self.refused = Some(Malformed::TooLong { length, limit });
            return None;
        }
        if let Some(pipe) = &self.pipe {
            let _ = epoll.delete(pipe);
        }
        Some(loan)
    }

    /// Closing is not enough: a sibling that is just being forked still has a copy, which would keep it watched.
    fn close_pipe(&mut self, epoll: &Epoll) {
        if let Some(pipe) = self.pipe.take() {
            let _ = epoll.delete(&pipe);
        }
    }

    fn message(self) -> Message {
        if let Some(why) = self.refused {
            return Message::Malformed(why);
        }
        if self.reader.is_empty() {
            return Message::Nothing;
        }
        self.reader.finish().map_or(Message::Truncated, Message::Frame)
    }
}

#[cfg(test)]
mod tests;
