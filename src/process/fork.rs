//! The one place where a child is made.

use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::unistd::{Pid, getpid, setpgid};

use super::{child, pipe, signals};

/// What the pipe between the two is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The child tells its outcome.
    Outcome,
    /// It tells of the child's end, by being closed then, and of nothing else: nobody can write to the end that the
    /// child has.
    End,
}

/// The two processes that a fork leaves.
#[derive(Debug)]
pub(crate) enum Fork {
    /// We are the parent, and this is our handle of the child.
    Parent(Child),
    /// We are the child, and this is its end of the pipe.
    Child(OwnedFd),
}

/// What the parent holds of a child.
#[derive(Debug)]
pub(crate) struct Child {
    /// Its process id, and that of its process group.
    pub(crate) pid: Pid,
    /// Readable once it has ended; none where the kernel has no pidfds.
    pub(crate) pidfd: Option<OwnedFd>,
    /// The other end of its pipe.
    pub(crate) pipe: OwnedFd,
}

/// Why no child was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The call that failed: `pipe` or `fork`.
    pub(crate) call: &'static str,
    /// What it said.
    pub(crate) errno: Errno,
}

impl Refused {
    /// What `call` said.
    pub(crate) fn by(call: &'static str) -> impl Fn(Errno) -> Self {
        move |errno| Self { call, errno }
    }
}

/// Forks. The child has its signals, process group and parent-death request in place when this returns in it.
///
/// # Errors
///
/// The kernel's refusal; nothing is left behind then.
pub(crate) fn fork(purpose: Purpose) -> Result<Fork, Refused> {
    let (reader, writer) = pipe::open().map_err(Refused::by("pipe"))?;
    let (ours, theirs) = match purpose {
        Purpose::Outcome => (reader, writer),
        Purpose::End => (writer, reader),
    };
    let parent = getpid();
    let last_signal = libc::SIGRTMAX();
    let blocked = signals::Blocked::all();
    // `libc::fork` and not the bare system call: other libraries' atfork handlers must run.
    #[expect(clippy::disallowed_methods, reason = "this is the place that the rule points to")]
    // SAFETY: the only other thread of ours takes no lock and allocates nothing, so the copy holds no lock of ours.
    match unsafe { libc::fork() } {
        -1 => Err(Refused { call: "fork", errno: Errno::last() }),
        0 => {
            std::mem::forget(blocked);
            noticed();
            drop(ours);
            child::begin(parent, last_signal, &theirs);
            Ok(Fork::Child(theirs))
        }
        pid => {
            let pid = Pid::from_raw(pid);
            drop(theirs);
            // The child does the same; EACCES says that it was faster and has called exec.
            let _ = setpgid(pid, pid);
            drop(blocked);
            Ok(Fork::Parent(Child { pid, pidfd: pidfd(pid), pipe: ours }))
        }
    }
}

/// A fork of any origin has happened since somebody last asked.
static FORKED: AtomicBool = AtomicBool::new(false);

/// Notices every fork from now on, whoever makes it: a system call to ask for the pid each time would cost more than
/// all the rest. MINIT, which may run more than once.
pub(crate) fn watch() {
    extern "C" fn in_child() {
        FORKED.store(true, Ordering::Relaxed);
    }
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        // SAFETY: the handler is async-signal-safe; the C library drops it when this library is unloaded.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}

/// Is this another process than the one that asked last?
pub(crate) fn noticed() -> bool {
    FORKED.load(Ordering::Relaxed) && FORKED.swap(false, Ordering::Relaxed)
}

fn pidfd(pid: Pid) -> Option<OwnedFd> {
    // SAFETY: no pointers; `pid` is our child and not reaped, so it cannot be another process by now.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) };
    // SAFETY: the kernel just made this descriptor for us; it is close-on-exec by definition.
    i32::try_from(fd).ok().filter(|&fd| fd >= 0).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
}
