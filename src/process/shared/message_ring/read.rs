//! The receivers' side.

use std::time::Duration;

use super::header::Header;
use super::mark::UNIT;
use super::{
    Loss, Mark, MessageRing, Ordering, Pause, Process, Received, Taken, Trouble, Turn, Unsound, Waiting,
    What, units, wake,
};
use crate::process::shared::sync::fence;

/// A receiver that has to find out whether a sender is dead waits so long for the lock of that one.
const BRIEFLY: Duration = if cfg!(loom) { Duration::ZERO } else { Duration::from_millis(1) };

/// Bytes ahead of those that are read now, two cache lines on most processors.
const AHEAD: usize = 128;

impl MessageRing {
    /// Receives the next message, and puts its bytes into `to`. `wanted` is asked, with its format and its length,
    /// whether they are to be kept.
    ///
    /// # Errors
    ///
    /// Says why none was received.
    pub(crate) fn receive<E>(
        &self,
        own: Process,
        to: &mut Vec<u8>,
        wanted: &mut dyn FnMut(u8, u64) -> bool,
        pause: Pause<'_, E>,
    ) -> Result<Received, Trouble<E>> {
        to.clear();
        let head = self.head();
        loop {
            let (turn, taken) = Self::turn(&head.receivers, own, pause)?;
            if self.is_lapsed() {
                return Err(Trouble::Closed);
            }
            let at = Mark(head.receivers.mark.load(Ordering::Relaxed));
            if let Taken::Abandoned(process) = taken {
                self.take_over(process, at)?;
            }
            if self.has_loss(at)?
                && let Some(loss) = self.loss()
            {
                return Err(Trouble::Lost(loss));
            }
            if at.is_open() {
                self.pass_over(own, at, pause)?;
                continue;
            }
            if self.is_there(at)? {
                return self.read(&turn, at, to, wanted, pause).inspect_err(|trouble| {
                    if matches!(trouble, Trouble::Garbled) {
                        self.renew();
                    }
                });
            }
            // What was sent before the channel was closed can still be received.
            if self.is_closed() && !self.is_there(at)? {
                return Err(Trouble::Closed);
            }
            drop(turn);
            let over = || self.has_news();
            pause(&Waiting::on(What::Message, &head.calls.receivers, &over)).map_err(Trouble::Stopped)?;
            self.look_after_sender(own, false);
        }
    }

    /// `process` had the receivers' turn when it died.
    fn take_over<E>(&self, process: Process, at: Mark) -> Result<(), Trouble<E>> {
        let head = self.head();
        let began = head.receivers.began.swap(0, Ordering::AcqRel);
        head.reader.store(0, Ordering::Relaxed);
        let taken = began != 0 && at.messages_since(Mark(began.wrapping_sub(1))) != 0;
        if taken || at.is_open() {
            return Err(Trouble::Lost(Loss { process, received: true }));
        }
        Ok(())
    }

    /// Passes over the rest of a message whose receiver is gone, or has given up.
    fn pass_over<E>(&self, own: Process, mut at: Mark, pause: Pause<'_, E>) -> Result<(), Trouble<E>> {
        let head = self.head();
        let reader = head.reader.swap(0, Ordering::AcqRel);
        if reader != 0 {
            return Err(Trouble::Lost(Loss { process: Process::unpacked(reader), received: true }));
        }
        while at.is_open() {
            if self.await_piece(own, at, pause)? {
                let piece = self.header(at).inspect_err(|Unsound| self.renew())?;
                at = if piece.first { at.closed() } else { at.behind(units(piece.size.into()), piece.more) };
            } else {
                at = at.closed();
            }
            head.receivers.mark.store(at.0, Ordering::Release);
            self.call_senders();
        }
        Ok(())
    }

    /// Reads the message that begins at `at`.
    fn read<E>(
        &self,
        turn: &Turn<'_>,
        at: Mark,
        to: &mut Vec<u8>,
        wanted: &mut dyn FnMut(u8, u64) -> bool,
        pause: Pause<'_, E>,
    ) -> Result<Received, Trouble<E>> {
        turn.side.began.store(at.0.wrapping_add(1), Ordering::Release);
        let received = self.read_pieces(turn, at, to, wanted, pause);
        turn.side.began.store(0, Ordering::Release);
        received
    }

    fn read_pieces<E>(
        &self,
        turn: &Turn<'_>,
        mut at: Mark,
        to: &mut Vec<u8>,
        wanted: &mut dyn FnMut(u8, u64) -> bool,
        pause: Pause<'_, E>,
    ) -> Result<Received, Trouble<E>> {
        let piece = self.header(at)?;
        if !piece.first {
            return Err(Trouble::Garbled);
        }
        let Header { format, length, .. } = piece;
        let mut received = Received { format, length, kept: wanted(format, length) };
        let mut arrived = self.take(piece, at, to, &mut received);
        at = self.advance(turn, at, piece);
        while at.is_open() {
            let next = if self.await_piece(turn.own, at, pause)? { Some(self.header(at)?) } else { None };
            let Some(piece) = next.filter(|piece| !piece.first) else {
                // Its sender is gone, or has given up, and others have sent what comes now.
                turn.side.mark.store(at.closed().0, Ordering::Release);
                self.head().reader.store(0, Ordering::Relaxed);
                let unknown = Loss { process: Process::unpacked(0), received: false };
                return Err(Trouble::Lost(self.loss().unwrap_or(unknown)));
            };
            if (piece.format, piece.length) != (format, length) {
                return Err(Trouble::Garbled);
            }
            arrived += self.take(piece, at, to, &mut received);
            at = self.advance(turn, at, piece);
        }
        if arrived == length { Ok(received) } else { Err(Trouble::Garbled) }
    }

    /// Copies a piece, if the message is kept. Returns its size.
    fn take(&self, piece: Header, at: Mark, to: &mut Vec<u8>, received: &mut Received) -> u64 {
        let size = usize::from(piece.size);
        self.fetch_ahead(at);
        // A message of 2 GiB may be too much: then it is received, and told.
        received.kept = received.kept && to.try_reserve(size).is_ok();
        if received.kept {
            self.place.read(at, size, to);
        }
        u64::from(piece.size)
    }

    /// The other CPU has the next bytes in its cache, and the locks between two messages keep this one from reading ahead.
    /// Not what may just be being written.
    #[inline]
    pub(super) fn fetch_ahead(&self, at: Mark) {
        if self.written.get().units_since(at) > 2 * (AHEAD / UNIT) as u64 {
            self.place.prefetch(at, AHEAD);
        }
    }

    /// The piece has been read: its room can be used again, and with the last one the message is this process's.
    #[inline]
    pub(super) fn advance(&self, turn: &Turn<'_>, at: Mark, piece: Header) -> Mark {
        let next = at.behind(units(piece.size.into()), piece.more);
        if piece.more && !at.is_open() {
            self.head().reader.store(turn.own.packed(), Ordering::Release);
        }
        turn.side.mark.store(next.0, Ordering::Release);
        if !piece.more {
            if at.is_open() {
                self.head().reader.store(0, Ordering::Relaxed);
            }
            self.listen_again(next);
        }
        if self.is_another_quarter(at, next) {
            self.call_senders();
        }
        next
    }

    /// Is the next mark in another quarter of the ring, by its room or by its count of messages? Senders sleep until
    /// then, so that they are not woken for each message; at a capacity of less than eight they are. A sender that goes on
    /// too late, as nothing more is received, looks by itself after some milliseconds; when the ring is empty, it has
    /// been woken.
    #[inline]
    fn is_another_quarter(&self, at: Mark, next: Mark) -> bool {
        let [units, messages] = self.quarter;
        (at.units() ^ next.units()) >> units != 0 || (at.count() ^ next.count()) >> messages != 0
    }

    /// Waits for the next piece of a message. False if there will be none.
    fn await_piece<E>(&self, own: Process, at: Mark, pause: Pause<'_, E>) -> Result<bool, Trouble<E>> {
        let senders = &self.head().senders;
        while !self.is_there(at)? {
            if !Mark(senders.mark.load(Ordering::Acquire)).is_open() && !self.is_there(at)? {
                return Ok(false);
            }
            let over = || {
                let tail = Mark(senders.mark.load(Ordering::Acquire));
                tail.units() != at.units() || !tail.is_open() || senders.turn.holder().is_none()
            };
            let word = &self.head().calls.receivers;
            let waiting = Waiting::on(What::Message, word, &over).for_the_rest();
            pause(&waiting).map_err(Trouble::Stopped)?;
            self.look_after_sender(own, true);
        }
        Ok(true)
    }

    /// Finds out whether a sender is gone, or has given up, in the middle of a message. `reads` if this process has read
    /// a part of that message: then it ends here.
    pub(super) fn look_after_sender(&self, own: Process, reads: bool) {
        let senders = &self.head().senders;
        if !reads && senders.began.load(Ordering::Relaxed) == 0 {
            return;
        }
        let taken = senders.turn.try_acquire(own).ok();
        let taken = taken.or_else(|| {
            let gone = senders.turn.holder().is_some_and(|holder| !holder.is_there());
            if gone { senders.turn.wait(own, BRIEFLY) } else { None }
        });
        let Some(taken) = taken else {
            return;
        };
        let _turn = Turn { side: senders, own };
        if let Taken::Abandoned(process) = taken {
            self.settle(process);
        }
        if reads {
            let tail = Mark(senders.mark.load(Ordering::Relaxed));
            senders.mark.store(tail.closed().0, Ordering::Release);
        }
    }

    /// Is there a piece at `at`?
    #[inline]
    pub(super) fn is_there(&self, at: Mark) -> Result<bool, Unsound> {
        let room = self.place.units();
        let known = self.written.get().units_since(at);
        if known != 0 && known <= room {
            return Ok(true);
        }
        let tail = Mark(self.head().senders.mark.load(Ordering::Acquire));
        let ahead = tail.units_since(at);
        if ahead > room || u64::from(tail.messages_since(at)) > ahead {
            self.renew();
            return Err(Unsound);
        }
        self.written.set(tail);
        Ok(ahead != 0)
    }

    /// The header of the piece at `at`, which is there.
    #[inline]
    pub(super) fn header(&self, at: Mark) -> Result<Header, Unsound> {
        let words = self.place.header(at).ok_or(Unsound)?;
        let words = words.0.each_ref().map(|word| word.load(Ordering::Relaxed));
        let header = Header::parse(words, at).filter(|header| usize::from(header.size) <= self.place.piece());
        let there = self.written.get().units_since(at);
        header.filter(|header| units(header.size.into()) <= there).ok_or(Unsound)
    }

    /// What is in the ring makes no sense, and is given up.
    fn renew(&self) {
        let head = self.head();
        let tail = Mark(head.senders.mark.load(Ordering::Acquire));
        self.written.set(tail.closed());
        head.receivers.mark.store(tail.closed().0, Ordering::Release);
        head.receivers.began.store(0, Ordering::Relaxed);
        head.reader.store(0, Ordering::Relaxed);
        self.call_senders();
    }

    fn call_senders(&self) {
        fence(Ordering::SeqCst);
        wake(&self.head().calls.senders);
    }
}
