use std::collections::BTreeMap;

use super::*;

mod model;

fn with(limit: usize, ids: std::ops::Range<u64>) -> Ledger<u64> {
    let mut ledger = Ledger::new(limit);
    ids.for_each(|id| ledger.enqueue(id, id));
    ledger
}

fn next(ledger: &mut Ledger<u64>) -> Option<u64> {
    ledger.next().map(|(id, of)| {
        assert_eq!(id, of);
        id
    })
}

#[test]
fn never_more_than_the_limit_and_in_order() {
    let mut ledger = with(2, 0..4);
    assert_eq!((next(&mut ledger), next(&mut ledger), next(&mut ledger)), (Some(0), Some(1), None));
    assert_eq!(ledger.end(1), Some(1));
    assert_eq!((next(&mut ledger), next(&mut ledger)), (Some(2), None));
}

#[test]
fn what_waits_for_a_slot_and_what_has_one_and_owes_an_outcome_are_told_apart() {
    let mut ledger = with(1, 0..3);
    assert_eq!((ledger.backlog(), ledger.expects(0)), (3, false));
    next(&mut ledger);
    assert_eq!((ledger.backlog(), ledger.expects(0), ledger.expects(1)), (2, true, false));
    ledger.run(0);
    ledger.report(0);
    assert!(!ledger.expects(0) && !ledger.expects(7));
}

#[test]
fn a_refused_start_keeps_its_place() {
    let mut ledger = with(1, 0..2);
    assert_eq!(next(&mut ledger), Some(0));
    ledger.requeue(0);
    assert_eq!(next(&mut ledger), Some(0));
}

#[test]
fn a_stopped_one_starts_nothing_but_waits_for_what_runs() {
    let mut ledger = with(1, 0..2);
    next(&mut ledger);
    ledger.stop();
    assert!(!ledger.is_idle());
    ledger.end(0);
    assert_eq!(next(&mut ledger), None);
    assert!(ledger.is_idle() && ledger.has_untold());
}

#[test]
fn what_has_told_everything_is_nobodys_and_has_no_slot() {
    let mut ledger = with(1, 0..3);
    next(&mut ledger);
    assert_eq!(ledger.report(0), None, "it has no process yet");
    ledger.run(0);
    assert_eq!((ledger.report(0), ledger.report(0), ledger.get(0)), (Some(0), None, None));
    assert!(ledger.has_reported() && ledger.is_out(0) && !ledger.is_idle());
    assert_eq!((next(&mut ledger), next(&mut ledger)), (Some(1), None));
    assert_eq!((ledger.end(0), ledger.end(0)), (None, None));
}

#[test]
fn no_more_have_told_everything_and_are_there_than_there_are_slots_when_the_next_one_starts() {
    let mut ledger = with(2, 0..5);
    for id in 0..3 {
        assert_eq!(next(&mut ledger), Some(id));
        ledger.run(id);
        ledger.report(id);
    }
    assert_eq!(next(&mut ledger), None);
    ledger.end(1);
    assert_eq!((next(&mut ledger), next(&mut ledger)), (Some(3), Some(4)));
}

#[test]
fn what_is_disowned_has_its_slot_until_it_is_gone() {
    let mut ledger = with(1, 0..2);
    next(&mut ledger);
    assert_eq!(ledger.disown(0), None, "it does not run yet");
    ledger.run(0);
    assert_eq!(
        (ledger.disown(0), ledger.disown(0), ledger.report(0), ledger.get(0)),
        (Some(0), None, None, None)
    );
    assert!(next(&mut ledger).is_none() && !ledger.is_idle());
    assert_eq!(ledger.end(0), None);
    assert_eq!(next(&mut ledger), Some(1));
}

#[test]
fn a_removed_attempt_is_gone_and_a_started_one_is_not_removable() {
    let mut ledger = with(1, 0..2);
    next(&mut ledger);
    assert_eq!((ledger.remove(1), ledger.remove(1), ledger.remove(0)), (Some(1), None, None));
    ledger.end(0);
    assert!(ledger.is_idle() && !ledger.has_untold());
}

#[test]
fn a_hastened_attempt_is_the_next_one_within_the_limit_and_starts_once() {
    let mut ledger = with(1, 0..3);
    next(&mut ledger);
    assert!(ledger.hasten(2) && !ledger.hasten(0));
    assert_eq!(next(&mut ledger), None);
    ledger.end(0);
    assert_eq!(next(&mut ledger), Some(2));
    ledger.end(2);
    assert_eq!(next(&mut ledger), Some(1));
    ledger.end(1);
    assert!(next(&mut ledger).is_none() && ledger.is_idle());
}

#[test]
fn what_rests_has_no_slot_and_keeps_nobody_waiting_but_is_not_forgotten() {
    let mut ledger = with(1, 1..3);
    ledger.rest(9, 9);
    assert_eq!(next(&mut ledger), Some(1));
    ledger.end(1);
    assert!(ledger.wake(9) && !ledger.wake(9));
    assert_eq!(next(&mut ledger), Some(9), "before those that have not begun");
    ledger.end(9);
    ledger.rest(10, 10);
    assert_eq!(next(&mut ledger), Some(2));
    ledger.end(2);
    assert!(!ledger.is_idle() && ledger.is_busy_besides(&mut 0));
    assert!(ledger.hasten(10), "nobody has to wait who is in a hurry");
    assert!(!ledger.wake(10));
    assert_eq!((next(&mut ledger), next(&mut ledger)), (Some(10), None));
}

#[test]
fn what_rests_when_all_is_stopped_never_starts() {
    let mut ledger = Ledger::new(1);
    ledger.rest(0, 0);
    ledger.stop();
    assert!(ledger.is_idle() && !ledger.is_busy_besides(&mut 0));
    assert_eq!((ledger.remove(0), ledger.remove(0)), (Some(0), None));
}

#[test]
fn what_is_forgotten_leaves_an_empty_one_that_starts_the_next() {
    let mut ledger = with(1, 0..3);
    next(&mut ledger);
    ledger.rest(7, 7);
    assert_eq!(ledger.clear().len(), 4);
    assert!(ledger.is_idle() && !ledger.is_busy_besides(&mut 0));
    ledger.enqueue(8, 8);
    assert_eq!(next(&mut ledger), Some(8));
}

#[test]
fn what_is_in_somebodys_hand_keeps_nobody_busy() {
    let mut ledger = with(2, 0..2);
    next(&mut ledger);
    let mut in_hand = 2;
    assert!(!ledger.is_busy_besides(&mut in_hand));
    assert_eq!(in_hand, 1, "another one is elsewhere");
    next(&mut ledger);
    assert!(ledger.is_busy_besides(&mut in_hand));
}

#[test]
fn a_queue_does_not_grow_by_what_is_hastened_or_removed() {
    let mut ledger = with(0, 0..3);
    for id in 3..10_000 {
        ledger.enqueue(id, id);
        assert_eq!(ledger.remove(id), Some(id));
        assert!(ledger.hasten(1));
    }
    assert!(ledger.queue.len() <= 2 * 3 + STALE);
    ledger.set_limit(3);
    assert_eq!((next(&mut ledger), next(&mut ledger), next(&mut ledger)), (Some(1), Some(0), Some(2)));
}

#[test]
fn a_raised_limit_frees_slots() {
    let mut ledger = with(1, 0..3);
    next(&mut ledger);
    ledger.set_limit(3);
    assert_eq!((next(&mut ledger), next(&mut ledger)), (Some(1), Some(2)));
}

/// What a reader makes of an event: a line for a log or a trace.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    /// By the reader's own clock.
    when: u64,
    task: u64,
    attempt: u64,
    worker: Option<u64>,
    kind: (Option<Stage>, Option<Stage>),
}

/// A reader that writes a line for each event. An attempt belongs to the task that its owner names.
#[derive(Debug, Default)]
struct Log {
    clock: u64,
    tasks: BTreeMap<u64, u64>,
    lines: Vec<Line>,
}

impl Sink<u64> for Log {
    fn take(&mut self, Event { attempt, of, worker, from, to }: Event<'_, u64>) {
        self.clock += 1;
        let task = *self.tasks.entry(attempt).or_insert_with(|| *of.unwrap());
        self.lines.push(Line { when: self.clock, task, attempt, worker, kind: (from, to) });
    }
}

#[test]
fn a_reader_gets_a_whole_line_for_each_transition() {
    use Stage::{Posted, Queued, Reported, Resting, Running};
    let mut ledger = Ledger::told_to(Log::default(), 1);
    // Task 70: its attempt 1 fails in a process of its own, and attempt 2 runs in warm worker 9.
    ledger.enqueue(1, 70);
    ledger.next();
    ledger.run(1);
    ledger.report(1);
    ledger.end(1);
    ledger.rest(2, 70);
    ledger.wake(2);
    ledger.next();
    ledger.end_in(Some(9), 2);
    let expected = [
        (1, None, (None, Some(Queued))),
        (1, None, (Some(Queued), Some(Posted))),
        (1, Some(1), (Some(Posted), Some(Running))),
        (1, Some(1), (Some(Running), Some(Reported))),
        (1, Some(1), (Some(Reported), None)),
        (2, None, (None, Some(Resting))),
        (2, None, (Some(Resting), Some(Queued))),
        (2, None, (Some(Queued), Some(Posted))),
        (2, Some(9), (Some(Posted), None)),
    ];
    let line = |(when, (attempt, worker, kind))| Line { when, task: 70, attempt, worker, kind };
    assert_eq!(ledger.sink.lines, (1..).zip(expected).map(line).collect::<Vec<_>>());
}

#[test]
fn what_is_cancelled_in_a_worker_has_its_slot_until_its_last_result() {
    let mut ledger = with(1, 0..2);
    ledger.cancel(1, 1);
    assert_eq!(ledger.stage(1), Some(Stage::Queued), "it is not out");
    next(&mut ledger);
    assert_eq!(ledger.drop_result(0), None, "it is wanted");
    ledger.cancel(0, 2);
    assert_eq!(ledger.cancelled().map(|(id, &of)| (id, of)).collect::<Vec<_>>(), [(0, 0)]);
    assert_eq!((next(&mut ledger), ledger.drop_result(0)), (None, Some(false)));
    ledger.requeue(0);
    assert!(ledger.expects(0) && ledger.is_out(0) && !ledger.is_idle());
    assert_eq!((ledger.drop_result(0), ledger.end_in(Some(9), 0)), (Some(true), Some(0)));
    assert_eq!((ledger.drop_result(0), ledger.cancelled().count()), (None, 0));
    assert_eq!(next(&mut ledger), Some(1));
}

#[test]
fn a_close_one_gives_out_no_more_than_it_has_slots() {
    let mut ledger: Ledger<u64> = Ledger::new(3);
    assert_eq!((ledger.limit(), ledger.is_close(), ledger.ahead(8)), (3, false, 8));
    ledger.keep_close();
    assert_eq!((ledger.is_close(), ledger.ahead(8), ledger.ahead(2)), (true, 3, 2));
}

#[test]
fn one_of_a_higher_rank_is_first_unless_that_is_taken_back() {
    let mut ledger = with(9, 0..1);
    ledger.rank(1, 5);
    ledger.rank(2, 7);
    ledger.unrank(2);
    ledger.enqueue(1, 1);
    ledger.enqueue(2, 2);
    assert_eq!([(); 3].map(|()| next(&mut ledger)), [Some(1), Some(0), Some(2)]);
}

#[test]
fn it_is_stopped_from_then_on() {
    let mut ledger = with(1, 0..2);
    assert!(!ledger.is_stopped() && ledger.has_queued());
    ledger.stop();
    assert!(ledger.is_stopped() && !ledger.has_queued());
}

#[test]
fn where_nothing_is_queued_nothing_may_start() {
    let mut ledger = with(1, 0..1);
    assert_eq!(next(&mut ledger), Some(0));
    assert!(!ledger.has_queued());
}
