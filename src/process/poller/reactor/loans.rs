//! What children lend: large payloads in their memory, until the parent has them.

use std::mem::MaybeUninit;

use nix::errno::Errno;

use super::Reactor;
use crate::process::loan::Loan;
use crate::process::loan::lender::{ByLine, ByPipe};

impl Reactor {
    /// Looks whether child `id` has what it lends.
    ///
    /// # Errors
    ///
    /// As for [`Reactor::fetch`].
    pub(crate) fn check(&self, id: u64, loan: &Loan) -> Result<(), Errno> {
        let child = self.children.get(&id).ok_or(Errno::ESRCH)?;
        loan.check(child.pid)
    }

    /// Copies the next bytes of what child `id` lends, as many as `to` has.
    ///
    /// # Errors
    ///
    /// ESRCH when the child is gone, ENOMEM when there is no memory for what it lends.
    pub(crate) fn fetch(
        &mut self,
        id: u64,
        loan: &mut Loan,
        to: &mut [MaybeUninit<u8>],
    ) -> Result<(), Errno> {
        let child = self.children.get(&id).ok_or(Errno::ESRCH)?;
        if let Some(line) = self.lines.line(id) {
            return loan.fetch(child.pid, &mut ByLine::new(line, child.pidfd.as_ref()), to);
        }
        let pipe = child.pipe.as_ref().ok_or(Errno::ESRCH)?;
        loan.fetch(child.pid, &mut ByPipe(pipe), to)
    }

    /// Lets a child go on that captures, if it is such a one: what it printed has been taken.
    pub(crate) fn go_on(&self, id: u64) {
        self.lines.go_on(id);
    }

    /// Lets a child go that has lent something.
    pub(crate) fn release(&mut self, id: u64) {
        if self.lines.release(id) {
            return;
        }
        if let Some(child) = self.children.get_mut(&id) {
            child.close_pipe(&self.epoll);
        }
    }
}
