use std::collections::BTreeMap;

use super::*;

fn with(limit: usize, ids: std::ops::Range<u64>) -> Ledger<u64> {
    let mut ledger = Ledger::new(limit);
    ids.for_each(|id| ledger.enqueue(id, id));
    ledger
}

fn next(ledger: &mut Ledger<u64>) -> Option<u64> {
    let next = ledger.next().map(|(id, &of)| (id, of));
    next.map(|(id, of)| {
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

/// Where each attempt is, by what was told of it.
#[derive(Debug, Default)]
struct Told {
    stages: BTreeMap<u64, Stage>,
    /// Those that are over: nothing more is told of them.
    over: IdSet,
}

impl Sink<u64> for Told {
    fn take(&mut self, Event { attempt, of, from, to }: Event<'_, u64>) {
        assert!(!self.over.contains(&attempt), "{attempt} was over");
        assert_ne!(from, to, "{attempt} went nowhere");
        let is_somebodys = !matches!(from, Some(Stage::Reported | Stage::Disowned));
        assert_eq!(of.copied(), is_somebodys.then_some(attempt));
        let before = if let Some(stage) = to {
            self.stages.insert(attempt, stage)
        } else {
            self.over.insert(attempt);
            self.stages.remove(&attempt)
        };
        assert_eq!(before, from, "what was told of {attempt} before");
    }
}

/// A simple model of the ledger: it searches its lists for each query.
#[derive(Debug)]
struct Model {
    limit: usize,
    stopped: bool,
    queue: Vec<u64>,
    others: Vec<(u64, Stage)>,
}

impl Model {
    fn stage(&self, id: u64) -> Option<Stage> {
        let queued = self.queue.contains(&id).then_some(Stage::Queued);
        queued.or_else(|| self.others.iter().find(|(other, _)| *other == id).map(|(_, stage)| *stage))
    }

    fn take(&mut self, id: u64) {
        self.queue.retain(|&other| other != id);
        self.others.retain(|&(other, _)| other != id);
    }

    fn put(&mut self, id: u64, stage: Stage) {
        self.take(id);
        self.others.push((id, stage));
    }

    fn first(&mut self, id: u64) {
        self.take(id);
        self.queue.insert(0, id);
    }

    fn count(&self, stages: &[Stage]) -> usize {
        self.others.iter().filter(|(_, stage)| stages.contains(stage)).count()
    }

    fn slots_taken(&self) -> usize {
        self.count(&[Stage::Posted, Stage::Running, Stage::Disowned])
    }

    fn next(&mut self, ahead: usize) -> Option<u64> {
        let free = self.slots_taken() < ahead && self.count(&[Stage::Reported]) <= ahead;
        let id = *self.queue.first().filter(|_| !self.stopped && free)?;
        self.put(id, Stage::Posted);
        Some(id)
    }
}

/// A random number generator that needs nothing but a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn do_the_same(random: &mut Random, ledger: &mut Ledger<u64, Told>, model: &mut Model, last: &mut u64) {
    // Mostly an id that may still be there.
    let id = (*last).saturating_sub(random.below(12));
    let was = model.stage(id);
    let waits = matches!(was, Some(Stage::Queued | Stage::Resting));
    let told = matches!(was, Some(Stage::Reported | Stage::Disowned));
    let known = was.is_some().then_some(id).filter(|_| !told);
    *last += 1;
    match random.below(16) {
        0..4 => {
            ledger.enqueue(*last, *last);
            model.queue.push(*last);
        }
        4 => {
            ledger.enqueue_first(*last, *last);
            model.first(*last);
        }
        5 => {
            ledger.rest(*last, *last);
            model.put(*last, Stage::Resting);
        }
        6 => {
            ledger.post(*last, *last);
            model.put(*last, Stage::Posted);
        }
        7 => {
            ledger.adopt(*last, *last);
            model.put(*last, Stage::Running);
        }
        8 | 9 => {
            let ahead = if random.below(2) == 0 { model.limit } else { 9 };
            assert_eq!(ledger.next_within(ahead).map(|(id, _)| id), model.next(ahead));
        }
        10 => {
            assert_eq!(ledger.wake(id), was == Some(Stage::Resting));
            if was == Some(Stage::Resting) {
                model.first(id);
            }
        }
        11 => {
            ledger.requeue(id);
            if matches!(was, Some(Stage::Posted | Stage::Running)) {
                model.first(id);
            }
        }
        12 => {
            assert_eq!(ledger.hasten(id), waits);
            if waits {
                model.first(id);
            }
        }
        13 => {
            ledger.run(id);
            if was == Some(Stage::Posted) {
                model.put(id, Stage::Running);
            }
            let runs = model.stage(id) == Some(Stage::Running);
            let parted = match random.below(4) {
                0 | 1 => Some((ledger.report(id), Stage::Reported)),
                2 => Some((ledger.disown(id), Stage::Disowned)),
                _ => None,
            };
            if let Some((of, stage)) = parted {
                assert_eq!(of, runs.then_some(id));
                if runs {
                    model.put(id, stage);
                }
            }
        }
        14 => {
            assert_eq!(ledger.remove(id), known.filter(|_| waits));
            if waits {
                model.take(id);
            }
        }
        _ => {
            assert_eq!(ledger.end(id), known);
            model.take(id);
        }
    }
    if random.below(40) == 0 {
        model.limit = usize::try_from(random.below(6)).unwrap();
        ledger.set_limit(model.limit);
    }
}

fn ensure_the_same(ledger: &Ledger<u64, Told>, model: &Model, last: u64) {
    let told = &ledger.sink.stages;
    assert_eq!(told.len(), model.queue.len() + model.others.len());
    let takes_slot = |stage: &&Stage| matches!(stage, Stage::Posted | Stage::Running | Stage::Disowned);
    assert_eq!(told.values().filter(takes_slot).count(), ledger.slots_taken());
    assert_eq!(ledger.slots_taken(), model.slots_taken());
    for id in 0..=last {
        assert_eq!(ledger.stage(id), model.stage(id), "{id}");
        assert_eq!(told.get(&id).copied(), model.stage(id), "{id}");
        let is_somebodys =
            model.stage(id).is_some_and(|stage| !matches!(stage, Stage::Reported | Stage::Disowned));
        assert_eq!(ledger.get(id).copied(), is_somebodys.then_some(id));
        let is_out = model.stage(id).is_some_and(|stage| !matches!(stage, Stage::Queued | Stage::Resting));
        assert_eq!(ledger.is_out(id), is_out);
    }
    let reported = model.count(&[Stage::Reported]);
    let taken = model.slots_taken() + reported;
    let resting = model.count(&[Stage::Resting]) > 0;
    let waiting = !model.stopped && (resting || !model.queue.is_empty());
    assert_eq!(ledger.has_waiting(), waiting);
    assert_eq!(ledger.waiting(), model.queue.len() + model.count(&[Stage::Resting]));
    assert_eq!(ledger.is_idle(), taken == 0 && !waiting);
    assert_eq!(ledger.has_reported(), reported > 0);
    assert!(ledger.queue.len() <= 2 * model.queue.len() + STALE);
    let untold = model.queue.len() + model.others.len() - model.count(&[Stage::Reported, Stage::Disowned]);
    assert_eq!(ledger.has_untold(), untold > 0);
    assert_eq!(ledger.iter().count(), untold);
    for in_hand in [0, 1, taken, taken + 2] {
        let mut left = in_hand;
        let busy = taken > in_hand || !model.stopped && resting;
        assert_eq!((ledger.is_busy_besides(&mut left), left), (busy, in_hand.saturating_sub(taken)));
    }
}

#[test]
fn whatever_happens_it_says_what_lists_would_say() {
    for seed in 0..400 {
        let mut random = Random(seed);
        let (mut ledger, mut last) = (Ledger::told_to(Told::default(), 2), 0);
        let mut model = Model { limit: 2, stopped: false, queue: Vec::new(), others: Vec::new() };
        for _ in 0..80 {
            do_the_same(&mut random, &mut ledger, &mut model, &mut last);
            ensure_the_same(&ledger, &model, last);
        }
        model.stopped = true;
        ledger.stop();
        ensure_the_same(&ledger, &model, last);
        // What is left starts in the order of the queue.
        (model.stopped, ledger.stopped) = (false, false);
        while let Some(id) = model.next(usize::MAX) {
            assert_eq!(ledger.next_within(usize::MAX).map(|(id, _)| id), Some(id));
        }
        assert!(ledger.next_within(usize::MAX).is_none());
        let left = ledger.iter().count();
        assert_eq!(ledger.clear().len(), left);
        assert!(ledger.is_idle() && !ledger.has_untold() && ledger.sink.stages.is_empty());
    }
}
