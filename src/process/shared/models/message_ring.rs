use std::time::Duration;

use super::{check, fork, reaped};
use crate::process::identity::Process;
use crate::process::shared::message_ring::{MessageRing, Waiting};

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
