//! A forked child: what it does first, before any PHP code, and the one way in which it ends.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpgrp, getpid, getppid, setpgid};

use super::os::{self, Alarm};
use super::{listener, signals};

/// The first steps of a child, while all signals are still blocked.
///
/// The child leads a process group of its own, so that what a task has started can be ended with it. The number of the
/// last signal is passed on from before the fork: calling a function of the C library for the first time would map one
/// more page.
pub(crate) fn begin(parent: Pid, last_signal: i32, pipe: &OwnedFd) {
    // The parent does the same: whichever is first, the group exists before either of them needs it.
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    let farewell = os::farewell(last_signal);
    listener::begin_child();
    signals::reset(last_signal);
    signals::set(farewell, die_with_group as extern "C" fn(i32) as usize);
    // The request after this one is cancelled by the kernel when a process changes its user, and a task may cancel it,
    // too. For this one, which is about the end of the pipe that the parent has, the kernel checks the credentials of the
    // moment; but closing the descriptor cancels it.
    os::signal_at_events(pipe, farewell, false);
    os::signal_at_parents_end(farewell);
    if getppid() != parent {
        // The parent died before the request was in place.
        die_with_group(farewell);
    }
}

/// The first steps of a process that is nobody's child, while all signals are still blocked.
pub(crate) fn begin_apart() {
    listener::begin_child();
    signals::reset(os::last_signal());
}

/// Cancels the request for a signal when the other end of the pipe is closed: the parent closes its end once it has read
/// the outcome, and processes that the task has started may go on.
pub(crate) fn stay_when_closed(pipe: &OwnedFd) {
    // SAFETY: numbers only.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETFL, 0) };
}

/// Has the kernel kill this process after `time`, whatever it does until then. Without a timer, of which a user has only
/// so many, only the parent does that.
pub(crate) fn end_within(time: Duration) {
    let Ok(mut alarm) = Alarm::new(Signal::SIGKILL) else {
        return;
    };
    // 0 would be never.
    alarm.set(time.max(Duration::from_millis(1)));
    // It lasts as long as the process.
    alarm.forget();
}

/// The process id of this child.
pub(crate) fn id() -> i32 {
    getpid().as_raw()
}

/// Adds `increment` to the nice value of this process.
///
/// # Errors
///
/// EPERM when that would be a higher priority than this user may have.
pub(crate) fn nice(increment: i32) -> Result<(), Errno> {
    Errno::clear();
    // SAFETY: a number in, a number out. -1 may be the new value, so that only errno indicates failure.
    unsafe { libc::nice(increment) };
    match Errno::last_raw() {
        0 => Ok(()),
        errno => Err(Errno::from_raw(errno)),
    }
}

/// How many descriptors [`close_all`] sorts at a time.
const SORTED: usize = 128;

/// In a new child: closes its copies of the parent's descriptors, which nothing uses here. This takes few system calls:
/// there are two descriptors for each sibling, and their numbers are close together.
pub(crate) fn close_all(mut numbers: impl Iterator<Item = RawFd>) {
    let mut sorted = [0; SORTED];
    loop {
        let mut count = 0;
        for (slot, number) in sorted.iter_mut().zip(&mut numbers) {
            *slot = number;
            count += 1;
        }
        let sorted = sorted.get_mut(..count).unwrap_or_default();
        sorted.sort_unstable();
        for run in sorted.chunk_by(|before, after| before + 1 == *after) {
            close_run(run);
        }
        if count < SORTED {
            return;
        }
    }
}

/// Closes descriptors with consecutive numbers.
fn close_run(run: &[RawFd]) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return;
    };
    // SAFETY: the caller's descriptors, which nothing refers to any more.
    if unsafe { os::close_range(first.unsigned_abs(), last.unsigned_abs()) } {
        return;
    }
    for &number in run {
        // SAFETY: as above.
        unsafe { libc::close(number) };
    }
}

/// Closes everything but the standard streams and `channel`. So when the parent learns the outcome, locks, ports and
/// pipes of the task are free, although the process itself takes a moment longer to end.
pub(crate) fn let_go(channel: &OwnedFd) {
    let kept = channel.as_raw_fd().unsigned_abs();
    for (first, last) in [(3, kept.saturating_sub(1)), (kept + 1, u32::MAX)] {
        if first <= last {
            // SAFETY: code that owns these descriptors never runs again: only the outcome is left to write. A kernel that
            // cannot do this closes them when the process ends, as always.
            unsafe { os::close_range(first, last) };
        }
    }
}

/// Ends a child. No destructor or exit handler runs, and no buffer of the parent's libraries is flushed.
pub(crate) fn end(code: i32) -> ! {
    // SAFETY: ends this process at once; nothing that is shared with the parent is touched.
    unsafe { libc::_exit(code) }
}

/// The signal that a child gets when its parent dies.
pub(crate) fn parent_death_signal() -> i32 {
    os::farewell(os::last_signal())
}

/// How long a process that has lost its parent may take to finish code that must not be interrupted, and how often that
/// is checked, as nothing reports it.
const LEFT_TO_PROTECTED: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(10);

/// The handler of that signal: kills this process and its group. Async-signal-safe. If the process is in the middle of
/// a library's shared memory, it first waits, since dying there would leave a lock that other processes wait for; but
/// only for a limited time, as the process may itself be waiting there for a dead one.
extern "C" fn die_with_group(signal: i32) {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    let looks = LOOKS.fetch_add(1, Ordering::Relaxed);
    if signals::deferred() && LOOK * looks < LEFT_TO_PROTECTED && (looks > 0 || os::repeat(signal, LOOK)) {
        return;
    }
    if getpgrp() == getpid() {
        let _ = kill(Pid::from_raw(0), Signal::SIGKILL);
    }
    end(128 + libc::SIGKILL);
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsFd, IntoRawFd};

    use nix::fcntl::{FcntlArg, fcntl};

    use super::*;
    use crate::process::pipe;

    #[test]
    fn what_is_named_is_closed_and_nothing_in_between() {
        let (reader, _writer) = pipe::open().unwrap();
        // Far from the descriptors of other tests, more than are sorted at a time, and in no order.
        let copies: Vec<_> =
            (0..2 * SORTED + 9).map(|_| os::descriptor::duplicate(reader.as_fd(), 600).unwrap()).collect();
        let (kept, closed): (Vec<_>, Vec<_>) =
            copies.into_iter().rev().enumerate().partition(|(i, _)| i % 5 == 0);
        let closed: Vec<_> = closed.into_iter().map(|(_, fd)| fd.into_raw_fd()).collect();
        close_all(closed.iter().copied());
        for number in closed {
            // SAFETY: only queries.
            let gone = unsafe { libc::fcntl(number, libc::F_GETFD) };
            assert_eq!((gone, Errno::last()), (-1, Errno::EBADF));
        }
        assert!(kept.iter().all(|(_, fd)| fcntl(fd, FcntlArg::F_GETFD).is_ok()));
    }
}
