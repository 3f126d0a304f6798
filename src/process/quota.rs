//! The child quota: a cap on the children of a whole tree of processes. It is a table with one place for each child, in
//! memory that all of them share.
//!
//! A parent takes a place before it forks, and frees it when it has reaped the child. A parent that is killed frees
//! nothing: whoever finds all places taken checks which of their holders are still alive. A process without a child
//! needs no place for its first one: that child uses its parent's, as the parent has nothing to do but to wait. So
//! nobody waits for ever, and there are never more processes without children than there are places.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::identity::{PID_BITS, Process};

/// The least time between two checks of the holders, each of which reads a file for every holder.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// A place that nobody holds.
const FREE: u64 = 0;

/// The entry of php.ini that sets the cap, for messages.
pub(crate) const MAX_CHILDREN: &str = "async.max_children";

/// The places of this tree of processes; not set if there is no cap.
static PLACES: OnceLock<Places> = OnceLock::new();

/// Sets the cap, for this process and all that it will ever fork. 0 means no cap, and so does a number of processes
/// that no kernel could run. Called in MINIT.
pub(crate) fn establish(cap: u64) {
    let cap = usize::try_from(cap).ok().filter(|cap| (1..1 << PID_BITS).contains(cap));
    if let Some(places) = cap.and_then(Places::share) {
        PLACES.get_or_init(|| places);
    }
}

/// Takes a place for a child that is about to be forked. `None` if all are taken, unless the caller is `alone`: has no
/// child.
pub(crate) fn take(alone: bool) -> Option<Permit> {
    let Some(places) = PLACES.get() else {
        return Some(Permit(None));
    };
    places.take().or_else(|| alone.then_some(Permit(None)))
}

/// The place of one child, freed when dropped. Empty if there is no cap, or if the child uses the place of its parent.
#[derive(Debug)]
pub(crate) struct Permit(Option<(&'static AtomicU64, u64)>);

impl Permit {
    /// Makes the child `pid` the holder of the place, once it is forked.
    pub(crate) fn hand_to(&mut self, pid: i32) {
        if let Some((place, holder)) = &mut self.0 {
            let child = Process::now(pid).packed();
            // Another process may have freed the place meanwhile, believing that its holder was dead: then it is not
            // ours any more.
            let handed = place.compare_exchange(*holder, child, Ordering::AcqRel, Ordering::Relaxed).is_ok();
            if handed {
                *holder = child;
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some((place, holder)) = self.0 {
            let _ = place.compare_exchange(holder, FREE, Ordering::AcqRel, Ordering::Relaxed);
        }
    }
}

/// The table of places, in memory that is shared with all children.
#[derive(Debug)]
struct Places {
    table: &'static [AtomicU64],
    /// When the holders were last checked, in milliseconds since `born`.
    looked: AtomicU64,
    born: Instant,
}

impl Places {
    fn share(count: usize) -> Option<Self> {
        let (read_write, shared) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        let length = count.checked_mul(size_of::<AtomicU64>())?;
        // SAFETY: new memory, at an address of the kernel's choice.
        let memory = unsafe { libc::mmap(std::ptr::null_mut(), length, read_write, shared, -1, 0) };
        if memory == libc::MAP_FAILED {
            return None;
        }
        // SAFETY: mapped just now with room for `count`, zeroed, aligned to a page, and never unmapped.
        let table = unsafe { std::slice::from_raw_parts(memory.cast(), count) };
        Some(Self { table, looked: AtomicU64::new(0), born: Instant::now() })
    }

    fn take(&self) -> Option<Permit> {
        let me = Process::own().packed();
        self.claim(me).or_else(|| {
            self.sweep();
            self.claim(me)
        })
    }

    fn claim(&self, me: u64) -> Option<Permit> {
        let free = |place: &&AtomicU64| {
            place.compare_exchange(FREE, me, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        };
        self.table.iter().find(free).map(|place| Permit(Some((place, me))))
    }

    /// Frees the places of holders that are dead.
    fn sweep(&self) {
        let now = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        let before = self.looked.load(Ordering::Relaxed);
        let every = u64::try_from(LOOK_EVERY.as_millis()).unwrap_or_default();
        if before != 0 && now < before.saturating_add(every) {
            return;
        }
        self.looked.store(now.max(1), Ordering::Relaxed);
        for place in self.table {
            let holder = place.load(Ordering::Acquire);
            if holder != FREE && !Process::unpacked(holder).is_there() {
                let _ = place.compare_exchange(holder, FREE, Ordering::AcqRel, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn there_are_as_many_as_asked_for() {
        let places = Places::share(2).unwrap();
        let (one, two) = (places.take().unwrap(), places.take().unwrap());
        assert!(places.take().is_none());
        drop(one);
        let again = places.take().unwrap();
        assert!(places.take().is_none());
        drop((again, two));
    }

    #[test]
    fn a_place_is_the_childs_until_it_is_given_back() {
        let places = Places::share(1).unwrap();
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let mut place = places.take().unwrap();
        place.hand_to(i32::try_from(child.id()).unwrap());
        assert!(places.take().is_none());
        drop(place);
        assert!(places.take().is_some());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn the_places_of_the_dead_are_found() {
        let places = Places::share(1).unwrap();
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let mut place = places.take().unwrap();
        place.hand_to(i32::try_from(child.id()).unwrap());
        child.kill().unwrap();
        child.wait().unwrap();
        let taken = std::iter::repeat_with(|| places.take()).find_map(|taken| taken).unwrap();
        // Dropping a permit whose place was freed by others frees nothing.
        drop(place);
        assert!(places.take().is_none());
        drop(taken);
    }

    #[test]
    fn without_a_cap_there_is_always_a_place() {
        assert!(take(false).is_some());
    }
}
