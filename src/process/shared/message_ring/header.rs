//! The header of each piece of a message.

use super::mark::{Mark, UNIT};

/// Its length.
pub(super) const HEADER: usize = UNIT;

const FIRST: u8 = 1;
const MORE: u8 = 2;

/// What stands in front of the bytes of one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Bytes of the whole message.
    pub(super) length: u64,
    /// Bytes of this piece.
    pub(super) size: u16,
    /// Format of the message's value.
    pub(super) format: u8,
    /// The message begins with this piece.
    pub(super) first: bool,
    /// More pieces of the message follow.
    pub(super) more: bool,
}

impl Header {
    pub(super) fn at(self, mark: Mark) -> [u64; 2] {
        let flags = (u8::from(self.first) * FIRST) | (u8::from(self.more) * MORE);
        let second = u64::from(self.size) | u64::from(self.format) << 16 | u64::from(flags) << 24;
        let check = check(self.length, second, mark);
        [self.length, second | check << 32]
    }

    /// The header that was written for this place; `None` for any other bytes.
    pub(super) fn parse([length, upper]: [u64; 2], mark: Mark) -> Option<Self> {
        let second = upper & u64::from(u32::MAX);
        let [low, high, format, flags, ..] = second.to_le_bytes();
        let sound = upper >> 32 == check(length, second, mark) && flags <= FIRST | MORE;
        sound.then_some(Self {
            length,
            size: u16::from_le_bytes([low, high]),
            format,
            first: flags & FIRST != 0,
            more: flags & MORE != 0,
        })
    }
}

/// 32 bits that depend on all others, and on the place: what was written over, or is left of an earlier round, shows.
fn check(length: u64, second: u64, mark: Mark) -> u64 {
    /// 2^64 divided by the golden ratio, rounded to an odd number: it carries every bit into the upper ones.
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = (length ^ mark.units().rotate_left(32) ^ FACTOR).wrapping_mul(FACTOR);
    (mixed.rotate_left(29) ^ second).wrapping_mul(FACTOR) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_where_it_was_written_and_nowhere_else() {
        let header = Header { length: 1 << 40, size: 77, format: 2, first: true, more: true };
        let mark = Mark::default().behind(5, true);
        let words = header.at(mark);
        assert_eq!(Header::parse(words, mark), Some(header));
        assert_eq!(Header::parse(words, mark.behind(1, true)), None);
        for bit in 0..128 {
            let mut changed = words;
            changed[bit / 64] ^= 1 << (bit % 64);
            assert_eq!(Header::parse(changed, mark), None, "bit {bit}");
        }
        assert_eq!(Header::parse([0; 2], Mark::default()), None);
    }
}
