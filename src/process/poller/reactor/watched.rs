//! One child of this process, as its parent sees it: what it has told by its pipe.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::{Message, News};
use crate::process::channel::{self, Read};
use crate::process::forwarding::Forwarded;
use crate::process::poller::registry::Registry;
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
    /// It has something in its memory that nobody has fetched.
    pub(super) lends: bool,
    /// Nobody waits for it any more.
    pub(super) forsaken: bool,
    /// It is sent signals that the application handles, as long as its task runs.
    pub(super) forwarded: Option<Forwarded>,
}

impl Watched {
    /// Where its signals go.
    pub(super) fn recipient(&self) -> Recipient<'_> {
        Recipient::new(self.pid, self.pidfd.as_ref())
    }

    /// Sends `signal` to the child, and to its group; to the child alone when it has told everything, as what it left
    /// behind was meant to stay.
    ///
    /// # Errors
    ///
    /// EPERM when the child is not to be reached. It loses its pipe then when it was to be killed: that is the one
    /// signal that the kernel still sends for us.
    pub(super) fn signal(&mut self, signal: Signal, registry: &mut Registry) -> Result<(), Errno> {
        let recipient = self.recipient();
        let sent = if self.told { recipient.send(Some(signal)) } else { recipient.send_all(signal) };
        if sent.is_err() && signal == Signal::SIGKILL {
            self.receive();
            self.close_pipe(registry);
        }
        sent
    }

    /// What it has told, if that is whole by now.
    pub(super) fn hear(&mut self, id: u64, registry: &mut Registry) -> Option<News> {
        if !self.receive() {
            return None;
        }
        if let Some(remote_payload) = self.remote_payload(registry) {
            return Some(News::HoldsPayload { id, remote_payload });
        }
        self.close_pipe(registry);
        let refused = self.refused.take().map(Message::Malformed);
        let message = refused.or_else(|| self.take().map(Message::Frame))?;
        Some(News::Told { id, message })
    }

    /// Reads what there is. True when there will be no more.
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

    /// The whole frame, if it is there.
    pub(super) fn take(&mut self) -> Option<Frame> {
        if self.reader.progress() != Progress::Whole {
            return None;
        }
        self.told = true;
        self.forwarded = None;
        std::mem::replace(&mut self.reader, Reader::new(self.limit)).finish()
    }

    /// The remote payload that was announced, if it was one and is not too large. Its pipe stays open, but is not
    /// watched.
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

    /// Closing is not enough: a sibling that is just being forked still has a copy, which would keep it watched.
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
