//! Large payloads: the child lends its memory, and the parent copies out of it, straight to where the bytes shall be.
//!
//! One copy instead of two, and no turns at a pipe. The child writes a frame with the places of its payload, and waits
//! until the parent lets go of the pipe; nothing has a name, and nothing is left when either of the two dies.

use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr;
use std::sync::atomic::{AtomicU8, Ordering};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::channel;
use crate::wire::frame::{Frame, Kind};

/// Payloads from this length on are lent: what does not fit into a pipe makes the child wait in any case. That it is also
/// faster from here on is what `measure` shows.
const LEND_FROM: usize = 64 * 1024;
/// What the kernel takes in one call (`IOV_MAX`).
const RANGES: usize = 1024;
/// What the kernel copies in one call, rounded down to whole pages.
const AT_ONCE: usize = 1 << 30;

/// Whether the kernel lets us read a child's memory. Decided before the first one, and inherited by all.
static READING: AtomicU8 = AtomicU8::new(UNTRIED);
const UNTRIED: u8 = 0;
const ALLOWED: u8 = 1;
const REFUSED: u8 = 2;

/// A payload that is still in the memory of the child.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Loan {
    /// What the payload is.
    pub(crate) kind: Kind,
    /// How it was written.
    pub(crate) format: u8,
    /// How long it is.
    pub(crate) length: usize,
    /// Where the pieces are that have not been copied yet: address and length.
    ranges: VecDeque<(usize, usize)>,
}

/// Tries once, before the first child is made, whether the memory of children can be read: security modules and containers
/// may say no. Signals are blocked. What is tried it on is a process that shares our memory, which is cheap to make, and
/// whose end no handler and no `wait()` of anybody else sees.
pub(crate) fn probe() {
    static SAMPLE: u64 = 0x5AFE_C0DE;
    if READING.load(Ordering::Relaxed) != UNTRIED {
        return;
    }
    let _ = with_sleeper(|sleeper| {
        let mut copy = [MaybeUninit::uninit(); 8];
        let from = [((&raw const SAMPLE).addr(), copy.len())];
        let allowed = read(sleeper, &from, &mut copy) == Ok(copy.len());
        READING.store(if allowed { ALLOWED } else { REFUSED }, Ordering::Relaxed);
    });
}

/// Runs `work` while there is a process that sleeps in our memory. Gives how that ended.
fn with_sleeper(work: impl FnOnce(Pid)) -> Result<WaitStatus, Errno> {
    // A plain function, without anything of ours to find when it begins: by then we may be anywhere.
    extern "C" fn sleep(_: *mut c_void) -> c_int {
        loop {
            // SAFETY: waits for a signal, all of which are blocked but SIGKILL.
            unsafe { libc::pause() };
        }
    }
    const STACK: usize = 16 * 1024;
    let mut stack = vec![0_u128; STACK / size_of::<u128>()];
    let top = stack.as_mut_ptr_range().end.cast();
    // SAFETY: it does nothing but sleep, on a stack of its own, aligned as it has to be, which stays until it is reaped.
    let sleeper = Errno::result(unsafe { libc::clone(sleep, top, libc::CLONE_VM, ptr::null_mut()) })?;
    let sleeper = Pid::from_raw(sleeper);
    work(sleeper);
    let _ = kill(sleeper, Signal::SIGKILL);
    loop {
        match waitpid(sleeper, Some(WaitPidFlag::__WALL)) {
            Err(Errno::EINTR) => {}
            ended => return ended,
        }
    }
}

/// Does the parent want a payload of this length lent?
pub(crate) fn wanted(length: usize) -> bool {
    length >= LEND_FROM && READING.load(Ordering::Relaxed) == ALLOWED
}

/// In the child: lends the pieces, and returns when the parent has them, or is gone.
///
/// # Errors
///
/// What the pipe says.
pub(crate) fn lend<'c>(
    pipe: &OwnedFd,
    kind: Kind,
    format: u8,
    chunks: impl Iterator<Item = &'c [u8]>,
) -> Result<(), Errno> {
    let places = places(kind, format, chunks);
    channel::write(pipe, Kind::Lent, 0, places.len(), [&places[..]].into_iter())?;
    // No event is asked for: POLLERR, the reader's end, is always told.
    let mut reader = [PollFd::new(pipe.as_fd(), PollFlags::empty())];
    while poll(&mut reader, PollTimeout::NONE) == Err(Errno::EINTR) {}
    Ok(())
}

/// The payload of the frame that lends the pieces.
pub(crate) fn places<'c>(kind: Kind, format: u8, chunks: impl Iterator<Item = &'c [u8]>) -> Vec<u8> {
    let mut places = vec![kind as u8, format];
    for chunk in chunks {
        places.extend((chunk.as_ptr().addr() as u64).to_le_bytes());
        places.extend((chunk.len() as u64).to_le_bytes());
    }
    places
}

impl Loan {
    /// The loan that a frame announces.
    pub(crate) fn announced(frame: &Frame) -> Option<Self> {
        let (kind, format, places) = match &frame.payload[..] {
            [kind, format, places @ ..] if frame.kind == Kind::Lent => {
                (Kind::from_byte(*kind)?, *format, places)
            }
            _ => return None,
        };
        let (pairs, rest) = places.as_chunks::<16>();
        let number = |bytes: &[u8]| usize::try_from(u64::from_le_bytes(bytes.try_into().ok()?)).ok();
        let mut ranges = VecDeque::with_capacity(pairs.len());
        let mut length: usize = 0;
        for pair in pairs {
            let (address, bytes) = pair.split_at(8);
            let (address, bytes) = (number(address)?, number(bytes)?);
            length = length.checked_add(bytes)?;
            if bytes > 0 {
                ranges.push_back((address, bytes));
            }
        }
        (rest.is_empty() && kind != Kind::Lent).then_some(Self { kind, format, length, ranges })
    }

    /// Looks whether there is memory at the end of each piece: before a length that a child tells is believed.
    ///
    /// # Errors
    ///
    /// As for [`Loan::fetch`].
    pub(crate) fn check(&self, child: Pid) -> Result<(), Errno> {
        for &(address, length) in &self.ranges {
            let last = address.checked_add(length - 1).ok_or(Errno::EFAULT)?;
            read(child, &[(last, 1)], &mut [MaybeUninit::uninit()])?;
        }
        Ok(())
    }

    /// Copies the next bytes of the payload, in the parent, as many as `to` has.
    ///
    /// # Errors
    ///
    /// ESRCH when the child is gone, EFAULT when the memory is not what was announced.
    pub(crate) fn fetch(&mut self, child: Pid, to: &mut [MaybeUninit<u8>]) -> Result<(), Errno> {
        let mut to = to;
        while !to.is_empty() {
            let copied = read(child, self.ranges.make_contiguous(), to)?;
            if copied == 0 {
                return Err(Errno::EFAULT);
            }
            to = to.get_mut(copied..).ok_or(Errno::EFAULT)?;
            advance(&mut self.ranges, copied);
        }
        Ok(())
    }
}

/// Drops the first `copied` bytes of `ranges`.
fn advance(ranges: &mut VecDeque<(usize, usize)>, mut copied: usize) {
    while let Some((address, length)) = ranges.front_mut() {
        if *length > copied {
            *address += copied;
            *length -= copied;
            return;
        }
        copied -= *length;
        ranges.pop_front();
    }
}

fn read(child: Pid, from: &[(usize, usize)], to: &mut [MaybeUninit<u8>]) -> Result<usize, Errno> {
    let local = libc::iovec { iov_base: to.as_mut_ptr().cast(), iov_len: to.len().min(AT_ONCE) };
    let remote: Vec<_> = from
        .iter()
        .take(RANGES)
        .map(|&(address, length)| libc::iovec {
            iov_base: std::ptr::without_provenance_mut(address),
            iov_len: length,
        })
        .collect();
    // SAFETY: the kernel writes into `to` only; addresses of the child mean nothing here, and it checks them.
    let copied = unsafe {
        libc::process_vm_readv(child.as_raw(), &raw const local, 1, remote.as_ptr(), remote.len() as u64, 0)
    };
    Errno::result(copied).map(|copied| usize::try_from(copied).unwrap_or_default())
}

#[cfg(test)]
mod measure;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::frame::Frame;

    #[test]
    fn bytes_are_dropped_across_ranges() {
        let mut ranges = VecDeque::from([(100, 10), (200, 20), (300, 30)]);
        advance(&mut ranges, 15);
        assert_eq!(ranges, [(205, 15), (300, 30)]);
        advance(&mut ranges, 45);
        assert!(ranges.is_empty());
    }

    #[test]
    fn the_sleeper_sleeps_until_it_is_killed() {
        for _ in 0..500 {
            // What was on our stack and heap a moment ago is overwritten: it must not need any of it.
            let work = |_| drop(std::hint::black_box(vec![0_u8; 64]));
            let ended = with_sleeper(work).unwrap();
            assert!(matches!(ended, WaitStatus::Signaled(_, Signal::SIGKILL, _)), "{ended:?}");
        }
    }

    #[test]
    fn what_is_no_loan_is_none() {
        let frame = |kind, payload: &[u8]| Frame { kind, format: 0, payload: payload.to_vec().into() };
        assert_eq!(Loan::announced(&frame(Kind::Value, &[1, 0])), None);
        assert_eq!(Loan::announced(&frame(Kind::Lent, &[])), None);
        assert_eq!(Loan::announced(&frame(Kind::Lent, &[1, 0, 7])), None);
        assert_eq!(Loan::announced(&frame(Kind::Lent, &[4, 0])), None);
        let endless = [&[1, 0][..], &[0; 8], &[0xFF; 8], &[0; 8], &[0xFF; 8]].concat();
        assert_eq!(Loan::announced(&frame(Kind::Lent, &endless)), None);
    }
}
