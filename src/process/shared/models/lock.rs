use std::time::Duration;

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU32, Ordering};
use loom::thread;

use super::{Common, check, fork, reaped};
use crate::process::identity::Process;
use crate::process::shared::lock::{Lock, Taken};
use crate::process::shared::sync;

/// Two numbers that are different only in the middle of a critical section. Loom reports it when two are in one.
struct Protected {
    lock: Lock,
    pair: UnsafeCell<[u32; 2]>,
    /// One bit for each process that has died.
    dead: AtomicU32,
}

fn protected() -> Common<Protected> {
    let pair = UnsafeCell::new([0; 2]);
    Common::new(Protected { lock: Lock::default(), pair, dead: AtomicU32::new(0) })
}

impl Protected {
    /// Sleeps without a time where nobody dies: there, whoever is not woken sleeps for ever.
    fn acquire(&self, number: u32, longest: Duration) -> Taken {
        let own = process(number);
        if let Ok(taken) = self.lock.try_acquire(own) {
            return taken;
        }
        let is_there = |process: Process| self.dead.load(Ordering::Acquire) >> process.pid() & 1 == 0;
        loop {
            if let Some(taken) = self.lock.wait_for(own, longest, is_there) {
                return taken;
            }
            thread::yield_now();
        }
    }

    /// Adds one to each number, and tells whether somebody else had left that half done.
    fn add(&self, number: u32, longest: Duration) -> Taken {
        let taken = self.acquire(number, longest);
        self.pair.with_mut(|pair| {
            // SAFETY: the lock is held, and loom checks that nobody else is here.
            let pair = unsafe { &mut *pair };
            assert_eq!(pair[0] != pair[1], taken != Taken::Clean, "{taken:?}");
            *pair = [pair[0] + 1; 2];
        });
        self.lock.release(process(number)).unwrap();
        taken
    }

    /// Takes the lock, and dies before all is done.
    fn add_half(&self, number: u32) {
        assert_eq!(self.acquire(number, Duration::ZERO), Taken::Clean);
        // SAFETY: the lock is held, and loom checks that nobody else is here.
        self.pair.with_mut(|pair| unsafe { (*pair)[0] += 1 });
    }

    fn sum(&self) -> u32 {
        // SAFETY: nobody else is left.
        self.pair.with(|pair| unsafe { (*pair)[1] })
    }
}

fn process(number: u32) -> Process {
    Process::unpacked(number.into())
}

#[test]
fn one_at_a_time_and_nobody_is_forgotten() {
    check(5, || {
        let common = protected();
        let shared = common.get();
        let others = [1, 2].map(|number| fork(move || shared.add(number, Duration::MAX)));
        let taken = others.map(reaped);
        assert_eq!((shared.add(3, Duration::MAX), taken), (Taken::Clean, [Taken::Clean; 2]));
        assert_eq!(shared.sum(), 3);
        common.end();
    });
}

/// Whoever gives the lock back wakes one only: that one has to take care of the other.
#[test]
fn two_that_sleep_are_both_woken() {
    check(4, || {
        let common = protected();
        let shared = common.get();
        shared.lock.try_acquire(process(3)).unwrap();
        let others = [1, 2].map(|number| fork(move || shared.add(number, Duration::MAX)));
        shared.lock.release(process(3)).unwrap();
        let _ = others.map(reaped);
        assert_eq!(shared.sum(), 2);
        common.end();
    });
}

#[test]
fn the_lock_of_one_that_has_died_goes_to_one_who_is_told() {
    check(5, || {
        let common = protected();
        let shared = common.get();
        shared.add_half(1);
        let waiter = fork(move || shared.add(2, Duration::ZERO));
        shared.dead.fetch_or(1 << 1, Ordering::Release);
        assert_eq!(reaped(waiter), Taken::Abandoned(process(1)));
        common.end();
    });
}

#[test]
fn of_two_that_notice_a_death_one_is_told() {
    check(4, || {
        let common = protected();
        let shared = common.get();
        shared.add_half(1);
        shared.dead.fetch_or(1 << 1, Ordering::Release);
        let others = [2, 3].map(|number| fork(move || shared.add(number, Duration::ZERO)));
        let mut taken = others.map(reaped);
        taken.sort_by_key(|taken| *taken == Taken::Clean);
        assert_eq!(taken, [Taken::Abandoned(process(1)), Taken::Clean]);
        common.end();
    });
}

#[test]
fn what_a_task_leaves_at_its_end_is_told_to_one_who_sleeps() {
    check(5, || {
        let common = protected();
        let shared = common.get();
        shared.add_half(1);
        let waiter = fork(move || shared.add(2, Duration::MAX));
        shared.lock.abandon(process(1)).unwrap();
        assert_eq!(reaped(waiter), Taken::Abandoned(process(1)));
        common.end();
    });
}

/// One who does not wait looks for the dead himself, while another one may be about to find the same.
#[test]
fn of_two_that_try_to_take_over_one_gets_it() {
    check(4, || {
        let common = protected();
        let shared = common.get();
        shared.add_half(1);
        sync::die(1);
        let others = [2, 3].map(|number| fork(move || shared.lock.take_over(process(number))));
        let taken = others.map(reaped);
        let abandoned = Some(Taken::Abandoned(process(1)));
        assert!(matches!(taken, [first, second] if (first == abandoned) != (second == abandoned)));
        assert!(taken.contains(&None));
        common.end();
    });
}
