//! A lock between processes: one word of shared memory that says who holds it. Taking a free one and giving it back
//! makes no system call; who has to wait sleeps on a futex. A holder that dies loses it, and the next one is told.
//!
//! Why no `pthread_mutex_t` that is robust: the C library links the mutexes that a thread holds by pointers, which are in
//! the mutex, and writes through them. A task that writes over shared memory would make its parent write anywhere. The
//! kernel's list of such locks, which frees them at a death, belongs to the C library, and has one distance between its
//! links and all words. So a waiter looks from time to time whether the holder still is there.

use std::ops::Deref;
use std::time::Duration;

use nix::errno::Errno;

use super::memory::{Shared, SharedMemory};
use super::sync::{AtomicU64, Futex, Ordering, spin_loop};
use crate::process::identity::{PACKED_BITS, Process};

/// Nobody holds the lock, and its last holder gave it back.
const FREE: u64 = 0;
/// Flag: somebody may sleep until the lock is given back.
const AWAITED: u64 = 1 << PACKED_BITS;
/// Flag: nobody holds the lock; the process in the word had it until it ended, or its task did.
const ABANDONED: u64 = 1 << (PACKED_BITS + 1);

/// The longest sleep between two looks whether the holder still is there.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Looks at a lock that is held before the first sleep: about a microsecond.
const LOOKS: u32 = if cfg!(loom) { 0 } else { 100 };
/// Looks before the next attempt, for who tries several times.
const FEW_LOOKS: u32 = if cfg!(loom) { 0 } else { 10 };

/// A lock in shared memory, free when all bits are 0.
///
/// A process that writes over it can make others wait, each for as long as it wants to wait, or have two processes in it
/// at once. No word here is used as a position or a length.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(crate) struct Lock {
    /// The holder, packed, and the flags.
    holder: AtomicU64,
    /// Changes whenever an awaited lock is given back.
    turn: Futex,
    unused: super::sync::AtomicU32,
}

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Lock {}

/// A lock in memory of its own.
#[derive(Debug)]
pub(crate) struct SharedLock(SharedMemory<Lock>);

impl SharedLock {
    /// A free lock.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new() -> Result<Self, Errno> {
        SharedMemory::new(0).map(Self)
    }
}

impl Deref for SharedLock {
    type Target = Lock;

    fn deref(&self) -> &Lock {
        self.0.head()
    }
}

/// How a lock was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The last holder gave it back.
    Clean,
    /// The last holder, which this was, ended with it: what the lock protects may be half done.
    Abandoned(Process),
}

/// The caller does not hold the lock that it gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotHeld;

impl Lock {
    /// Takes the lock for the process `own` if it is free.
    ///
    /// # Errors
    ///
    /// The process that holds it, which may be `own`.
    pub(crate) fn try_acquire(&self, own: Process) -> Result<Taken, Process> {
        self.attempt(own, FREE).map_err(Process::unpacked)
    }

    /// Takes the lock for the process `own` if it is free, and if its last holder gave it back.
    #[inline]
    pub(super) fn acquire_free(&self, own: Process) -> bool {
        self.exchange(FREE, own.packed())
    }

    /// Waits for a lock that [`Lock::try_acquire`] has not got, and tries again. `None` when it is still held after
    /// `longest`, after a signal, or after [`LOOK_AGAIN`]: the caller looks what else there is, and calls this again.
    /// Dead holders are noticed here only.
    pub(crate) fn wait(&self, own: Process, longest: Duration) -> Option<Taken> {
        self.wait_for(own, longest, Process::is_there)
    }

    /// [`Lock::wait`], with another way to find out whether a holder still is there, for models.
    pub(super) fn wait_for(
        &self,
        own: Process,
        longest: Duration,
        is_there: impl Fn(Process) -> bool,
    ) -> Option<Taken> {
        self.look(LOOKS);
        // Before the lock is marked as awaited: whoever gives it back after that changes the word.
        let turn = self.turn.load(Ordering::Acquire);
        let before = match self.attempt_or_mark(own) {
            Ok(taken) => return Some(taken),
            Err(held) => held,
        };
        let in_vain = self.turn.wait(turn, longest.min(LOOK_AGAIN));
        // A wake-up was for one only: so this one takes the lock, or leaves it marked for those that still sleep.
        let after = match self.attempt_or_mark(own) {
            Ok(taken) => return Some(taken),
            Err(held) => held,
        };
        let holder = Process::unpacked(after);
        if !in_vain || holder != Process::unpacked(before) || is_there(holder) {
            return None;
        }
        let taken = self.exchange(after, own.packed() | AWAITED);
        taken.then_some(Taken::Abandoned(holder))
    }

    /// Waits a little, or until the lock is free, without an attempt to take it: that would take its cache line from
    /// the holder.
    pub(super) fn await_briefly(&self) {
        self.look(FEW_LOOKS);
    }

    fn look(&self, looks: u32) {
        for _ in 0..looks {
            spin_loop();
            if !is_held(self.holder.load(Ordering::Relaxed)) {
                break;
            }
        }
    }

    /// Takes the lock if its holder is dead. `None` if it is there, which takes the reading of a file to find out.
    pub(crate) fn take_over(&self, own: Process) -> Option<Taken> {
        let word = self.holder.load(Ordering::Acquire);
        let holder = Process::unpacked(word);
        if !is_held(word) || holder.is_there() {
            return None;
        }
        self.exchange(word, own.packed() | AWAITED).then_some(Taken::Abandoned(holder))
    }

    /// Gives the lock back.
    ///
    /// # Errors
    ///
    /// When the process `own` does not hold it.
    #[inline]
    pub(crate) fn release(&self, own: Process) -> Result<(), NotHeld> {
        self.leave(own, FREE)
    }

    /// Gives the lock back for a task that has ended with it: the next holder is told, as after a death.
    ///
    /// # Errors
    ///
    /// When the process `own` does not hold it.
    pub(crate) fn abandon(&self, own: Process) -> Result<(), NotHeld> {
        self.leave(own, own.packed() | ABANDONED)
    }

    /// The process that holds the lock, or held it a moment ago.
    pub(crate) fn holder(&self) -> Option<Process> {
        let word = self.holder.load(Ordering::Acquire);
        is_held(word).then(|| Process::unpacked(word))
    }

    #[inline]
    fn leave(&self, own: Process, behind: u64) -> Result<(), NotHeld> {
        let own = own.packed();
        if self.exchange(own, behind) {
            return Ok(());
        }
        if !self.exchange(own | AWAITED, behind) {
            return Err(NotHeld);
        }
        self.turn.fetch_add(1, Ordering::Release);
        self.turn.wake();
        Ok(())
    }

    /// Takes the lock if it is free, with `flags`. The error is the word that says who holds it.
    fn attempt(&self, own: Process, flags: u64) -> Result<Taken, u64> {
        let own = own.packed() | flags;
        loop {
            match self.holder.compare_exchange(FREE, own, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Ok(Taken::Clean),
                Err(word) if is_held(word) => return Err(word),
                Err(word) if self.exchange(word, own) => {
                    return Ok(Taken::Abandoned(Process::unpacked(word)));
                }
                Err(_) => {}
            }
        }
    }

    /// Takes the lock if it is free. Otherwise marks it as awaited; the error is the word that says who holds it.
    fn attempt_or_mark(&self, own: Process) -> Result<Taken, u64> {
        loop {
            let word = match self.attempt(own, AWAITED) {
                Ok(taken) => return Ok(taken),
                Err(word) => word,
            };
            if word & AWAITED != 0 || self.exchange(word, word | AWAITED) {
                return Err(word | AWAITED);
            }
        }
    }

    #[inline]
    fn exchange(&self, from: u64, to: u64) -> bool {
        self.holder.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

fn is_held(word: u64) -> bool {
    word != FREE && word & ABANDONED == 0
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests;
