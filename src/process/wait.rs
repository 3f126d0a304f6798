//! How a child ended. Only pids that this process forked are ever waited for, one at a time.

use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};
use std::{fmt, io, mem::MaybeUninit, thread};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::wait::WaitStatus;
use nix::unistd::Pid;

use super::os::peek;

/// How long to wait for a process that has nothing left to do but to end.
pub(crate) const EXIT_WAIT: Duration = Duration::from_secs(1);
/// How long to wait for a process that was killed. With much memory the kernel takes its time; a process that waits for
/// a dead disk, or that is being debugged, may never end.
pub(crate) const KILL_WAIT: Duration = Duration::from_secs(5);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It called `_exit` with this status.
    Code(i32),
    /// A signal ended it.
    Signal {
        /// The signal's number.
        number: i32,
        /// Whether a core was dumped.
        core: bool,
    },
    /// Its status is lost: other code in this process has waited for it, or SIGCHLD is ignored.
    Unknown,
    /// It was to end, and has not.
    Unended(Unended),
}

/// Why a process that was to be killed is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unended {
    /// The kernel refuses to send the signal.
    Refused(Errno),
    /// It was killed, but the kernel has not ended it yet.
    Killed,
}

impl Unended {
    /// The reason, given the result of sending SIGKILL.
    pub(crate) fn after(sent: Result<(), Errno>) -> Self {
        sent.map_or_else(Self::Refused, |()| Self::Killed)
    }
}

impl fmt::Display for Unended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(errno) => {
                let why = errno.desc();
                write!(
                    f,
                    "could not be ended: kill() failed: {why}; its process has another user's rights, and goes on"
                )
            }
            Self::Killed => f.write_str("was killed, but the kernel has not taken its process down"),
        }
    }
}

/// The result of asking for a process's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// It still runs.
    Running,
    /// It has ended, and is reaped.
    Ended(Exit),
}

/// Asks for the status of `pid`, and reaps it if it has ended. Does not block.
pub(crate) fn wait(pid: Pid) -> Waited {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: both out-pointers are valid for the call; `pid` is a child that this process forked.
        let got = unsafe { libc::wait4(pid.as_raw(), &raw mut status, libc::WNOHANG, usage.as_mut_ptr()) };
        return match got {
            0 => Waited::Running,
            -1 if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => continue,
            -1 => Waited::Ended(Exit::Unknown),
            _ => Waited::Ended(decode(status)),
        };
    }
}

/// How a process ended, without reaping it. Waits up to [`EXIT_WAIT`] for its end.
pub(crate) fn look_at(pid: Pid) -> Exit {
    let until = Instant::now() + EXIT_WAIT;
    loop {
        match peek(Some(pid)) {
            Ok(WaitStatus::Exited(_, code)) => return Exit::Code(code),
            Ok(WaitStatus::Signaled(_, signal, core)) => return Exit::Signal { number: signal as i32, core },
            Ok(_) | Err(Errno::EINTR) if Instant::now() < until => thread::sleep(Duration::from_millis(1)),
            _ => return Exit::Unknown,
        }
    }
}

/// Waits for the end of a process until `until`, and reaps it.
pub(crate) fn wait_until(pid: Pid, pidfd: Option<&OwnedFd>, until: Instant) -> Waited {
    // Without a pidfd nothing reports the end; nor does anything report that a debugger lets go of the status.
    let mut untold = pidfd;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match wait(pid) {
            Waited::Running if !left.is_zero() => {}
            waited => return waited,
        }
        let Some(pidfd) = untold else {
            thread::sleep(Duration::from_millis(1));
            continue;
        };
        let left = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
        // A signal is no reason to give up.
        if poll(&mut [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)], left) == Ok(1) {
            untold = None;
        }
    }
}

/// Sleeps for `time`, rounded up to a millisecond.
///
/// # Errors
///
/// EINTR when a signal arrived.
pub(crate) fn pause(time: Duration) -> Result<(), Errno> {
    let millis = i32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX);
    poll(&mut [], PollTimeout::try_from(millis).unwrap_or(PollTimeout::ZERO)).map(drop)
}

/// Waits for the end of a test's child.
#[cfg(test)]
pub(crate) fn end_of(pid: Pid) -> Waited {
    wait_until(pid, None, Instant::now() + Duration::from_secs(60))
}

fn decode(status: i32) -> Exit {
    if libc::WIFSIGNALED(status) {
        Exit::Signal { number: libc::WTERMSIG(status), core: libc::WCOREDUMP(status) }
    } else {
        Exit::Code(libc::WEXITSTATUS(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_signals_and_cores_are_told_apart() {
        assert_eq!(decode(0x300), Exit::Code(3));
        assert_eq!(decode(9), Exit::Signal { number: 9, core: false });
        assert_eq!(decode(0x8B), Exit::Signal { number: 11, core: true });
    }

    #[test]
    fn a_process_that_is_not_ours_is_unknown() {
        assert_eq!(wait(Pid::from_raw(1)), Waited::Ended(Exit::Unknown));
    }
}
