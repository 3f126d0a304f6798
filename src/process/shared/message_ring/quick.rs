//! Short messages when nothing is in the way: what most calls send and receive, in as few steps as there are. Whatever is
//! unusual is left to [`MessageRing::send`] and [`MessageRing::receive`], as if this had not been tried.

use super::header::{HEADER, Header};
use super::{Mark, MessageRing, Ordering, Process, Turn, units};
use crate::process::shared::sync::fence_after_exchange;

/// The longest message that is received like this.
pub(crate) const SHORT: usize = 128;

impl MessageRing {
    /// Sends a message that takes one piece. False, and nothing is done, if something is in the way.
    #[inline]
    pub(crate) fn send_now(&self, own: Process, format: u8, bytes: &[u8]) -> bool {
        let senders = &self.head().senders;
        let Some(size) = u16::try_from(bytes.len()).ok().filter(|_| bytes.len() <= self.place.piece()) else {
            return false;
        };
        if !senders.turn.acquire_free(own) {
            return false;
        }
        let turn = Turn { side: senders, own };
        let tail = Mark(senders.mark.load(Ordering::Relaxed));
        let length = units(bytes.len());
        if self.is_closed() || !self.has_room(tail, length, self.capacity).unwrap_or(false) {
            return false;
        }
        senders.began.store(tail.0.wrapping_add(1), Ordering::Release);
        let header = Header { length: bytes.len() as u64, size, format, first: true, more: false };
        self.put_header(tail, header);
        self.place.write(tail, HEADER, bytes);
        senders.mark.store(tail.behind(length, false).0, Ordering::Release);
        senders.began.store(0, Ordering::Release);
        drop(turn);
        // To give a turn back is an exchange.
        fence_after_exchange();
        self.wake_receivers();
        true
    }

    /// Receives a short message of which `read`, which gets its format and its bytes, makes something. `None`, and nothing
    /// is done, if it does not, or if something is in the way.
    #[inline]
    pub(crate) fn receive_now<T>(
        &self,
        own: Process,
        to: &mut [u8; SHORT],
        read: impl FnOnce(u8, &[u8]) -> Option<T>,
    ) -> Option<T> {
        let head = self.head();
        let receivers = &head.receivers;
        if self.seems_empty() || !receivers.turn.acquire_free(own) {
            return None;
        }
        let turn = Turn { side: receivers, own };
        let at = Mark(receivers.mark.load(Ordering::Relaxed));
        if self.is_lapsed() || at.is_open() || head.calls.lost.load(Ordering::Relaxed) != 0 {
            return None;
        }
        let header =
            self.is_there(at).ok().filter(|is_there| *is_there).and_then(|_| self.header(at).ok())?;
        if !header.first || header.more || header.length != header.size.into() {
            return None;
        }
        let bytes = to.get_mut(..header.size.into())?;
        self.fetch_ahead(at);
        self.place.read_into(at, bytes);
        let read = read(header.format, bytes)?;
        receivers.began.store(at.0.wrapping_add(1), Ordering::Release);
        self.advance(&turn, at, header);
        receivers.began.store(0, Ordering::Release);
        Some(read)
    }

    /// Is there nothing to take a turn for? Without one, another receiver may change that at any time.
    fn seems_empty(&self) -> bool {
        let at = Mark(self.head().receivers.mark.load(Ordering::Relaxed)).units();
        let known = self.written.get().units();
        known == at && Mark(self.head().senders.mark.load(Ordering::Relaxed)).units() == at
    }
}
