use super::child::header;
use super::*;
use crate::process::child::end;
use crate::process::fork::{Fork, Purpose, fork};
use crate::process::shared::doorbell::Doorbell;
use crate::process::wait::end_of;

fn said(ring: &ResultRing, task: u64, payload: &[u8]) {
    said_as(Kind::Value, ring, task, payload);
}

fn said_as(kind: Kind, ring: &ResultRing, task: u64, payload: &[u8]) {
    let doorbell = Doorbell::new(false).unwrap();
    ring.say(&doorbell.ringer(), task, kind, 1, payload.len(), [payload].into_iter());
}

fn hear(ring: &mut ResultRing) -> Result<Option<Answer>, Garbled> {
    ring.read()?;
    ring.hear(0)
}

#[test]
fn answers_come_in_order_and_whole_and_stay_as_they_are() {
    let mut ring = ResultRing::new().unwrap();
    let payload = |task: u64| (0..task % 700).map(|n| (n ^ task).to_le_bytes()[0]).collect::<Vec<_>>();
    let mut kept = Vec::new();
    for round in 0..700 {
        for task in round * 3..round * 3 + 3 {
            said(&ring, task, &payload(task));
        }
        while let Some(answer) = hear(&mut ring).unwrap() {
            kept.push(answer);
        }
        assert!(!ring.has_news());
    }
    for (answer, task) in kept.iter().zip(0..) {
        assert_eq!((answer.task, &answer.frame.payload[..]), (task, &payload(task)[..]));
    }
    assert_eq!(kept.len(), 2100);
}

#[test]
fn a_result_that_is_larger_than_the_ring_goes_through_while_it_is_read() {
    let mut ring = ResultRing::new().unwrap();
    let payload: Vec<u8> = (0..ROOM * 3 + 5).map(|n| n.to_le_bytes()[0]).collect();
    let child = match fork(Purpose::Outcome).unwrap() {
        Fork::Child(_) => {
            said(&ring, 7, &payload);
            end(0)
        }
        Fork::Parent(child) => child,
    };
    let heard = loop {
        if let Some(answer) = hear(&mut ring).unwrap() {
            break answer;
        }
        std::thread::yield_now();
    };
    end_of(child.pid);
    assert_eq!(*heard.frame.payload, payload[..]);
}

#[test]
fn a_loan_that_is_asked_for_is_said() {
    let mut ring = ResultRing::new().unwrap();
    let payload: Vec<u8> = (0..ROOM * 3 + 5).map(|n| n.to_le_bytes()[0]).collect();
    let child = match fork(Purpose::Outcome).unwrap() {
        Fork::Child(_) => {
            said(&ring, 7, b"remote");
            while !ring.await_release() {
                said_as(Kind::Asked, &ring, 7, &payload);
            }
            said(&ring, 8, b"next");
            end(0)
        }
        Fork::Parent(child) => child,
    };
    let heard = |ring: &mut ResultRing| loop {
        if let Some(answer) = hear(ring).unwrap() {
            break answer;
        }
        std::thread::yield_now();
    };
    assert_eq!(*heard(&mut ring).frame.payload, *b"remote");
    ring.ask();
    let mut got = Vec::with_capacity(payload.len());
    while got.len() < payload.len() {
        let room = 10_000.min(payload.len() - got.len());
        let count = ring.receive(&mut got.spare_capacity_mut()[..room]).unwrap();
        // SAFETY: `receive` has written this many bytes.
        unsafe { got.set_len(got.len() + count) };
    }
    assert!(got == payload);
    ring.release();
    assert_eq!(*heard(&mut ring).frame.payload, *b"next");
    end_of(child.pid);
}

#[test]
fn garbage_is_no_answer() {
    let mut ring = ResultRing::new().unwrap();
    ring.memory.head().written.store(ROOM as u64 * 2, Ordering::Relaxed);
    assert_eq!(hear(&mut ring), Err(Garbled));
    ring.memory.head().written.store(64, Ordering::Relaxed);
    assert_eq!(hear(&mut ring), Err(Garbled));
    ring.memory.write_ring(ROOM, 0, &header(1, PIECE, 0, Kind::Value, 0, false));
    assert_eq!(hear(&mut ring), Err(Garbled));
}

#[test]
fn a_header_that_no_child_writes_is_no_answer() {
    let right = header(1, 0, 0, Kind::Value, 0, false);
    let heard = |at: usize, byte: u8| {
        let mut ring = ResultRing::new().unwrap();
        let mut bytes = right;
        bytes[at] = byte;
        ring.memory.write_ring(ROOM, 0, &bytes);
        ring.memory.head().written.store(HEADER as u64, Ordering::Relaxed);
        hear(&mut ring).map(|answer| answer.map(|answer| answer.task))
    };
    assert_eq!(heard(0, 1), Ok(Some(1)));
    // Its number, its kind, whether more comes, and what is not used.
    for (at, byte) in [(10, 1), (12, 255), (14, 2), (15, 1)] {
        assert_eq!(heard(at, byte), Err(Garbled), "byte {at}");
    }
}

#[test]
fn of_a_result_in_pieces_no_more_is_kept_than_the_limit_allows() {
    let mut ring = ResultRing::new().unwrap();
    let payload = vec![7; PIECE * 2 + 5];
    let heard = |ring: &mut ResultRing, limit: usize| {
        said(ring, 7, &payload);
        ring.read().unwrap();
        let Answer { frame, length, .. } = ring.hear(limit as u64).unwrap().unwrap();
        (frame.payload.len(), length)
    };
    let length = payload.len() as u64;
    assert_eq!(heard(&mut ring, PIECE), (PIECE, length));
    assert_eq!(heard(&mut ring, payload.len()), (payload.len(), length));
    assert_eq!(heard(&mut ring, 1), (0, length));
    assert_eq!(heard(&mut ring, 0), (payload.len(), length));
}

#[test]
fn what_comes_in_place_of_a_loan_that_was_asked_for_is_refused() {
    let mut ring = ResultRing::new().unwrap();
    said(&ring, 7, b"remote");
    assert_eq!(*hear(&mut ring).unwrap().unwrap().frame.payload, *b"remote");
    ring.ask();
    said(&ring, 7, b"something else");
    assert_eq!(ring.receive(&mut [MaybeUninit::uninit(); 20]), Err(Garbled));
}

#[test]
fn an_answer_is_heard_once() {
    let mut ring = ResultRing::new().unwrap();
    said(&ring, 1, b"one");
    said(&ring, 1, b"two");
    assert_eq!(*hear(&mut ring).unwrap().unwrap().frame.payload, *b"one");
    assert_eq!(*hear(&mut ring).unwrap().unwrap().frame.payload, *b"two");
    // The ring as it was, but for the position: it holds what has been read.
    ring.read = 0;
    assert_eq!(hear(&mut ring), Err(Garbled));
}

#[test]
fn a_loan_that_nobody_has_asked_for_is_no_answer() {
    let mut ring = ResultRing::new().unwrap();
    said(&ring, 7, b"remote");
    assert_eq!(*hear(&mut ring).unwrap().unwrap().frame.payload, *b"remote");
    said_as(Kind::Asked, &ring, 7, b"the same");
    assert_eq!(hear(&mut ring), Err(Garbled));
}

#[test]
fn a_position_that_was_written_over_is_written_anew() {
    let mut ring = ResultRing::new().unwrap();
    said(&ring, 1, b"one");
    hear(&mut ring).unwrap();
    let read = ring.memory.head().read.load(Ordering::SeqCst);
    ring.memory.head().read.store(0, Ordering::SeqCst);
    ring.release();
    ring.memory.head().released.store(0, Ordering::SeqCst);
    ring.restate();
    assert_eq!(ring.memory.head().read.load(Ordering::SeqCst), read);
    assert_eq!(ring.memory.head().released.load(Ordering::SeqCst), 1);
}

#[test]
fn a_child_that_has_gone_on_before_its_release_is_noticed() {
    let ring = ResultRing::new().unwrap();
    let child = |releases: u32| match fork(Purpose::Outcome).unwrap() {
        Fork::Child(_) => {
            ring.over.set(releases);
            ring.await_release();
            end(0)
        }
        Fork::Parent(child) => child.pid,
    };
    assert!(ring.is_lent());
    ring.release();
    end_of(child(0));
    assert!(ring.is_lent(), "the next one");
    ring.memory.head().released.store(7, Ordering::SeqCst);
    end_of(child(1));
    assert!(!ring.is_lent());
    ring.release();
    assert!(ring.is_lent(), "the one after it");
}
