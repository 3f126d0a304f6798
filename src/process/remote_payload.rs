//! Large payloads: the child keeps the payload in its memory, and the parent copies it from there, straight to where it
//! needs the bytes.
//!
//! That is one copy instead of two, without taking turns at a pipe. The child writes a frame with the addresses of its
//! payload, and waits until the parent closes the pipe. No file or named object is involved, so that nothing is left
//! when either of the two dies.
//!
//! Whether a process may read another one's memory depends on the credentials of both at that moment, and on what the
//! system allows in general. So there is no check beforehand: a parent that is refused asks the child to send the
//! payload, and reads it through the pipe to the same place.

pub(crate) mod holder;

use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{Pid, write};

use super::os::{read_memory, set_room};
use super::{channel, memory};
use crate::wire::frame::{FIRST_READ, Frame, Kind};
use holder::Lender;

/// Payloads of at least this length stay in the child's memory until the parent copies them: what does not fit into a
/// pipe makes the child wait in any case. From here on this is also faster, as `measure` shows.
const LEND_FROM: usize = 64 * 1024;
/// The smallest capacity of a pipe: the kernel rounds it up to one page.
const NARROW: i32 = 1;
/// The largest capacity of a pipe that every user may set (`pipe-max-size`).
const WIDE: i32 = 1 << 20;

/// A payload that is still in the memory of the child, at least in part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RemotePayload {
    /// Kind of the payload.
    pub(crate) kind: Kind,
    /// Format in which it is encoded.
    pub(crate) format: u8,
    /// Length of the whole payload.
    pub(crate) length: usize,
    /// Address and length of each piece that has not been copied yet.
    ranges: VecDeque<(usize, usize)>,
    /// The child has been asked to send the payload, which is read from there.
    sent: bool,
}

/// Does a payload of this length stay in the child's memory until the parent copies it?
pub(crate) fn wanted(length: usize) -> bool {
    length >= LEND_FROM
}

/// In the child: announces a remote payload that consists of `chunks`, and returns once the parent has it, or is gone.
///
/// A pipe goes one way only, but the parent has two things to say: it closes its end once it has the payload, and it
/// reads one more byte to have the payload sent. Since the pipe is full with that byte, the child can wait for both:
/// for an error, or for room.
///
/// # Errors
///
/// When the pipe cannot be written to.
pub(crate) fn lend<'c>(
    pipe: &OwnedFd,
    kind: Kind,
    format: u8,
    chunks: impl Iterator<Item = &'c [u8]> + Clone,
) -> Result<(), Errno> {
    let mut places = places(kind, format, chunks.clone());
    // Padding: the parent's first read must not take the extra byte as well. A range without length is ignored.
    let filling = FIRST_READ.saturating_sub(places.len()).next_multiple_of(PLACE);
    places.resize(places.len() + filling, 0);
    set_room(pipe, NARROW);
    channel::write(pipe, Kind::Remote, 0, places.len(), [&places[..]].into_iter())?;
    while write(pipe, &[0]) == Err(Errno::EINTR) {}
    let mut reader = [PollFd::new(pipe.as_fd(), PollFlags::POLLOUT)];
    while poll(&mut reader, PollTimeout::NONE) == Err(Errno::EINTR) {}
    let [reader] = reader;
    if reader.revents().is_some_and(|events| events.contains(PollFlags::POLLERR)) {
        return Ok(());
    }
    set_room(pipe, WIDE);
    channel::write_raw(pipe, chunks)
}

/// Length of a range as it is sent: address and length.
const PLACE: usize = 16;

/// The frame's payload that announces a remote payload consisting of `chunks`.
pub(crate) fn places<'c>(kind: Kind, format: u8, chunks: impl Iterator<Item = &'c [u8]>) -> Vec<u8> {
    let mut places = vec![kind as u8, format];
    for chunk in chunks {
        places.extend((chunk.as_ptr().addr() as u64).to_le_bytes());
        places.extend((chunk.len() as u64).to_le_bytes());
    }
    places
}

impl RemotePayload {
    /// The remote payload that `frame` announces; `None` if the frame announces none.
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

    /// Checks that the last byte of each piece can be read, before relying on the lengths that the child has sent. If
    /// the child's memory may not be read, only checks that this system has enough memory for the payload.
    ///
    /// # Errors
    ///
    /// As for [`RemotePayload::fetch`]; ENOMEM when there is not enough memory.
    pub(crate) fn check(&self, child: Pid) -> Result<(), Errno> {
        for &(address, length) in &self.ranges {
            let last = address.checked_add(length - 1).ok_or(Errno::EFAULT)?;
            match read_memory(child, &[(last, 1)], &mut [MaybeUninit::uninit()]) {
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

    /// In the parent: copies the next bytes of the payload, as many as `to` has room for. They come from the memory of
    /// `child`, or, once that is refused, from what the child sends.
    ///
    /// # Errors
    ///
    /// ESRCH when the child is gone, EFAULT when its memory is not as announced, EPROTO when the child has gone on before
    /// its payload was copied, and the errors of `holder`.
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
                match read_memory(child, self.ranges.make_contiguous(), to) {
                    Err(errno) if is_refusal(errno) => {
                        self.have_sent(holder)?;
                        continue;
                    }
                    _ if !holder.is_held() => return Err(Errno::EPROTO),
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

    /// Asks the child to send the payload, and skips what has been copied already.
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

/// Does this error concern the permission to read the child's memory, and not the memory itself? EPERM, EACCES, ENOSYS,
/// and whatever else a kernel or a filter of system calls returns.
fn is_refusal(errno: Errno) -> bool {
    !matches!(errno, Errno::ESRCH | Errno::EFAULT | Errno::ENOMEM)
}

/// Removes the first `copied` bytes from `ranges`.
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
    fn what_is_no_remote_payload_is_none() {
        let frame = |kind, payload: &[u8]| Frame { kind, format: 0, payload: payload.to_vec().into() };
        assert_eq!(RemotePayload::announced(&frame(Kind::Value, &[1, 0])), None);
        assert_eq!(RemotePayload::announced(&frame(Kind::Remote, &[])), None);
        assert_eq!(RemotePayload::announced(&frame(Kind::Remote, &[1, 0, 7])), None);
        assert_eq!(RemotePayload::announced(&frame(Kind::Remote, &[4, 0])), None);
        let endless = [&[1, 0][..], &[0; 8], &[0xFF; 8], &[0; 8], &[0xFF; 8]].concat();
        assert_eq!(RemotePayload::announced(&frame(Kind::Remote, &endless)), None);
    }
}
