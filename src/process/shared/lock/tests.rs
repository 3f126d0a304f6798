use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};

use super::*;
use crate::process::child::end;
use crate::process::fork::{Child, Fork, Purpose, fork, watch};
use crate::process::identity::PID_BITS;
use crate::process::shared::memory::SharedMemory;
use crate::process::wait::end_of;

/// A child that runs `run`, and stays until it is killed.
fn forked(run: impl FnOnce()) -> Child {
    watch();
    match fork(Purpose::Outcome).unwrap() {
        Fork::Parent(child) => child,
        Fork::Child(_channel) => {
            run();
            loop {
                std::thread::sleep(Duration::from_secs(1));
            }
        }
    }
}

fn acquire(lock: &Lock) -> Taken {
    let own = Process::own();
    let until = Instant::now() + Duration::from_secs(30);
    lock.try_acquire(own).ok().unwrap_or_else(|| {
        std::iter::repeat_with(|| lock.wait(own, LOOK_AGAIN))
            .find_map(|taken| taken.or_else(|| (Instant::now() > until).then(|| panic!("held"))))
            .unwrap()
    })
}

#[test]
fn who_holds_it_gives_it_back_and_nobody_else() {
    let memory = SharedMemory::<Lock>::new(0).unwrap();
    let (lock, own, other) = (memory.head(), Process::own(), Process::unpacked(7));
    assert_eq!(lock.release(own), Err(NotHeld));
    assert_eq!((lock.try_acquire(own), lock.holder()), (Ok(Taken::Clean), Some(own)));
    assert_eq!(lock.try_acquire(own), Err(own));
    assert_eq!((lock.release(other), lock.abandon(other)), (Err(NotHeld), Err(NotHeld)));
    assert_eq!(lock.release(own), Ok(()));
    assert_eq!((lock.release(own), lock.holder()), (Err(NotHeld), None));
}

#[test]
fn what_a_task_has_left_is_told_to_one() {
    let memory = SharedMemory::<Lock>::new(0).unwrap();
    let (lock, own) = (memory.head(), Process::own());
    lock.try_acquire(own).unwrap();
    lock.abandon(own).unwrap();
    assert_eq!((lock.holder(), lock.release(own)), (None, Err(NotHeld)));
    assert_eq!(lock.try_acquire(own), Ok(Taken::Abandoned(own)));
    lock.release(own).unwrap();
    assert_eq!(lock.try_acquire(own), Ok(Taken::Clean));
}

#[test]
fn the_lock_of_a_killed_process_goes_to_the_next_also_while_it_is_a_zombie() {
    let memory = SharedMemory::<Lock>::new(0).unwrap();
    let lock = memory.head();
    for _ in 0..20 {
        let child = forked(|| {
            let _ = lock.try_acquire(Process::own());
        });
        while lock.holder().is_none() {
            std::thread::yield_now();
        }
        let held = lock.holder().unwrap();
        assert_eq!(held.pid(), child.pid.as_raw());
        assert_eq!(lock.wait(Process::own(), Duration::ZERO), None);
        kill(child.pid, Signal::SIGKILL).unwrap();
        assert_eq!(acquire(lock), Taken::Abandoned(held));
        lock.release(Process::own()).unwrap();
        end_of(child.pid);
    }
}

#[repr(C)]
struct Counted(Lock, AtomicU64);

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Counted {}

/// Each adds to a number that is not atomic, while it holds the lock.
#[test]
fn it_is_held_by_one_at_a_time() {
    const EACH: u64 = 20_000;
    let memory = SharedMemory::<Counted>::new(0).unwrap();
    let Counted(lock, number) = memory.head();
    let children: Vec<_> = (0..4)
        .map(|_| {
            watch();
            match fork(Purpose::Outcome).unwrap() {
                Fork::Parent(child) => child,
                Fork::Child(_channel) => {
                    for _ in 0..EACH {
                        acquire(lock);
                        let now = number.load(Ordering::Relaxed);
                        number.store(now + 1, Ordering::Relaxed);
                        lock.release(Process::own()).unwrap();
                    }
                    end(0)
                }
            }
        })
        .collect();
    for child in &children {
        end_of(child.pid);
    }
    assert_eq!(number.load(Ordering::Relaxed), 4 * EACH);
}

#[test]
fn whatever_is_written_over_it_nobody_waits_longer_than_he_wants() {
    let memory = SharedMemory::<Lock>::new(0).unwrap();
    let (lock, own) = (memory.head(), Process::own());
    let nobody = Process::unpacked(own.packed() ^ 1 << PID_BITS).packed();
    let elsewhere = own.packed() ^ 1 << (PACKED_BITS - 1);
    let words = [nobody, nobody | AWAITED, ABANDONED, AWAITED | ABANDONED, u64::MAX];
    for word in words.into_iter().chain([AWAITED, elsewhere, u64::MAX >> 2]) {
        lock.holder.store(word, Ordering::Relaxed);
        let before = Instant::now();
        let taken = lock.try_acquire(own).ok().or_else(|| lock.wait(own, Duration::from_millis(1)));
        assert!(before.elapsed() < Duration::from_secs(5));
        assert!(taken.is_some() || !words.contains(&word), "{word:x}");
        lock.holder.store(FREE, Ordering::Relaxed);
    }
}
