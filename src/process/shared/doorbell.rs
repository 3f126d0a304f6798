//! Doorbell by which warm workers wake their parent: an eventfd, written to only while the parent listens for it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::signal::kill;
use nix::unistd::{Pid, Whence, getpid, getppid, lseek, read, write};

use super::memory::{Shared, SharedMemory};
use super::sync::{AtomicU32, Ordering, fence};
use crate::process::child::end;
use crate::process::pipe;
use crate::process::poller::notifier::NEWS;

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Head {
    /// 1 while the parent wants to be rung.
    listening: AtomicU32,
    #[cfg(loom)]
    rung: super::sync::Event,
}

// SAFETY: an atomic.
unsafe impl Shared for Head {}

/// Doorbell of a process: one for all its children.
#[derive(Debug)]
pub(crate) struct Doorbell {
    memory: SharedMemory<Head>,
    event: EventFd,
    /// The parent, when a signal has to be sent to it besides: it has no thread that waits for the eventfd.
    owner: Option<Pid>,
}

impl Doorbell {
    /// A doorbell to which the parent does not listen yet. With `by_signal`, ringing also sends the parent a signal:
    /// for a parent that has no thread to wait for the eventfd.
    ///
    /// # Errors
    ///
    /// When no descriptor or no memory is available.
    pub(crate) fn new(by_signal: bool) -> Result<Self, Errno> {
        let event = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        Ok(Self { memory: SharedMemory::new(0)?, event, owner: by_signal.then(getpid) })
    }

    /// The eventfd, which becomes readable at each ring; for edge-triggered epoll, as its counter is never read.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.event.as_fd()
    }

    /// In the parent: asks to be rung for the next news. The caller has to check once more for news that came before
    /// this call.
    pub(crate) fn listen(&self) {
        self.head().listening.swap(1, Ordering::AcqRel);
        fence(Ordering::SeqCst);
    }

    /// In the parent: asks not to be rung.
    pub(crate) fn ignore(&self) {
        self.head().listening.store(0, Ordering::Relaxed);
    }

    /// In a model's parent: sleeps until somebody has rung.
    #[cfg(loom)]
    pub(super) fn sleep(&self) {
        self.head().rung.wait();
    }

    /// In a child: its end of the doorbell.
    pub(crate) fn ringer(&self) -> Ringer<'_> {
        let most = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft / 2);
        let high = i32::try_from(most).unwrap_or(HIGH).min(HIGH);
        Ringer { doorbell: self, own: pipe::duplicate(self.event.as_fd(), high).ok() }
    }

    fn head(&self) -> &Head {
        self.memory.head()
    }
}

/// The lowest descriptor number for a child's copy of the eventfd. A task may close arbitrary descriptors and then open
/// files, which get the lowest free numbers: none of these may be mistaken for the eventfd.
const HIGH: i32 = 512;

/// A child's end of the doorbell, kept for the life of that child.
#[derive(Debug)]
pub(crate) struct Ringer<'b> {
    doorbell: &'b Doorbell,
    /// The child's own copy of the eventfd; `None` if no descriptor was free.
    own: Option<OwnedFd>,
}

impl Ringer<'_> {
    /// Is the eventfd still open? A task may have closed arbitrary descriptors, this one among them.
    pub(crate) fn holds(&self) -> bool {
        // An eventfd has no file position, so that this changes nothing; it is the cheapest call that fails when
        // closed.
        lseek(self.event(), 0, Whence::SeekCur).is_ok()
    }

    fn event(&self) -> BorrowedFd<'_> {
        self.own.as_ref().map_or(self.doorbell.event.as_fd(), AsFd::as_fd)
    }

    /// To be called once the news is where the parent looks for it. Ends the child if it cannot ring, since a task in
    /// it has closed the eventfd: the parent learns of that end, and then looks for news, too.
    pub(crate) fn ring(&self) {
        fence(Ordering::SeqCst);
        let listening = &self.doorbell.head().listening;
        if listening.load(Ordering::Relaxed) == 1 && listening.swap(0, Ordering::AcqRel) == 1 {
            // The parent never reads the counter. It is full only after 2^64 rings, or when a task writes to arbitrary
            // descriptors.
            let pull = || write(self.event(), &1_u64.to_ne_bytes());
            let rung = pull().or_else(|_| {
                let _ = read(self.event(), &mut [0; 8]); // a sibling's task may have filled it
                pull()
            });
            if rung.is_err() {
                end(255);
            }
            #[cfg(loom)]
            self.doorbell.head().rung.ring();
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
    fn a_doorbell_whose_counter_a_task_has_filled_rings() {
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
