use std::time::Duration;

use loom::thread;

use super::{check, fork, reaped};
use crate::process::identity::Process;
use crate::process::shared::message_ring::{Loss, MessageRing, SHORT, Trouble, Waiting};

/// The process with this number.
fn process(number: u64) -> Process {
    Process::unpacked(number)
}

/// Sleeps until it is woken, as a process does for which nobody looks at a clock.
fn sleep(waiting: &Waiting<'_>) -> Result<(), ()> {
    waiting.sleep(Duration::MAX, &std::sync::atomic::AtomicBool::new(false));
    Ok(())
}

fn send(ring: &MessageRing, own: u64, bytes: &[u8]) {
    ring.send(process(own), 1, bytes.len(), [bytes].into_iter(), &mut sleep).unwrap();
}

fn receive(ring: &MessageRing, own: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    ring.receive(process(own), &mut bytes, &mut |_, _| true, &mut sleep).unwrap();
    bytes
}

#[test]
fn a_receiver_that_falls_asleep_gets_a_message_whole() {
    check(2, || {
        let ring = MessageRing::new(2).unwrap();
        let own = ring.in_child();
        let sender = fork(move || send(&own, 2, b"message"));
        assert_eq!(receive(&ring, 1), b"message");
        reaped(sender);
    });
}

#[test]
fn a_sender_that_waits_for_room_goes_on() {
    check(2, || {
        let ring = MessageRing::new(1).unwrap();
        let own = ring.in_child();
        let sender = fork(move || {
            send(&own, 2, b"one");
            send(&own, 2, b"two");
        });
        assert_eq!(receive(&ring, 1), b"one");
        assert_eq!(receive(&ring, 1), b"two");
        reaped(sender);
    });
}

#[test]
fn of_several_senders_none_is_forgotten() {
    check(2, || {
        let ring = MessageRing::new(2).unwrap();
        let senders = [(2, b"one"), (3, b"two")].map(|(number, message)| {
            let own = ring.in_child();
            fork(move || send(&own, number, message))
        });
        let mut got = [receive(&ring, 1), receive(&ring, 1)];
        got.sort();
        assert_eq!(got, [b"one", b"two"]);
        let _ = senders.map(reaped);
    });
}

#[test]
fn of_several_receivers_each_gets_one_message() {
    check(2, || {
        let ring = MessageRing::new(2).unwrap();
        let receivers = [2, 3].map(|number| {
            let own = ring.in_child();
            fork(move || receive(&own, number))
        });
        send(&ring, 1, b"one");
        send(&ring, 1, b"two");
        let mut got = receivers.map(reaped);
        got.sort();
        assert_eq!(got, [b"one", b"two"]);
    });
}

/// As a channel does it: what is short goes the short way when nothing is in the way.
fn send_short(ring: &MessageRing, own: u64, bytes: &[u8]) {
    if !ring.send_now(process(own), 1, bytes) {
        send(ring, own, bytes);
    }
}

fn receive_short(ring: &MessageRing, own: u64) -> Vec<u8> {
    let got = ring.receive_now(process(own), &mut [0; SHORT], |_, bytes| Some(bytes.to_vec()));
    got.unwrap_or_else(|| receive(ring, own))
}

#[test]
fn a_short_message_wakes_who_sleeps_and_makes_room() {
    check(2, || {
        let ring = MessageRing::new(1).unwrap();
        let own = ring.in_child();
        let sender = fork(move || {
            send_short(&own, 2, b"one");
            send_short(&own, 2, b"two");
        });
        assert_eq!(receive_short(&ring, 1), b"one");
        assert_eq!(receive_short(&ring, 1), b"two");
        reaped(sender);
    });
}

#[test]
fn short_messages_of_several_senders_are_each_received_once() {
    check(2, || {
        let ring = MessageRing::new(2).unwrap();
        let [own, other] = [ring.in_child(), ring.in_child()];
        let sender = fork(move || send_short(&own, 2, b"one"));
        let receiver = fork(move || receive_short(&other, 3));
        send_short(&ring, 1, b"two");
        let mut got = [receive_short(&ring, 1), reaped(receiver)];
        got.sort();
        assert_eq!(got, [b"one", b"two"]);
        reaped(sender);
    });
}

#[test]
fn a_long_message_goes_through_in_pieces() {
    check(2, || {
        let ring = MessageRing::new(1).unwrap();
        let own = ring.in_child();
        let long: Vec<u8> = (0..40).collect();
        let message = long.clone();
        let sender = fork(move || send(&own, 2, &message));
        assert_eq!(receive(&ring, 1), long);
        reaped(sender);
    });
}

/// Looks again and again, as a process does that looks for the dead.
fn look(waiting: &Waiting<'_>) -> Result<(), ()> {
    waiting.sleep(Duration::ZERO, &std::sync::atomic::AtomicBool::new(false));
    thread::yield_now();
    Ok(())
}

/// The next message; or of whom one is lost, and whether that one was received.
fn receive_or_be_told(ring: &MessageRing, own: u64) -> Result<Vec<u8>, (i32, bool)> {
    let mut bytes = Vec::new();
    match ring.receive(process(own), &mut bytes, &mut |_, _| true, &mut look) {
        Ok(_) => Ok(bytes),
        Err(Trouble::Lost(Loss { process, received })) => Err((process.pid(), received)),
        Err(other) => panic!("{other:?}"),
    }
}

/// Whatever a sender has done when it is killed: its message is sent, or it is told, and that of another sender arrives.
#[test]
fn a_sender_may_die_at_each_step() {
    for steps in 1..=MessageRing::SEND {
        check(2, move || {
            let ring = MessageRing::new(2).unwrap();
            ring.in_child().die_sending(process(2), b"one", steps);
            let other = ring.in_child();
            let sender = fork(move || {
                other.send(process(3), 1, 3, [&b"two"[..]].into_iter(), &mut look).unwrap();
            });
            let fate = match steps {
                1 => None,
                MessageRing::SENT.. => Some(Ok(b"one".to_vec())),
                _ => Some(Err((2, false))),
            };
            let mut expected: Vec<_> = fate.into_iter().chain([Ok(b"two".to_vec())]).collect();
            let mut got: Vec<_> = expected.iter().map(|_| receive_or_be_told(&ring, 1)).collect();
            got.sort();
            expected.sort();
            assert_eq!(got, expected, "after {steps} steps");
            reaped(sender);
            assert_eq!(ring.count(), 0);
        });
    }
}

/// Whatever a receiver has done when it is killed: its message is left, or it is told, or it has taken it.
#[test]
fn a_receiver_may_die_at_each_step() {
    for steps in 1..=MessageRing::RECEIVE {
        check(2, move || {
            let ring = MessageRing::new(2).unwrap();
            send(&ring, 4, b"one");
            ring.in_child().die_receiving(process(2), steps);
            let other = ring.in_child();
            let sender = fork(move || {
                other.send(process(3), 1, 3, [&b"two"[..]].into_iter(), &mut look).unwrap();
            });
            let first = match steps {
                MessageRing::RECEIVE.. => None,
                MessageRing::RECEIVED => Some(Err((2, true))),
                _ => Some(Ok(b"one".to_vec())),
            };
            let expected: Vec<_> = first.into_iter().chain([Ok(b"two".to_vec())]).collect();
            let got: Vec<_> = expected.iter().map(|_| receive_or_be_told(&ring, 1)).collect();
            assert_eq!(got, expected, "after {steps} steps");
            reaped(sender);
        });
    }
}
