//! A semaphore between processes: one word for each permit, which says who holds it. To take a free one and to give it
//! back makes no system call. The permits of a holder that dies are given to others.

use std::cell::Cell;
use std::time::Duration;

use nix::errno::Errno;

use super::lock::{LOOK_AGAIN, NotHeld};
use super::memory::{Shared, SharedMemory};
use super::sync::{AtomicU32, AtomicU64, Futex, Ordering, fence};
use crate::process::identity::Process;

/// The most permits of a semaphore: taking one looks at all in the worst case.
pub(crate) const MOST: usize = 32_767;
/// A permit that nobody holds.
const FREE: u64 = 0;
/// Of how many holders a waiter finds out at once whether they are there: each takes the reading of a file.
const SUSPECTS: usize = 64;

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Head {
    /// Changes whenever a permit is given back that somebody waits for.
    turn: Futex,
    /// 1 if somebody may sleep until a permit is given back.
    awaited: AtomicU32,
}

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Head {}

/// Who holds a permit, packed.
#[repr(transparent)]
#[derive(Debug)]
struct Permit(AtomicU64);

#[cfg(loom)]
impl Default for Permit {
    fn default() -> Self {
        Self(AtomicU64::new(FREE))
    }
}

// SAFETY: an atomic, and one word.
unsafe impl Shared for Permit {}

/// A semaphore, as one process has it.
#[derive(Debug)]
pub(crate) struct Semaphore {
    memory: SharedMemory<Head>,
    permits: usize,
    /// The permit that this process took or gave back last: the search for a free one begins there.
    latest: Cell<usize>,
    /// The holder that is to be suspected next.
    suspect: Cell<usize>,
}

impl Semaphore {
    /// A semaphore whose permits are all free.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new(permits: usize) -> Result<Self, Errno> {
        let memory = SharedMemory::new(permits * size_of::<Permit>())?;
        Ok(Self { memory, permits, latest: Cell::new(0), suspect: Cell::new(0) })
    }

    /// Takes a permit for the process `own`, if one is free.
    pub(crate) fn try_acquire(&self, own: Process) -> bool {
        let free = |permit: &Permit| {
            permit.0.load(Ordering::Relaxed) == FREE && exchange(permit, FREE, own.packed())
        };
        let found = self.find(self.latest.get(), free);
        found.inspect(|&at| self.latest.set(at)).is_some()
    }

    /// Waits for a permit. False when none is free after `longest`, after a signal, or after [`LOOK_AGAIN`]: the caller
    /// looks what else there is, and calls this again. The deaths of holders are noticed here.
    pub(crate) fn wait(&self, own: Process, longest: Duration) -> bool {
        self.wait_for(own, longest, Process::is_there)
    }

    /// [`Semaphore::wait`], with another way to find out whether a holder still is there, for models.
    pub(super) fn wait_for(
        &self,
        own: Process,
        longest: Duration,
        is_there: impl Fn(Process) -> bool,
    ) -> bool {
        let head = self.memory.head();
        // Before this process says that it waits: whoever gives a permit back after that changes the word.
        let turn = head.turn.load(Ordering::Acquire);
        if self.announce_and_try(own) {
            return true;
        }
        let in_vain = head.turn.wait(turn, longest.min(LOOK_AGAIN));
        if self.announce_and_try(own) {
            return true;
        }
        in_vain && self.free_those_of_the_dead(is_there) && self.announce_and_try(own)
    }

    /// Says that somebody waits, and tries. A process that has got a permit may have been woken by its giver, who wakes
    /// only one: so it wakes another one, if there are more permits.
    fn announce_and_try(&self, own: Process) -> bool {
        let head = self.memory.head();
        head.awaited.swap(1, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        if !self.try_acquire(own) {
            return false;
        }
        if self.find(0, |permit| permit.0.load(Ordering::Relaxed) == FREE).is_some() {
            self.wake_one();
        }
        true
    }

    /// Gives one permit back.
    ///
    /// # Errors
    ///
    /// When the process `own` holds none.
    pub(crate) fn release(&self, own: Process) -> Result<(), NotHeld> {
        let own = own.packed();
        let held = |permit: &Permit| permit.0.load(Ordering::Relaxed) == own && exchange(permit, own, FREE);
        self.latest.set(self.find(self.latest.get(), held).ok_or(NotHeld)?);
        self.wake_one();
        Ok(())
    }

    fn wake_one(&self) {
        fence(Ordering::SeqCst);
        let head = self.memory.head();
        if head.awaited.load(Ordering::Relaxed) == 1 && head.awaited.swap(0, Ordering::AcqRel) == 1 {
            head.turn.fetch_add(1, Ordering::Release);
            head.turn.wake();
        }
    }

    /// Frees the permits of holders that are dead. True if there was one.
    pub(crate) fn recover(&self) -> bool {
        let mut any = false;
        for _ in 0..self.permits.div_ceil(SUSPECTS) {
            any |= self.free_those_of_the_dead(Process::is_there);
        }
        any
    }

    fn free_those_of_the_dead(&self, is_there: impl Fn(Process) -> bool) -> bool {
        let mut any = false;
        // Holders of several are asked about once.
        let mut known = None;
        for _ in 0..SUSPECTS.min(self.permits) {
            let at = self.suspect.get() % self.permits;
            self.suspect.set(at + 1);
            let Some(permit) = self.permit(at) else {
                continue;
            };
            let word = permit.0.load(Ordering::Acquire);
            if word == FREE || known == Some(word) {
                continue;
            }
            if is_there(Process::unpacked(word)) {
                known = Some(word);
            } else if exchange(permit, word, FREE) {
                any = true;
                self.wake_one();
            }
        }
        any
    }

    /// How many permits there are.
    pub(crate) fn permits(&self) -> usize {
        self.permits
    }

    /// The holders, one for each permit that is held.
    pub(crate) fn holders(&self) -> impl Iterator<Item = Process> + '_ {
        let words = (0..self.permits).filter_map(|at| Some(self.permit(at)?.0.load(Ordering::Acquire)));
        words.filter(|&word| word != FREE).map(Process::unpacked)
    }

    /// The position of the first permit, from `start` on and round, for which `wanted` is true.
    fn find(&self, start: usize, wanted: impl Fn(&Permit) -> bool) -> Option<usize> {
        let start = start.min(self.permits);
        (start..self.permits).chain(0..start).find(|&at| self.permit(at).is_some_and(&wanted))
    }

    fn permit(&self, at: usize) -> Option<&Permit> {
        self.memory.at(at * size_of::<AtomicU64>())
    }
}

#[cfg(loom)]
impl Semaphore {
    /// The same semaphore, as a child has it.
    pub(super) fn in_child(&self) -> Self {
        let memory = self.memory.in_child();
        Self { memory, permits: self.permits, latest: Cell::new(0), suspect: Cell::new(0) }
    }
}

fn exchange(permit: &Permit, from: u64, to: u64) -> bool {
    permit.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed).is_ok()
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn each_permit_is_given_once_and_taken_back_from_its_holder() {
        let (semaphore, own, other) = (Semaphore::new(2).unwrap(), Process::own(), Process::unpacked(1));
        assert_eq!(semaphore.release(own), Err(NotHeld));
        assert!(semaphore.try_acquire(own) && semaphore.try_acquire(other) && !semaphore.try_acquire(own));
        assert_eq!(semaphore.holders().collect::<Vec<_>>(), [own, other]);
        assert_eq!((semaphore.release(own), semaphore.release(own)), (Ok(()), Err(NotHeld)));
        assert!(semaphore.try_acquire(other));
        assert_eq!(semaphore.holders().collect::<Vec<_>>(), [other, other]);
    }

    #[test]
    fn the_permits_of_the_dead_are_given_to_others() {
        let (semaphore, own) = (Semaphore::new(100).unwrap(), Process::own());
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let holder = Process::now(i32::try_from(child.id()).unwrap());
        while semaphore.try_acquire(holder) {}
        assert!(!semaphore.wait(own, Duration::from_millis(1)));
        child.kill().unwrap();
        while !semaphore.wait(own, Duration::from_millis(1)) {}
        semaphore.recover();
        assert_eq!(semaphore.holders().collect::<Vec<_>>(), [own]);
        child.wait().unwrap();
    }
}
