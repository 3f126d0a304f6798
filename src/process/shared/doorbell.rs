//! Doorbell by which warm workers wake their parent: an event, which is set only while the parent listens for it.

use std::os::fd::BorrowedFd;

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::signal::kill;
use nix::unistd::{Pid, getpid, getppid};

use super::memory::{Shared, SharedMemory};
use super::sync::{AtomicU32, Ordering, fence};
use crate::process::child::end;
use crate::process::os::Event;
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
    event: Event,
    /// The parent, when a signal has to be sent to it besides: it has no thread that waits for the event.
    owner: Option<Pid>,
}

impl Doorbell {
    /// A doorbell to which the parent does not listen yet. With `by_signal`, ringing also sends the parent a signal:
    /// for a parent that has no thread to wait for the event.
    ///
    /// # Errors
    ///
    /// When no descriptor or no memory is available.
    pub(crate) fn new(by_signal: bool) -> Result<Self, Errno> {
        let event = Event::new()?;
        Ok(Self { memory: SharedMemory::new(0)?, event, owner: by_signal.then(getpid) })
    }

    /// The event, which becomes readable at each ring; for edge-triggered epoll, as its counter is never read.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.event.descriptor()
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
        Ringer { doorbell: self, own: self.event.copy(high).ok() }
    }

    fn head(&self) -> &Head {
        self.memory.head()
    }
}

/// The lowest descriptor number for a child's copy of the event. A task may close arbitrary descriptors and then open
/// files, which get the lowest free numbers: none of these may be mistaken for the event.
const HIGH: i32 = 512;

/// A child's end of the doorbell, kept for the life of that child.
#[derive(Debug)]
pub(crate) struct Ringer<'b> {
    doorbell: &'b Doorbell,
    /// The child's own copy of the event; `None` if no descriptor was free.
    own: Option<Event>,
}

impl Ringer<'_> {
    /// Is the event still open? A task may have closed arbitrary descriptors, this one among them.
    pub(crate) fn holds(&self) -> bool {
        self.event().is_open()
    }

    fn event(&self) -> &Event {
        self.own.as_ref().unwrap_or(&self.doorbell.event)
    }

    /// To be called once the news is where the parent looks for it. Ends the child if it cannot ring, since a task in
    /// it has closed the event: the parent learns of that end, and then looks for news, too.
    pub(crate) fn ring(&self) {
        fence(Ordering::SeqCst);
        let listening = &self.doorbell.head().listening;
        if listening.load(Ordering::Relaxed) == 1 && listening.swap(0, Ordering::AcqRel) == 1 {
            if self.event().set().is_err() {
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
    use crate::process::os::{BATCH, Poller, Queue, Token, Trigger};

    #[test]
    #[cfg(target_os = "linux")] // elsewhere it is no counter
    fn a_doorbell_whose_counter_a_task_has_filled_rings() {
        let doorbell = Doorbell::new(false).unwrap();
        let queue = Queue::new().unwrap();
        queue.add(doorbell.descriptor(), Token(1), Trigger::Edge).unwrap();
        let rung = || queue.wait(0, None, &mut [Token::default(); BATCH]).unwrap();
        nix::unistd::write(doorbell.descriptor(), &(u64::MAX - 1).to_ne_bytes()).unwrap();
        assert_eq!(rung(), 1);
        doorbell.listen();
        doorbell.ringer().ring();
        assert_eq!(rung(), 1);
        doorbell.ringer().ring();
        assert_eq!(rung(), 0, "nobody listens any more");
    }
}
