//! A number that processes share.

use nix::errno::Errno;

use super::memory::{Shared, SharedMemory};
use super::sync::{AtomicU64, Ordering};

#[repr(transparent)]
#[derive(Debug)]
struct Number(AtomicU64);

#[cfg(loom)]
impl Default for Number {
    fn default() -> Self {
        Self(AtomicU64::new(0))
    }
}

// SAFETY: an atomic.
unsafe impl Shared for Number {}

/// A number that processes share. Whoever sees a change of it sees what the changer wrote elsewhere before.
#[derive(Debug)]
pub(crate) struct Counter(SharedMemory<Number>);

impl Counter {
    /// A counter with this value.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new(value: i64) -> Result<Self, Errno> {
        let counter = Self(SharedMemory::new(0)?);
        counter.set(value);
        Ok(counter)
    }

    /// Adds, and returns the sum. `None`, and no change, if that would be no 64-bit integer.
    pub(crate) fn add(&self, by: i64) -> Option<i64> {
        let add = |value: u64| value.cast_signed().checked_add(by).map(i64::cast_unsigned);
        let before = self.word().fetch_update(Ordering::AcqRel, Ordering::Acquire, add).ok()?;
        Some(before.cast_signed() + by)
    }

    /// The value.
    pub(crate) fn get(&self) -> i64 {
        self.word().load(Ordering::Acquire).cast_signed()
    }

    /// Sets the value, and returns the one before.
    pub(crate) fn set(&self, value: i64) -> i64 {
        self.word().swap(value.cast_unsigned(), Ordering::AcqRel).cast_signed()
    }

    /// Sets the value if it is `expected`.
    pub(crate) fn compare_and_set(&self, expected: i64, value: i64) -> bool {
        let (expected, value) = (expected.cast_unsigned(), value.cast_unsigned());
        self.word().compare_exchange(expected, value, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn word(&self) -> &AtomicU64 {
        &self.0.head().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_and_does_not_overflow() {
        let counter = Counter::new(-3).unwrap();
        assert_eq!((counter.add(5), counter.add(-4), counter.get()), (Some(2), Some(-2), -2));
        assert_eq!((counter.set(i64::MAX), counter.add(1), counter.get()), (-2, None, i64::MAX));
        assert_eq!((counter.add(i64::MIN), counter.add(i64::MIN)), (Some(-1), None));
        assert!(counter.compare_and_set(-1, 7) && !counter.compare_and_set(-1, 8));
        assert_eq!(counter.get(), 7);
    }
}
