//! Sends signals to a child and to its process group, whatever the child has done to either.
//!
//! Where the kernel has pidfds these are used: if other code has taken the child's status, its number may belong to
//! another process by now.

use std::os::fd::{AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, getpgid};

use super::os::{Whom, send_by};

/// A child that signals are sent to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipient<'a> {
    pid: Pid,
    pidfd: Option<&'a OwnedFd>,
}

impl<'a> Recipient<'a> {
    /// The child `pid`, to which `pidfd` refers, if there is one.
    pub(crate) fn new(pid: Pid, pidfd: Option<&'a OwnedFd>) -> Self {
        Self { pid, pidfd }
    }

    /// Sends `signal` to the child and its group: what the child has started has to end with it.
    ///
    /// # Errors
    ///
    /// EPERM when this process may not send the child a signal, as one of them has changed its user. A child that is
    /// gone is no error.
    pub(crate) fn send_all(self, signal: Signal) -> Result<(), Errno> {
        let _ = self.group(signal);
        // A handler should not run twice; but a child that has left its group did not get the signal.
        let left = getpgid(Some(self.pid)) != Ok(self.pid);
        let reached = self.send(if left || signal == Signal::SIGKILL { Some(signal) } else { None });
        if signal != Signal::SIGKILL {
            // A stopped process would not handle the signal.
            let _ = self.group(Signal::SIGCONT);
            let _ = self.send(left.then_some(Signal::SIGCONT));
        }
        reached
    }

    /// Sends `signal` to the child alone; `None` only checks whether that is possible.
    ///
    /// # Errors
    ///
    /// As for [`Recipient::send_all`].
    pub(crate) fn send(self, signal: Option<Signal>) -> Result<(), Errno> {
        match self.by_pidfd(signal, Whom::Itself).unwrap_or_else(|| kill(self.pid, signal)) {
            Err(Errno::ESRCH) => Ok(()),
            sent => sent,
        }
    }

    fn group(self, signal: Signal) -> Result<(), Errno> {
        match self.by_pidfd(Some(signal), Whom::ItsGroup) {
            Some(sent) => sent,
            // The number is the group's as long as nobody has taken the child's status.
            None if self.by_pidfd(None, Whom::Itself) != Some(Err(Errno::ESRCH)) => killpg(self.pid, signal),
            None => Err(Errno::ESRCH),
        }
    }

    /// `None` if a pidfd does not work here. A filter of system calls may also be the one that returns EPERM: the older
    /// calls give the reliable answer.
    fn by_pidfd(self, signal: Option<Signal>, whom: Whom) -> Option<Result<(), Errno>> {
        match send_by(self.pidfd?.as_raw_fd(), signal.map_or(0, |signal| signal as i32), whom) {
            Err(Errno::ESRCH) => Some(Err(Errno::ESRCH)),
            sent => sent.ok().map(Ok),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::child::end;
    use crate::process::fork::{Child, Fork, Purpose, fork};
    use crate::process::wait::{Exit, Waited, end_of};
    use nix::unistd::{getpgrp, setpgid};

    /// A child that is in the group of this process by the time this returns.
    fn elsewhere() -> Child {
        let ours = getpgrp();
        let child = match fork(Purpose::Outcome).unwrap() {
            Fork::Child(_channel) => {
                loop {
                    // The parent may be about to give the child its own group.
                    let _ = setpgid(Pid::from_raw(0), ours);
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
            }
            Fork::Parent(child) => child,
        };
        while getpgid(Some(child.pid)) != Ok(ours) {
            std::thread::yield_now();
        }
        child
    }

    #[test]
    fn one_that_has_left_its_group_is_reached() {
        let killed = Waited::Ended(Exit::Signal { number: libc::SIGKILL, core: false });
        for by_number in [false, true] {
            let child = elsewhere();
            let recipient = Recipient::new(child.pid, child.pidfd.as_ref().filter(|_| !by_number));
            assert_eq!(recipient.send(None), Ok(()));
            assert_eq!(recipient.send_all(Signal::SIGTERM), Ok(()));
            let terminated = Waited::Ended(Exit::Signal { number: libc::SIGTERM, core: false });
            assert_eq!(end_of(child.pid), terminated);
        }
        let child = elsewhere();
        assert_eq!(Recipient::new(child.pid, child.pidfd.as_ref()).send_all(Signal::SIGKILL), Ok(()));
        assert_eq!(end_of(child.pid), killed);
    }

    #[test]
    fn one_whose_status_somebody_has_taken_is_no_error_and_its_number_is_not_used() {
        let child = match fork(Purpose::Outcome).unwrap() {
            Fork::Child(_channel) => end(0),
            Fork::Parent(child) => child,
        };
        end_of(child.pid);
        // This is the number of the test's own process: using it would kill the test.
        let recipient = Recipient::new(nix::unistd::getpid(), child.pidfd.as_ref());
        assert_eq!(recipient.send(Some(Signal::SIGKILL)), Ok(()));
        assert_eq!(recipient.group(Signal::SIGKILL), Err(Errno::ESRCH));
    }
}
