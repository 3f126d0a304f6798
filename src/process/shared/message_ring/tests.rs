use std::process::Command;

use super::header::Header;
use super::quick::SHORT;
use super::{Mark, MessageRing, Ordering, Process, Received, Trouble, Turn, Waiting, units};

fn ring(capacity: u32) -> MessageRing {
    MessageRing::new(capacity).unwrap()
}

/// Sends without waiting.
fn send(ring: &MessageRing, bytes: &[u8]) -> Result<(), Trouble<()>> {
    ring.send(Process::own(), 1, bytes.len(), [bytes].into_iter(), &mut |_: &Waiting<'_>| Err(()))
}

/// Receives without waiting.
fn receive(ring: &MessageRing) -> Result<Vec<u8>, Trouble<()>> {
    let mut bytes = Vec::new();
    let pause = &mut |_: &Waiting<'_>| Err(());
    ring.receive(Process::own(), &mut bytes, &mut |_, _| true, pause).map(|_: Received| bytes)
}

/// A process that has ended.
fn dead() -> Process {
    let mut child = Command::new("true").spawn().unwrap();
    let process = Process::now(i32::try_from(child.id()).unwrap());
    child.wait().unwrap();
    process
}

#[test]
fn messages_come_out_as_they_went_in_round_and_round() {
    let ring = ring(3);
    for length in (0..40_000).step_by(37) {
        let bytes: Vec<u8> = (0..length).map(|byte| u8::try_from(byte % 251).unwrap()).collect();
        if length <= ring.place.piece() {
            send(&ring, &bytes).unwrap();
            assert_eq!(ring.count(), 1);
            assert_eq!(receive(&ring).unwrap(), bytes);
        }
    }
    assert_eq!(receive(&ring), Err(Trouble::Stopped(())));
}

#[test]
fn there_is_room_for_as_many_as_the_capacity() {
    let ring = ring(2);
    send(&ring, b"a").unwrap();
    send(&ring, b"b").unwrap();
    assert_eq!(send(&ring, b"c"), Err(Trouble::Stopped(())));
    ring.close();
    assert_eq!(send(&ring, b"c"), Err(Trouble::Closed));
    assert_eq!(receive(&ring).unwrap(), b"a");
    assert_eq!(receive(&ring).unwrap(), b"b");
    assert_eq!(receive(&ring), Err(Trouble::Closed));
}

#[test]
fn a_message_whose_sender_gives_up_is_told_once_and_those_after_it_arrive() {
    let ring = ring(2);
    let long = vec![7; 1 << 20];
    assert_eq!(send(&ring, &long), Err(Trouble::Stopped(())));
    assert!(
        matches!(receive(&ring), Err(Trouble::Lost(loss)) if loss.process == Process::own() && !loss.received)
    );
    assert_eq!(receive(&ring), Err(Trouble::Stopped(())));
    send(&ring, b"next").unwrap();
    assert_eq!(receive(&ring).unwrap(), b"next");
}

#[test]
fn what_was_sent_before_a_lost_message_comes_before_it() {
    let ring = ring(2);
    send(&ring, b"before").unwrap();
    assert_eq!(send(&ring, &vec![7; 1 << 20]), Err(Trouble::Stopped(())));
    assert_eq!(receive(&ring).unwrap(), b"before");
    assert!(matches!(receive(&ring), Err(Trouble::Lost(_))));
    assert_eq!(receive(&ring), Err(Trouble::Stopped(())));
}

#[test]
fn a_message_whose_sender_died_between_its_pieces_is_told_once() {
    let ring = ring(2);
    let head = ring.head();
    let gone = dead();
    head.senders.turn.try_acquire(gone).unwrap();
    head.senders.began.store(Mark::default().0 + 1, Ordering::Relaxed);
    let header = Header { length: 9, size: 5, format: 1, first: true, more: true };
    ring.put_header(Mark::default(), header);
    head.senders.mark.store(Mark::default().behind(units(5), true).0, Ordering::Release);
    ring.look_after_sender(Process::own(), false);
    assert!(matches!(receive(&ring), Err(Trouble::Lost(loss)) if loss.process == gone && !loss.received));
    assert_eq!(receive(&ring), Err(Trouble::Stopped(())));
}

#[test]
fn a_message_whose_sender_died_before_it_was_written_is_told() {
    let ring = ring(2);
    let (head, gone) = (ring.head(), dead());
    head.senders.turn.try_acquire(gone).unwrap();
    head.senders.began.store(Mark::default().0 + 1, Ordering::Relaxed);
    ring.send(Process::own(), 1, 1, [&b"x"[..]].into_iter(), &mut |waiting| {
        waiting.sleep(std::time::Duration::from_millis(30), &std::sync::atomic::AtomicBool::new(false));
        Ok::<(), ()>(())
    })
    .unwrap();
    assert!(matches!(receive(&ring), Err(Trouble::Lost(loss)) if loss.process == gone && !loss.received));
    assert_eq!(receive(&ring).unwrap(), b"x");
}

#[test]
fn a_message_whose_sender_died_after_it_was_written_is_not_lost() {
    let ring = ring(2);
    send(&ring, b"whole").unwrap();
    let head = ring.head();
    head.senders.turn.try_acquire(dead()).unwrap();
    head.senders.began.store(Mark::default().0 + 1, Ordering::Relaxed);
    ring.look_after_sender(Process::own(), false);
    assert_eq!(receive(&ring).unwrap(), b"whole");
}

#[test]
fn a_message_that_a_dead_receiver_had_taken_is_told_and_the_next_one_arrives() {
    let ring = ring(2);
    send(&ring, b"taken").unwrap();
    send(&ring, b"next").unwrap();
    assert_eq!(receive(&ring).unwrap(), b"taken");
    let (head, gone) = (ring.head(), dead());
    head.receivers.turn.try_acquire(gone).unwrap();
    head.receivers.began.store(Mark::default().0 + 1, Ordering::Relaxed);
    let mut bytes = Vec::new();
    let mut receive = || {
        ring.receive(Process::own(), &mut bytes, &mut |_, _| true, &mut |waiting| {
            waiting.sleep(std::time::Duration::from_millis(30), &std::sync::atomic::AtomicBool::new(false));
            Ok::<(), ()>(())
        })
    };
    assert!(matches!(receive(), Err(Trouble::Lost(loss)) if loss.process == gone && loss.received));
    assert_eq!(receive().unwrap().length, 4);
}

#[test]
fn a_piece_that_no_sender_writes_is_no_message() {
    let header = Header { length: 5, size: 5, format: 1, first: true, more: false };
    for header in [Header { first: false, ..header }, Header { length: 6, ..header }] {
        let ring = ring(2);
        ring.put_header(Mark::default(), header);
        ring.head().senders.mark.store(Mark::default().behind(units(5), false).0, Ordering::Release);
        assert_eq!(ring.receive_now(Process::own(), &mut [0; SHORT], |_, bytes| Some(bytes.len())), None);
        assert_eq!(receive(&ring), Err(Trouble::Garbled));
        send(&ring, b"next").unwrap();
        assert_eq!(receive(&ring).unwrap(), b"next");
    }
}

#[test]
fn the_short_way_is_for_when_nothing_is_in_the_way() {
    let (ring, own) = (ring(2), Process::own());
    let head = ring.head();
    let mut bytes = [0; SHORT];
    let mut receive_now = || ring.receive_now(own, &mut bytes, |_, bytes| Some(bytes.len()));
    assert_eq!(receive_now(), None);
    head.senders.turn.try_acquire(own).unwrap();
    assert!(!ring.send_now(own, 1, b"one"), "somebody else sends");
    drop(Turn { side: &head.senders, own });
    assert!(ring.send_now(own, 1, b"one"));
    let mark = head.receivers.mark.swap(Mark::default().behind(0, true).0, Ordering::Relaxed);
    assert_eq!(receive_now(), None, "a message has been begun");
    head.receivers.mark.store(mark, Ordering::Relaxed);
    assert_eq!(receive_now(), Some(3));
    ring.close();
    assert!(!ring.send_now(own, 1, b"two"));
}

#[test]
fn whatever_the_marks_and_headers_say_it_ends_and_works_again() {
    let words = [0, 1, 2, 1 << 20, 1 << 21, 5 << 21, (1 << 33) | 7, u64::MAX, u64::MAX / 3, 1 << 63];
    for (at, word) in (0..5).flat_map(|at| words.map(|word| (at, word))) {
        let ring = ring(4);
        for text in [b"one", b"two"] {
            send(&ring, text).unwrap();
        }
        receive(&ring).unwrap();
        let head = ring.head();
        match at {
            0 => head.senders.mark.store(word, Ordering::Relaxed),
            1 => head.receivers.mark.store(word, Ordering::Relaxed),
            2 => head.senders.began.store(word, Ordering::Relaxed),
            3 => head.reader.store(word, Ordering::Relaxed),
            _ => ring.place.header(Mark(2 << 21)).unwrap().0[1].store(word, Ordering::Relaxed),
        }
        for _ in 0..20 {
            let _ = receive(&ring);
            let _ = send(&ring, b"again");
        }
        let got = (0..20).filter_map(|_| receive(&ring).ok()).last();
        assert!(got.is_none_or(|got| got == b"again"), "word {at}: {word:x}");
        while receive(&ring).is_ok() {}
        send(&ring, b"well").unwrap();
        assert_eq!(receive(&ring).unwrap(), b"well", "word {at}: {word:x}");
    }
}
