use std::rc::Rc;
use std::time::Duration;

use super::{check, fork, reaped};

use crate::process::shared::doorbell::Doorbell;
use crate::process::shared::job_queue::JobQueue;
use crate::process::shared::result_ring::{Answer, ResultRing};
use crate::process::shared::sync::{AtomicU64, Ordering};
use crate::wire::frame::Kind;

/// A ring, as its parent and its child have it after the fork.
fn forked() -> (ResultRing, ResultRing) {
    let parent = ResultRing::new().unwrap();
    let child = parent.in_child();
    (parent, child)
}

fn say(ring: &ResultRing, doorbell: &Doorbell, task: u64, payload: &[u8]) {
    ring.say(&doorbell.ringer(), task, Kind::Value, 1, payload.len(), [payload].into_iter());
}

/// As the reactor does: reads, asks to be rung, reads once more, and sleeps.
fn hear(ring: &mut ResultRing, doorbell: &Doorbell) -> Answer {
    loop {
        ring.read().unwrap();
        if let Some(answer) = ring.hear(0).unwrap() {
            return answer;
        }
        doorbell.listen();
        if ring.has_news() {
            doorbell.ignore();
        } else {
            doorbell.sleep();
        }
    }
}

#[test]
fn a_parent_that_falls_asleep_hears_a_result_whole() {
    check(4, || {
        let (mut ring, own) = forked();
        let doorbell = Rc::new(Doorbell::new(false).unwrap());
        let ringer = Rc::clone(&doorbell);
        let child = fork(move || say(&own, &ringer, 7, b"result"));
        let answer = hear(&mut ring, &doorbell);
        assert_eq!((answer.task, &answer.frame.payload[..]), (7, &b"result"[..]));
        reaped(child);
    });
}

/// Three messages, and room for two of them.
#[test]
fn a_child_that_waits_for_room_goes_on_and_overwrites_nothing_unread() {
    check(2, || {
        let (mut ring, own) = forked();
        let doorbell = Rc::new(Doorbell::new(false).unwrap());
        let ringer = Rc::clone(&doorbell);
        let payload: Vec<u8> = (0..40).collect();
        let sent = payload.clone();
        let child = fork(move || say(&own, &ringer, 7, &sent));
        assert_eq!(*hear(&mut ring, &doorbell).frame.payload, payload[..]);
        reaped(child);
    });
}

#[test]
fn a_child_that_waits_for_its_release_goes_on() {
    check(3, || {
        let (ring, own) = forked();
        let child = fork(move || own.await_release());
        ring.release();
        assert!(reaped(child));
    });
}

#[test]
fn a_child_that_waits_for_its_release_is_asked_and_released() {
    check(3, || {
        let (mut ring, own) = forked();
        let child = fork(move || [own.await_release(), own.await_release()]);
        ring.ask();
        ring.release();
        // Who is released before he has seen the question has no more to say, and is asked in vain.
        let _ = reaped(child);
    });
}

/// The parent admits an answer only from who has begun the task.
#[test]
fn who_answers_is_known_to_have_begun() {
    check(3, || {
        let (mut ring, own) = forked();
        let doorbell = Rc::new(Doorbell::new(false).unwrap());
        let ringer = Rc::clone(&doorbell);
        let queue = super::Common::new(JobQueue::new().unwrap());
        queue.get().post(1, 0, b"").unwrap();
        let mut slot = queue.get().sit(0, 0).unwrap();
        let child = fork(move || {
            let task = slot.take(&mut Vec::new()).unwrap();
            say(&own, &ringer, task, b"");
            slot.done();
        });
        let answer = hear(&mut ring, &doorbell);
        assert!(queue.get().admit(0, answer.task, true));
        reaped(child);
        queue.end();
    });
}

/// Something wrote over the parent's word before the child has seen it.
#[test]
fn a_child_goes_on_after_a_release_that_was_written_over_and_is_written_anew() {
    check(3, || {
        let (ring, own) = forked();
        let child = fork(move || own.await_release());
        ring.release();
        ring.memory.head().released.store(0, Ordering::Relaxed);
        ring.restate();
        assert!(reaped(child));
    });
}

/// Two messages, and room for one of them.
#[test]
fn a_child_goes_on_when_room_that_was_written_over_is_written_anew() {
    check(2, || {
        let (mut ring, own) = forked();
        let doorbell = Rc::new(Doorbell::new(false).unwrap());
        let ringer = Rc::clone(&doorbell);
        let child = fork(move || {
            say(&own, &ringer, 7, &[1; 16]);
            say(&own, &ringer, 8, &[2; 16]);
            say(&own, &ringer, 9, &[3; 16]);
        });
        assert_eq!(*hear(&mut ring, &doorbell).frame.payload, [1; 16]);
        ring.memory.head().read.store(0, Ordering::Relaxed);
        ring.restate();
        assert_eq!(*hear(&mut ring, &doorbell).frame.payload, [2; 16]);
        assert_eq!(*hear(&mut ring, &doorbell).frame.payload, [3; 16]);
        reaped(child);
    });
}

/// The parent sizes the next portion of a worker by the time that the last one took it.
#[test]
fn who_has_sent_the_last_result_of_a_portion_is_known_to_have_noted_its_time() {
    check(3, || {
        let (mut ring, own) = forked();
        let doorbell = Rc::new(Doorbell::new(false).unwrap());
        let ringer = Rc::clone(&doorbell);
        let queue = super::Common::new(JobQueue::new().unwrap());
        queue.get().post(1, 0, b"").unwrap();
        let mut slot = queue.get().sit(0, 0).unwrap();
        let cell = queue.get().cell(0).unwrap();
        let child = fork(move || {
            let task = slot.take(&mut Vec::new()).unwrap();
            cell.since.store(0, Ordering::Relaxed); // so that it took long
            slot.tally();
            say(&own, &ringer, task, b"");
        });
        hear(&mut ring, &doorbell);
        assert_ne!(queue.get().spent(0), Duration::ZERO);
        reaped(child);
        queue.end();
    });
}

/// Something wrote over the parent's word: the child goes on, and uses its memory again, before it is released.
#[test]
fn what_the_parent_has_read_of_a_payload_that_is_lent_was_not_written_over() {
    check(3, || {
        let (mut ring, own) = forked();
        let payload = super::Common::new(AtomicU64::new(1));
        let word = payload.get();
        let child = fork(move || {
            if own.await_release() {
                word.store(2, Ordering::Relaxed);
            }
        });
        ring.memory.head().released.store(1, Ordering::Relaxed);
        ring.ask();
        let read = word.load(Ordering::Relaxed);
        assert!(!ring.is_lent() || read == 1);
        reaped(child);
        payload.end();
    });
}
