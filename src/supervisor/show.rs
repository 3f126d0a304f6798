//! What a supervisor shows to others while it runs: to a service manager, in its health file. Runs in the parent.

use std::time::Instant;

use crate::process::orphans;
use crate::process::service::Service;
use crate::supervisor::event::{Event, Level};
use crate::supervisor::health::Summary;
use crate::supervisor::run::{Run, TICK};
use crate::supervisor::unit::{State, Unit};
use crate::task::life::state::state;

/// Who is shown something, and what they have seen.
pub(super) struct Outside {
    /// The service manager, if there is one.
    pub(super) service: Option<Service>,
    /// It was told that all is up.
    pub(super) is_announced: bool,
    /// When all was shown last.
    shown: Option<Instant>,
    /// The health file could not be written the last time.
    is_unwell: bool,
    /// This process becomes the parent of orphans.
    reaps_orphans: bool,
}

impl Outside {
    pub(super) fn new() -> Self {
        Self {
            service: Service::of_environment(),
            is_announced: false,
            shown: None,
            is_unwell: false,
            reaps_orphans: orphans::come_here(),
        }
    }
}

impl Run<'_> {
    pub(super) fn summary(&self) -> Summary<'_> {
        let starting = self.units.iter().any(|unit| unit.running().is_none_or(|running| !running.ready));
        let state = match self.code {
            Some(_) => "stopping",
            None if self.rolling.is_some() => "reloading",
            None if !self.outside.is_announced && (starting || self.units.is_empty()) => "starting",
            None => "running",
        };
        let age = self.since.elapsed().as_secs_f64();
        Summary { state, age, restarts: self.restarts, units: &self.units }
    }

    /// Tells the service manager that all is up.
    pub(super) fn announce(&self) {
        if let Some(service) = &self.outside.service {
            service.ready(&self.summary().line());
        }
    }

    /// Shows how all is, about once a second.
    pub(super) fn show(&mut self) {
        let is_up = |unit: &Unit| match &unit.state {
            State::Running(running) => running.ready,
            State::Waiting(_) => false,
            State::Done => true,
        };
        if !self.outside.is_announced && self.code.is_none() && self.units.iter().all(is_up) {
            self.outside.is_announced = true;
            self.announce();
        }
        let every = self
            .outside
            .service
            .as_ref()
            .and_then(|service| service.watchdog)
            .map_or(TICK, |time| TICK.min(time / 2));
        if self.outside.shown.is_some_and(|at| at.elapsed() < every) {
            return;
        }
        self.outside.shown = Some(Instant::now());
        if self.outside.reaps_orphans {
            let workers: Vec<_> = state().workers.borrow().values().map(|worker| worker.pid).collect();
            orphans::reap(|pid| workers.contains(&pid));
        }
        if let Some(service) = self.outside.service.as_ref().filter(|service| service.watchdog.is_some()) {
            service.alive(&self.summary().line());
        }
        self.write_health();
    }

    pub(super) fn write_health(&mut self) {
        let Some(path) = self.settings.health.clone() else {
            return;
        };
        let written = self.summary().write(&path);
        // Told once, and again when it has been written in between.
        if let Err(error) = &written
            && !self.outside.is_unwell
        {
            let text = format!("the health file {} cannot be written: {error}", path.display());
            self.note(Event::new(Level::Error, "health", text));
        }
        self.outside.is_unwell = written.is_err();
    }
}
