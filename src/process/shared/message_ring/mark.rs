//! How far the writers or the readers of a message ring have come, in one word: what is published by it is published
//! at once, so that a process may be killed before or after that, but not in the middle.

/// The unit of positions, in bytes: messages begin at multiples of it.
pub(super) const UNIT: usize = 16;
const COUNT_BITS: u32 = 20;
const OPEN: u64 = 1 << COUNT_BITS;
const SHIFT: u32 = COUNT_BITS + 1;
/// Positions are counted modulo this.
const UNITS: u64 = 1 << (u64::BITS - SHIFT);

/// The most messages that can be told from none.
pub(crate) const MOST: u32 = (1 << COUNT_BITS) - 1;

/// A position in units, a count of messages, and whether the latest message is unfinished. Position and count only
/// grow, and begin anew at 0 when they are at their end: only differences mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark(pub(super) u64);

impl Mark {
    pub(super) fn units(self) -> u64 {
        self.0 >> SHIFT
    }

    pub(super) fn count(self) -> u64 {
        self.0 & u64::from(MOST)
    }

    /// Is the message at this position in the middle: were some of its pieces written or read, and not the last?
    pub(super) fn is_open(self) -> bool {
        self.0 & OPEN != 0
    }

    pub(super) fn closed(self) -> Self {
        Self(self.0 & !OPEN)
    }

    /// The mark behind one more piece.
    pub(super) fn behind(self, units: u64, more: bool) -> Self {
        let count = (self.0 + u64::from(!more)) & u64::from(MOST);
        let units = (self.units() + units) % UNITS;
        Self(units << SHIFT | u64::from(more) << COUNT_BITS | count)
    }

    /// How many units this is ahead of `other`.
    pub(super) fn units_since(self, other: Self) -> u64 {
        self.units().wrapping_sub(other.units()) % UNITS
    }

    /// How many whole messages this is ahead of `other`.
    pub(super) fn messages_since(self, other: Self) -> u32 {
        let count = Self(self.0.wrapping_sub(other.0)).count();
        u32::try_from(count).unwrap_or(MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tells_how_far_and_how_many() {
        let start = Mark::default();
        let middle = start.behind(3, true);
        let end = middle.behind(2, false);
        assert!(middle.is_open() && !end.is_open() && !middle.closed().is_open());
        assert_eq!((middle.units_since(start), middle.messages_since(start)), (3, 0));
        assert_eq!((end.units_since(start), end.messages_since(start)), (5, 1));
    }

    #[test]
    fn a_mark_begins_anew_at_its_end() {
        let last = Mark((UNITS - 1) << SHIFT | u64::from(MOST));
        let next = last.behind(2, false);
        assert_eq!(next, Mark(1 << SHIFT));
        assert_eq!((next.units_since(last), next.messages_since(last)), (2, 1));
        assert_eq!(last.units_since(next), UNITS - 2);
    }
}
