//! Remote payloads: large results, which stay in the memory of a child until the parent has copied them.

use std::mem::MaybeUninit;

use nix::errno::Errno;

use super::Reactor;
use crate::process::remote_payload::RemotePayload;
use crate::process::remote_payload::holder::{ByLine, ByPipe};
use crate::process::wait::{Exit, look_at};

impl Reactor {
    /// Checks whether child `id` still holds `remote_payload` in its memory.
    ///
    /// # Errors
    ///
    /// As for [`Reactor::fetch`].
    pub(crate) fn check(&self, id: u64, remote_payload: &RemotePayload) -> Result<(), Errno> {
        let child = self.children.get(&id).ok_or(Errno::ESRCH)?;
        let checked = remote_payload.check(child.pid);
        if self.rings.is_lent(id) { checked } else { Err(Errno::EPROTO) }
    }

    /// Copies the next bytes of the remote payload of child `id`: as many as `to` has room for.
    ///
    /// # Errors
    ///
    /// ESRCH when the child is gone, ENOMEM when there is no memory for the payload.
    pub(crate) fn fetch(
        &mut self,
        id: u64,
        remote_payload: &mut RemotePayload,
        to: &mut [MaybeUninit<u8>],
    ) -> Result<(), Errno> {
        let child = self.children.get(&id).ok_or(Errno::ESRCH)?;
        if let Some(ring) = self.rings.ring(id) {
            return remote_payload.fetch(child.pid, &mut ByLine::new(ring, child.pidfd.as_ref()), to);
        }
        let pipe = child.pipe.as_ref().ok_or(Errno::ESRCH)?;
        remote_payload.fetch(child.pid, &mut ByPipe(pipe), to)
    }

    /// How child `id` ended, whose remote payload could not be fetched.
    pub(crate) fn fate(&self, id: u64) -> Exit {
        let reaped = self.fates.get(&id).copied();
        reaped.or_else(|| self.children.get(&id).map(|child| look_at(child.pid))).unwrap_or(Exit::Unknown)
    }

    /// Lets child `id` continue if it waits until its captured output has been taken.
    pub(crate) fn go_on(&self, id: u64) {
        self.rings.go_on(id);
    }

    /// Lets child `id` continue, or end, which has kept a remote payload in its memory.
    pub(crate) fn release(&mut self, id: u64) {
        self.fates.remove(&id);
        if self.rings.release(id) {
            return;
        }
        if let Some(child) = self.children.get_mut(&id) {
            child.lends = false;
            child.close_pipe(&mut self.registry);
        }
    }
}
