//! Processes that this process has not forked, and that are its children all the same: the first process of a container
//! (or a "subreaper") becomes the parent of every process whose parent has ended. If it does not take their statuses,
//! they stay as zombies for ever.
//!
//! Only such a process does that, and only for what can be none of its own children: those of this extension are known,
//! and what the application has started by itself, by `proc_open()` for example, is in the process group of this
//! process. An orphan comes from a worker or from outside of this program, and is in another one. The kernel is asked
//! which child has ended, without taking its status; only then is it waited for, by its number.

use nix::errno::Errno;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::{Pid, getpgid, getpgrp, getpid};

/// How many orphans are taken at once.
const AT_ONCE: usize = 1000;

/// Does this process become the parent of orphans?
pub(crate) fn come_here() -> bool {
    let mut is_subreaper: libc::c_int = 0;
    // SAFETY: a valid out-pointer.
    unsafe { libc::prctl(libc::PR_GET_CHILD_SUBREAPER, &raw mut is_subreaper) };
    getpid() == Pid::from_raw(1) || is_subreaper != 0
}

/// Takes the statuses of orphans that have ended. `is_own` says of a process whether it is one of this extension's. Returns
/// how many there were.
pub(crate) fn reap(is_own: impl Fn(i32) -> bool) -> usize {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    let mut count = 0;
    while count < AT_ONCE {
        let ended = match waitid(Id::All, flags) {
            Ok(WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..)) => pid,
            Err(Errno::EINTR) => continue,
            _ => break,
        };
        // The kernel names the same one until it is taken: an own child hides the orphans behind it, but not for long.
        if is_own(ended.as_raw()) || getpgid(Some(ended)) == Ok(getpgrp()) {
            break;
        }
        if waitpid(ended, Some(WaitPidFlag::WNOHANG)).is_err() {
            break;
        }
        count += 1;
    }
    count
}
