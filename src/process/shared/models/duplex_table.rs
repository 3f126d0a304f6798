use std::rc::Rc;
use std::time::Duration;

use super::{Common, check, fork, reaped};
use crate::process::identity::Process;
use crate::process::shared::doorbell::Doorbell;
use crate::process::shared::message_ring::duplex_table::DuplexTable;
use crate::process::shared::message_ring::{MessageRing, Trouble, Waiting};
use crate::process::shared::sync;

/// The attempts.
const ONE: u64 = 7;
const NEXT: u64 = 8;

fn table() -> Common<DuplexTable> {
    Common::new(DuplexTable::map(Rc::new(Doorbell::new(false).unwrap())).unwrap())
}

/// A process that is forked now, with this number.
fn task<R: 'static>(number: u64, run: impl FnOnce() -> R + 'static) -> loom::thread::JoinHandle<R> {
    fork(move || {
        sync::be(number);
        run()
    })
}

fn sleep(waiting: &Waiting<'_>) -> Result<(), ()> {
    waiting.sleep(Duration::MAX, &std::sync::atomic::AtomicBool::new(false));
    Ok(())
}

fn send(ring: &MessageRing, bytes: &[u8]) -> Result<(), Trouble<()>> {
    ring.send(Process::own(), 1, bytes.len(), [bytes].into_iter(), &mut sleep)
}

fn receive(ring: &MessageRing) -> Result<Vec<u8>, Trouble<()>> {
    let mut bytes = Vec::new();
    ring.receive(Process::own(), &mut bytes, &mut |_, _| true, &mut sleep)?;
    Ok(bytes)
}

/// Task and parent want a duplex at the same time: it is one, and what one sends the other receives.
#[test]
fn who_opens_a_duplex_at_once_has_the_same() {
    check(2, || {
        let table = table();
        let all = table.get();
        let task = task(2, || send(&all.open(ONE, false).unwrap().to_parent, b"message").unwrap());
        let duplex = all.open(ONE, false).unwrap();
        assert_eq!(receive(&duplex.to_parent), Ok(b"message".to_vec()));
        reaped(task);
        drop(duplex);
        table.end();
    });
}

/// A duplex of an attempt that is over is the next one's: who finds it sees nothing that was said in the last one.
#[test]
fn who_finds_a_duplex_that_is_used_again_finds_it_empty() {
    check(3, || {
        let table = table();
        let all = table.get();
        let last = all.open(ONE, false).unwrap();
        send(&last.to_task, b"old").unwrap();
        last.release();
        let task = task(2, || {
            if let Some(found) = all.find(NEXT) {
                assert!(!found.to_task.is_closed(), "{found:?}");
                assert_eq!(found.to_task.count(), 0);
            }
        });
        let next = all.open(NEXT, false).unwrap();
        reaped(task);
        drop((last, next));
        table.end();
    });
}

/// A process that the task has forked sends although the attempt is over: that is told, or nobody's any more, and never a
/// message for the next attempt.
#[test]
fn who_still_has_a_duplex_that_is_released_sends_nothing_to_the_next_attempt() {
    check(3, || {
        let table = table();
        let all = table.get();
        let own = all.open(ONE, false).unwrap();
        let left = task(2, || {
            let duplex = all.find(ONE);
            duplex.map(|duplex| send(&duplex.to_parent, b"late"))
        });
        own.release();
        let next = all.open(NEXT, false).unwrap();
        let sent = reaped(left);
        assert!(matches!(sent, None | Some(Ok(()) | Err(Trouble::Closed))), "{sent:?}");
        assert_eq!(next.to_parent.count(), 0);
        drop((own, next));
        table.end();
    });
}

/// A process that waits for a message of an attempt that is over is woken, and told.
#[test]
fn who_sleeps_in_a_duplex_that_is_released_is_woken() {
    check(2, || {
        let table = table();
        let all = table.get();
        let own = all.open(ONE, false).unwrap();
        let left = task(2, || all.find(ONE).map(|duplex| receive(&duplex.to_task)));
        own.release();
        let received = reaped(left);
        assert!(matches!(received, None | Some(Err(Trouble::Closed))), "{received:?}");
        drop(own);
        table.end();
    });
}

/// As the reactor and the event loop do it: looks, asks to be rung, looks once more, and sleeps.
fn await_news(table: &DuplexTable) -> Vec<(u64, bool)> {
    loop {
        table.doorbell().listen();
        if table.have_news() {
            table.doorbell().ignore();
            return table.look();
        }
        table.doorbell().sleep();
    }
}

/// A task sends while its parent begins to want to be woken by that.
#[test]
fn who_begins_to_heed_messages_hears_of_one_that_is_sent_meanwhile() {
    check(3, || {
        let table = table();
        let all = table.get();
        let task = task(2, || {
            let duplex = all.open(ONE, false).unwrap();
            send(&duplex.to_parent, b"message").unwrap();
            duplex.ring();
        });
        all.heed();
        assert_eq!(await_news(all), [(ONE, true)]);
        reaped(task);
        table.end();
    });
}

/// What is sent while the parent looks is found by that look or by the next one.
#[test]
fn what_is_sent_while_the_parent_looks_is_found() {
    check(2, || {
        let table = table();
        let all = table.get();
        all.heed();
        let task = task(2, || {
            let duplex = all.open(ONE, false).unwrap();
            for message in [b"one", b"two"] {
                send(&duplex.to_parent, message).unwrap();
                duplex.ring();
            }
        });
        let mut left = 2;
        while left > 0 {
            assert_eq!(await_news(all), [(ONE, true)]);
            let duplex = all.find(ONE).unwrap();
            while duplex.to_parent.has_any() {
                receive(&duplex.to_parent).unwrap();
                left -= 1;
            }
        }
        reaped(task);
        table.end();
    });
}
