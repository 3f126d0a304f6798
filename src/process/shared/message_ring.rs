//! Messages between any processes that have the same memory: a ring buffer with several writers and several readers.
//!
//! One sender at a time writes, and one receiver at a time reads, each with a lock of their side. What has been written,
//! and what has been read, is one word each ([`Mark`]), and changes by one store: a process that is killed has sent or
//! taken its message, or has not. The lock tells the next one that its holder died, and two words beside it whether
//! that was in the middle of a message, which is lost then. Others are told once of such a loss.
//!
//! A message that is longer than a quarter of the ring goes through it in pieces. Its sender keeps its lock meanwhile, and
//! so does its receiver.
//!
//! Nothing here waits: the caller gets a [`Waiting`] and decides how, as PHP code may have to run meanwhile.

pub(crate) mod duplex_table;
#[cfg(all(test, loom))]
mod dying;
mod ending;
mod header;
mod mark;
mod place;
mod quick;
mod read;
mod ready_event;
mod waiting;
mod watch;
mod write;

use std::cell::Cell;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::lock::{Lock, Taken};
use super::memory::{Apart, Shared};
use super::sync::{AtomicU32, AtomicU64, Futex, Ordering, fence_after_exchange};
use crate::process::census;
use crate::process::identity::{PACKED_BITS, Process};
use header::HEADER;
pub(crate) use mark::MOST;
use mark::{Mark, UNIT};
use place::Place;
pub(crate) use quick::SHORT;
use ready_event::ReadyEvent;
use waiting::wake;
pub(crate) use waiting::{Waiting, What, rouse};

/// The shared words of one ring.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Head {
    senders: Apart<Side>,
    receivers: Apart<Side>,
    calls: Apart<Calls>,
    /// The process that has read a part of a message, packed; 0 for none.
    reader: AtomicU64,
}

/// What one side writes, and the other side reads.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Side {
    /// Who may write or read now.
    turn: Lock,
    /// The mark before the message that is being written or read, plus 1; 0 if there is none.
    began: AtomicU64,
    /// A [`Mark`]: how far this side has come. Apart from the rest, as the other side looks at it again and again: each
    /// look takes the line from this side, which would wait for it at each of its other words.
    mark: Apart<AtomicU64>,
}

/// Who waits for whom.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Calls {
    /// Odd while a receiver may sleep until there is a message.
    receivers: Futex,
    /// Odd while a sender may sleep until there is room.
    senders: Futex,
    /// The process that has closed the ring, and a flag of [`ending`]; 0 while messages may be sent.
    closed: AtomicU32,
    /// 1 while an event loop wants a ring for the next message.
    listening: AtomicU32,
    /// 1 once an event loop has ever wanted one.
    watched: AtomicU32,
    /// Of a duplex: the process that waits until there is a message; 0 for none.
    awaits_message: AtomicU32,
    /// The same for room.
    awaits_room: AtomicU32,
    /// The process whose unfinished message is lost, packed, and [`IN_PIECES`]; 0 for none. Here, as both sides read this
    /// line anyway.
    lost: AtomicU64,
}

/// Flag: pieces of the message that is lost are in the ring. Who comes to their end tells of it: told before, it would be
/// told again there.
const IN_PIECES: u64 = 1 << PACKED_BITS;

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Head {}

/// One channel's ring, as one process has it.
#[derive(Debug)]
pub(crate) struct MessageRing {
    place: Place,
    capacity: u32,
    /// Senders are woken up when a position, or a count of messages, of which these bits were shifted out, has changed.
    quarter: [u32; 2],
    /// The other side's mark, as last seen. To read it takes its cache line from the other side.
    read: Cell<Mark>,
    written: Cell<Mark>,
    event: Option<ReadyEvent>,
    /// No other process is left that has it: its descriptor stays readable in this one.
    deserted: Cell<bool>,
    /// When this process has last looked, without waiting, whether another one has it.
    looked: Cell<Option<Instant>>,
    /// When it was made, and by whom: see [`census`].
    birth: u64,
    maker: u64,
    /// How many forks came before it.
    forks: u64,
    /// For whom it is, if it is given to others later.
    lease: Option<Lease>,
}

/// What a ring is for, which is given to others when that is over.
#[derive(Clone, Copy, Debug)]
struct Lease {
    /// In shared memory.
    word: &'static AtomicU64,
    /// What the word is as long as the ring is for that.
    mark: u64,
}

impl Lease {
    fn is_over(self) -> bool {
        self.word.load(Ordering::Acquire) != self.mark
    }
}

/// Why a message was not sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble<E> {
    /// The channel is closed; for a receiver: and empty.
    Closed,
    /// A process died, or gave up, in the middle of a message, which is lost. The channel works on.
    Lost(Loss),
    /// Somebody has written over the ring. What was in it is lost; the channel works on.
    Garbled,
    /// This very process is in the middle of a message, further down its stack.
    Underneath,
    /// The error of the caller's waiting.
    Stopped(E),
}

/// A message that is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    /// The process that sent or received it.
    pub(crate) process: Process,
    /// It was being received.
    pub(crate) received: bool,
}

/// A message that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// The format of its value.
    pub(crate) format: u8,
    /// How many bytes it had.
    pub(crate) length: u64,
    /// Were they kept?
    pub(crate) kept: bool,
}

/// The marks are no marks that two sides would have set.
struct Unsound;

impl<E> From<Unsound> for Trouble<E> {
    fn from(_: Unsound) -> Self {
        Self::Garbled
    }
}

/// The lock of a side, until dropped.
struct Turn<'r> {
    side: &'r Side,
    own: Process,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Not held: somebody has written over the lock. There is nothing to give back then.
        let _ = self.side.turn.release(self.own);
    }
}

/// How a caller waits.
pub(crate) type Pause<'p, E> = &'p mut dyn FnMut(&Waiting<'_>) -> Result<(), E>;

impl MessageRing {
    /// An empty ring for `capacity` messages, which processes have that are forked from now on.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new(capacity: u32) -> Result<Self, Errno> {
        let place = Place::find(capacity)?;
        let birth = census::birth();
        let mut ring = Self::at(place, capacity);
        (ring.event, ring.birth, ring.maker) = (ReadyEvent::new(), birth, census::own());
        Ok(ring)
    }

    fn at(place: Place, capacity: u32) -> Self {
        let (read, written) = (Cell::default(), Cell::default());
        let quarter = [place.units(), capacity.into()].map(|whole| (whole / 4).max(1).ilog2());
        Self {
            place,
            capacity,
            quarter,
            read,
            written,
            event: None,
            deserted: Cell::new(false),
            looked: Cell::new(None),
            birth: 0,
            maker: 0,
            forks: census::forks(),
            lease: None,
        }
    }

    /// In a model: the ring as a child has it that is forked now.
    #[cfg(loom)]
    pub(super) fn in_child(&self) -> Self {
        Self::at(self.place.in_child(), self.capacity)
    }

    /// Whether another process is there that can use the ring. This one is `busy` if its own warm workers may have
    /// something to do.
    pub(crate) fn may_be_used(&self, busy: bool) -> bool {
        census::may_be_used(self.maker, self.birth, busy)
    }

    /// Those processes, a few of them.
    pub(crate) fn users(&self, busy: bool) -> Vec<Process> {
        census::users(self.maker, self.birth, busy)
    }

    /// Was the ring closed, or is it for others by now?
    pub(crate) fn is_closed(&self) -> bool {
        self.head().calls.closed.load(Ordering::Acquire) != 0 || self.is_lapsed()
    }

    /// Is it for others by now?
    pub(crate) fn is_lapsed(&self) -> bool {
        self.lease.is_some_and(|lease| {
            // To take a turn is an exchange. Who gives the ring to another attempt sees that turn, or is seen here.
            fence_after_exchange();
            lease.is_over()
        })
    }

    /// How many whole messages can be received.
    pub(crate) fn count(&self) -> u32 {
        if self.is_lapsed() {
            return 0;
        }
        let head = self.head();
        let at = Mark(head.receivers.mark.load(Ordering::Acquire));
        let tail = Mark(head.senders.mark.load(Ordering::Acquire));
        tail.messages_since(at).min(self.capacity)
    }

    /// Can a message be received, or a part of one?
    pub(crate) fn has_any(&self) -> bool {
        let head = self.head();
        let at = Mark(head.receivers.mark.load(Ordering::Acquire));
        Mark(head.senders.mark.load(Ordering::Acquire)).units() != at.units()
    }

    /// Who has the other direction of a duplex can learn that this process waits, until it ceases to.
    pub(crate) fn begin_to_await(&self, what: What, pid: i32) {
        self.awaited(what).store(pid.unsigned_abs(), Ordering::Relaxed);
    }

    /// It waits no more.
    pub(crate) fn cease_to_await(&self, what: What, pid: i32) {
        let pid = pid.unsigned_abs();
        let _ = self.awaited(what).compare_exchange(pid, 0, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Does this process wait? The memory says so; one that writes over it can claim anything.
    pub(crate) fn is_awaited_by(&self, what: What, pid: i32) -> bool {
        self.awaited(what).load(Ordering::Relaxed) == pid.unsigned_abs()
    }

    fn awaited(&self, what: What) -> &AtomicU32 {
        let calls = &self.head().calls;
        if what == What::Room { &calls.awaits_room } else { &calls.awaits_message }
    }

    /// How many messages there is room for, if they are short.
    pub(crate) fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Has this process not looked for so long whether another one has it? It is to look now.
    pub(crate) fn is_time_to_look(&self, every: Duration) -> bool {
        let now = Instant::now();
        let is_time = self.looked.get().is_none_or(|at| now.duration_since(at) >= every);
        if is_time {
            self.looked.set(Some(now));
        }
        is_time
    }

    /// Has another process ever had the ring?
    pub(crate) fn was_shared(&self) -> bool {
        census::forks() != self.forks
    }

    #[inline]
    fn head(&self) -> &Head {
        self.place.head()
    }

    /// Is there anything that would end a receiver's wait?
    fn has_news(&self) -> bool {
        let lost = &self.head().calls.lost;
        self.has_any() || self.is_closed() || lost.load(Ordering::Relaxed) != 0
    }

    /// Takes the turn of one side, and says how.
    fn turn<'r, E>(
        side: &'r Side,
        own: Process,
        pause: Pause<'_, E>,
    ) -> Result<(Turn<'r>, Taken), Trouble<E>> {
        let turn = |taken| (Turn { side, own }, taken);
        for _ in 0..LOOKS {
            match side.turn.try_acquire(own) {
                Ok(taken) => return Ok(turn(taken)),
                Err(holder) if holder == own => return Err(Trouble::Underneath),
                Err(_) => side.turn.await_briefly(),
            }
        }
        let got = Cell::new(None);
        loop {
            let over = || side.turn.holder().is_none();
            let sleep = |longest| got.set(side.turn.wait(own, longest));
            let paused = pause(&Waiting::for_turn(side.turn.holder(), &over, &sleep));
            if let Some(taken) = got.take().or_else(|| side.turn.try_acquire(own).ok()) {
                let turn = turn(taken);
                paused.map_err(Trouble::Stopped)?;
                return Ok(turn);
            }
            paused.map_err(Trouble::Stopped)?;
        }
    }
}

impl Drop for MessageRing {
    fn drop(&mut self) {
        self.place.give_back(self.birth);
    }
}

/// Attempts at a turn that somebody else has before the first pause, each after a short wait: a message is written in less
/// time.
const LOOKS: u32 = if cfg!(loom) { 1 } else { 20 };

/// The length in units of a piece with `size` bytes.
fn units(size: usize) -> u64 {
    (HEADER + size).div_ceil(UNIT) as u64
}

/// The header of a piece, in shared memory.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct HeaderWords([AtomicU64; 2]);

// SAFETY: atomics of 64 bits, in the order of C.
unsafe impl Shared for HeaderWords {}

#[cfg(test)]
#[cfg(not(loom))]
mod tests;
