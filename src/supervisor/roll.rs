//! How a supervisor replaces all workers, one by one. Runs in the parent.

use std::time::Instant;

use crate::supervisor::event::{Event, Level};
use crate::supervisor::run::Run;
use crate::supervisor::unit::{State, Unit, Why};

/// The name of a worker's kind, and its number.
type Which = (String, usize);

/// All workers are being replaced.
#[derive(Debug)]
pub(super) struct Roll {
    /// Those that are still to be replaced, the next one last.
    rest: Vec<Which>,
    /// The one that is being replaced.
    current: Option<Which>,
}

/// How far the replacement of one worker is.
enum Progress {
    /// Its old process has not ended, or its new one is not ready.
    Underway,
    /// Its new process is ready, or it needs none.
    Done,
    /// Its new process has ended before it was ready.
    Failed(String),
}

impl Run<'_> {
    /// Begins to replace all workers; again, if that is under way.
    pub(super) fn begin_roll(&mut self) {
        if self.code.is_some() {
            return;
        }
        let text = "all workers are replaced, one by one".to_owned();
        self.note(Event::new(Level::Notice, "reloading", text));
        if let Some(service) = &self.outside.service {
            service.reloading();
        }
        self.call_off();
        let alive = self.units.iter().filter(|unit| !unit.leaves());
        let mut alive: Vec<_> = alive.filter_map(|unit| Some((unit.running()?.since, which(unit)))).collect();
        // The oldest process first: who asks again and again has all replaced, too.
        alive.sort_by_key(|(since, _)| *since);
        let rest = alive.into_iter().map(|(_, which)| which).rev().collect();
        let current = self.rolling.take().and_then(|roll| roll.current);
        self.rolling = Some(Roll { rest, current: self.retry().or(current) });
    }

    /// A worker that has not come past its bootstrap is the first to try the new code, at once: no other one is stopped
    /// until it is ready.
    fn retry(&mut self) -> Option<Which> {
        let unit = self.units.iter_mut().find(|unit| unit.unready > 0 && !unit.leaves())?;
        unit.unready = 0;
        if let State::Waiting(at) = &mut unit.state {
            *at = Instant::now();
        }
        Some(which(unit))
    }

    /// Goes on with that, when the last one is ready that has taken a place.
    pub(super) fn roll(&mut self) {
        let Some(mut roll) = self.rolling.take() else {
            return;
        };
        match roll.current.as_ref().map_or(Progress::Done, |current| self.progress(current)) {
            Progress::Underway => {
                self.rolling = Some(roll);
                return;
            }
            Progress::Failed(name) => {
                let text = format!(
                    "the new worker {name} does not come past its bootstrap: the others stay as they are"
                );
                self.note(Event::new(Level::Error, "reload-failed", text));
                self.announce();
                return;
            }
            Progress::Done => roll.current = None,
        }
        while let Some(next) = roll.rest.pop() {
            let grace = self.settings.grace;
            let unit = self.units.iter_mut().find(|unit| is(unit, &next));
            if let Some(running) = unit.and_then(Unit::running_mut) {
                running.stop(Why::Roll, grace);
                roll.current = Some(next);
                self.rolling = Some(roll);
                return;
            }
        }
        self.note(Event::new(Level::Notice, "reloaded", "all workers are replaced".into()));
        self.announce();
    }

    fn progress(&self, current: &Which) -> Progress {
        match self.units.iter().find(|unit| is(unit, current)) {
            Some(unit) if unit.unready > 0 => Progress::Failed(unit.name()),
            Some(Unit { state: State::Running(running), .. }) if running.ready && running.told.is_none() => {
                Progress::Done
            }
            Some(Unit { state: State::Done, .. }) | None => Progress::Done,
            Some(_) => Progress::Underway,
        }
    }
}

fn which(unit: &Unit) -> Which {
    (unit.kind.name.clone(), unit.id)
}

fn is(unit: &Unit, which: &Which) -> bool {
    unit.kind.name == which.0 && unit.id == which.1
}
