//! The one place that forks.

use std::os::fd::OwnedFd;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{Pid, getpid, setpgid, setsid};

pub(crate) use super::os::Refused;
use super::os::{self, process_descriptor};
use super::{census, child, identity, pipe, signals};

/// Purpose of the pipe between parent and child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The child writes its outcome.
    Outcome,
    /// It is closed when the child ends, and so reports that. Nothing is written: the child has the reading end.
    End,
}

/// The result of a fork in either process.
#[derive(Debug)]
pub(crate) enum Fork {
    /// In the parent: the new child.
    Parent(Child),
    /// In the child: its end of the pipe.
    Child(OwnedFd),
}

/// A child, as its parent holds it.
#[derive(Debug)]
pub(crate) struct Child {
    /// Its process id, which is also the id of its process group.
    pub(crate) pid: Pid,
    /// Readable once the child has ended; `None` if the kernel has no pidfds.
    pub(crate) pidfd: Option<OwnedFd>,
    /// The parent's end of the pipe.
    pub(crate) pipe: OwnedFd,
}

/// Forks. In the child, signals, process group and parent-death request are set up when this returns.
///
/// # Errors
///
/// When the kernel refuses; nothing is left over then.
pub(crate) fn fork(purpose: Purpose) -> Result<Fork, Refused> {
    let (reader, writer) = pipe::open().map_err(Refused::by("pipe"))?;
    let (ours, theirs) = match purpose {
        Purpose::Outcome => (reader, writer),
        Purpose::End => (writer, reader),
    };
    let parent = getpid();
    let last_signal = os::last_signal();
    let blocked = signals::Blocked::all();
    // `libc::fork`, and not the bare system call: the atfork handlers of other libraries have to run.
    #[expect(clippy::disallowed_methods, reason = "this is the place that the rule points to")]
    // SAFETY: the only other thread of ours takes no lock and allocates nothing, so that no lock of ours is held in the
    // copy.
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
            // The child does the same. EACCES means that the child was faster, and has called exec.
            let _ = setpgid(pid, pid);
            drop(blocked);
            // Not reaped, so that the number cannot belong to another process.
            Ok(Fork::Parent(Child { pid, pidfd: process_descriptor(pid), pipe: ours }))
        }
    }
}

/// The result of [`apart`] in either process.
#[derive(Debug)]
pub(crate) enum Apart {
    /// In the process that has called it: what the new one writes can be read here.
    Parent(OwnedFd),
    /// In the new one: its end of the pipe. All signals are blocked until the second value is dropped.
    Child(OwnedFd, signals::Blocked),
}

/// Forks a process that is no child of this one: it belongs to process 1, leads no session, so that no terminal becomes
/// its own, and goes on when this one ends. Its signals are what they are here.
///
/// # Errors
///
/// When the kernel refuses; nothing is left over then.
pub(crate) fn apart() -> Result<Apart, Refused> {
    let (reader, writer) = pipe::open_blocking().map_err(Refused::by("pipe"))?;
    let blocked = signals::Blocked::all();
    #[expect(clippy::disallowed_methods, reason = "this is the place that the rule points to")]
    // SAFETY: as in `fork`.
    match unsafe { libc::fork() } {
        -1 => Err(Refused { call: "fork", errno: Errno::last() }),
        0 => {
            drop(reader);
            let _ = setsid();
            #[expect(clippy::disallowed_methods, reason = "as above")]
            // SAFETY: as above.
            match unsafe { libc::fork() } {
                -1 => child::end(Errno::last_raw()),
                0 => Ok(Apart::Child(writer, blocked)),
                _ => child::end(0),
            }
        }
        pid => {
            drop(writer);
            let ended = loop {
                match waitpid(Pid::from_raw(pid), None) {
                    Err(Errno::EINTR) => {}
                    ended => break ended,
                }
            };
            match ended {
                Ok(WaitStatus::Exited(_, errno)) if errno != 0 => {
                    Err(Refused { call: "fork", errno: Errno::from_raw(errno) })
                }
                // Where somebody else has taken the status, the pipe tells.
                _ => Ok(Apart::Parent(reader)),
            }
        }
    }
}

/// This process is the result of a fork, by whatever code, since [`noticed`] was last called.
static FORKED: AtomicBool = AtomicBool::new(false);

/// Registers to notice every fork from now on, by whatever code: getting the pid by a system call each time would cost
/// more than all the rest. Called in MINIT, which may run more than once.
pub(crate) fn watch() {
    extern "C" fn in_child() {
        os::in_child();
        FORKED.store(true, Ordering::Relaxed);
        identity::forget();
        census::in_child();
    }
    extern "C" fn before() {
        census::before_fork();
    }
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        // SAFETY: the handlers are async-signal-safe; the C library removes them when this library is unloaded.
        unsafe { libc::pthread_atfork(Some(before), None, Some(in_child)) };
    });
}

/// Has this process been forked since the last call?
pub(crate) fn noticed() -> bool {
    FORKED.load(Ordering::Relaxed) && FORKED.swap(false, Ordering::Relaxed)
}
