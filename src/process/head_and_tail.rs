//! What is kept of a stream of bytes that may never end: its beginning, its end, and how many bytes were cut out
//! between them.

use std::collections::VecDeque;

/// The kept bytes of a stream.
#[derive(Debug, Default)]
pub(crate) struct HeadAndTail {
    /// How many bytes to keep; 0 for all.
    limit: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    cut: u64,
}

impl HeadAndTail {
    /// Keeps `limit` bytes: one half from the beginning, one from the end. 0 keeps all.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Appends bytes of the stream.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let room = if self.limit == 0 { usize::MAX } else { self.limit / 2 };
        let (first, rest) = bytes.split_at(bytes.len().min(room - self.head.len()));
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let excess = self.tail.len().saturating_sub(self.limit - self.limit / 2);
        if excess > 0 {
            self.tail.drain(..excess);
            self.cut += excess as u64;
        }
    }

    /// The kept bytes, with a line in place of what was cut out.
    pub(crate) fn text(&self) -> Vec<u8> {
        let mut text = self.head.clone();
        if self.cut > 0 {
            let note = format!("\n[... {} bytes cut by async.max_output={} ...]\n", self.cut, self.limit);
            text.extend_from_slice(note.as_bytes());
        }
        let (one, other) = self.tail.as_slices();
        text.extend_from_slice(one);
        text.extend_from_slice(other);
        text
    }
}

/// The last lines of `text`: at most `lines` of them, and at most `length` bytes. Trailing empty lines do not count.
pub(crate) fn last_lines(text: &[u8], lines: usize, length: usize) -> &[u8] {
    let text = text.trim_ascii_end();
    let text = text.get(text.len().saturating_sub(length)..).unwrap_or_default();
    let ends = text.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
    let start = ends.map(|(at, _)| at + 1).nth(lines.saturating_sub(1)).unwrap_or_default();
    text.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head_and_tail(limit: usize, pieces: &[&[u8]]) -> String {
        let mut head_and_tail = HeadAndTail::new(limit);
        for piece in pieces {
            head_and_tail.push(piece);
        }
        String::from_utf8(head_and_tail.text()).unwrap()
    }

    #[test]
    fn what_fits_is_whole_and_in_order() {
        assert_eq!(head_and_tail(10, &[b"012", b"", b"3456", b"789"]), "0123456789");
        assert_eq!(head_and_tail(0, &[&vec![b'x'; 100_000], b"y"]).len(), 100_001);
        assert_eq!(head_and_tail(7, &[]), "");
    }

    #[test]
    fn what_does_not_fit_is_cut_in_the_middle_and_says_so() {
        let cut = "01234\n[... 1 bytes cut by async.max_output=10 ...]\n6789A";
        assert_eq!(head_and_tail(10, &[b"0123456789A"]), cut);
        let bytes: Vec<&[u8]> = b"0123456789A".chunks(1).collect();
        assert_eq!(head_and_tail(10, &bytes), cut);
        assert_eq!(head_and_tail(1, &[b"ab"]), "\n[... 1 bytes cut by async.max_output=1 ...]\nb");
    }

    #[test]
    fn no_more_than_the_limit_is_ever_kept() {
        let mut head_and_tail = HeadAndTail::new(1000);
        for _ in 0..100 {
            head_and_tail.push(&[b'x'; 5000]);
            assert!(head_and_tail.head.len() + head_and_tail.tail.len() <= 1000);
        }
        assert_eq!(head_and_tail.cut, 499_000);
    }

    #[test]
    fn the_last_lines_are_told_from_the_others() {
        assert_eq!(last_lines(b"one\ntwo\nthree\n\n", 2, 100), b"two\nthree");
        assert_eq!(last_lines(b"one\ntwo\n", 1, 100), b"two");
        assert_eq!(last_lines(b"one\ntwo", 9, 5), b"e\ntwo");
        assert_eq!(last_lines(b"\n", 1, 100), b"");
    }
}
