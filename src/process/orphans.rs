//! Processes that this process has not forked, and that are its children all the same: the first process of a container
//! (or a "subreaper") becomes the parent of every process whose parent has ended. If it does not take their statuses,
//! they stay as zombies for ever.
//!
//! Only such a process does that, and only for what can be none of its own children: those of this extension are known,
//! and what the application has started by itself, by `proc_open()` for example, is in the process group of this
//! process. An orphan comes from a worker or from outside of this program, and is in another one. The kernel is asked
//! which child has ended, without taking its status; only then is it waited for, by its number.

use std::fs;

use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpgid, getpgrp, getpid};

use super::os::{is_subreaper, peek};

/// How many orphans are taken at once.
const AT_ONCE: usize = 1000;

/// Does this process become the parent of orphans?
pub(crate) fn come_here() -> bool {
    getpid() == Pid::from_raw(1) || is_subreaper()
}

/// Takes the statuses of orphans that have ended. `is_own` says of a process whether it is one of this extension's. Returns
/// how many there were.
pub(crate) fn reap(is_own: impl Fn(i32) -> bool) -> usize {
    let take = |pid: Pid| {
        let is_orphan = !is_own(pid.as_raw()) && getpgid(Some(pid)) != Ok(getpgrp());
        is_orphan
            && matches!(waitpid(pid, Some(WaitPidFlag::WNOHANG)), Ok(status) if status != WaitStatus::StillAlive)
    };
    let mut count = 0;
    while count < AT_ONCE {
        match peek(None) {
            Ok(WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..)) if take(pid) => count += 1,
            // The kernel names the same one until its status is taken: it hides the others.
            Ok(WaitStatus::Exited(..) | WaitStatus::Signaled(..)) => {
                return count + zombies().into_iter().filter(|&pid| take(pid)).count();
            }
            Err(Errno::EINTR) => {}
            _ => break,
        }
    }
    count
}

/// The children of this process that have ended, as far as `/proc` tells.
fn zombies() -> Vec<Pid> {
    let own = getpid().as_raw();
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| is_zombie_of(&stat, own))
    })
    .map(Pid::from_raw)
    .collect()
}

/// Is this the `stat` file of a zombie whose parent is `parent`? The name in it may have spaces and brackets.
fn is_zombie_of(stat: &str, parent: i32) -> bool {
    let after = stat.rsplit_once(") ").map_or("", |(_, after)| after);
    let mut words = after.split(' ');
    words.next() == Some("Z") && words.next().and_then(|word| word.parse().ok()) == Some(parent)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use nix::sys::wait::{Id, waitid};

    use super::*;

    #[test]
    fn a_zombie_is_known_by_its_state_and_its_parent() {
        assert!(is_zombie_of("12 (a) b) Z 1 12 12 0 -1", 1));
        for other in ["12 (a) S 1 12", "12 (a) Z 2 12", "12 (Z 1) R 1", ""] {
            assert!(!is_zombie_of(other, 1), "{other}");
        }
    }

    #[test]
    fn the_orphans_are_reaped_and_what_hides_them_stays() {
        // One that this extension has started, one that the application has, and two orphans.
        let true_in = |group: Option<i32>| {
            let mut command = Command::new("true");
            if let Some(group) = group {
                command.process_group(group);
            }
            Pid::from_raw(i32::try_from(command.spawn().unwrap().id()).unwrap())
        };
        let [own, one, another] = [Some(0), Some(0), Some(0)].map(true_in);
        let foreign = true_in(None);
        let has_ended = |pid: Pid| {
            let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
            waitid(Id::Pid(pid), flags).is_ok()
        };
        assert!([own, one, another, foreign].into_iter().all(has_ended));
        // Other tests have children, too.
        let is_own = |pid: i32| ![one, another, foreign].contains(&Pid::from_raw(pid));
        assert_eq!(reap(is_own), 2);
        assert_eq!(reap(is_own), 0);
        assert_eq!([one, another].map(|pid| waitpid(pid, None)), [Err(Errno::ECHILD); 2]);
        for pid in [own, foreign] {
            assert_eq!(waitpid(pid, None), Ok(WaitStatus::Exited(pid, 0)));
        }
    }
}
