//! Large payloads: the child lends its memory, and the parent copies out of it, straight to where the bytes shall be.
//!
//! One copy instead of two, and no turns at a pipe. The child writes a frame with the places of its payload, and waits
//! until the parent lets go of the pipe; nothing has a name, and nothing is left when either of the two dies.
//!
//! Whether a process may read another one's memory depends on the rights that both have at that moment, and on what the
//! system allows at all. So nobody asks beforehand: a parent that is refused has the child send the payload, and reads
//! it from there to the same place.

pub(crate) mod holder;

use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{Pid, write};

use super::{channel, memory};
use crate::wire::frame::{FIRST_READ, Frame, Kind};
use holder::Lender;

/// Payloads from this length on stay in the child's memory until the parent copies them: what does not fit into a pipe makes the child wait in any case. That it is
/// also faster from here on is what `measure` shows.
const LEND_FROM: usize = 64 * 1024;
/// What the kernel takes in one call (`IOV_MAX`).
const RANGES: usize = 1024;
/// What the kernel copies in one call, rounded down to whole pages.
const AT_ONCE: usize = 1 << 30;
/// The least that a pipe holds: the kernel makes one page of it.
const NARROW: i32 = 1;
/// The most that every user may have of a pipe (`pipe-max-size`).
const WIDE: i32 = 1 << 20;

/// A payload that is still in the memory of the child.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RemotePayload {
    /// What the payload is.
    pub(crate) kind: Kind,
    /// How it was written.
    pub(crate) format: u8,
    /// How long it is.
    pub(crate) length: usize,
    /// Where the pieces are that have not been copied yet: address and length.
    ranges: VecDeque<(usize, usize)>,
    /// The child sends it.
    sent: bool,
}

/// Does a payload of this length stay in the child's memory until the parent copies it?
pub(crate) fn wanted(length: usize) -> bool {
    length >= LEND_FROM
}

/// In the child: lends the pieces, and returns when the parent has them, or is gone.
///
/// A pipe goes one way, yet the parent has two things to say: it closes its end when it has the payload, and it takes
/// another byte when it wants it sent. The pipe holds no more than that byte meanwhile, so that the child can wait for
/// both: for an error, or for room.
///
/// # Errors
///
/// What the pipe says.
pub(crate) fn lend<'c>(
    pipe: &OwnedFd,
    kind: Kind,
    format: u8,
    chunks: impl Iterator<Item = &'c [u8]> + Clone,
) -> Result<(), Errno> {
    let mut places = places(kind, format, chunks.clone());
    // The parent's first read must not take the byte as well. What has no length is no place.
    let filling = FIRST_READ.saturating_sub(places.len()).next_multiple_of(PLACE);
    places.resize(places.len() + filling, 0);
    set_capacity(pipe, NARROW);
    channel::write(pipe, Kind::Remote, 0, places.len(), [&places[..]].into_iter())?;
    while write(pipe, &[0]) == Err(Errno::EINTR) {}
    let mut reader = [PollFd::new(pipe.as_fd(), PollFlags::POLLOUT)];
    while poll(&mut reader, PollTimeout::NONE) == Err(Errno::EINTR) {}
    let [reader] = reader;
    if reader.revents().is_some_and(|events| events.contains(PollFlags::POLLERR)) {
        return Ok(());
    }
    set_capacity(pipe, WIDE);
    channel::write_raw(pipe, chunks)
}

/// Changes what a pipe holds. Where that is refused it goes on as it is: slower, or with a payload that is sent
/// unasked.
fn set_capacity(pipe: &OwnedFd, bytes: i32) {
    // SAFETY: numbers only.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, bytes) };
}

/// Bytes of a place: address and length.
const PLACE: usize = 16;

/// The payload of the frame that lends the pieces.
pub(crate) fn places<'c>(kind: Kind, format: u8, chunks: impl Iterator<Item = &'c [u8]>) -> Vec<u8> {
    let mut places = vec![kind as u8, format];
    for chunk in chunks {
        places.extend((chunk.as_ptr().addr() as u64).to_le_bytes());
        places.extend((chunk.len() as u64).to_le_bytes());
    }
    places
}

impl RemotePayload {
    /// The remote payload that a frame announces.
    pub(crate) fn announced(frame: &Frame) -> Option<Self> {
        let (kind, format, places) = match &frame.payload[..] {
            [kind, format, places @ ..] if frame.kind == Kind::Remote => {
                (Kind::from_byte(*kind)?, *format, places)
            }
            _ => return None,
        };
        let (pairs, rest) = places.as_chunks::<PLACE>();
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
        (rest.is_empty() && kind != Kind::Remote).then_some(Self {
            kind,
            format,
            length,
            ranges,
            sent: false,
        })
    }

    /// Looks whether there is memory at the end of each piece: before a length that a child tells is believed. Where
    /// that cannot be seen, the length may be anything that this system has memory for.
    ///
    /// # Errors
    ///
    /// As for [`RemotePayload::fetch`]; ENOMEM for what there is no memory for.
    pub(crate) fn check(&self, child: Pid) -> Result<(), Errno> {
        for &(address, length) in &self.ranges {
            let last = address.checked_add(length - 1).ok_or(Errno::EFAULT)?;
            match read(child, &[(last, 1)], &mut [MaybeUninit::uninit()]) {
                Ok(_) => {}
                Err(errno) if is_refusal(errno) => {
                    let fits = memory::free().is_none_or(|free| self.length <= free);
                    return if fits { Ok(()) } else { Err(Errno::ENOMEM) };
                }
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }

    /// Copies the next bytes of the payload, in the parent, as many as `to` has: out of the memory of `child`, or, from
    /// when that is refused, as they are sent by it.
    ///
    /// # Errors
    ///
    /// ESRCH when the child is gone, EFAULT when the memory is not what was announced, and what `holder` says.
    pub(crate) fn fetch(
        &mut self,
        child: Pid,
        holder: &mut impl Lender,
        to: &mut [MaybeUninit<u8>],
    ) -> Result<(), Errno> {
        let mut to = to;
        while !to.is_empty() {
            let copied = if self.sent {
                holder.receive(to)?
            } else {
                match read(child, self.ranges.make_contiguous(), to) {
                    Err(errno) if is_refusal(errno) => {
                        self.have_sent(holder)?;
                        continue;
                    }
                    copied => copied?,
                }
            };
            if copied == 0 {
                return Err(Errno::EFAULT);
            }
            to = to.get_mut(copied..).ok_or(Errno::EFAULT)?;
            advance(&mut self.ranges, copied);
        }
        Ok(())
    }

    /// Has the payload sent from now on, but for what has been copied already.
    fn have_sent(&mut self, holder: &mut impl Lender) -> Result<(), Errno> {
        holder.ask()?;
        self.sent = true;
        let left: usize = self.ranges.iter().map(|(_, length)| length).sum();
        let mut known = self.length - left;
        let mut nowhere = [MaybeUninit::uninit(); 4096];
        while known > 0 {
            let room = known.min(nowhere.len());
            known -= holder.receive(nowhere.get_mut(..room).ok_or(Errno::EFAULT)?)?;
        }
        Ok(())
    }
}

/// Is this not about the child's memory, but about who may read it? EPERM, EACCES, ENOSYS, and what else a kernel or a
/// filter of system calls has to say.
fn is_refusal(errno: Errno) -> bool {
    !matches!(errno, Errno::ESRCH | Errno::EFAULT | Errno::ENOMEM)
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
    fn what_is_no_loan_is_none() {
        let frame = |kind, payload: &[u8]| Frame { kind, format: 0, payload: payload.to_vec().into() };
        assert_eq!(RemotePayload::announced(&frame(Kind::Value, &[1, 0])), None);
        assert_eq!(RemotePayload::announced(&frame(Kind::Remote, &[])), None);
        assert_eq!(RemotePayload::announced(&frame(Kind::Remote, &[1, 0, 7])), None);
        assert_eq!(RemotePayload::announced(&frame(Kind::Remote, &[4, 0])), None);
        let endless = [&[1, 0][..], &[0; 8], &[0xFF; 8], &[0; 8], &[0xFF; 8]].concat();
        assert_eq!(RemotePayload::announced(&frame(Kind::Remote, &endless)), None);
    }
}
