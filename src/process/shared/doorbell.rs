//! How a warm worker wakes its parent: only when that one sleeps, or wants to be told.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering, fence};

use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::signal::kill;
use nix::unistd::{Pid, Whence, getpid, getppid, lseek, read, write};

use super::memory::{Shared, SharedMemory};
use crate::process::child::end;
use crate::process::pipe;
use crate::process::poller::notifier::NEWS;

#[repr(C)]
#[derive(Debug)]
struct Head {
    listening: AtomicU32,
}

// SAFETY: an atomic.
unsafe impl Shared for Head {}

/// One for all children of a process.
#[derive(Debug)]
pub(crate) struct Doorbell {
    memory: SharedMemory<Head>,
    event: EventFd,
    /// Who is told by a signal, too: no thread of its own waits for the event.
    owner: Option<Pid>,
}

impl Doorbell {
    /// A doorbell to which nobody listens yet. A process that has no thread to wait for it is told `by_signal`, too.
    ///
    /// # Errors
    ///
    /// When there is no descriptor or no memory to be had.
    pub(crate) fn new(by_signal: bool) -> Result<Self, Errno> {
        let event = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        Ok(Self { memory: SharedMemory::new(0)?, event, owner: by_signal.then(getpid) })
    }

    /// Becomes readable, edge by edge, when it is rung.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.event.as_fd()
    }

    /// In the parent: the next news shall ring. Whoever calls this looks once more for what came before.
    pub(crate) fn listen(&self) {
        self.head().listening.store(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    /// In the parent: nothing needs to ring.
    pub(crate) fn ignore(&self) {
        self.head().listening.store(0, Ordering::Relaxed);
    }

    /// In a child: what it rings the doorbell by.
    pub(crate) fn ringer(&self) -> Ringer<'_> {
        let most = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft / 2);
        let high = i32::try_from(most).unwrap_or(HIGH).min(HIGH);
        Ringer { doorbell: self, own: pipe::duplicate(self.event.as_fd(), high).ok() }
    }

    fn head(&self) -> &Head {
        self.memory.head()
    }
}

/// The lowest number that the event shall have in a child. A task may close whatever descriptors there are, and then
/// open files: these get the lowest numbers, and must not be what is rung.
const HIGH: i32 = 512;

/// A child's end of the doorbell, for as long as that child lives.
#[derive(Debug)]
pub(crate) struct Ringer<'b> {
    doorbell: &'b Doorbell,
    /// None where there was no descriptor left.
    own: Option<OwnedFd>,
}

impl Ringer<'_> {
    /// Is it still there? A task may have closed whatever descriptors there were, those of other tasks too.
    pub(crate) fn holds(&self) -> bool {
        // Nothing moves in an event: of the calls that tell, this is the cheapest.
        lseek(self.event(), 0, Whence::SeekCur).is_ok()
    }

    fn event(&self) -> BorrowedFd<'_> {
        self.own.as_ref().map_or(self.doorbell.event.as_fd(), AsFd::as_fd)
    }

    /// After news is where the parent looks. Ends a child that cannot ring, as a task of it has closed what it rings
    /// with: its parent hears of that, too, and looks.
    pub(crate) fn ring(&self) {
        fence(Ordering::SeqCst);
        let listening = &self.doorbell.head().listening;
        if listening.load(Ordering::Relaxed) == 1 && listening.swap(0, Ordering::SeqCst) == 1 {
            // The parent never reads the counter. It is not full before 2^64 rings, or before a task writes to whatever
            // descriptors there are.
            let pull = || write(self.event(), &1_u64.to_ne_bytes());
            let rung = pull().or_else(|_| {
                let _ = read(self.event(), &mut [0; 8]); // a sibling may have done so
                pull()
            });
            if rung.is_err() {
                end(255);
            }
            if let Some(owner) = self.doorbell.owner.filter(|&owner| owner == getppid()) {
                let _ = kill(owner, NEWS);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

    #[test]
    fn a_bell_whose_counter_a_task_has_filled_rings() {
        let doorbell = Doorbell::new(false).unwrap();
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap();
        epoll
            .add(doorbell.descriptor(), EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, 1))
            .unwrap();
        let rung = || epoll.wait(&mut [EpollEvent::empty()], EpollTimeout::ZERO).unwrap();
        doorbell.event.write(u64::MAX - 1).unwrap();
        assert_eq!(rung(), 1);
        doorbell.listen();
        doorbell.ringer().ring();
        assert_eq!(rung(), 1);
        doorbell.ringer().ring();
        assert_eq!(rung(), 0, "nobody listens any more");
    }
}
