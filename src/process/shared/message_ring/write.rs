//! The senders' side.

use super::header::{HEADER, Header};
use super::{
    IN_PIECES, Loss, MOST, Mark, MessageRing, Ordering, Pause, Process, Taken, Trouble, Turn, Unsound,
    Waiting, What, units, wake,
};
use crate::process::shared::sync::{fence, fence_after_exchange};

/// A message that is being sent: its format, its length, and the bytes that are not written yet.
struct Outgoing<'m, C> {
    format: u8,
    length: usize,
    chunks: C,
    chunk: &'m [u8],
}

impl<'m, C: Iterator<Item = &'m [u8]>> Outgoing<'m, C> {
    /// The next bytes, at most `most`.
    fn next(&mut self, most: usize) -> &'m [u8] {
        while self.chunk.is_empty() {
            self.chunk = self.chunks.next().unwrap_or(&[0]);
        }
        let (now, later) = self.chunk.split_at(most.min(self.chunk.len()));
        self.chunk = later;
        now
    }
}

impl MessageRing {
    /// Sends a message of `length` bytes.
    ///
    /// # Errors
    ///
    /// Says why it was not sent.
    pub(crate) fn send<'c, E>(
        &self,
        own: Process,
        format: u8,
        length: usize,
        chunks: impl Iterator<Item = &'c [u8]>,
        pause: Pause<'_, E>,
    ) -> Result<(), Trouble<E>> {
        let head = self.head();
        let first = units(length.min(self.place.piece()));
        loop {
            let (turn, taken) = Self::turn(&head.senders, own, pause)?;
            if let Taken::Abandoned(process) = taken {
                self.settle(process);
            }
            if self.is_closed() {
                return Err(Trouble::Closed);
            }
            let tail = Mark(head.senders.mark.load(Ordering::Relaxed));
            if self.fits(tail, first, self.capacity)? {
                return self.write(turn, tail, Outgoing { format, length, chunks, chunk: &[] }, pause);
            }
            drop(turn);
            self.pause_for_room(first, self.capacity, pause)?;
        }
    }

    /// Writes a message for whose first piece there is room.
    fn write<'c, E>(
        &self,
        turn: Turn<'_>,
        mut tail: Mark,
        mut message: Outgoing<'c, impl Iterator<Item = &'c [u8]>>,
        pause: Pause<'_, E>,
    ) -> Result<(), Trouble<E>> {
        let senders = turn.side;
        senders.began.store(tail.0.wrapping_add(1), Ordering::Release);
        let (mut left, mut first) = (message.length, true);
        loop {
            let now = left.min(self.place.piece());
            let more = left > now;
            let size = u16::try_from(now).unwrap_or(u16::MAX);
            let header = Header { length: message.length as u64, size, format: message.format, first, more };
            self.put_header(tail, header);
            let mut at = HEADER;
            while at < HEADER + now {
                let bytes = message.next(HEADER + now - at);
                self.place.write(tail, at, bytes);
                at += bytes.len();
            }
            tail = tail.behind(units(now), more);
            senders.mark.store(tail.0, Ordering::Release);
            if !more {
                senders.began.store(0, Ordering::Release);
                drop(turn);
                // To give a turn back is an exchange.
                fence_after_exchange();
                self.wake_receivers();
                return Ok(());
            }
            self.call_receivers();
            (left, first) = (left - now, false);
            if let Err(trouble) = self.await_room(tail, units(left.min(self.place.piece())), pause) {
                self.head().calls.lost.store(turn.own.packed() | IN_PIECES, Ordering::Release);
                self.close_tail();
                senders.began.store(0, Ordering::Release);
                self.call_receivers();
                return Err(trouble);
            }
        }
    }

    #[inline]
    pub(super) fn put_header(&self, tail: Mark, header: Header) {
        if let Some(words) = self.place.header(tail) {
            for (word, value) in words.0.iter().zip(header.at(tail)) {
                word.store(value, Ordering::Relaxed);
            }
        }
    }

    /// Waits for room for one more piece of a message.
    fn await_room<E>(&self, tail: Mark, next: u64, pause: Pause<'_, E>) -> Result<(), Trouble<E>> {
        while !self.fits(tail, next, MOST)? {
            if self.is_closed() {
                return Err(Trouble::Closed);
            }
            self.pause_for_room(next, MOST, pause)?;
        }
        Ok(())
    }

    fn pause_for_room<E>(&self, next: u64, capacity: u32, pause: Pause<'_, E>) -> Result<(), Trouble<E>> {
        let head = self.head();
        let over = || {
            let tail = Mark(head.senders.mark.load(Ordering::Acquire));
            self.is_closed() || self.has_room(tail, next, capacity).unwrap_or(true)
        };
        let ample = || {
            let (tail, quarter) = (head.senders.mark.load(Ordering::Acquire), self.capacity / 4);
            let room = self.has_room(Mark(tail), next.max(self.place.units() / 4), capacity - quarter);
            self.is_closed() || room.unwrap_or(true)
        };
        let waiting = Waiting::on(What::Room, &head.calls.senders, &over);
        pause(&waiting.rather(&ample)).map_err(Trouble::Stopped)
    }

    /// Is there room behind `tail`? Marks that make no sense are set anew.
    fn fits(&self, tail: Mark, next: u64, capacity: u32) -> Result<bool, Unsound> {
        self.has_room(tail, next, capacity).inspect_err(|Unsound| {
            let head = self.head();
            let read = Mark(head.receivers.mark.load(Ordering::Acquire));
            head.senders.mark.store(read.closed().0, Ordering::Release);
            head.senders.began.store(0, Ordering::Relaxed);
        })
    }

    /// Is there room for `next` units behind `tail`, and for one of `capacity` messages?
    #[inline]
    pub(super) fn has_room(&self, tail: Mark, next: u64, capacity: u32) -> Result<bool, Unsound> {
        let room = self.place.units();
        let fits = |read: Mark| {
            let used = tail.units_since(read);
            used + next <= room && tail.messages_since(read) < capacity
        };
        if fits(self.read.get()) {
            return Ok(true);
        }
        let read = Mark(self.head().receivers.mark.load(Ordering::Acquire));
        let used = tail.units_since(read);
        // Every message takes one unit at least.
        if used > room || u64::from(tail.messages_since(read)) > used {
            return Err(Unsound);
        }
        self.read.set(read);
        Ok(fits(read))
    }

    /// In place of `process`, which had the senders' turn when it died: was it in the middle of a message?
    pub(super) fn settle(&self, process: Process) {
        let head = self.head();
        let began = head.senders.began.swap(0, Ordering::AcqRel);
        let tail = Mark(head.senders.mark.load(Ordering::Relaxed));
        if began != 0 && tail.messages_since(Mark(began.wrapping_sub(1))) == 0 {
            let pieces = if tail.is_open() { IN_PIECES } else { 0 };
            head.calls.lost.store(process.packed() | pieces, Ordering::Release);
            self.close_tail();
            self.call_receivers();
        }
    }

    /// The message in the middle of which the senders are, if there is one, gets no more pieces. Whoever finds that knows
    /// of the loss.
    fn close_tail(&self) {
        let mark = &self.head().senders.mark;
        mark.store(Mark(mark.load(Ordering::Relaxed)).closed().0, Ordering::Release);
    }

    fn call_receivers(&self) {
        fence(Ordering::SeqCst);
        self.wake_receivers();
    }

    /// After a fence.
    #[inline]
    pub(super) fn wake_receivers(&self) {
        let calls = &self.head().calls;
        wake(&calls.receivers);
        if calls.listening.load(Ordering::Relaxed) == 1 && calls.listening.swap(0, Ordering::AcqRel) == 1 {
            self.event.iter().for_each(super::ReadyEvent::set);
        }
    }

    /// Is a message lost of which nobody will find pieces from `at` on?
    pub(super) fn has_loss(&self, at: Mark) -> Result<bool, Unsound> {
        let lost = self.head().calls.lost.load(Ordering::Relaxed);
        Ok(lost != 0 && (lost & IN_PIECES == 0 || at.is_open() || !self.is_there(at)?))
    }

    /// The message that was lost because its sender ended or gave up in the middle of it. It is told once.
    pub(super) fn loss(&self) -> Option<Loss> {
        let lost = &self.head().calls.lost;
        if lost.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let process = lost.swap(0, Ordering::AcqRel);
        (process != 0).then(|| Loss { process: Process::unpacked(process), received: false })
    }
}
