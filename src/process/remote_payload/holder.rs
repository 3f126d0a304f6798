//! Asks a child to send the payload that it keeps in its memory, when that memory may not be read.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::process::shared::result_ring::ResultRing;
use crate::process::spin::Spin;

/// How long a child may take to send the next bytes: it only has to write them.
const PATIENCE: Duration = Duration::from_secs(10);
/// How soon to check shared memory for the next bytes again, in milliseconds.
const SOON: u8 = 1;

/// A child that has a remote payload, and can be asked to send it.
pub(crate) trait Lender {
    /// Has the child kept the payload in its memory so far? Otherwise what was read there may be something else.
    fn is_held(&self) -> bool;

    /// Asks for the payload, from its beginning.
    ///
    /// # Errors
    ///
    /// When the child cannot be asked.
    fn ask(&mut self) -> Result<(), Errno>;

    /// Waits for the next bytes, and writes them to `to`, which is not empty. Returns how many there were: at least
    /// one.
    ///
    /// # Errors
    ///
    /// ESRCH when the child is gone, ETIMEDOUT when it sends nothing.
    fn receive(&mut self, to: &mut [MaybeUninit<u8>]) -> Result<usize, Errno>;
}

/// A child that runs a single task, and sends the payload through its pipe.
pub(crate) struct ByPipe<'r>(pub(crate) &'r OwnedFd);

impl Lender for ByPipe<'_> {
    /// Nobody else can close the parent's end of the pipe.
    fn is_held(&self) -> bool {
        true
    }

    /// Reads the one byte that the child's pipe is filled with: the child waits for room there, see [`super::lend`].
    fn ask(&mut self) -> Result<(), Errno> {
        self.receive(&mut [MaybeUninit::uninit()]).map(drop)
    }

    fn receive(&mut self, to: &mut [MaybeUninit<u8>]) -> Result<usize, Errno> {
        let until = Instant::now() + PATIENCE;
        loop {
            // SAFETY: the pointer and length are of one live slice.
            let got = unsafe { libc::read(self.0.as_raw_fd(), to.as_mut_ptr().cast(), to.len()) };
            match Errno::result(got) {
                Ok(0) => return Err(Errno::ESRCH),
                Ok(count) => return Ok(usize::try_from(count).unwrap_or_default()),
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(Errno::ETIMEDOUT);
                    }
                    let left = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
                    // A signal is no reason to give up.
                    let _ = poll(&mut [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)], left);
                }
                Err(errno) => return Err(errno),
            }
        }
    }
}

/// A warm worker, which sends the payload through its result ring.
pub(crate) struct ByLine<'r> {
    ring: &'r mut ResultRing,
    pidfd: Option<&'r OwnedFd>,
    spin: Spin,
}

impl Lender for ByLine<'_> {
    fn is_held(&self) -> bool {
        self.ring.is_lent()
    }

    fn ask(&mut self) -> Result<(), Errno> {
        self.ring.ask();
        Ok(())
    }

    fn receive(&mut self, to: &mut [MaybeUninit<u8>]) -> Result<usize, Errno> {
        let until = Instant::now() + PATIENCE;
        loop {
            // Checked before the ring is read: if the child has ended, all that it wrote is in the ring by then.
            let gone = self.wait();
            match self.ring.receive(to) {
                Ok(0) if gone => return Err(Errno::ESRCH),
                Ok(0) if Instant::now() >= until => return Err(Errno::ETIMEDOUT),
                Ok(0) => {}
                Ok(count) => return Ok(count),
                Err(_) => return Err(Errno::EFAULT),
            }
        }
    }
}

impl<'r> ByLine<'r> {
    /// The child that writes to `ring`, and whose end `pidfd` reports.
    pub(crate) fn new(ring: &'r mut ResultRing, pidfd: Option<&'r OwnedFd>) -> Self {
        Self { ring, pidfd, spin: Spin::new() }
    }

    /// Waits for a moment, unless there is something to read. True when the child is gone.
    fn wait(&mut self) -> bool {
        // The child is about to write: sleeping, and being woken, would take longer than that.
        if self.ring.has_news() || self.spin.until(|| self.ring.has_news()) {
            return false;
        }
        let Some(pidfd) = self.pidfd else {
            thread::sleep(Duration::from_millis(SOON.into()));
            return false;
        };
        poll(&mut [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)], SOON) == Ok(1)
    }
}
