//! What a sender or a receiver waits for, and how to sleep until then.

use std::sync::atomic::{AtomicBool, AtomicPtr};
use std::time::Duration;

use crate::process::identity::Process;
use crate::process::shared::sync::{Futex, Ordering, fence};

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A message, or the next piece of one.
    Message,
    /// Room for a message, or for its next piece.
    Room,
    /// The end of another process's sending, or receiving.
    Turn,
}

/// One wait, for as long as the caller wants.
pub(crate) struct Waiting<'r> {
    what: What,
    over: &'r dyn Fn() -> bool,
    /// What is worth to wait for without sleeping; `over` if that is not set.
    ample: Option<&'r dyn Fn() -> bool>,
    sleep: Sleep<'r>,
    /// Whose turn it is.
    holder: Option<Process>,
    /// A part of the message has been received.
    has_begun: bool,
}

enum Sleep<'r> {
    Word(&'r Futex),
    Turn(&'r dyn Fn(Duration)),
}

impl<'r> Waiting<'r> {
    pub(super) fn on(what: What, word: &'r Futex, over: &'r dyn Fn() -> bool) -> Self {
        Self { what, over, ample: None, sleep: Sleep::Word(word), holder: None, has_begun: false }
    }

    /// A part of the message that is waited for has been received.
    pub(super) fn for_the_rest(self) -> Self {
        Self { has_begun: true, ..self }
    }

    /// One who looks again and again without sleeping had better look until there is that much: who goes on with each bit
    /// of it slows the other side down, which has to get its cache line back each time.
    pub(super) fn rather(self, ample: &'r dyn Fn() -> bool) -> Self {
        Self { ample: Some(ample), ..self }
    }

    pub(super) fn for_turn(
        holder: Option<Process>,
        over: &'r dyn Fn() -> bool,
        sleep: &'r dyn Fn(Duration),
    ) -> Self {
        Self { what: What::Turn, over, ample: None, sleep: Sleep::Turn(sleep), holder, has_begun: false }
    }

    /// What is waited for.
    pub(crate) fn what(&self) -> What {
        self.what
    }

    /// Has a part of the message been received? Who gives up loses it.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Whose turn it is, for who waits for that.
    pub(crate) fn holder(&self) -> Option<Process> {
        self.holder
    }

    /// Is it there?
    pub(crate) fn is_over(&self) -> bool {
        (self.over)()
    }

    /// For who looks without sleeping: is as much of it there as is worth to wait for?
    pub(crate) fn is_ample(&self) -> bool {
        self.ample.unwrap_or(self.over)()
    }

    /// Sleeps until it may be there, `longest` is over, a signal comes, or `interrupt` is set by who then calls
    /// [`rouse`].
    pub(crate) fn sleep(&self, longest: Duration, interrupt: &AtomicBool) {
        let word = match self.sleep {
            Sleep::Word(word) => word,
            Sleep::Turn(sleep) => return sleep(longest),
        };
        let asleep = fall_asleep(word);
        slept_on(word);
        fence(Ordering::SeqCst);
        if !self.is_over() && !interrupt.load(std::sync::atomic::Ordering::Relaxed) {
            word.wait(asleep, longest);
        }
        ROUSED.store(std::ptr::null_mut(), std::sync::atomic::Ordering::Release);
    }
}

/// The lowest bit of a word: somebody may sleep on it. The others change with each wake-up. A word that was the same again
/// after a wake-up, as another one is about to sleep, would let one fall asleep who has seen nothing yet, and missed it.
const ASLEEP: u32 = 1;

/// Marks the word. What it is then; whoever finds it changed does not sleep.
fn fall_asleep(word: &Futex) -> u32 {
    word.fetch_or(ASLEEP, Ordering::AcqRel) | ASLEEP
}

/// Wakes all that sleep on the word, if there may be any. After a fence.
pub(super) fn wake(word: &Futex) {
    if word.load(Ordering::Relaxed) & ASLEEP != 0 {
        // Of two that do this one may leave the mark to nobody, which is a call for nothing later.
        word.fetch_add(1, Ordering::AcqRel);
        word.wake_all();
    }
}

/// The word that this process sleeps on, or is about to. In memory that is never unmapped.
static ROUSED: AtomicPtr<Futex> = AtomicPtr::new(std::ptr::null_mut());

fn slept_on(word: &Futex) {
    ROUSED.store(std::ptr::from_ref(word).cast_mut(), std::sync::atomic::Ordering::Release);
}

/// Ends the sleep of this process, if it sleeps in a [`Waiting`]: after its flag for interrupts was set, by another
/// thread or by the handler of a signal. Async-signal-safe.
pub(crate) fn rouse() {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
    let word = ROUSED.load(std::sync::atomic::Ordering::Acquire);
    // SAFETY: null, or a word in memory that is never unmapped.
    if let Some(word) = unsafe { word.as_ref() } {
        // Others that sleep on the word wake for nothing. The mark stays, for those that sleep again.
        word.fetch_add(2, Ordering::AcqRel);
        word.wake_all();
    }
}
