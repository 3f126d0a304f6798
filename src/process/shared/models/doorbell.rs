use loom::sync::atomic::{AtomicU32, Ordering};

use super::{Common, check, fork, reaped};
use crate::process::shared::doorbell::Doorbell;

/// As the reactor does: looks for news, asks to be rung, looks once more, and sleeps.
fn await_news(doorbell: &Doorbell, is_there: impl Fn() -> bool) {
    while !is_there() {
        doorbell.listen();
        if is_there() {
            doorbell.ignore();
            return;
        }
        doorbell.sleep();
    }
}

#[test]
fn a_parent_that_falls_asleep_is_rung() {
    check(4, || {
        let common = Common::new((Doorbell::new(false).unwrap(), AtomicU32::new(0)));
        let (doorbell, news) = common.get();
        let child = fork(move || {
            news.store(1, Ordering::Relaxed);
            doorbell.ringer().ring();
        });
        await_news(doorbell, || news.load(Ordering::Relaxed) == 1);
        reaped(child);
        common.end();
    });
}

/// Only one of them rings when both have news at once.
#[test]
fn news_of_two_children_are_both_found() {
    check(3, || {
        let common = Common::new((Doorbell::new(false).unwrap(), [AtomicU32::new(0), AtomicU32::new(0)]));
        let (doorbell, news) = common.get();
        let children = [0, 1].map(|child| {
            fork(move || {
                news[child].store(1, Ordering::Relaxed);
                doorbell.ringer().ring();
            })
        });
        await_news(doorbell, || news[0].load(Ordering::Relaxed) == 1);
        await_news(doorbell, || news[1].load(Ordering::Relaxed) == 1);
        let [(), ()] = children.map(reaped);
        common.end();
    });
}
