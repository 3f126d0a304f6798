use super::*;
use crate::process::shared::message_ring::{Trouble, Waiting};

fn duplexes() -> &'static DuplexTable {
    DuplexTable::new(Rc::new(Doorbell::new(false).unwrap())).unwrap()
}

fn at_once(_: &Waiting<'_>) -> Result<(), ()> {
    Err(())
}

fn send(ring: &MessageRing, text: &str) -> Result<(), Trouble<()>> {
    ring.send(Process::own(), 0, text.len(), [text.as_bytes()].into_iter(), &mut at_once)
}

fn receive(ring: &MessageRing) -> Result<String, Trouble<()>> {
    let mut bytes = Vec::new();
    ring.receive(Process::own(), &mut bytes, &mut |_, _| true, &mut at_once)?;
    Ok(String::from_utf8(bytes).unwrap())
}

#[test]
fn both_sides_find_the_duplex_of_an_attempt() {
    let duplexes = duplexes();
    assert!(!duplexes.is_any_used() && duplexes.find(7).is_none());
    let task = duplexes.open(7, false).unwrap();
    let parent = duplexes.open(7, true).unwrap();
    let other = duplexes.open(8, true).unwrap();
    send(&task.to_parent, "up").unwrap();
    send(&parent.to_task, "down").unwrap();
    assert_eq!(receive(&parent.to_parent), Ok("up".into()));
    assert_eq!(receive(&task.to_task), Ok("down".into()));
    assert_eq!(receive(&other.to_task), Err(Trouble::Stopped(())));
}

#[test]
fn a_duplex_is_closed_to_who_has_it_from_an_attempt_that_is_over() {
    let duplexes = duplexes();
    let old = duplexes.open(7, false).unwrap();
    send(&old.to_parent, "late").unwrap();
    duplexes.find(7).unwrap().release();
    assert!(!duplexes.is_any_used());
    let new = duplexes.open(9, false).unwrap();
    assert_eq!(new.at, old.at);
    send(&new.to_task, "for the new one").unwrap();
    assert_eq!(send(&old.to_parent, "later"), Err(Trouble::Closed));
    assert_eq!(receive(&old.to_task), Err(Trouble::Closed));
    assert_eq!((old.to_task.count(), new.to_task.count(), new.to_parent.count()), (0, 1, 0));
    assert_eq!(receive(&new.to_task), Ok("for the new one".into()));
    old.release();
    assert!(!new.to_task.is_closed());
}

#[test]
fn the_parent_is_told_once_of_what_was_sent() {
    let duplexes = duplexes();
    let duplex = duplexes.open(7, false).unwrap();
    assert!(!duplexes.have_news());
    send(&duplex.to_parent, "a").unwrap();
    send(&duplex.to_task, "b").unwrap();
    assert!(duplexes.have_news());
    assert_eq!(duplexes.look(), [(7, false)]);
    assert!(!duplexes.have_news());
    duplex.release();
    let duplex = duplexes.open(8, false).unwrap();
    send(&duplex.to_parent, "c").unwrap();
    assert_eq!(duplexes.look(), [(8, false)], "as many messages as before, of another attempt");
}

#[test]
fn attempts_that_have_not_begun_leave_duplexes_to_the_others() {
    let duplexes = duplexes();
    let ahead = (1..).map_while(|attempt| duplexes.open(attempt, true).ok()).count();
    assert_eq!(ahead, AHEAD);
    assert!(duplexes.open(1 << 40, false).is_ok());
}
