//! What a supervised worker shows of itself in its slot of the control page, without a system call: that it is alive, what
//! it has done, and how far it has come.

use super::sync::{AtomicU64, Ordering};

/// The words of a slot that a supervised worker writes, and nobody else.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
pub(super) struct Words {
    /// The attempt that they are about.
    of: AtomicU64,
    beat: AtomicU64,
    jobs: AtomicU64,
    bytes: AtomicU64,
    signs: AtomicU64,
}

/// What a worker has shown last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pulse {
    /// When it gave a sign of life, in nanoseconds of the monotonic clock.
    pub(crate) beat: u64,
    /// How many jobs it has done.
    pub(crate) jobs: u64,
    /// How much memory PHP had from the system, in bytes.
    pub(crate) bytes: u64,
    /// What has happened to it.
    pub(crate) signs: Signs,
}

/// What has happened to a worker, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs(u64);

impl Signs {
    /// It has come past its bootstrap.
    pub(crate) const READY: Self = Self(1);
    /// The signal that asks it to stop has come to the handler that it had from us.
    pub(crate) const HEARD: Self = Self(2);
    /// Its code has learnt that it is to stop.
    pub(crate) const TOLD: Self = Self(4);
    /// It stops by itself, as it has had enough: of jobs, time or memory.
    pub(crate) const SPENT: Self = Self(8);
    /// It has had enough, and goes on until another one is ready.
    pub(crate) const ENOUGH: Self = Self(16);

    /// Are all of these among them?
    pub(crate) fn has(self, signs: Self) -> bool {
        self.0 & signs.0 == signs.0
    }
}

impl Words {
    /// The attempt with this mark begins.
    pub(super) fn begin(&self, mark: u64, now: u64) {
        for (word, value) in [(&self.beat, now), (&self.jobs, 0), (&self.bytes, 0), (&self.signs, 0)] {
            word.store(value, Ordering::Relaxed);
        }
        self.of.store(mark, Ordering::Release);
    }

    /// It is alive.
    pub(super) fn beat(&self, now: u64, bytes: u64) {
        self.beat.store(now, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    /// It has done so many jobs more. How many that are in all.
    pub(super) fn add_jobs(&self, jobs: u64) -> u64 {
        self.jobs.fetch_add(jobs, Ordering::Relaxed).wrapping_add(jobs)
    }

    /// This has happened to it. Async-signal-safe.
    pub(super) fn sign(&self, signs: Signs) {
        self.signs.fetch_or(signs.0, Ordering::Relaxed);
    }

    /// What the attempt with this mark has shown last; none before it has begun.
    pub(super) fn read(&self, mark: u64) -> Option<Pulse> {
        let load = |word: &AtomicU64| word.load(Ordering::Relaxed);
        (self.of.load(Ordering::Acquire) == mark).then(|| Pulse {
            beat: load(&self.beat),
            jobs: load(&self.jobs),
            bytes: load(&self.bytes),
            signs: Signs(load(&self.signs)),
        })
    }
}
