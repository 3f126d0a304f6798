//! Duplexes between a process and the tasks that it runs: for each task that wants one, a ring in each direction.
//!
//! Which tasks will want one is not known before they are forked, and a warm worker is older than its tasks. So all duplexes
//! of a process are one mapping, made before its first fork. Of that the kernel gives memory only to what is used: a task
//! that uses no duplex costs none. Whoever is first to want the duplex of an attempt, its task or its parent, takes a free
//! one, and enters the attempt in a directory, under a lock; the other one finds it there. A duplex is given to the next
//! attempt when its own is over: only the parent knows when, and takes it back.
//!
//! A process that still has the duplex of an attempt that is over, and there may be some that the task has forked, finds
//! it closed.

mod memory;

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::{AtomicU64, Lease, Lock, MessageRing, Ordering, Process, Shared};
use crate::process::shared::control::mark;
use crate::process::shared::deadlock::Awaited;
use crate::process::shared::doorbell::{Doorbell, Ringer};
use crate::process::shared::sync::fence;
use memory::{Direction, Memory};

/// How many attempts can have one at a time.
pub(crate) const DUPLEXES: usize = if cfg!(loom) { 2 } else { 512 };
/// So many of them can be of attempts that have not begun: others may have to end before those begin.
const AHEAD: usize = DUPLEXES / 2;
/// How many messages fit into one direction.
const CAPACITY: u32 = 64;
/// The longest wait for the directory, whose lock is held for less than a microsecond.
const PATIENCE: Duration = Duration::from_secs(1);

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Directory {
    /// Held by who enters an attempt.
    lock: Lock,
    /// Duplexes from this one on were never used.
    used: AtomicU64,
    /// How many are used now.
    count: AtomicU64,
    /// 1 once the parent wants to be woken by messages for which no code of its script waits.
    heeded: AtomicU64,
    entries: [Entry; DUPLEXES],
}

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Entry {
    /// [`mark`] of the attempt whose duplex it is; 0 for none.
    mark: AtomicU64,
    attempt: AtomicU64,
    /// 1 if the parent has entered it, and its task has not asked for it yet.
    by_parent: AtomicU64,
}

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Directory {}

/// The duplexes between one process and its tasks.
#[derive(Debug)]
pub(crate) struct DuplexTable {
    memory: Memory,
    /// What a task wakes the parent by.
    doorbell: Rc<Doorbell>,
    /// The parent.
    owner: Process,
    /// In a task: its end of the doorbell.
    ringer: OnceCell<Ringer<'static>>,
    /// In the parent: how far the tasks had come when it looked, by duplexes.
    seen: OnceCell<Vec<Cell<u64>>>,
}

/// The duplex of one attempt. It is the parent's for the parent and the task's for the task: which ring is whose.
#[derive(Debug)]
pub(crate) struct Duplex {
    /// What the task receives.
    pub(crate) to_task: MessageRing,
    /// What the parent receives.
    pub(crate) to_parent: MessageRing,
    duplexes: &'static DuplexTable,
    at: usize,
    lease: Lease,
}

/// Why an attempt gets no duplex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoDuplex {
    /// All are in use.
    Full,
    /// Somebody has written over the directory.
    Garbled,
}

impl DuplexTable {
    /// Maps the duplexes of this process, of which each child has all, to find its own. Never unmapped.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new(doorbell: Rc<Doorbell>) -> Result<&'static Self, Errno> {
        Ok(Box::leak(Box::new(Self::map(doorbell)?)))
    }

    pub(in crate::process::shared) fn map(doorbell: Rc<Doorbell>) -> Result<Self, Errno> {
        Ok(Self {
            memory: Memory::new()?,
            doorbell,
            owner: Process::own(),
            ringer: OnceCell::new(),
            seen: OnceCell::new(),
        })
    }

    fn directory(&self) -> &Directory {
        self.memory.directory()
    }

    /// Is this process the one whose duplexes they are?
    fn is_owner(&self) -> bool {
        self.owner == Process::own()
    }

    /// The doorbell.
    pub(crate) fn doorbell(&self) -> &Rc<Doorbell> {
        &self.doorbell
    }

    /// The process whose duplexes they are.
    pub(crate) fn parent(&self) -> i32 {
        self.owner.pid()
    }

    /// Is it there?
    pub(crate) fn has_parent(&self) -> bool {
        self.owner.is_there()
    }

    /// Has any attempt a duplex? One load of a word that rarely changes.
    #[inline]
    pub(crate) fn is_any_used(&self) -> bool {
        self.directory().count.load(Ordering::Relaxed) != 0
    }

    /// The duplex of an attempt, if it has one.
    pub(crate) fn find(&'static self, attempt: u64) -> Option<Duplex> {
        let mark = mark(attempt);
        let at = self.entries().position(|entry| entry.mark.load(Ordering::Acquire) == mark)?;
        self.duplex(at, mark)
    }

    /// The duplex of an attempt. `ahead` if that has not begun.
    ///
    /// # Errors
    ///
    /// When there is none left.
    pub(crate) fn open(&'static self, attempt: u64, ahead: bool) -> Result<Duplex, NoDuplex> {
        if let Some(duplex) = self.find(attempt) {
            if !self.is_owner() {
                let entry = self.directory().entries.get(duplex.at);
                entry.inspect(|entry| entry.by_parent.store(0, Ordering::Relaxed));
            }
            return Ok(duplex);
        }
        let own = Process::own();
        self.lock(own)?;
        let duplex = self.find(attempt).map_or_else(|| self.enter(attempt, ahead), Ok);
        let _ = self.directory().lock.release(own);
        duplex
    }

    fn lock(&self, own: Process) -> Result<(), NoDuplex> {
        let lock = &self.directory().lock;
        let until = Instant::now() + PATIENCE;
        // Whoever died with it had not entered its attempt, or had: that is one store.
        while lock.try_acquire(own).is_err() && lock.wait(own, PATIENCE).is_none() {
            if Instant::now() >= until {
                return Err(NoDuplex::Garbled);
            }
        }
        Ok(())
    }

    fn enter(&'static self, attempt: u64, ahead: bool) -> Result<Duplex, NoDuplex> {
        let by_parent = u64::from(self.is_owner());
        let of_parent = |entry: &&Entry| {
            entry.mark.load(Ordering::Relaxed) != 0 && entry.by_parent.load(Ordering::Relaxed) == 1
        };
        if ahead && self.entries().filter(of_parent).count() >= AHEAD {
            return Err(NoDuplex::Full);
        }
        let all = self.directory().entries.iter().enumerate();
        let mut free = all.filter(|(_, entry)| entry.mark.load(Ordering::Acquire) == 0);
        let found = free.find_map(|(at, entry)| {
            let duplex = self.duplex(at, mark(attempt))?;
            [&duplex.to_task, &duplex.to_parent].iter().all(|ring| ring.is_left()).then_some((duplex, entry))
        });
        let (duplex, entry) = found.ok_or(NoDuplex::Full)?;
        for ring in [&duplex.to_task, &duplex.to_parent] {
            ring.head().clear();
        }
        entry.attempt.store(attempt, Ordering::Relaxed);
        entry.by_parent.store(by_parent, Ordering::Relaxed);
        self.directory().used.fetch_max(duplex.at as u64 + 1, Ordering::AcqRel);
        self.directory().count.fetch_add(1, Ordering::AcqRel);
        entry.mark.store(mark(attempt), Ordering::Release);
        Ok(duplex)
    }

    /// The entries that were ever used.
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        let used = usize::try_from(self.directory().used.load(Ordering::Acquire)).unwrap_or(DUPLEXES);
        self.directory().entries.iter().take(used)
    }

    fn duplex(&'static self, at: usize, mark: u64) -> Option<Duplex> {
        let lease = Lease { word: &self.directory().entries.get(at)?.mark, mark };
        let ring = |direction| {
            let mut ring = MessageRing::at(self.memory.place(at, direction)?, CAPACITY);
            ring.lease = Some(lease);
            Some(ring)
        };
        let to_task = ring(Direction::ToTask)?;
        let to_parent = ring(Direction::ToParent)?;
        Some(Duplex { to_task, to_parent, duplexes: self, at, lease })
    }

    /// In the parent: wants to be woken by messages from now on.
    pub(in crate::process) fn heed(&self) {
        self.directory().heeded.store(1, Ordering::Release);
    }

    /// In the parent: is there a message that was sent since it looked?
    pub(crate) fn have_news(&self) -> bool {
        self.is_any_used()
            && self.tails().any(|(at, _, tail)| self.seen(at).is_some_and(|seen| seen.get() != tail))
    }

    fn seen(&self, at: usize) -> Option<&Cell<u64>> {
        self.seen.get_or_init(|| vec![Cell::new(0); DUPLEXES]).get(at)
    }

    /// In the parent: the attempts that have sent something since it looked, each with whether its task, and not the
    /// parent, has entered it.
    pub(crate) fn look(&self) -> Vec<(u64, bool)> {
        let new = self
            .tails()
            .filter(|&(at, _, tail)| self.seen(at).is_some_and(|seen| seen.replace(tail) != tail));
        new.map(|(_, entry, _)| {
            let by_parent = entry.by_parent.load(Ordering::Relaxed) == 1;
            (entry.attempt.load(Ordering::Relaxed), !by_parent)
        })
        .collect()
    }

    /// How far the tasks have come that have a duplex.
    fn tails(&self) -> impl Iterator<Item = (usize, &Entry, u64)> {
        let used = self.entries().enumerate().filter(|(_, entry)| {
            entry.mark.load(Ordering::Acquire) == mark(entry.attempt.load(Ordering::Relaxed))
        });
        used.filter_map(|(at, entry)| {
            let place = self.memory.place(at, Direction::ToParent)?;
            let tail = place.head().senders.mark.load(Ordering::Acquire);
            Some((at, entry, tail))
        })
    }
}

impl Duplex {
    /// In a task: a message was sent, which the parent may want to be woken by. Ends the process if that fails.
    pub(crate) fn ring(&self) {
        let duplexes = self.duplexes;
        if duplexes.directory().heeded.load(Ordering::Acquire) == 1 {
            duplexes.ringer.get_or_init(|| duplexes.doorbell.ringer()).ring();
        }
    }

    /// The duplexes of which it is one.
    pub(crate) fn duplexes(&self) -> &'static DuplexTable {
        self.duplexes
    }

    /// What a task waits for that waits for its parent.
    pub(crate) fn awaited(&self) -> Awaited {
        Awaited::parent(self.duplexes.parent())
    }

    /// In the parent: it stays the parent's although the attempt is over, until it is released.
    pub(crate) fn keep(&self) {
        let entry = self.duplexes.directory().entries.get(self.at);
        entry.inspect(|entry| entry.by_parent.store(1, Ordering::Relaxed));
    }

    /// In the parent: the attempt is over. Whoever waits in it is woken, and finds it closed.
    pub(crate) fn release(&self) {
        let Lease { word, mark } = self.lease;
        if !self.duplexes.is_owner() || word.load(Ordering::Acquire) != mark {
            return;
        }
        self.to_task.close();
        self.to_parent.close();
        word.store(0, Ordering::Release);
        self.duplexes.directory().count.fetch_sub(1, Ordering::AcqRel);
        self.duplexes.seen(self.at).inspect(|seen| seen.set(0));
    }
}

impl MessageRing {
    /// Is no process in the middle of a message? One may be that was stopped, and has the ring from an earlier attempt.
    fn is_left(&self) -> bool {
        // Behind the look at the entry, which is nobody's: a process whose turn is not seen from here on sees that.
        fence(Ordering::SeqCst);
        let head = self.head();
        [&head.senders, &head.receivers]
            .iter()
            .all(|side| side.turn.holder().is_none_or(|holder| !holder.is_there()))
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests;
