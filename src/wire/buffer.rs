//! A buffer that borrows long strings instead of copying them.

use std::io::{self, Write};

/// Bytes that were written, and between them long strings that stay where they are.
#[derive(Debug, Default)]
pub(crate) struct Buffer<'v> {
    pub(super) bytes: Vec<u8>,
    /// Long strings, each with the length that `bytes` had when the string was added: that is its position.
    borrowed: Vec<(usize, &'v [u8])>,
    borrowed_len: usize,
}

impl<'v> Buffer<'v> {
    /// The number of all bytes, including borrowed ones.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() + self.borrowed_len
    }

    pub(crate) fn chunks(&self) -> Chunks<'_> {
        Chunks { bytes: &self.bytes, at: 0, borrowed: &self.borrowed }
    }

    /// Adds a string that stays where it is.
    pub(super) fn borrow(&mut self, bytes: &'v [u8]) {
        self.borrowed.push((self.bytes.len(), bytes));
        self.borrowed_len += bytes.len();
    }
}

impl Write for Buffer<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes of a payload in the order in which they were written, in as few pieces as possible. No piece is empty.
#[derive(Clone, Debug)]
pub(crate) struct Chunks<'a> {
    bytes: &'a [u8],
    /// The position of `bytes` in the buffer's own bytes.
    at: usize,
    borrowed: &'a [(usize, &'a [u8])],
}

impl<'a> Chunks<'a> {
    /// A payload that is one piece.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, borrowed: &[] }
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let piece = match self.borrowed.split_first() {
            Some((&(place, long), rest)) if place == self.at => {
                self.borrowed = rest;
                long
            }
            first => {
                let end = first.map_or(self.bytes.len(), |(&(place, _), _)| place.saturating_sub(self.at));
                let (piece, rest) = self.bytes.split_at_checked(end)?;
                self.at += end;
                self.bytes = rest;
                piece
            }
        };
        (!piece.is_empty()).then_some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_and_what_is_borrowed_come_in_their_order() {
        let mut buffer = Buffer::default();
        assert_eq!(buffer.write(b"one").unwrap(), 3);
        buffer.borrow(b"two");
        buffer.borrow(b"three");
        buffer.write_all(b"four").unwrap();
        buffer.flush().unwrap();
        assert_eq!(buffer.len(), 15);
        assert_eq!(buffer.chunks().collect::<Vec<_>>(), [&b"one"[..], b"two", b"three", b"four"]);
        assert_eq!(Chunks::of(b"alone").collect::<Vec<_>>(), [b"alone"]);
    }
}
