//! Signals for a child and for its process group, whatever the child has done to either.
//!
//! Where the kernel has pidfds these are what is used: a number may be another process's by now, when somebody else
//! has taken the child's status.

use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, getpgid};

/// To the process group that the pidfd's process leads, or led (Linux 6.9).
const PROCESS_GROUP: u32 = 1 << 2;

/// A child that is to get signals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipient<'a> {
    pid: Pid,
    pidfd: Option<&'a OwnedFd>,
}

impl<'a> Recipient<'a> {
    /// The child `pid`, which `pidfd` refers to, if there is one.
    pub(crate) fn new(pid: Pid, pidfd: Option<&'a OwnedFd>) -> Self {
        Self { pid, pidfd }
    }

    /// Sends `signal` to the child, and to its group: what it started goes when it has to go.
    ///
    /// # Errors
    ///
    /// EPERM when the child is not to be reached: it is somebody else's by now, or this process is. One that is gone is
    /// no error.
    pub(crate) fn send_all(self, signal: Signal) -> Result<(), Errno> {
        let _ = self.group(signal);
        // Twice would be once too often for a handler, but one that has left its group did not get it.
        let left = getpgid(Some(self.pid)) != Ok(self.pid);
        let reached = self.send(if left || signal == Signal::SIGKILL { Some(signal) } else { None });
        if signal != Signal::SIGKILL {
            // A stopped process would sit on it.
            let _ = self.group(Signal::SIGCONT);
            let _ = self.send(left.then_some(Signal::SIGCONT));
        }
        reached
    }

    /// Sends `signal` to the child alone; none only looks whether that could be done.
    ///
    /// # Errors
    ///
    /// As for [`Recipient::send_all`].
    pub(crate) fn send(self, signal: Option<Signal>) -> Result<(), Errno> {
        match self.by_pidfd(signal, 0).unwrap_or_else(|| kill(self.pid, signal)) {
            Err(Errno::ESRCH) => Ok(()),
            sent => sent,
        }
    }

    fn group(self, signal: Signal) -> Result<(), Errno> {
        match self.by_pidfd(Some(signal), PROCESS_GROUP) {
            Some(sent) => sent,
            // The number is the group's as long as nobody has taken the status of the child.
            None if self.by_pidfd(None, 0) != Some(Err(Errno::ESRCH)) => killpg(self.pid, signal),
            None => Err(Errno::ESRCH),
        }
    }

    /// None when that cannot be done by a pidfd. A filter of system calls may say EPERM, too; the older calls know
    /// better.
    fn by_pidfd(self, signal: Option<Signal>, flags: u32) -> Option<Result<(), Errno>> {
        let fd = self.pidfd?.as_raw_fd();
        let number = signal.map_or(0, |signal| signal as i32);
        let info = ptr::null::<libc::siginfo_t>();
        // SAFETY: numbers, and no information besides.
        let sent = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, number, info, flags) };
        match Errno::result(sent) {
            Ok(_) => Some(Ok(())),
            Err(Errno::ESRCH) => Some(Err(Errno::ESRCH)),
            Err(_) => None,
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

    /// A child in the group of this process, which is there when this returns.
    fn elsewhere() -> Child {
        let ours = getpgrp();
        let child = match fork(Purpose::Outcome).unwrap() {
            Fork::Child(_channel) => {
                loop {
                    // Its parent may be about to give it a group of its own.
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
        // The number is this process's own: if it were used, it would be missed.
        let recipient = Recipient::new(nix::unistd::getpid(), child.pidfd.as_ref());
        assert_eq!(recipient.send(Some(Signal::SIGKILL)), Ok(()));
        assert_eq!(recipient.group(Signal::SIGKILL), Err(Errno::ESRCH));
    }
}
