//! How a ring is closed, and by whom.

use super::ready_event::ReadyEvent;
use super::{MessageRing, Ordering, Process, wake};
use crate::process::census;
use crate::process::shared::deadlock::Awaited;
use crate::process::shared::sync::fence;

/// Flag: it was closed as the script of that process has ended.
const ENDED: u32 = 1 << 31;

impl MessageRing {
    /// No more messages may be sent. What has been sent can still be received.
    pub(crate) fn close(&self) {
        self.close_as(Process::own().pid().unsigned_abs().max(1));
    }

    /// No more messages may be sent, as the script of this process has ended, and all that is left waits.
    pub(crate) fn end(&self, script: u32) {
        self.close_as(script | ENDED);
    }

    fn close_as(&self, word: u32) {
        let calls = &self.head().calls;
        let _ = calls.closed.compare_exchange(0, word, Ordering::AcqRel, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        wake(&calls.receivers);
        wake(&calls.senders);
        if calls.watched.load(Ordering::Relaxed) == 1 {
            self.event.iter().for_each(ReadyEvent::set);
        }
    }

    /// The process that has closed the ring.
    pub(crate) fn closer(&self) -> u32 {
        self.head().calls.closed.load(Ordering::Relaxed) & !ENDED
    }

    /// Was the ring closed by [`MessageRing::end`]?
    pub(crate) fn has_ended(&self) -> bool {
        self.head().calls.closed.load(Ordering::Relaxed) & ENDED != 0
    }

    /// What a process waits for that waits for another end of this ring. `None` if somebody may have it who does not say
    /// whether they wait.
    pub(crate) fn other_end(&self) -> Option<Awaited> {
        (!census::is_held_outside(self.maker, self.birth)).then(|| Awaited::channel(self.birth))
    }
}
