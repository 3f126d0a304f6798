use std::rc::Rc;
use std::time::Duration;

use loom::sync::atomic::{AtomicU32, Ordering};
use loom::thread;

use super::{check, fork, reaped};
use crate::process::identity::Process;
use crate::process::shared::semaphore::Semaphore;

fn process(number: u64) -> Process {
    Process::unpacked(number)
}

/// How many hold a permit, and how many of them have died.
#[derive(Default)]
struct Inside {
    count: AtomicU32,
    dead: AtomicU32,
}

/// Sleeps without a time where nobody dies: there, whoever is not woken sleeps for ever.
fn acquire(semaphore: &Semaphore, inside: &Inside, number: u64, longest: Duration) {
    let is_there = |process: Process| inside.dead.load(Ordering::Acquire) >> process.pid() & 1 == 0;
    if semaphore.try_acquire(process(number)) {
        return;
    }
    while !semaphore.wait_for(process(number), longest, is_there) {
        thread::yield_now();
    }
}

/// Takes a permit, finds at most `most` that have one, and gives it back.
fn visit(semaphore: &Semaphore, inside: &Inside, number: u64, most: u32, longest: Duration) {
    acquire(semaphore, inside, number, longest);
    assert!(inside.count.fetch_add(1, Ordering::AcqRel) < most);
    inside.count.fetch_sub(1, Ordering::AcqRel);
    semaphore.release(process(number)).unwrap();
}

fn visited(permits: usize, preemptions: usize) {
    check(preemptions, move || {
        let semaphore = Semaphore::new(permits).unwrap();
        let inside = Rc::new(Inside::default());
        let most = u32::try_from(permits).unwrap();
        let others = [1, 2].map(|number| {
            let (semaphore, inside) = (semaphore.in_child(), Rc::clone(&inside));
            fork(move || visit(&semaphore, &inside, number, most, Duration::MAX))
        });
        visit(&semaphore, &inside, 3, most, Duration::MAX);
        let [(), ()] = others.map(reaped);
        assert_eq!(semaphore.holders().count(), 0);
    });
}

#[test]
fn one_permit_is_held_once_and_nobody_is_forgotten() {
    visited(1, 2);
}

#[test]
fn two_permits_are_held_twice_and_nobody_is_forgotten() {
    visited(2, 2);
}

/// The giver wakes one, twice in a row: the second time, it may find that nobody says that he waits.
#[test]
fn two_that_sleep_are_woken_by_two_permits() {
    check(2, || {
        let semaphore = Semaphore::new(2).unwrap();
        let inside = Rc::new(Inside::default());
        let own = process(3);
        assert!(semaphore.try_acquire(own) && semaphore.try_acquire(own));
        let others = [1, 2].map(|number| {
            let (semaphore, inside) = (semaphore.in_child(), Rc::clone(&inside));
            // They keep it: neither can count on the other.
            fork(move || acquire(&semaphore, &inside, number, Duration::MAX))
        });
        semaphore.release(own).unwrap();
        semaphore.release(own).unwrap();
        let [(), ()] = others.map(reaped);
    });
}

#[test]
fn the_permit_of_one_that_has_died_goes_to_another() {
    check(2, || {
        let semaphore = Semaphore::new(1).unwrap();
        let inside = Rc::new(Inside::default());
        assert!(semaphore.try_acquire(process(1)));
        let other = {
            let (semaphore, inside) = (semaphore.in_child(), Rc::clone(&inside));
            fork(move || visit(&semaphore, &inside, 2, 1, Duration::ZERO))
        };
        inside.dead.fetch_or(1 << 1, Ordering::Release);
        reaped(other);
        assert_eq!(semaphore.holders().count(), 0);
    });
}
