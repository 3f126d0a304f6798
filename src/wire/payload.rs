//! The payload of a frame, in memory that it may share with other payloads that were received together with it.

use std::fmt;
use std::ops::{Deref, Range};
use std::rc::Rc;

/// Bytes that have been received. Each of several payloads that were received together keeps the memory of all of them.
pub(crate) struct Payload {
    bytes: Rc<Vec<u8>>,
    start: u32,
    /// Its length; [`REST`] if it is all that is left.
    length: u32,
}

/// A length that stands for all bytes from the start on: only a payload that is alone in its memory may have 4 GiB.
const REST: u32 = u32::MAX;

impl Payload {
    /// The part `range` of `bytes`, within their first 4 GiB; an empty payload if `bytes` does not have that part.
    pub(crate) fn of(bytes: &Rc<Vec<u8>>, range: Range<usize>) -> Self {
        let start = u32::try_from(range.start).unwrap_or(REST);
        let length = u32::try_from(range.len()).unwrap_or(0);
        Self { bytes: Rc::clone(bytes), start, length }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes: Rc::new(bytes), start: 0, length: REST }
    }
}

impl Deref for Payload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let rest = self.bytes.get(self.start as usize..).unwrap_or_default();
        if self.length == REST { rest } else { rest.get(..self.length as usize).unwrap_or_default() }
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Payload {}

impl fmt::Debug for Payload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_one_memory_and_what_is_not_there() {
        let all = Rc::new(b"header value footer".to_vec());
        let (part, rest) = (Payload::of(&all, 7..12), Payload::of(&all, 13..19));
        assert_eq!((&*part, &*rest), (&b"value"[..], &b"footer"[..]));
        assert_eq!(part, Payload::from(b"value".to_vec()));
        assert_ne!(part, rest);
        assert!(Payload::of(&all, 13..20).is_empty());
        assert!(Payload::of(&all, 20..20).is_empty());
    }
}
