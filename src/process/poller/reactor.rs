//! The reactor: the one place that waits for descriptors, namely the pipes and pidfds of all children of this process,
//! and the captured output of their tasks.
//!
//! Runs in the parent. A child is reported as ended once it is reaped; by then everything that it wrote has been read.

mod alarm;
mod attended;
mod captures;
mod checks;
mod deaths;
mod ends;
mod news;
mod reaping;
mod remote_results;
mod rings;
mod timer;
mod waiting;
mod watched;

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::rc::Rc;
use std::time::Instant;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::notifier::{Flags, Means, Notifier};
use super::registry::{Registry, Source};
use super::wake_state::State;
use crate::process::child;
use crate::process::fork::{Child, Refused};
use crate::process::forwarding::{self, Forwarded, Signals};
use crate::process::memory_killer::MemoryKiller;
use crate::process::os::{Poller, Queue, Trigger};
use crate::process::output::Capture;
use crate::process::quota::Permit;
use crate::process::recipient::Recipient;
use crate::process::shared::doorbell::Doorbell;
use crate::process::shared::job_queue::JobQueue;
use crate::process::shared::message_ring::duplex_table::DuplexTable;
use crate::process::shared::result_ring::ResultRing;
use crate::process::wait::{Exit, KILL_WAIT, wait_until};
use crate::wire::frame::Reader;
use attended::Attended;
use checks::Checks;
use deaths::Deaths;
pub(crate) use news::{Ended, Message, News};
use rings::Rings;
use timer::Timer;
use watched::Watched;

/// All children of this process, and all ways in which they report to it.
#[derive(Debug)]
pub(crate) struct Reactor {
    registry: Registry,
    notifier: Notifier,
    flags: Flags,
    children: BTreeMap<u64, Watched>,
    /// How many of the children are no longer waited for, as they do not end.
    forsaken: usize,
    /// Children that have to be polled, as no descriptor reports all that matters: the kernel has no pidfds, or the
    /// child has lost its descriptors and cannot ring.
    polled: BTreeSet<u64>,
    rings: Rings,
    /// Why the kernel refused the last wait: our descriptor is closed, or another file has its number.
    wait_error: Option<Errno>,
    /// An event loop of the application waits for our descriptor.
    watched: bool,
    timer: Timer,
    /// When the notifier will raise the flags in any case.
    alarm: Option<Instant>,
    /// What is known of the sources of wake-ups.
    wake: State,
    /// Warm workers were expected to answer, and nothing has come for a millisecond.
    silent: bool,
    /// Jobs that were given to warm workers since the parent last looked for news.
    posted: u32,
    captures: BTreeMap<u64, Capture>,
    checks: Checks,
    /// How children ended that had a remote payload, until that payload is fetched or given up.
    fates: BTreeMap<u64, Exit>,
    deaths: Deaths,
    attended: Attended,
    /// Says whether the kernel's OOM killer was the cause, for deaths that this process has not caused.
    pub(crate) memory_killer: MemoryKiller,
}

impl Reactor {
    /// A reactor whose news raise `flags` while the parent does not wait in it.
    ///
    /// # Errors
    ///
    /// When no descriptor or thread is available.
    pub(crate) fn new(means: Means, flags: Flags) -> Result<Self, Refused> {
        let registry = Registry::new(Queue::new().map_err(Refused::by("epoll_create"))?);
        let notifier = Notifier::start(means, registry.descriptor(), flags)?;
        Ok(Self {
            registry,
            notifier,
            flags,
            children: BTreeMap::new(),
            forsaken: 0,
            polled: BTreeSet::new(),
            rings: Rings::new(),
            wait_error: None,
            watched: false,
            timer: Timer::default(),
            alarm: None,
            wake: State::NEW,
            silent: false,
            posted: 0,
            captures: BTreeMap::new(),
            checks: Checks::default(),
            fates: BTreeMap::new(),
            deaths: Deaths::default(),
            attended: Attended::default(),
            memory_killer: MemoryKiller::new(),
        })
    }

    /// A descriptor that is readable when [`Reactor::wait`] would not block, and after the delay that was given to
    /// [`Reactor::arm`].
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn descriptor(&mut self) -> Result<BorrowedFd<'_>, Errno> {
        self.timer.watch(&mut self.registry)?;
        self.watched = true;
        Ok(self.registry.descriptor().as_fd())
    }

    /// A descriptor that is readable when a child has ended that is not reaped yet, in kernels that have pidfds.
    ///
    /// # Errors
    ///
    /// When no descriptor is available, or the kernel cannot watch one more.
    pub(crate) fn deaths(&mut self) -> Result<BorrowedFd<'_>, Errno> {
        self.deaths.descriptor(self.children.values().filter_map(|child| child.pidfd.as_ref()))
    }

    /// From now on a wait of a caller that attends to it ends, too, when this descriptor is readable, of a channel for
    /// example, until [`Reactor::disregard`].
    ///
    /// # Errors
    ///
    /// When the kernel cannot watch one more descriptor.
    pub(crate) fn attend(&mut self, fd: BorrowedFd<'_>) -> Result<(), Errno> {
        self.attended.add(fd)
    }

    /// The descriptor ends no wait any more.
    pub(crate) fn disregard(&mut self, fd: BorrowedFd<'_>) {
        self.attended.remove(fd);
    }

    /// How many children are not reaped yet, without those that are no longer waited for.
    pub(crate) fn len(&self) -> usize {
        self.children.len() - self.forsaken
    }

    /// Watches `child` from now on, and keeps its `permit` until it is reaped. Results of more than `limit` bytes are
    /// refused; 0 means no limit.
    ///
    /// # Errors
    ///
    /// When the kernel cannot watch one more descriptor; the child is killed and reaped then.
    pub(crate) fn add(&mut self, id: u64, child: Child, permit: Permit, limit: u64) -> Result<(), Errno> {
        let mut watch = |fd: &OwnedFd, source| self.registry.register(fd, source, Trigger::Level).map(drop);
        let watched = watch(&child.pipe, Source::Pipe(id))
            .and_then(|()| child.pidfd.as_ref().map_or(Ok(()), |fd| watch(fd, Source::Pidfd(id))));
        if let Err(errno) = watched {
            self.registry.deregister(&child.pipe);
            let _ = Recipient::new(child.pid, child.pidfd.as_ref()).send_all(Signal::SIGKILL);
            let _ = wait_until(child.pid, child.pidfd.as_ref(), Instant::now() + KILL_WAIT);
            return Err(errno);
        }
        let Child { pid, pidfd, pipe } = child;
        if let Some(pidfd) = &pidfd {
            self.deaths.add(pidfd);
        }
        let reader = Reader::new(limit);
        self.notifier.watch(&pipe);
        if pidfd.is_none() {
            self.polled.insert(id);
        }
        self.children.insert(
            id,
            Watched {
                pid,
                pidfd,
                pipe: Some(pipe),
                reader,
                refused: None,
                limit,
                told: false,
                lends: false,
                forsaken: false,
                forwarded: None,
                permit,
            },
        );
        Ok(())
    }

    /// The pipe of child `id`, which has not said how its attempt has ended.
    pub(crate) fn pipe(&self, id: u64) -> Option<RawFd> {
        let child = self.children.get(&id).filter(|child| !child.told)?;
        child.pipe.as_ref().map(AsRawFd::as_raw_fd)
    }

    /// Forwards `signals` to the group of child `id` from now on, when the application handles them, and no others.
    pub(crate) fn forward(&mut self, id: u64, signals: Signals) {
        if let Some(child) = self.children.get_mut(&id).filter(|child| !child.told) {
            let wanted = signals != Signals::NONE;
            child.forwarded = None;
            child.forwarded = wanted.then(|| Forwarded::new(child.pid, child.pidfd.as_ref(), signals));
        }
    }

    /// Sends `signal` to child `id` and to its group, as forwarded signals are sent.
    pub(crate) fn pass(&self, id: u64, signal: i32) {
        if let Some(child) = self.children.get(&id).filter(|child| !child.told) {
            forwarding::send_to(child.pid, child.pidfd.as_ref(), signal);
        }
    }

    /// The doorbell that warm workers ring, and tasks with a message. `known` is that of an earlier reactor of this
    /// process, which its children have.
    ///
    /// # Errors
    ///
    /// When no descriptor is available.
    pub(crate) fn doorbell(&mut self, known: Option<&Rc<Doorbell>>) -> Result<Rc<Doorbell>, Errno> {
        let registry = &mut self.registry;
        let by_signal = matches!(self.notifier, Notifier::Signal(_));
        self.rings.doorbell(by_signal, known, |doorbell| {
            registry.register(doorbell, Source::Doorbell, Trigger::Edge).map(drop)
        })
    }

    /// Messages of tasks wake the parent from now on.
    pub(crate) fn heed(&mut self, duplexes: &'static DuplexTable) {
        duplexes.heed();
        self.rings.duplexes = Some(duplexes);
    }

    /// Child `id`, which was added before, is a warm worker, and writes its results to `ring`. If its output is
    /// captured it waits after each result for [`Reactor::go_on`], or for [`Reactor::release`] if the result is a
    /// remote payload.
    pub(crate) fn listen(&mut self, id: u64, ring: ResultRing, source: (Rc<JobQueue>, usize)) {
        self.checks.wanted = true;
        let limit = self.children.get(&id).map_or(0, |child| child.limit);
        self.rings.add(id, ring, source, limit, self.captures.contains_key(&id));
    }

    /// Ends the notifier. Children are left alone.
    pub(crate) fn stop(self) {
        self.notifier.stop();
    }

    /// In a child of this process: closes its copies of the parent's descriptors, and nothing else. The epoll instance
    /// is shared with the parent, so that nothing may be removed from it. Memory is not freed, as freeing it would copy
    /// its pages.
    pub(crate) fn forget(self) {
        forwarding::forget();
        let children = self.children.values().flat_map(|child| child.pidfd.iter().chain(&child.pipe));
        let captures = self.captures.values().flat_map(Capture::pipes).map(|(_, pipe)| pipe);
        // The values that own these descriptors are leaked below.
        child::close_all(children.chain(captures).map(AsRawFd::as_raw_fd));
        // The rings of other children are not even mapped here.
        std::mem::forget((
            self.children,
            self.polled,
            self.rings,
            self.captures,
            self.fates,
            self.memory_killer,
        ));
        self.registry.forget();
        self.notifier.forget();
    }
}

#[cfg(test)]
mod tests;
