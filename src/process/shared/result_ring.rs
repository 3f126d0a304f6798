//! The result ring of a warm worker: a ring buffer with one writer, the child, and one reader, its parent.

mod child;

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::rc::Rc;

use nix::errno::Errno;

use super::memory::{Apart, Shared, SharedMemory, place};
use super::sync::{AtomicU32, AtomicU64, Futex, Ordering, fence};
use crate::wire::frame::{Frame, Kind};
use crate::wire::payload::Payload;

/// Room for the results of some hundred small tasks. Large results are remote payloads, which stay in the child's
/// memory until the parent has read them there.
const ROOM: usize = if cfg!(loom) { 4 * ALIGN } else { 128 * 1024 };
/// The longest payload of one message; a longer result takes several messages.
const PIECE: usize = ROOM / 4;
const HEADER: usize = 16;
/// Messages begin at multiples of this.
const ALIGN: usize = HEADER;

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(super) struct Head {
    /// Total of bytes written. Only the child changes it.
    written: Apart<AtomicU64>,
    /// 1 while the child waits for a change: for room, or for the end of a remote payload.
    waiting: Apart<Futex>,
    /// Total of bytes read, which may be overwritten. Only the parent changes it.
    pub(super) read: Apart<AtomicU64>,
    /// Total of remote payloads that the parent has released.
    pub(super) released: AtomicU32,
    /// Total of releases after which the child has gone on: nothing it kept for them is in its memory any more. Only the
    /// child changes it.
    gone_on: AtomicU32,
    /// 1 if the parent cannot read the remote payload: the child has to send it through this ring.
    asked: AtomicU32,
}

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Head {}

/// The result ring of one warm worker, as either side sees it.
#[derive(Debug)]
pub(crate) struct ResultRing {
    pub(super) memory: SharedMemory<Head>,
    /// In the child: total of bytes written.
    written: Cell<u64>,
    /// In the child: total of bytes that the parent has read, as far as the child knows. To read the shared total takes
    /// its cache line from the parent.
    known: Cell<u64>,
    /// In the child: how many remote payloads it knows to be released. In the parent: how many it has released.
    over: Cell<u32>,
    /// In the parent: total of bytes read.
    read: u64,
    /// In the parent: the bytes that it has read last, one or more messages.
    heard: Rc<Vec<u8>>,
    /// Where in `heard` the next message begins.
    at: usize,
    /// In the parent: the first pieces of a result whose rest has not come yet.
    partial: Vec<u8>,
    /// How many bytes of that result have come, whether they were kept or not.
    arrived: u64,
    /// How many bytes are left of the current message, while a remote payload is received that was asked for.
    piece: usize,
    /// In the child: the number of the next message.
    said: Cell<u16>,
    /// In the parent: the same. A message with another number was read before, or copied: a task of the child has
    /// written over the ring.
    expected: Cell<u16>,
}

/// A result, or what else a child reports about a task.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The task.
    pub(crate) task: u64,
    /// What became of it.
    pub(crate) frame: Frame,
    /// Length of the payload. Longer than the frame's payload if the result exceeds the limit, and was not kept.
    pub(crate) length: u64,
}

/// The bytes that the child wrote are no valid message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Garbled;

impl ResultRing {
    /// An empty ring.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new() -> Result<Self, Errno> {
        SharedMemory::new(ROOM).map(Self::over)
    }

    fn over(memory: SharedMemory<Head>) -> Self {
        Self {
            memory,
            written: Cell::new(0),
            known: Cell::new(0),
            over: Cell::new(0),
            read: 0,
            heard: Rc::default(),
            at: 0,
            partial: Vec::new(),
            arrived: 0,
            piece: 0,
            said: Cell::new(0),
            expected: Cell::new(0),
        }
    }

    /// In a model: the ring as a child has it that is forked now.
    #[cfg(loom)]
    pub(super) fn in_child(&self) -> Self {
        Self::over(self.memory.in_child())
    }

    /// In the parent, once the child is forked: keeps the ring out of later children, which do not need it.
    pub(crate) fn keep_from_siblings(&self) {
        self.memory.keep_from_children();
    }

    /// In the parent: asks the child to send its remote payload through the ring, for [`ResultRing::receive`].
    pub(crate) fn ask(&mut self) {
        self.memory.head().asked.store(1, Ordering::Release);
        self.nudge();
    }

    /// In the parent: takes the next bytes of the payload that was asked for. Returns how many, possibly 0.
    ///
    /// # Errors
    ///
    /// As for [`ResultRing::hear`].
    pub(crate) fn receive(&mut self, to: &mut [MaybeUninit<u8>]) -> Result<usize, Garbled> {
        if self.piece == 0 {
            if self.at >= self.heard.len() && !self.fetch()? {
                return Ok(0);
            }
            let message = self.heard.get(self.at..).unwrap_or_default();
            let (_, size, kind, ..) = self.parsed(message).ok_or(Garbled)?;
            if kind != Kind::Asked {
                return Err(Garbled);
            }
            (self.piece, self.at) = (size, self.at + HEADER);
        }
        let count = self.piece.min(to.len());
        let bytes = self.heard.get(self.at..self.at + count).filter(|_| count > 0).ok_or(Garbled)?;
        for (to, &byte) in to.iter_mut().zip(bytes) {
            to.write(byte);
        }
        (self.piece, self.at) = (self.piece - count, self.at + count);
        if self.piece == 0 {
            self.at = self.at.next_multiple_of(ALIGN);
        }
        Ok(count)
    }

    /// In the parent: does the child still keep its remote payload? It does until it is released, unless a process has
    /// written over `released`. To be asked behind each read of the child's memory.
    pub(crate) fn is_lent(&self) -> bool {
        fence(Ordering::SeqCst);
        self.memory.head().gone_on.load(Ordering::Relaxed) == self.over.get()
    }

    /// In the parent: releases the child's remote payload.
    pub(crate) fn release(&self) {
        self.over.set(self.over.get().wrapping_add(1));
        self.memory.head().released.store(self.over.get(), Ordering::Release);
        self.nudge();
    }

    /// In the parent: reads what has been written, unless something is left of what was read before.
    ///
    /// # Errors
    ///
    /// As for [`ResultRing::hear`].
    pub(crate) fn read(&mut self) -> Result<(), Garbled> {
        if self.at >= self.heard.len() {
            self.fetch()?;
        }
        Ok(())
    }

    /// In the parent: takes the next answer of what was read; `None` if there is no complete one. There is no new read
    /// meanwhile: so a child that never stops writing cannot keep the parent here. Of a result that is longer than
    /// `limit` bytes the rest is not kept; 0 for no limit.
    ///
    /// # Errors
    ///
    /// When the bytes are no valid message: the child is out of order, or a task has written over the ring.
    pub(crate) fn hear(&mut self, limit: u64) -> Result<Option<Answer>, Garbled> {
        while self.at < self.heard.len() {
            let message = self.heard.get(self.at..).unwrap_or_default();
            let (task, size, kind, format, more) = self.parsed(message).ok_or(Garbled)?;
            if kind == Kind::Asked {
                return Err(Garbled); // nobody has asked
            }
            let payload = self.at + HEADER..self.at + HEADER + size;
            let piece = self.heard.get(payload.clone()).filter(|_| size <= PIECE).ok_or(Garbled)?;
            self.at = payload.end.next_multiple_of(ALIGN);
            self.arrived += size as u64;
            let whole = !more && self.arrived == size as u64;
            // A result that will be refused for its length needs no memory.
            if !whole && (limit == 0 || self.arrived <= limit) {
                self.partial.extend_from_slice(piece);
            }
            if !more {
                let length = std::mem::take(&mut self.arrived);
                let payload = if whole {
                    Payload::of(&self.heard, payload)
                } else {
                    std::mem::take(&mut self.partial).into()
                };
                return Ok(Some(Answer { task, frame: Frame { kind, format, payload }, length }));
            }
        }
        Ok(None)
    }

    /// Reads all that has been written; the child may overwrite it from then on. False if there was nothing.
    fn fetch(&mut self) -> Result<bool, Garbled> {
        let head = self.memory.head();
        let there = head.written.load(Ordering::Acquire).wrapping_sub(self.read);
        let length = usize::try_from(there).ok().filter(|&length| length <= ROOM).ok_or(Garbled)?;
        if length == 0 {
            return Ok(false);
        }
        if Rc::get_mut(&mut self.heard).is_none() {
            self.heard = Rc::default(); // a payload in it is still in use
        }
        let bytes = Rc::get_mut(&mut self.heard).ok_or(Garbled)?;
        bytes.clear();
        self.memory.read_ring(ROOM, self.read, length, bytes);
        self.at = 0;
        self.read += there;
        head.read.store(self.read, Ordering::Release);
        self.nudge();
        Ok(true)
    }

    /// In the parent: the header of the next message; `None` if it is not one, or not the next.
    fn parsed(&self, message: &[u8]) -> Option<(u64, usize, Kind, u8, bool)> {
        let (task, rest) = message.split_first_chunk::<8>()?;
        let (size, rest) = rest.split_first_chunk::<2>()?;
        let (number, rest) = rest.split_first_chunk::<2>()?;
        let [kind, format, more @ (0 | 1), 0, ..] = *rest else {
            return None;
        };
        if u16::from_le_bytes(*number) != count(&self.expected) {
            return None;
        }
        let size = u16::from_le_bytes(*size).into();
        Some((u64::from_le_bytes(*task), size, Kind::from_byte(kind)?, format, more == 1))
    }

    /// In the parent: writes its words anew from its own copies, in case a task of the child has written over them: the
    /// child would wait for room that there is, or for a release that has been.
    pub(crate) fn restate(&self) {
        let head = self.memory.head();
        head.read.store(self.read, Ordering::Release);
        head.released.store(self.over.get(), Ordering::Release);
        self.nudge();
    }

    /// Is there anything to read?
    pub(crate) fn has_news(&self) -> bool {
        self.at < self.heard.len() || self.memory.head().written.load(Ordering::Acquire) != self.read
    }

    /// In the parent: tells the processor that the next message will be read soon.
    #[inline]
    pub(crate) fn prefetch(&self) {
        self.memory.prefetch(place(ROOM, self.read));
    }

    /// Wakes the child if it waits for a change.
    fn nudge(&self) {
        let waiting = &self.memory.head().waiting;
        fence(Ordering::SeqCst);
        if waiting.load(Ordering::Relaxed) == 1 && waiting.swap(0, Ordering::AcqRel) == 1 {
            waiting.wake();
        }
    }
}

fn count(messages: &Cell<u16>) -> u16 {
    messages.replace(messages.get().wrapping_add(1))
}

fn aligned(at: u64) -> u64 {
    at.next_multiple_of(ALIGN as u64)
}

const _: () = assert!(PIECE <= u16::MAX as usize, "the header has 16 bits for the size");

#[cfg(test)]
mod tests;
