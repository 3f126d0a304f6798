//! Random sequences of transitions, on the ledger and on lists that are searched.

use std::collections::BTreeMap;

use super::*;

/// Where each attempt is, by what was told of it.
#[derive(Debug, Default)]
struct Told {
    stages: BTreeMap<u64, Stage>,
    /// Those that are over: nothing more is told of them.
    over: IdSet,
}

impl Sink<u64> for Told {
    fn take(&mut self, Event { attempt, of, worker, from, to }: Event<'_, u64>) {
        assert!(!self.over.contains(&attempt), "{attempt} was over");
        assert_ne!(from, to, "{attempt} went nowhere");
        let is_somebodys = !matches!(from, Some(Stage::Reported | Stage::Disowned));
        assert_eq!(of.copied(), is_somebodys.then_some(attempt));
        let had_own = matches!(from, Some(Stage::Running | Stage::Reported | Stage::Disowned));
        assert_eq!(worker, (had_own || to == Some(Stage::Running)).then_some(attempt));
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
        self.count(&[Stage::Posted, Stage::Running, Stage::Disowned, Stage::Cancelled])
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
    match random.below(17) {
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
        15 => {
            ledger.cancel(id, 1);
            if was == Some(Stage::Posted) {
                model.put(id, Stage::Cancelled);
            }
            let is_cancelled = model.stage(id) == Some(Stage::Cancelled);
            assert_eq!(ledger.drop_result(id), is_cancelled.then_some(true));
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
    let takes_slot =
        |stage: &&Stage| matches!(stage, Stage::Posted | Stage::Running | Stage::Disowned | Stage::Cancelled);
    assert_eq!(told.values().filter(takes_slot).count(), ledger.counts.slots());
    assert_eq!(ledger.counts.slots(), model.slots_taken());
    assert_eq!(ledger.cancelled().count(), model.count(&[Stage::Cancelled]));
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
