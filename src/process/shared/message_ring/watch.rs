//! The descriptor of a ring as event loops see it: readable while there is news.

use std::os::fd::BorrowedFd;

use super::ready_event::ReadyEvent;
use super::{Mark, MessageRing, Ordering};
use crate::process::shared::sync::fence;

impl MessageRing {
    /// A descriptor that is readable from now on while there is a message, or the ring is closed. `None` if the ring has
    /// none, as there were too many already.
    pub(crate) fn watch(&self) -> Option<BorrowedFd<'_>> {
        let event = self.event.as_ref()?;
        let calls = &self.head().calls;
        calls.watched.store(1, Ordering::Relaxed);
        calls.listening.store(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if self.has_news() && calls.listening.swap(0, Ordering::AcqRel) == 1 {
            event.set();
        }
        Some(event.descriptor())
    }

    /// No other process is left that has the ring: [`MessageRing::descriptor`] is readable until [`MessageRing::revive`].
    pub(crate) fn desert(&self) {
        self.deserted.set(true);
        self.event.iter().for_each(ReadyEvent::set);
    }

    /// Was the ring found to be deserted?
    pub(crate) fn is_deserted(&self) -> bool {
        self.deserted.get()
    }

    /// Another process has the ring now.
    pub(crate) fn revive(&self) {
        self.deserted.set(false);
        self.look();
    }

    /// The descriptor of [`MessageRing::watch`], if there is one. It may be readable no more, or not yet.
    pub(crate) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.event.as_ref().map(ReadyEvent::descriptor)
    }

    /// Is there anything that would end a receiver's wait? If there is nothing, [`MessageRing::descriptor`] is readable
    /// when there is.
    pub(crate) fn look(&self) -> bool {
        if !self.has_news() {
            self.head().calls.watched.store(1, Ordering::Relaxed);
            self.listen();
        }
        self.has_news()
    }

    /// The descriptor is not readable until there is news.
    pub(super) fn listen(&self) {
        let calls = &self.head().calls;
        calls.listening.store(1, Ordering::Relaxed);
        if !self.deserted.get() {
            self.event.iter().for_each(ReadyEvent::clear);
        }
        fence(Ordering::SeqCst);
        if self.has_news() && calls.listening.swap(0, Ordering::AcqRel) == 1 {
            self.event.iter().for_each(ReadyEvent::set);
        }
    }

    /// For event loops: the descriptor is not readable any more if that was the last message.
    #[inline]
    pub(super) fn listen_again(&self, at: Mark) {
        let head = self.head();
        if head.calls.watched.load(Ordering::Relaxed) != 1 || self.is_closed() {
            return;
        }
        let tail = Mark(head.senders.mark.load(Ordering::Acquire));
        if tail.units() != at.units() {
            return;
        }
        self.listen();
    }
}
