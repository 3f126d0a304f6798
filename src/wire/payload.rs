//! The payload of a frame, in memory that it may share with other payloads that were received together with it.

use std::fmt;
use std::ops::{Deref, Range};
use std::rc::Rc;

/// Bytes that have been received. Each of several payloads that were received together keeps the memory of all of them.
pub(crate) struct Payload {
    bytes: Rc<Vec<u8>>,
    range: Range<usize>,
}

impl Payload {
    /// The part `range` of `bytes`; an empty payload if `bytes` does not have that part.
    pub(crate) fn of(bytes: &Rc<Vec<u8>>, range: Range<usize>) -> Self {
        Self { bytes: Rc::clone(bytes), range }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self { bytes: Rc::new(bytes), range }
    }
}

impl Deref for Payload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
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
