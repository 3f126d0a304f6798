//! The pipe from a child to its parent: the child writes one frame, the parent reads it without blocking.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::uio::writev;

use super::child;
use crate::wire::frame::{self, Kind, Progress, Reader};

/// Payloads of at most this length are written by one system call.
const SMALL: usize = 512;

/// The most pieces of a frame that one system call writes.
const BATCH: usize = 64;

/// The result of reading.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// The frame is not complete, and there is nothing more to read now.
    Pending,
    /// The frame is complete, or malformed.
    Finished(Progress),
    /// The other end is closed.
    Closed,
}

/// Moves what the pipe holds to `reader`.
pub(crate) fn read(pipe: &OwnedFd, reader: &mut Reader) -> Read {
    loop {
        let wanted = reader.wanted();
        let buffer = reader.buffer();
        let spare = buffer.spare_capacity_mut();
        let length = spare.len().min(wanted);
        // SAFETY: the pointer and length are of one live slice.
        let got = unsafe { libc::read(pipe.as_raw_fd(), spare.as_mut_ptr().cast(), length) };
        match usize::try_from(got) {
            Ok(0) => return Read::Closed,
            Ok(count) => {
                // SAFETY: the kernel initialized `count` more bytes, within the capacity that it was given.
                unsafe { buffer.set_len(buffer.len() + count) };
                match reader.progress() {
                    Progress::More => {}
                    done => return Read::Finished(done),
                }
            }
            Err(_) => match io::Error::last_os_error().kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock => return Read::Pending,
                _ => return Read::Closed,
            },
        }
    }
}

/// In the child: writes one frame whose payload consists of `chunks`.
///
/// # Errors
///
/// The error of `writev`; EPIPE when the parent is gone.
pub(crate) fn write<'c>(
    pipe: &OwnedFd,
    kind: Kind,
    format: u8,
    length: usize,
    chunks: impl Iterator<Item = &'c [u8]>,
) -> Result<(), Errno> {
    // The parent closes its end once it has the frame.
    child::stay_when_closed(pipe);
    let header = frame::header(kind, format, length);
    let footer = frame::footer();
    let pieces = [&header[..]].into_iter().chain(chunks.map(|chunk| -> &[u8] { chunk })).chain([&footer[..]]);
    if length <= SMALL {
        return write_small(pipe, pieces);
    }
    write_raw(pipe, pieces)
}

/// In the child: writes bytes without a frame.
///
/// # Errors
///
/// As for [`write()`].
pub(crate) fn write_raw<'c>(pipe: &OwnedFd, pieces: impl Iterator<Item = &'c [u8]>) -> Result<(), Errno> {
    let mut pieces = pieces.filter(|piece| !piece.is_empty()).map(IoSlice::new).peekable();
    while pieces.peek().is_some() {
        let mut batch: Vec<_> = pieces.by_ref().take(BATCH).collect();
        write_all(pipe, &mut batch)?;
    }
    Ok(())
}

/// Writes a small frame by one system call, and without heap memory: each page that a child writes to for the first
/// time has to be copied.
fn write_small<'c>(pipe: &OwnedFd, pieces: impl Iterator<Item = &'c [u8]>) -> Result<(), Errno> {
    let mut frame = [0; SMALL + frame::HEADER + frame::FOOTER];
    let mut length = 0;
    for (slot, byte) in frame.iter_mut().zip(pieces.flatten()) {
        *slot = *byte;
        length += 1;
    }
    let frame = frame.get(..length).unwrap_or_default();
    write_all(pipe, &mut [IoSlice::new(frame)])
}

fn write_all(pipe: &OwnedFd, batch: &mut [IoSlice<'_>]) -> Result<(), Errno> {
    let mut rest = batch;
    while !rest.is_empty() {
        match writev(pipe.as_fd(), rest) {
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::pipe::open;

    #[test]
    fn a_frame_goes_through() {
        let (reader, writer) = open().unwrap();
        write(&writer, Kind::Value, 1, 10, [&b"hello"[..], b"", b"world"].into_iter()).unwrap();
        let mut frame = Reader::new(0);
        assert_eq!(read(&reader, &mut frame), Read::Finished(Progress::Whole));
        assert_eq!(*frame.finish().unwrap().payload, *b"helloworld");
    }

    #[test]
    fn an_open_pipe_without_data_is_pending_and_a_closed_one_is_closed() {
        let (reader, writer) = open().unwrap();
        let mut frame = Reader::new(0);
        assert_eq!(read(&reader, &mut frame), Read::Pending);
        drop(writer);
        assert_eq!(read(&reader, &mut frame), Read::Closed);
        assert!(frame.is_empty());
    }

    #[test]
    fn a_writer_whose_reader_is_gone_is_told() {
        let (reader, writer) = open().unwrap();
        drop(reader);
        // SAFETY: tests may ignore SIGPIPE, as the PHP command line does.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
        assert_eq!(write(&writer, Kind::Value, 0, 0, std::iter::empty()), Err(Errno::EPIPE));
    }
}
