//! A length-prefixed message with a footer, so that an incomplete message is never mistaken for a complete one.
//!
//! ```text
//! magic u32 | kind u8 | format u8 | zero u16 | length u64 | payload ... | footer u32
//! ```
//! Little-endian. The footer is the bitwise complement of the magic number.

use std::rc::Rc;

use super::payload::Payload;

const MAGIC: u32 = 0xA57C_0F01;
/// Bytes in front of the payload.
pub(crate) const HEADER: usize = 16;
/// Bytes behind the payload.
pub(crate) const FOOTER: usize = 4;
/// Size of the first read. For most results it gets all: header, a small payload and footer.
pub(crate) const FIRST_READ: usize = 1024;
/// How much memory is reserved for any announced length. Longer payloads are usually remote.
const AT_ONCE: usize = 1 << 20;

/// What a frame contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The task's value, in the frame's format.
    Value = 1,
    /// A throwable that the task did not catch.
    Thrown = 2,
    /// A [`super::report::Report`]: the task ended with neither of these.
    Report = 3,
    /// Where a remote payload is in the child's memory. The child waits until it has been read.
    Remote = 4,
    /// A warm worker cannot run this task: a child has to be forked for it.
    Declined = 5,
    /// A warm worker has no task, and was forked too early to run one that is waiting.
    Passed = 6,
    /// A remote payload itself, in a ring: the parent could not read it, and has asked for it.
    Asked = 7,
}

impl Kind {
    /// The kind with this number.
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Value),
            2 => Some(Self::Thrown),
            3 => Some(Self::Report),
            4 => Some(Self::Remote),
            5 => Some(Self::Declined),
            6 => Some(Self::Passed),
            7 => Some(Self::Asked),
            _ => None,
        }
    }
}

/// A complete frame that has been received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// What the payload is.
    pub(crate) kind: Kind,
    /// The format of a value; 0 for other kinds.
    pub(crate) format: u8,
    /// The payload, without header and footer.
    pub(crate) payload: Payload,
}

/// Why bytes that were received are no valid message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// The first bytes are no header: something else has written to the descriptor.
    Header,
    /// The last bytes are no footer.
    Footer,
    /// The payload is longer than the limit.
    TooLong {
        /// Bytes announced.
        length: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// There is not enough memory for the payload.
    NoMemory {
        /// Bytes announced.
        length: u64,
    },
    /// The message is about a task that its sender was not given.
    Foreign,
    /// There is no message: the shared memory that says who was given the task has been written over.
    Overwritten,
}

/// The header of a frame with a payload of `length` bytes.
pub(crate) fn header(kind: Kind, format: u8, length: usize) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    let fields = MAGIC
        .to_le_bytes()
        .into_iter()
        .chain([kind as u8, format, 0, 0])
        .chain((length as u64).to_le_bytes());
    bytes.iter_mut().zip(fields).for_each(|(slot, byte)| *slot = byte);
    bytes
}

/// The footer of every frame.
pub(crate) fn footer() -> [u8; FOOTER] {
    (!MAGIC).to_le_bytes()
}

/// The state of a [`Reader`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// More bytes are needed.
    More,
    /// The frame is complete.
    Whole,
    /// The bytes are no frame, and more of them would not change that.
    Bad(Malformed),
}

/// Collects one frame from whatever pieces a pipe delivers.
#[derive(Debug)]
pub(crate) struct Reader {
    bytes: Vec<u8>,
    limit: u64,
}

impl Reader {
    /// A reader that refuses values and throwables of more than `limit` bytes; 0 means no limit.
    pub(crate) fn new(limit: u64) -> Self {
        Self { bytes: Vec::new(), limit }
    }

    /// Has nothing been received?
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The buffer to append the next bytes to, with room for some. [`Reader::progress`] has to be called afterwards.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        if self.bytes.len() == self.bytes.capacity() {
            self.bytes.reserve(FIRST_READ);
        }
        &mut self.bytes
    }

    /// The most bytes that may be appended: what follows the frame does not belong to it.
    pub(crate) fn wanted(&self) -> usize {
        let whole = self.announced().and_then(|(_, length)| usize::try_from(length).ok());
        let whole = whole.map_or(FIRST_READ, |length| length.saturating_add(HEADER + FOOTER));
        whole.saturating_sub(self.bytes.len())
    }

    /// Checks the bytes that were appended, and makes room for more.
    pub(crate) fn progress(&mut self) -> Progress {
        let Some((kind_known, length)) = self.announced() else {
            return Progress::More;
        };
        if !kind_known {
            return Progress::Bad(Malformed::Header);
        }
        let limited = matches!(self.kind(), Some(Kind::Value | Kind::Thrown));
        if limited && self.limit > 0 && length > self.limit {
            return Progress::Bad(Malformed::TooLong { length, limit: self.limit });
        }
        let whole = usize::try_from(length).ok().and_then(|n| n.checked_add(HEADER + FOOTER));
        // No allocation can be longer.
        let Some(whole) = whole.filter(|whole| isize::try_from(*whole).is_ok()) else {
            return Progress::Bad(Malformed::NoMemory { length });
        };
        match self.bytes.len() {
            got if got < whole => {
                // For a length that is only announced, no more memory is reserved than has been received, or than
                // [`AT_ONCE`].
                let room = (whole - got).min(got.max(AT_ONCE));
                if self.bytes.capacity() == got && self.bytes.try_reserve_exact(room).is_err() {
                    return Progress::Bad(Malformed::NoMemory { length });
                }
                Progress::More
            }
            got if got == whole && self.bytes.ends_with(&footer()) => Progress::Whole,
            _ => Progress::Bad(Malformed::Footer),
        }
    }

    /// Whether the header is valid, and the length that it announces; `None` while the header is incomplete.
    fn announced(&self) -> Option<(bool, u64)> {
        let (magic, rest) = self.bytes.split_first_chunk::<4>()?;
        let (kind, rest) = rest.split_first_chunk::<4>()?;
        let (length, _) = rest.split_first_chunk::<8>()?;
        let [kind, _, zero, null] = *kind;
        let ours =
            u32::from_le_bytes(*magic) == MAGIC && zero == 0 && null == 0 && Kind::from_byte(kind).is_some();
        Some((ours, u64::from_le_bytes(*length)))
    }

    /// The kind of the frame, once its header is complete.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.announced().filter(|&(ours, _)| ours)?;
        Kind::from_byte(*self.bytes.get(4)?)
    }

    /// The frame, once [`Progress::Whole`] has been reported.
    pub(crate) fn finish(mut self) -> Option<Frame> {
        if self.progress() != Progress::Whole {
            return None;
        }
        let kind = Kind::from_byte(*self.bytes.get(4)?)?;
        let format = *self.bytes.get(5)?;
        let range = HEADER..self.bytes.len() - FOOTER;
        Some(Frame { kind, format, payload: Payload::of(&Rc::new(self.bytes), range) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(kind: Kind, payload: &[u8]) -> Vec<u8> {
        [&header(kind, 7, payload.len()), payload, &footer()].concat()
    }

    fn feed(reader: &mut Reader, mut bytes: &[u8], step: usize) -> Progress {
        let mut progress = Progress::More;
        while !bytes.is_empty() && progress == Progress::More {
            let n = step.min(bytes.len());
            reader.buffer().extend_from_slice(&bytes[..n]);
            progress = reader.progress();
            bytes = &bytes[n..];
        }
        progress
    }

    #[test]
    fn the_bytes_of_a_frame_are_these() {
        let bytes = [
            &[0x01, 0x0F, 0x7C, 0xA5, 1, 7, 0, 0][..], // magic number, kind, format
            &[2, 0, 0, 0, 0, 0, 0, 0, b'o', b'k'],
            &[0xFE, 0xF0, 0x83, 0x5A],
        ];
        assert_eq!(whole(Kind::Value, b"ok"), bytes.concat());
    }

    #[test]
    fn a_frame_survives_any_fragmentation() {
        let payload: Vec<u8> = (0..10_000u32).map(|n| n.to_le_bytes()[0]).collect();
        for step in [1, 3, 16, 17, 4096, 100_000] {
            let mut reader = Reader::new(0);
            assert_eq!(feed(&mut reader, &whole(Kind::Value, &payload), step), Progress::Whole);
            let frame = reader.finish().unwrap();
            assert_eq!((frame.kind, frame.format), (Kind::Value, 7));
            assert_eq!(*frame.payload, payload[..]);
        }
    }

    #[test]
    fn an_empty_payload_is_a_frame() {
        let mut reader = Reader::new(0);
        assert_eq!(feed(&mut reader, &whole(Kind::Thrown, b""), 64), Progress::Whole);
        assert!(reader.finish().unwrap().payload.is_empty());
    }

    #[test]
    fn half_a_frame_is_never_whole() {
        let bytes = whole(Kind::Value, b"value");
        for cut in 0..bytes.len() {
            let mut reader = Reader::new(0);
            assert_eq!(feed(&mut reader, &bytes[..cut], 5), Progress::More);
            assert!(reader.finish().is_none());
        }
    }

    #[test]
    fn foreign_bytes_are_refused_as_soon_as_a_header_could_be_there() {
        let mut reader = Reader::new(0);
        assert_eq!(feed(&mut reader, b"PHP Warning: something", 64), Progress::Bad(Malformed::Header));
    }

    #[test]
    fn trailing_bytes_are_refused() {
        let mut bytes = whole(Kind::Value, b"value");
        bytes.push(0);
        let mut reader = Reader::new(0);
        assert_eq!(feed(&mut reader, &bytes, 64), Progress::Bad(Malformed::Footer));
    }

    #[test]
    fn a_limit_names_both_sizes() {
        let mut reader = Reader::new(4);
        let refused = Progress::Bad(Malformed::TooLong { length: 5, limit: 4 });
        assert_eq!(feed(&mut reader, &whole(Kind::Value, b"value"), 64), refused);
    }

    #[test]
    fn an_absurd_length_is_no_allocation() {
        let mut bytes = header(Kind::Value, 0, 0).to_vec();
        bytes[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
        let mut reader = Reader::new(0);
        assert_eq!(feed(&mut reader, &bytes, 64), Progress::Bad(Malformed::NoMemory { length: u64::MAX }));
    }

    #[test]
    fn an_announced_length_is_no_allocation() {
        for kind in [Kind::Value, Kind::Report] {
            let mut reader = Reader::new(0);
            let bytes = [&header(kind, 0, 1 << 40)[..], &[0; 3000]].concat();
            assert_eq!(feed(&mut reader, &bytes, 500), Progress::More);
            assert!(reader.buffer().capacity() < 2 * AT_ONCE);
        }
    }

    #[test]
    fn every_kind_has_a_number_and_no_other_number_has_a_kind() {
        let kinds: Vec<_> = (0..=255).filter_map(|byte| Some((byte, Kind::from_byte(byte)?))).collect();
        assert_eq!(kinds.len(), 7);
        assert!(kinds.iter().all(|&(byte, kind)| kind as u8 == byte));
    }

    #[test]
    fn as_many_bytes_are_wanted_as_belong_to_the_frame() {
        let bytes = whole(Kind::Report, &[1; 5000]);
        let mut reader = Reader::new(0);
        assert!(reader.is_empty());
        assert_eq!((reader.wanted(), reader.kind()), (FIRST_READ, None));
        assert_eq!(feed(&mut reader, &bytes[..HEADER - 1], 64), Progress::More);
        assert!(!reader.is_empty());
        assert_eq!((reader.wanted(), reader.kind()), (FIRST_READ - (HEADER - 1), None));
        assert_eq!(feed(&mut reader, &bytes[HEADER - 1..HEADER], 64), Progress::More);
        assert_eq!((reader.wanted(), reader.kind()), (5000 + FOOTER, Some(Kind::Report)));
        assert_eq!(feed(&mut reader, &bytes[HEADER..], 4096), Progress::Whole);
        assert_eq!(reader.wanted(), 0);
    }

    #[test]
    fn a_header_with_any_wrong_field_is_none() {
        for at in [0, 1, 2, 3, 4, 6, 7] {
            let mut bytes = whole(Kind::Value, b"value");
            bytes[at] ^= 0x80;
            let mut reader = Reader::new(0);
            assert_eq!(feed(&mut reader, &bytes, 64), Progress::Bad(Malformed::Header), "byte {at}");
            assert_eq!(reader.kind(), None);
        }
    }

    #[test]
    fn the_limit_itself_is_allowed_and_only_values_and_throwables_have_one() {
        for (kind, limit) in [(Kind::Value, 5), (Kind::Thrown, 5), (Kind::Report, 4), (Kind::Asked, 4)] {
            assert_eq!(
                feed(&mut Reader::new(limit), &whole(kind, b"value"), 64),
                Progress::Whole,
                "{kind:?}"
            );
        }
        for kind in [Kind::Value, Kind::Thrown] {
            let refused = Progress::Bad(Malformed::TooLong { length: 5, limit: 4 });
            assert_eq!(feed(&mut Reader::new(4), &whole(kind, b"value"), 64), refused);
        }
    }
}
