//! Which process: an id together with a start time, since the system gives ids again.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::kill;
use nix::unistd::{Pid, getpid};

use super::os::process_descriptor;

/// Process ids have at most 22 bits (`PID_MAX_LIMIT`).
pub(crate) const PID_BITS: u32 = 22;
/// Start times are in hundredths of a second, and kept modulo a month: by chance, a later process with the same id would
/// have the same one once in 268 million times.
const STARTED_BITS: u32 = 28;
/// Numbers of namespaces are given one after the other.
const NAMESPACE_BITS: u32 = 12;
/// The number of bits of [`Process::packed`].
pub(crate) const PACKED_BITS: u32 = PID_BITS + STARTED_BITS + NAMESPACE_BITS;

/// A process, distinguished by its start time from a later one with the same id, and by its PID namespace from one that
/// has the same id elsewhere.
///
/// In one word, as it is in shared memory: each message takes two locks, which say who holds them. From the lowest bits
/// on: the id, the start time and the namespace; the latter two are 0 if they are not known, and the upper two bits are 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process(u64);

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pid, started, namespace) = (self.pid(), self.started(), self.namespace());
        f.debug_struct("Process")
            .field("pid", &pid)
            .field("started", &started)
            .field("namespace", &namespace)
            .finish()
    }
}

impl Process {
    fn of(pid: u64, started: u64, namespace: u64) -> Self {
        let (pid, started) = (lower(pid, PID_BITS), lower(started, STARTED_BITS));
        Self((lower(namespace, NAMESPACE_BITS) << STARTED_BITS | started) << PID_BITS | pid)
    }

    fn started(self) -> u64 {
        lower(self.0 >> PID_BITS, STARTED_BITS)
    }

    fn namespace(self) -> u64 {
        self.0 >> (PID_BITS + STARTED_BITS)
    }

    /// The process that has this id now.
    pub(crate) fn now(pid: i32) -> Self {
        Self::own().child(pid).looked_up()
    }

    /// This process. Cheap: it is found out once after each fork.
    #[cfg(not(loom))]
    #[inline]
    pub(crate) fn own() -> Self {
        match OWN.load(Ordering::Relaxed) {
            0 => Self::look_at_own(),
            packed => Self(packed),
        }
    }

    /// The process that the thread of a model stands for.
    #[cfg(loom)]
    pub(crate) fn own() -> Self {
        Self(super::shared::sync::own())
    }

    #[cold]
    fn look_at_own() -> Self {
        let namespace = fs::metadata("/proc/self/ns/pid").map_or(0, |file| file.ino());
        let own = Self::of(getpid().as_raw().unsigned_abs().into(), 0, namespace).looked_up();
        OWN.store(own.0, Ordering::Relaxed);
        own
    }

    fn looked_up(self) -> Self {
        let pid = lower(self.0, PID_BITS);
        Self::of(pid, status(pid).map_or(0, |status| status.started), self.namespace())
    }

    /// The child of this process that has this id, as long as its start time is not known. Async-signal-safe.
    pub(super) fn child(self, pid: i32) -> Self {
        Self::of(pid.unsigned_abs().into(), 0, self.namespace())
    }

    /// The process id.
    pub(crate) fn pid(self) -> i32 {
        i32::try_from(lower(self.0, PID_BITS)).unwrap_or_default()
    }

    /// Whether the process is there, and can still run. A zombie cannot. Of one in another PID namespace nothing is known
    /// here: it counts as being there.
    #[cfg(not(loom))]
    pub(crate) fn is_there(self) -> bool {
        if self.namespace() != Self::own().namespace() {
            return true;
        }
        let started = self.started();
        match status(lower(self.0, PID_BITS)) {
            Some(status) => status.runs && (started == 0 || status.started == started),
            None => self.pid() != 0 && is_running(self.pid()),
        }
    }

    /// As the model says.
    #[cfg(loom)]
    pub(crate) fn is_there(self) -> bool {
        !super::shared::sync::is_dead(lower(self.0, PID_BITS))
    }

    /// In one word, whose upper two bits are 0; never 0 for a process that there is.
    #[inline]
    pub(crate) fn packed(self) -> u64 {
        self.0
    }

    /// From the lower bits of a word.
    #[inline]
    pub(crate) fn unpacked(packed: u64) -> Self {
        Self(lower(packed, PACKED_BITS))
    }
}

fn lower(word: u64, bits: u32) -> u64 {
    word & ((1 << bits) - 1)
}

/// This process, packed; 0 if that has not been found out since the last fork.
static OWN: AtomicU64 = AtomicU64::new(0);

/// In a child that has just been forked, by whatever code: it is another process than its parent. Async-signal-safe.
pub(super) fn forget() {
    OWN.store(0, Ordering::Relaxed);
}

struct Status {
    started: u64,
    runs: bool,
}

/// What `/proc` says; `None` if the process is gone, or not to be seen there.
fn status(pid: u64) -> Option<Status> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may contain anything.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    // Field 22 of the whole line, counted from 1; the state is the third.
    let started = lower(fields.nth(18)?.parse().ok()?, STARTED_BITS);
    Some(Status { started, runs: state != "Z" && state != "X" })
}

/// Whether a process runs of which `/proc` shows nothing: there is none here, or it hides the processes of other users.
fn is_running(pid: i32) -> bool {
    let pid = Pid::from_raw(pid);
    if kill(pid, None) == Err(Errno::ESRCH) {
        return false;
    }
    // A zombie, too, can be sent signals. Its pidfd is readable.
    process_descriptor(pid).is_none_or(|pidfd| {
        let mut polled = [PollFd::new(std::os::fd::AsFd::as_fd(&pidfd), PollFlags::POLLIN)];
        poll(&mut polled, PollTimeout::ZERO) != Ok(1)
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_later_process_with_the_same_id_is_another() {
        let own = Process::own();
        assert!(own.is_there());
        assert_eq!(Process::unpacked(own.packed()), own);
        assert!(!Process::of(own.0, own.started() + 1, own.namespace()).is_there());
    }

    #[test]
    fn a_zombie_is_not_there() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let process = Process::now(pid);
        assert!(process.is_there() && is_running(pid));
        child.kill().unwrap();
        while process.is_there() {
            std::thread::yield_now();
        }
        assert!(!is_running(pid), "without /proc, its pidfd tells");
        child.wait().unwrap();
        assert!(!is_running(pid));
    }

    #[test]
    fn one_in_another_namespace_may_be_there() {
        let own = Process::own();
        let elsewhere = Process::of(own.0, 1, own.namespace() ^ 1);
        assert!(elsewhere.is_there() && elsewhere != own);
        assert_eq!(Process::unpacked(elsewhere.packed()), elsewhere);
    }

    #[test]
    fn what_no_process_has_written_is_no_process() {
        let namespace = Process::own().namespace();
        assert!(!Process::of(0, 0, namespace).is_there());
        assert!(!Process::of(u64::MAX, u64::MAX, namespace).is_there());
    }
}
