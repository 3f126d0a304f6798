//! How one process of ours ended. Only pids that we forked are ever waited for, one at a time.

use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};
use std::{io, mem::MaybeUninit, thread};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What a process has that has nothing left to do but to end.
pub(crate) const FAREWELL: Duration = Duration::from_secs(1);

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
    /// Somebody else took its status: another `wait` in the process, or SIGCHLD set to be ignored.
    Unknown,
}

/// What became of a process when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// It still runs.
    Running,
    /// It is gone, and reaped.
    Ended(Exit),
}

/// Asks for the status of `pid`, and reaps it; `block` waits for its end.
pub(crate) fn wait(pid: Pid, block: bool) -> Waited {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    let flags = if block { 0 } else { libc::WNOHANG };
    loop {
        // SAFETY: both out-pointers are valid for the call; `pid` is a child that this process forked.
        let got = unsafe { libc::wait4(pid.as_raw(), &raw mut status, flags, usage.as_mut_ptr()) };
        return match got {
            0 => Waited::Running,
            -1 if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => continue,
            -1 => Waited::Ended(Exit::Unknown),
            _ => Waited::Ended(decode(status)),
        };
    }
}

/// Waits for the end of a process that has nothing left to do but to end. One that stays is killed: it has written its
/// result itself, and went on.
pub(crate) fn see_off(pid: Pid, pidfd: Option<&OwnedFd>) -> Exit {
    let until = Instant::now() + FAREWELL;
    loop {
        if let Waited::Ended(exit) = wait(pid, false) {
            return exit;
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let _ = kill(pid, Signal::SIGKILL);
            return match wait(pid, true) {
                Waited::Ended(exit) => exit,
                Waited::Running => Exit::Unknown,
            };
        }
        let Some(pidfd) = pidfd else {
            thread::sleep(Duration::from_millis(1));
            continue;
        };
        let left = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
        // A signal is no reason to give up.
        let _ = poll(&mut [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)], left);
    }
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
        assert_eq!(wait(Pid::from_raw(1), false), Waited::Ended(Exit::Unknown));
    }
}
