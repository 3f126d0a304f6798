//! A child that is asked to send the payload that it keeps in its memory, as that cannot be read.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::process::shared::result_ring::ResultRing;
use crate::process::spin::Spin;

/// How long a child may send nothing of what it was asked for: it only has to write it.
const PATIENCE: Duration = Duration::from_secs(10);
/// When to look again for the next bytes in shared memory, in milliseconds.
const SOON: u8 = 1;

/// A child that keeps a payload in its memory, and can be asked to send it.
pub(crate) trait Lender {
    /// Asks for the payload, from its beginning.
    ///
    /// # Errors
    ///
    /// When the child cannot be asked.
    fn ask(&mut self) -> Result<(), Errno>;

    /// Waits for the next bytes, and writes them to `to`, which is not empty. Gives how many there were, one at least.
    ///
    /// # Errors
    ///
    /// ESRCH when the child is gone, ETIMEDOUT when it sends nothing.
    fn receive(&mut self, to: &mut [MaybeUninit<u8>]) -> Result<usize, Errno>;
}

/// A child with one task.
pub(crate) struct ByPipe<'r>(pub(crate) &'r OwnedFd);

impl Lender for ByPipe<'_> {
    /// The child waits for room in its pipe: see [`super::lend`].
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

/// A warm worker.
pub(crate) struct ByLine<'r> {
    ring: &'r mut ResultRing,
    pidfd: Option<&'r OwnedFd>,
    spin: Spin,
}

impl Lender for ByLine<'_> {
    fn ask(&mut self) -> Result<(), Errno> {
        self.ring.ask();
        Ok(())
    }

    fn receive(&mut self, to: &mut [MaybeUninit<u8>]) -> Result<usize, Errno> {
        let until = Instant::now() + PATIENCE;
        loop {
            // Asked before the ring is read: what a child that has ended wrote is in it by then.
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
    /// The child that writes to `ring`; its end is told by `pidfd`.
    pub(crate) fn new(ring: &'r mut ResultRing, pidfd: Option<&'r OwnedFd>) -> Self {
        Self { ring, pidfd, spin: Spin::new() }
    }

    /// Waits for a moment, unless there is something. True when the child is gone.
    fn wait(&mut self) -> bool {
        // It is about to write, and for longer than it takes to sleep and to be woken.
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
