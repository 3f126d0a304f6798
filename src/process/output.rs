//! What a task prints, also from outside of PHP: the standard output and standard error of its process.
//!
//! Captured output goes through two pipes, which the reactor waits for. A memory file would need no reader, and no task
//! would ever have to wait for its parent. But a program that opens `/dev/stderr` for writing, as shell scripts do,
//! would truncate such a file, and a task that never stops printing would fill the machine's memory. The drawback of a
//! pipe is that a task which has printed [`ROOM`] bytes waits while its parent is inside a system call.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open as open_file};
use nix::sys::stat::Mode as Permissions;
use nix::unistd::{dup2_stderr, dup2_stdout, read};

use super::fork::Refused;
use super::head_and_tail::HeadAndTail;
use super::os::{above_standard, set_room};
use super::pipe;

/// Capacity of a pipe: four times the default. The kernel allows each user 64 MiB of pipe buffers before it makes all
/// further pipes smaller.
const ROOM: i32 = 256 * 1024;
/// How much one system call reads.
const PIECE: usize = 16 * 1024;

/// Where a task's output goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To the same place as the parent's.
    #[default]
    Inherit,
    /// To the parent, which keeps it.
    Capture,
    /// Nowhere.
    Discard,
}

/// One of the two output streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Descriptor 1.
    Output,
    /// Descriptor 2.
    Error,
}

/// The child's side: the standard descriptors that it is to have.
#[derive(Debug)]
pub(crate) enum Streams {
    /// The inherited ones.
    Inherited,
    /// These two: standard output, and standard error.
    Replaced(OwnedFd, OwnedFd),
}

/// The parent's side: what a task has printed, and the pipes from which more may come.
#[derive(Debug)]
pub(crate) struct Capture {
    output: Tap,
    error: Tap,
}

#[derive(Debug)]
struct Tap {
    pipe: Option<OwnedFd>,
    kept: HeadAndTail,
}

/// Opens both sides for one task; `limit` bytes of each stream are kept.
///
/// # Errors
///
/// When the kernel refuses.
pub(crate) fn open(mode: Mode, limit: usize) -> Result<(Streams, Option<Capture>), Refused> {
    match mode {
        Mode::Inherit => Ok((Streams::Inherited, None)),
        Mode::Discard => {
            let refused = Refused::by("open");
            let flags = OFlag::O_WRONLY | OFlag::O_CLOEXEC;
            let null = open_file("/dev/null", flags, Permissions::empty()).map_err(&refused)?;
            let null = above_standard(null).map_err(&refused)?;
            let copy = null.try_clone().map_err(|_| refused(Errno::last()))?;
            Ok((Streams::Replaced(null, copy), None))
        }
        Mode::Capture => {
            let (output, error) = (tap(limit)?, tap(limit)?);
            let capture = Capture { output: output.0, error: error.0 };
            Ok((Streams::Replaced(output.1, error.1), Some(capture)))
        }
    }
}

fn tap(limit: usize) -> Result<(Tap, OwnedFd), Refused> {
    let (reader, writer) = pipe::open().map_err(Refused::by("pipe"))?;
    set_room(&writer, ROOM);
    Ok((Tap { pipe: Some(reader), kept: HeadAndTail::new(limit) }, writer))
}

impl Streams {
    /// In a new child, or before its next task: makes these its standard descriptors. Programs that it starts inherit
    /// them.
    pub(crate) fn put_in_place(self) {
        if let Self::Replaced(output, error) = self {
            while dup2_stdout(&output) == Err(Errno::EINTR) {}
            while dup2_stderr(&error) == Err(Errno::EINTR) {}
        }
    }
}

impl Capture {
    /// Moves what has come through the pipe of `stream` to what is kept. Returns the pipe at its end.
    pub(crate) fn drain(&mut self, stream: Stream) -> Option<OwnedFd> {
        let tap = self.tap(stream);
        if tap.drain() { tap.pipe.take() } else { None }
    }

    /// What the task has printed to `stream` so far, as far as it is kept.
    pub(crate) fn text(&self, stream: Stream) -> Vec<u8> {
        match stream {
            Stream::Output => self.output.kept.text(),
            Stream::Error => self.error.kept.text(),
        }
    }

    /// Splits off what has been printed by now, as a capture of its own. Of what follows, `limit` bytes of each stream
    /// are kept.
    pub(crate) fn split_off(&mut self, limit: usize) -> Self {
        let turn = |tap: &mut Tap| Tap {
            pipe: None,
            kept: std::mem::replace(&mut tap.kept, HeadAndTail::new(limit)),
        };
        Self { output: turn(&mut self.output), error: turn(&mut self.error) }
    }

    /// The pipes from which more may come.
    pub(crate) fn pipes(&self) -> impl Iterator<Item = (Stream, &OwnedFd)> {
        let pairs = [(Stream::Output, &self.output), (Stream::Error, &self.error)];
        pairs.into_iter().filter_map(|(stream, tap)| Some((stream, tap.pipe.as_ref()?)))
    }

    /// Reads what has come by now, and closes the pipes: other programs that the task has started may print for ever.
    pub(crate) fn close(&mut self) {
        for stream in [Stream::Output, Stream::Error] {
            self.drain(stream);
            self.tap(stream).pipe = None;
        }
    }

    fn tap(&mut self, stream: Stream) -> &mut Tap {
        match stream {
            Stream::Output => &mut self.output,
            Stream::Error => &mut self.error,
        }
    }
}

impl Tap {
    /// Reads what is in the pipe now, but not what a busy writer adds meanwhile. True at the end of the pipe.
    fn drain(&mut self) -> bool {
        let Some(pipe) = &self.pipe else {
            return false;
        };
        let mut there = 0;
        // SAFETY: FIONREAD writes one int, to a valid address.
        if unsafe { libc::ioctl(pipe.as_raw_fd(), libc::FIONREAD, &raw mut there) } != 0 {
            return true;
        }
        let mut left = usize::try_from(there).unwrap_or_default();
        let mut piece = [0; PIECE];
        loop {
            match read(pipe.as_fd(), &mut piece) {
                Ok(0) => return true,
                Ok(count) => {
                    self.kept.push(piece.get(..count).unwrap_or_default());
                    left = left.saturating_sub(count);
                    if left == 0 {
                        return false;
                    }
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => return false,
                Err(_) => return true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nix::fcntl::{FcntlArg, fcntl};

    use super::*;
    use nix::unistd::write;

    fn capture() -> (OwnedFd, OwnedFd, Capture) {
        match open(Mode::Capture, 0).unwrap() {
            (Streams::Replaced(output, error), Some(capture)) => (output, error, capture),
            _ => panic!("nothing to capture with"),
        }
    }

    #[test]
    fn each_stream_is_kept_for_itself_and_its_end_is_told_once() {
        let (output, error, mut capture) = capture();
        write(&output, b"out").unwrap();
        write(&error, b"err").unwrap();
        assert!(capture.drain(Stream::Output).is_none(), "the writer is there");
        drop(output);
        // Children of other tests may have a copy of the writing end for as long as they live.
        while capture.drain(Stream::Output).is_none() {
            std::thread::yield_now();
        }
        assert!(capture.drain(Stream::Output).is_none());
        capture.close();
        assert_eq!(capture.text(Stream::Output), b"out");
        assert_eq!(capture.text(Stream::Error), b"err");
        assert_eq!(capture.pipes().count(), 0);
    }

    #[test]
    fn a_page_has_what_came_before_it_was_turned() {
        let (output, _error, mut capture) = capture();
        write(&output, b"one").unwrap();
        assert!(capture.drain(Stream::Output).is_none());
        let page = capture.split_off(0);
        write(&output, b"two").unwrap();
        capture.close();
        assert_eq!(page.text(Stream::Output), b"one");
        assert_eq!(capture.text(Stream::Output), b"two");
        assert_eq!(page.pipes().count(), 0);
    }

    #[test]
    fn what_is_not_captured_needs_no_pipe() {
        assert!(matches!(open(Mode::Inherit, 0), Ok((Streams::Inherited, None))));
        assert!(matches!(open(Mode::Discard, 0), Ok((Streams::Replaced(..), None))));
    }

    #[test]
    fn an_endless_writer_is_not_read_for_ever() {
        let (output, _error, mut capture) = capture();
        fcntl(&output, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
        while write(&output, &[b'x'; 4096]).is_ok() {}
        let writer = std::thread::scope(|scope| {
            let writer = scope.spawn(|| while !matches!(write(&output, &[b'x'; 4096]), Err(Errno::EPIPE)) {});
            capture.close();
            writer.join()
        });
        writer.unwrap();
    }
}
