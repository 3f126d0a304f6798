//! Reads a large payload in chunks, so that the payload itself is never in memory as a whole: only what is decoded from
//! it is.

use std::io::{self, Read};
use std::mem::MaybeUninit;

use nix::errno::Errno;

use super::bytes;

/// The least length of a payload to be read in chunks: a shorter one is read faster as a whole.
pub(crate) const FROM: usize = 2 << 20;
/// Length of a chunk.
const WIDTH: usize = 1 << 20;

/// Reads `length` bytes, which `fetch` gets chunk by chunk.
pub(crate) struct ChunkedReader<F> {
    fetch: F,
    here: Vec<u8>,
    at: usize,
    /// How many bytes have not been fetched yet.
    left: usize,
    failure: Option<Errno>,
}

impl<F: FnMut(&mut [MaybeUninit<u8>]) -> Result<(), Errno>> ChunkedReader<F> {
    /// A reader at the beginning of a payload.
    pub(crate) fn new(length: usize, fetch: F) -> Self {
        Self { fetch, here: Vec::new(), at: 0, left: length, failure: None }
    }

    /// Why a read failed, if not for the end of the payload.
    pub(crate) fn failure(&self) -> Option<Errno> {
        self.failure
    }

    fn advance(&mut self) -> io::Result<()> {
        let width = self.left.min(WIDTH);
        let here = std::mem::take(&mut self.here);
        match bytes::refilled(here, width, &mut self.fetch) {
            Ok(here) => {
                self.here = here;
                self.at = 0;
                self.left -= width;
                Ok(())
            }
            Err(errno) => {
                self.failure = Some(errno);
                self.left = 0;
                Err(errno.into())
            }
        }
    }
}

impl<F: FnMut(&mut [MaybeUninit<u8>]) -> Result<(), Errno>> Read for ChunkedReader<F> {
    #[inline]
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at == self.here.len() && self.left > 0 {
            self.advance()?;
        }
        let from = self.here.get(self.at..).unwrap_or_default();
        let count = from.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..count), from.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }

    #[inline]
    fn read_exact(&mut self, to: &mut [u8]) -> io::Result<()> {
        if let Some(from) = self.here.get(self.at..self.at + to.len()) {
            to.copy_from_slice(from);
            self.at += to.len();
            return Ok(());
        }
        let mut to = to;
        while !to.is_empty() {
            let count = self.read(to)?;
            to = to.get_mut(count..).filter(|_| count > 0).ok_or(io::ErrorKind::UnexpectedEof)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Successive numbers, as if fetched from another process.
    fn counting() -> impl FnMut(&mut [MaybeUninit<u8>]) -> Result<(), Errno> {
        let mut next = 0_usize;
        move |to| {
            for byte in to {
                byte.write(u8::try_from(next % 251).unwrap());
                next += 1;
            }
            Ok(())
        }
    }

    #[test]
    fn bytes_come_in_order_across_windows() {
        let length = 2 * WIDTH + 5;
        let mut chunked_reader = ChunkedReader::new(length, counting());
        let mut got = vec![0; 3];
        chunked_reader.read_exact(&mut got).unwrap();
        let mut long = vec![0; WIDTH + 7];
        chunked_reader.read_exact(&mut long).unwrap();
        got.extend(long);
        chunked_reader.read_to_end(&mut got).unwrap();
        assert_eq!(got.len(), length);
        assert!(got.iter().enumerate().all(|(place, byte)| usize::from(*byte) == place % 251));
        assert_eq!(chunked_reader.failure(), None);
    }

    #[test]
    fn beyond_the_end_is_no_failure_of_the_source() {
        let mut chunked_reader = ChunkedReader::new(3, counting());
        assert_eq!(chunked_reader.read_exact(&mut [0; 4]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(chunked_reader.failure(), None);
    }

    #[test]
    fn a_source_that_is_gone_is_told() {
        let mut chunked_reader = ChunkedReader::new(3, |_: &mut [MaybeUninit<u8>]| Err(Errno::ESRCH));
        assert!(chunked_reader.read_exact(&mut [0; 2]).is_err());
        assert_eq!(chunked_reader.failure(), Some(Errno::ESRCH));
        assert_eq!(chunked_reader.read(&mut [0; 2]).unwrap(), 0);
    }
}
