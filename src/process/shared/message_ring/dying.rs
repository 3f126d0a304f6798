//! For models: processes that are killed in the middle of a short message. What they do until then is what others do, step
//! by step; the step that counts is the one that changes a mark.

use super::header::{HEADER, Header};
use super::{Mark, MessageRing, Ordering, Process, units};
use crate::process::shared::sync;

impl MessageRing {
    /// The steps of a sender that others can see; with so many of them a message is sent.
    pub(in crate::process::shared) const SEND: u32 = 6;
    pub(in crate::process::shared) const SENT: u32 = 5;
    /// The same of a receiver.
    pub(in crate::process::shared) const RECEIVE: u32 = 4;
    pub(in crate::process::shared) const RECEIVED: u32 = 3;

    /// Sends a message in so many steps, and dies.
    pub(in crate::process::shared) fn die_sending(&self, own: Process, bytes: &[u8], steps: u32) {
        let senders = &self.head().senders;
        senders.turn.try_acquire(own).unwrap();
        let tail = Mark(senders.mark.load(Ordering::Relaxed));
        let size = u16::try_from(bytes.len()).unwrap();
        let header = Header { length: bytes.len() as u64, size, format: 1, first: true, more: false };
        let later: [&dyn Fn(); 5] = [
            &|| senders.began.store(tail.0.wrapping_add(1), Ordering::Release),
            &|| self.put_header(tail, header),
            &|| self.place.write(tail, HEADER, bytes),
            &|| senders.mark.store(tail.behind(units(bytes.len()), false).0, Ordering::Release),
            &|| senders.began.store(0, Ordering::Release),
        ];
        later.iter().take(steps as usize - 1).for_each(|step| step());
        sync::die(u64::try_from(own.pid()).unwrap());
    }

    /// Receives a message, which is there, in so many steps, and dies.
    pub(in crate::process::shared) fn die_receiving(&self, own: Process, steps: u32) {
        let receivers = &self.head().receivers;
        receivers.turn.try_acquire(own).unwrap();
        let at = Mark(receivers.mark.load(Ordering::Relaxed));
        assert!(self.is_there(at).is_ok_and(|is_there| is_there));
        let header = self.header(at).ok().unwrap();
        let next = at.behind(units(header.size.into()), false);
        let later: [&dyn Fn(); 3] = [
            &|| receivers.began.store(at.0.wrapping_add(1), Ordering::Release),
            &|| receivers.mark.store(next.0, Ordering::Release),
            &|| receivers.began.store(0, Ordering::Release),
        ];
        later.iter().take(steps as usize - 1).for_each(|step| step());
        sync::die(u64::try_from(own.pid()).unwrap());
    }
}
