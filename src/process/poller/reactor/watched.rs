//! One child of this process as its parent sees it, and what it has sent through its pipe.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::{Message, News};
use crate::process::channel::{self, Read};
use crate::process::forwarding::Forwarded;
use crate::process::poller::registry::Registry;
use crate::process::quota::Permit;
use crate::process::recipient::Recipient;
use crate::process::remote_payload::RemotePayload;
use crate::wire::frame::{Frame, Kind, Malformed, Progress, Reader};

/// A child, and what is known of it.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) pid: Pid,
    pub(super) pidfd: Option<OwnedFd>,
    pub(super) pipe: Option<OwnedFd>,
    pub(super) reader: Reader,
    pub(super) refused: Option<Malformed>,
    pub(super) limit: u64,
    pub(super) told: bool,
    /// The child has a remote payload that has not been released.
    pub(super) lends: bool,
    /// The child is no longer waited for, as it does not end.
    pub(super) forsaken: bool,
    /// Signals that are forwarded to the child while its task runs.
    pub(super) forwarded: Option<Forwarded>,
    /// Its place in the quota, freed with the rest.
    #[expect(dead_code, reason = "held, not read")]
    pub(super) permit: Permit,
}

impl Watched {
    /// The process, and its group, to which signals for the child are sent.
    pub(super) fn recipient(&self) -> Recipient<'_> {
        Recipient::new(self.pid, self.pidfd.as_ref())
    }

    /// Sends `signal` to the child and its group. Only to the child once it has sent everything: processes that it then
    /// leaves behind were meant to stay.
    ///
    /// # Errors
    ///
    /// EPERM when this process may not send the child a signal. If the signal was SIGKILL, the child's pipe is closed
    /// then: so the kernel still sends it SIGPIPE.
    pub(super) fn signal(&mut self, signal: Signal, registry: &mut Registry) -> Result<(), Errno> {
        let recipient = self.recipient();
        let sent = if self.told { recipient.send(Some(signal)) } else { recipient.send_all(signal) };
        if sent.is_err() && signal == Signal::SIGKILL {
            self.receive();
            self.close_pipe(registry);
        }
        sent
    }

    /// Reads the pipe, and returns what the child has sent if that is complete.
    pub(super) fn hear(&mut self, id: u64, registry: &mut Registry) -> Option<News> {
        if !self.receive() {
            return None;
        }
        if let Some(remote_payload) = self.remote_payload(registry) {
            return Some(News::HoldsPayload { id, remote_payload: Box::new(remote_payload) });
        }
        self.close_pipe(registry);
        let refused = self.refused.take().map(Message::Malformed);
        let message = refused.or_else(|| self.take().map(Message::Frame))?;
        Some(News::Told { id, message })
    }

    /// Reads what is in the pipe. True if no more will come.
    pub(super) fn receive(&mut self) -> bool {
        let Some(pipe) = self.pipe.as_ref().filter(|_| !self.told) else {
            return true;
        };
        match channel::read(pipe, &mut self.reader) {
            Read::Pending => false,
            Read::Finished(Progress::Bad(why)) => {
                self.refused = Some(why);
                true
            }
            Read::Closed | Read::Finished(_) => true,
        }
    }

    /// The frame, if it is complete.
    pub(super) fn take(&mut self) -> Option<Frame> {
        if self.reader.progress() != Progress::Whole {
            return None;
        }
        self.told = true;
        self.forwarded = None;
        std::mem::replace(&mut self.reader, Reader::new(self.limit)).finish()
    }

    /// The remote payload that the child has announced, if it has, and if the payload is not too large. The pipe stays
    /// open, but is not waited for any more.
    pub(super) fn remote_payload(&mut self, registry: &mut Registry) -> Option<RemotePayload> {
        if self.reader.kind() != Some(Kind::Remote) {
            return None;
        }
        let Some(remote_payload) = RemotePayload::announced(&self.take()?) else {
            self.refused = Some(Malformed::Header);
            return None;
        };
        let (length, limit) = (remote_payload.length as u64, self.limit);
        if limit > 0 && length > limit {
            self.refused = Some(Malformed::TooLong { length, limit });
            return None;
        }
        if let Some(pipe) = &self.pipe {
            registry.deregister(pipe);
        }
        self.lends = true;
        Some(remote_payload)
    }

    /// Deregisters and closes the pipe. Closing does not suffice: a sibling that is just being forked still has a copy,
    /// which would keep the pipe in the epoll instance.
    pub(super) fn close_pipe(&mut self, registry: &mut Registry) {
        if let Some(pipe) = self.pipe.take() {
            registry.deregister(&pipe);
        }
    }

    pub(super) fn message(self) -> Message {
        if let Some(why) = self.refused {
            return Message::Malformed(why);
        }
        if self.reader.is_empty() {
            return Message::Nothing;
        }
        self.reader.finish().map_or(Message::Truncated, Message::Frame)
    }
}
