//! How a process whose script has ended finds out that all it has started waits, and will wait for ever.
//!
//! It asks in rounds. Each child answers in its slot of the control page while it waits for a message, for room for one or
//! for a lock, without a time limit; one that has children itself asks them on, and answers when all of those have.
//! An answer has a stamp, which is another one when the child, or any below it, has done something since the last
//! answer. The next round begins when all have answered. So when all have answered two rounds with the same stamps there was
//! a moment between the two at which all of them were waiting, and nobody was left who could have ended a wait.

use super::sync::{AtomicU64, Ordering};

/// The words of the one who asks.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(super) struct Question {
    round: AtomicU64,
    told: AtomicU64,
}

/// The words of a child.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(super) struct Words {
    /// The process that they are about.
    of: AtomicU64,
    stamp: AtomicU64,
    awaited: AtomicU64,
    round: AtomicU64,
}

/// What a process asks its children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inquiry {
    /// The number of the round; 0 if nothing is asked.
    pub(crate) round: u64,
    /// Who waits for this gives up.
    pub(crate) told: Awaited,
}

/// What a child says: it waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The round.
    pub(crate) round: u64,
    /// Another one when something has happened since the last answer.
    pub(crate) stamp: u64,
    /// What is waited for at or below this child, the first of it.
    pub(crate) awaited: Awaited,
}

/// What is waited for, in one word. First comes what a parent would send, then channels in the order in which they were
/// made: what one task gets it often passes on by one that was made later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Awaited(u64);

const PARENT: u64 = 1 << 62;
const CHANNEL: u64 = 2 << 62;

impl Inquiry {
    /// The process whose script it is at whose end this is asked.
    pub(crate) fn script(self) -> u32 {
        u32::try_from(self.round >> 32).unwrap_or_default()
    }
}

impl Awaited {
    /// What nobody can be told to give up: a lock, or the end of a child.
    pub(crate) const OTHER: Self = Self(0);

    /// The parent's end of the channel between a task and its parent.
    pub(crate) fn parent(pid: i32) -> Self {
        Self(PARENT | u64::from(pid.unsigned_abs()))
    }

    /// Any other end of the channel with this birth.
    pub(crate) fn channel(birth: u64) -> Self {
        Self(CHANNEL | birth)
    }
}

impl Question {
    pub(super) fn ask(&self, Inquiry { round, told }: Inquiry) {
        self.told.store(told.0, Ordering::Relaxed);
        self.round.store(round, Ordering::Release);
    }

    pub(super) fn get(&self) -> Inquiry {
        let round = self.round.load(Ordering::Acquire);
        Inquiry { round, told: Awaited(self.told.load(Ordering::Relaxed)) }
    }
}

impl Words {
    pub(super) fn answer(&self, mark: u64, answer: Answer) {
        let Answer { round, stamp, awaited } = answer;
        for (word, value) in [(&self.of, mark), (&self.stamp, stamp), (&self.awaited, awaited.0)] {
            word.store(value, Ordering::Relaxed);
        }
        self.round.store(round, Ordering::Release);
    }

    pub(super) fn read(&self, mark: u64) -> Option<Answer> {
        let round = self.round.load(Ordering::Acquire);
        let [of, stamp, awaited] =
            [&self.of, &self.stamp, &self.awaited].map(|word| word.load(Ordering::Relaxed));
        (of == mark).then_some(Answer { round, stamp, awaited: Awaited(awaited) })
    }
}
