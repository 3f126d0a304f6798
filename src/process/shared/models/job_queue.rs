use std::iter;
use std::time::Duration;

use super::{Common, check, fork, reaped};
use crate::process::shared::cells::ASLEEP;
use crate::process::shared::entries::{OPEN, TAKEN, exchange};
use crate::process::shared::job_queue::JobQueue;
use crate::process::shared::slot::{Found, WorkerSlot};
use crate::process::shared::sync::{Ordering, fence};

fn queue() -> Common<JobQueue> {
    Common::new(JobQueue::new().unwrap())
}

/// The next job, with its payload.
fn next(slot: &mut WorkerSlot<'_>) -> (Found, Vec<u8>) {
    let mut payload = Vec::new();
    (slot.next(&mut payload), payload)
}

fn is_each_once(mut found: Vec<Found>, tasks: impl Iterator<Item = u64>) -> bool {
    let number = |found: &Found| if let Found::Task(task) = found { *task } else { 0 };
    found.sort_unstable_by_key(number);
    found.into_iter().eq(tasks.map(Found::Task))
}

#[test]
fn a_worker_that_falls_asleep_hears_of_a_task() {
    check(4, || {
        let queue = queue();
        let mut slot = queue.get().sit(0, 0).unwrap();
        let worker = fork(move || next(&mut slot));
        queue.get().post(1, 0, b"one").unwrap();
        assert_eq!(reaped(worker), (Found::Task(1), b"one".to_vec()));
        queue.end();
    });
}

/// Each takes one, and then does nothing any more: so the parent has to wake both, or the one has to wake the other.
#[test]
fn two_workers_take_two_tasks() {
    check(2, || {
        let queue = queue();
        let workers = [0, 1].map(|slot| {
            let mut slot = queue.get().sit(slot, 0).unwrap();
            fork(move || next(&mut slot).0)
        });
        queue.get().post(1, 0, b"").unwrap();
        queue.get().post(2, 0, b"").unwrap();
        let found = workers.map(reaped).to_vec();
        assert!(is_each_once(found.clone(), 1..3), "{found:?}");
        queue.end();
    });
}

#[test]
fn what_is_taken_back_runs_nowhere_and_all_else_once() {
    check(3, || {
        let queue = queue();
        queue.get().post(1, 0, b"").unwrap();
        queue.get().post(2, 0, b"").unwrap();
        let workers = [0, 1].map(|slot| {
            let mut slot = queue.get().sit(slot, 0).unwrap();
            fork(move || slot.take(&mut Vec::new()).map(Found::Task))
        });
        let is_back = queue.get().retract(1);
        let found: Vec<_> = workers.map(reaped).into_iter().flatten().collect();
        assert!(is_each_once(found.clone(), if is_back { 2..3 } else { 1..3 }), "{is_back} {found:?}");
        queue.end();
    });
}

#[test]
fn who_is_taking_a_task_is_not_idle() {
    check(4, || {
        let queue = queue();
        queue.get().post(1, 0, b"").unwrap();
        let mut slot = queue.get().sit(0, 0).unwrap();
        let worker = fork(move || slot.take(&mut Vec::new()));
        if queue.get().open(1).is_empty() {
            assert!(!queue.get().is_idle(0));
        }
        assert_eq!(reaped(worker), Some(1));
        queue.end();
    });
}

#[test]
fn who_leaves_when_a_task_is_posted_takes_it_or_is_known_to_be_gone() {
    check(4, || {
        let queue = queue();
        queue.get().slot(|_| false, 0, Some(Duration::from_nanos(1))).unwrap();
        let mut slot = queue.get().sit(0, 0).unwrap();
        let worker = fork(move || next(&mut slot).0);
        queue.get().post(1, 0, b"").unwrap();
        let is_gone = queue.get().is_anybody_leaving() && queue.get().has_left(0);
        assert_eq!(reaped(worker), if is_gone { Found::End } else { Found::Task(1) });
        queue.end();
    });
}

#[test]
fn who_is_to_stay_stays_or_is_known_to_be_gone() {
    check(4, || {
        let queue = queue();
        queue.get().slot(|_| false, 0, Some(Duration::from_nanos(1))).unwrap();
        let mut slot = queue.get().sit(0, 0).unwrap();
        let worker = fork(move || next(&mut slot).0);
        queue.get().be_patient(0, None);
        let is_gone = queue.get().is_anybody_leaving() && queue.get().has_left(0);
        if !is_gone {
            queue.get().post(1, 0, b"").unwrap();
        }
        assert_eq!(reaped(worker), if is_gone { Found::End } else { Found::Task(1) });
        queue.end();
    });
}

#[test]
fn what_a_dead_worker_had_taken_and_not_begun_is_taken_by_another() {
    check(2, || {
        let queue = queue();
        queue.get().post(1, 0, b"one").unwrap();
        queue.get().post(2, 0, b"two").unwrap();
        let dying = fork({
            let queue = queue.get();
            move || {
                queue.cell(0).unwrap().taken.store(1, Ordering::SeqCst);
                exchange(&queue.memory, 0, OPEN, TAKEN);
            }
        });
        let mut slot = queue.get().sit(1, 0).unwrap();
        let other = fork(move || [next(&mut slot), next(&mut slot)]);
        reaped(dying);
        assert_eq!(queue.get().reap(0, |_| true).begun, []);
        let mut found = reaped(other);
        found.sort_by_key(|(_, payload)| payload.clone());
        assert_eq!(found, [(Found::Task(1), b"one".to_vec()), (Found::Task(2), b"two".to_vec())]);
        queue.end();
    });
}

#[test]
fn what_a_dead_worker_had_begun_is_known_and_the_rest_is_taken_by_another() {
    check(2, || {
        let queue = queue();
        queue.get().post(1, 0, b"").unwrap();
        queue.get().post(2, 0, b"").unwrap();
        let mut slots = [0, 1].map(|slot| queue.get().sit(slot, 0).unwrap()).into_iter();
        let (mut dying, mut other) = (slots.next().unwrap(), slots.next().unwrap());
        let dying = fork(move || dying.take(&mut Vec::new()));
        let other = fork(move || {
            let mut found = Vec::new();
            while let (Found::Task(task), _) = next(&mut other) {
                found.push(Found::Task(task));
                other.done();
            }
            found
        });
        let had = reaped(dying);
        assert_eq!(queue.get().reap(0, |_| true).begun, had.into_iter().collect::<Vec<_>>());
        queue.get().close();
        let mut found = reaped(other);
        found.extend(had.map(Found::Task));
        assert!(is_each_once(found.clone(), 1..3), "{found:?}");
        queue.end();
    });
}

/// The parent may have woken the dying one, and relied on it.
#[test]
fn the_wake_up_of_one_that_dies_in_its_sleep_is_not_lost() {
    check(2, || {
        let queue = queue();
        let dying = fork({
            let queue = queue.get();
            move || {
                queue.cell(0).unwrap().rest.store(ASLEEP, Ordering::SeqCst);
                queue.memory.head().sleeps(0);
                fence(Ordering::SeqCst);
            }
        });
        let mut slot = queue.get().sit(1, 0).unwrap();
        let other = fork(move || next(&mut slot).0);
        queue.get().post(1, 0, b"").unwrap();
        reaped(dying);
        assert_eq!(queue.get().reap(0, |_| true).begun, []);
        assert_eq!(reaped(other), Found::Task(1));
        queue.end();
    });
}

#[test]
fn workers_end_when_the_queue_is_closed_and_nothing_is_left() {
    check(3, || {
        let queue = queue();
        let mut slot = queue.get().sit(0, 0).unwrap();
        let worker = fork(move || [next(&mut slot).0, next(&mut slot).0]);
        queue.get().post(1, 0, b"").unwrap();
        queue.get().close();
        assert_eq!(reaped(worker), [Found::Task(1), Found::End]);
        queue.end();
    });
}

#[test]
fn a_worker_that_falls_asleep_hears_of_its_dismissal() {
    check(4, || {
        let queue = queue();
        let mut slot = queue.get().sit(0, 0).unwrap();
        let worker = fork(move || next(&mut slot).0);
        queue.get().dismiss(0);
        assert_eq!(reaped(worker), Found::End);
        queue.end();
    });
}

/// The bytes of an entry are used again, for shorter ones and for payloads, while a worker looks at it: the worker must
/// not go on in the middle of an entry, and not take the payload of another one.
#[test]
fn who_looks_at_an_entry_that_is_used_again_goes_on_behind_it() {
    check(4, || {
        let queue = queue();
        let (mut slow, mut fast) = (queue.get().sit(0, 0).unwrap(), queue.get().sit(1, 0).unwrap());
        // They fill the ring. Whoever takes the middle of one for an entry finds one of no possible length.
        for task in 1..=4 {
            queue.get().post(task, 0, &[0xFF; 32]).unwrap();
        }
        for task in 1..=3 {
            assert_eq!(fast.take(&mut Vec::new()), Some(task));
        }
        let slow = fork(move || {
            let mut payload = Vec::new();
            let task = slow.take(&mut payload);
            (task.map(Found::Task), payload, slow.garbled)
        });
        queue.get().post(5, 0, b"").unwrap();
        let (taken, payload, garbled) = reaped(slow);
        assert!(!garbled);
        assert_eq!(payload, if taken == Some(Found::Task(4)) { &[0xFF; 32][..] } else { b"" });
        let mut found: Vec<_> = taken.into_iter().collect();
        found.extend(iter::from_fn(|| fast.take(&mut Vec::new())).map(Found::Task));
        assert!(is_each_once(found.clone(), 4..6), "{found:?}");
        queue.end();
    });
}

/// The ring has eight places, and the last three jobs need two each: the second of these lies across its end, and the
/// third is where the first ones were.
#[test]
fn the_ring_is_used_again_while_it_is_read() {
    check(2, || {
        let queue = queue();
        let mut first = queue.get().sit(1, 0).unwrap();
        for task in 1..=5 {
            queue.get().post(task, 0, b"").unwrap();
            assert_eq!(first.take(&mut Vec::new()), Some(task));
        }
        let payload = |task: u64| vec![task.to_le_bytes()[0]; 9];
        let taken = |slot: &mut WorkerSlot<'_>| {
            let mut payload = Vec::new();
            let task = slot.take(&mut payload)?;
            assert_eq!(payload, vec![task.to_le_bytes()[0]; 9]);
            Some(Found::Task(task))
        };
        let mut slot = queue.get().sit(0, 0).unwrap();
        let worker = fork(move || {
            let found = [taken(&mut slot), taken(&mut slot)];
            assert!(!slot.garbled);
            found
        });
        for task in 6..=8 {
            queue.get().post(task, 0, &[task.to_le_bytes()[0]; 9]).unwrap();
        }
        let mut found: Vec<_> = reaped(worker).into_iter().flatten().collect();
        found.extend(iter::from_fn(|| taken(&mut first)));
        assert!(is_each_once(found.clone(), 6..9), "{found:?}");
        queue.end();
    });
}

/// A worker that is too old for a task has been relied on to search. It has told the parent before that there are such
/// tasks, and does not again: so it has to wake one that is young enough.
#[test]
fn who_cannot_run_a_task_wakes_one_that_can() {
    check(2, || {
        let queue = queue();
        queue.get().slot(|_| false, 1, None).unwrap();
        queue.get().slot(|slot| slot == 0, 2, None).unwrap();
        queue.get().post(9, 3, b"").unwrap();
        let [(mut old, _), (mut young, _)] = [0, 1].map(|slot| {
            let mut slot = queue.get().sit(slot, 0).unwrap();
            let found = next(&mut slot).0;
            assert_eq!(found, Found::Passed);
            (slot, found)
        });
        let old = fork(move || while next(&mut old).0 != Found::End {});
        let young = fork(move || next(&mut young).0);
        queue.get().post(1, 2, b"").unwrap();
        assert_eq!(reaped(young), Found::Task(1));
        queue.get().dismiss(0);
        reaped(old);
        queue.end();
    });
}

/// The parent writes the words of the head anew whenever it forks a worker. Another worker may see them from there, and not
/// from the post.
#[test]
fn who_sees_the_head_that_was_written_anew_sees_the_whole_entry() {
    check(3, || {
        let queue = queue();
        let mut slot = queue.get().sit(0, 0).unwrap();
        let worker = fork(move || next(&mut slot));
        queue.get().post(1, 0, b"one").unwrap();
        queue.get().restate();
        assert_eq!(reaped(worker), (Found::Task(1), b"one".to_vec()));
        queue.end();
    });
}

#[test]
fn a_worker_that_is_forked_after_the_head_was_written_over_takes_what_another_one_did_not() {
    check(3, || {
        let queue = queue();
        let mut slot = queue.get().sit(0, 0).unwrap();
        queue.get().post(1, 0, b"one").unwrap();
        let take = |slot: &mut WorkerSlot<'_>| {
            let mut payload = Vec::new();
            slot.take(&mut payload).map(|task| (Found::Task(task), payload))
        };
        let old = fork(move || take(&mut slot));
        let head = queue.get().memory.head();
        head.end.store(0, Ordering::Relaxed);
        queue.get().slot(|slot| slot == 0, 0, None).unwrap();
        let mut slot = queue.get().sit(1, 0).unwrap();
        let young = fork(move || take(&mut slot));
        let mut found: Vec<_> = [old, young].map(reaped).into_iter().flatten().collect();
        assert_eq!(found.pop(), Some((Found::Task(1), b"one".to_vec())));
        assert_eq!(found, []);
        queue.end();
    });
}

/// The word says that somebody searches, so that a post wakes nobody.
#[test]
fn a_search_that_nobody_makes_is_over_when_a_worker_is_forked() {
    check(3, || {
        let queue = queue();
        queue.get().memory.head().searching.store(1, Ordering::Relaxed);
        let mut slot = queue.get().sit(0, 0).unwrap();
        let old = fork(move || next(&mut slot).0);
        queue.get().post(1, 0, b"").unwrap();
        queue.get().slot(|slot| slot == 0, 0, None).unwrap();
        queue.get().post(2, 0, b"").unwrap();
        let mut slot = queue.get().sit(1, 0).unwrap();
        let young = fork(move || next(&mut slot).0);
        let found = [old, young].map(reaped).to_vec();
        assert!(is_each_once(found.clone(), 1..3), "{found:?}");
        queue.end();
    });
}
