//! What a supervisor shows to others while it runs: to a service manager, in its health file. Runs in the parent.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Instant;

use crate::process::endpoint::{Answer, Endpoint};
use crate::process::service::Service;
use crate::process::{file, orphans};
use crate::supervisor::event::{Event, Level};
use crate::supervisor::health::Summary;
use crate::supervisor::history::{History, Sample};
use crate::supervisor::metrics;
use crate::supervisor::object::Metrics;
use crate::supervisor::run::{NO_ADDRESS, NO_FILE, Run, TICK};
use crate::supervisor::unit::{State, Unit};
use crate::task::life::state::state;
use crate::task::workers::spawn::ensure_reactor;

/// The status page: it asks for all that it shows.
const PAGE: &str = include_str!("page.html");

/// Who is shown something, and what they have seen.
pub(super) struct Outside {
    /// The service manager, if there is one.
    pub(super) service: Option<Service>,
    /// It was told that all is up.
    pub(super) is_announced: bool,
    /// When all was shown last.
    shown: Option<Instant>,
    /// How all was.
    history: History,
    /// The files that could not be written the last time.
    unwritten: Vec<&'static str>,
    /// This process becomes the parent of orphans.
    reaps_orphans: bool,
}

impl Outside {
    pub(super) fn new() -> Self {
        Self {
            service: Service::of_environment(),
            is_announced: false,
            shown: None,
            history: History::new(TICK),
            unwritten: Vec::new(),
            reaps_orphans: orphans::come_here(),
        }
    }
}

impl Run<'_> {
    pub(super) fn summary(&self) -> Summary<'_> {
        let starting = self.units.iter().any(|unit| unit.running().is_none_or(|running| !running.ready));
        let state = match self.code {
            Some(_) => "stopping",
            None if self.rolling.is_some() || self.rehearsal.is_some() => "reloading",
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
        self.write();
        self.remember();
    }

    /// Keeps how all is for the status page, if there is one.
    fn remember(&mut self) {
        let age = self.since.elapsed();
        if !matches!(self.settings.metrics, Some(Metrics::Address(_))) || !self.outside.history.is_due(age) {
            return;
        }
        let pulses = self.units.iter().filter_map(|unit| unit.running()?.pulse());
        let bytes: Vec<_> = pulses.map(|pulse| pulse.bytes).collect();
        let sample = Sample {
            age,
            jobs: self.supervisor.kinds.borrow().iter().map(|kind| kind.jobs(&self.units)).sum(),
            restarts: self.restarts,
            ready: self.summary().ready(),
            bytes: bytes.iter().sum(),
            largest: bytes.into_iter().max().unwrap_or_default(),
        };
        self.outside.history.keep(sample);
    }

    /// Opens what is shown to others, for the first time. `listener` is that of the program before this one. Where that
    /// cannot be, nothing is started, and the exit code tells why.
    pub(super) fn open(&mut self, listener: Option<TcpListener>) {
        if let Some(path) = self.settings.health.clone() {
            let written = file::replace(&path, &self.summary().json());
            self.need("health", "health file", &path.to_string_lossy(), NO_FILE, written);
        }
        match self.settings.metrics.clone() {
            None => {}
            Some(Metrics::File(path)) => {
                let written = file::replace(&path, &self.metrics());
                self.need("metrics", "file for metrics", &path.to_string_lossy(), NO_FILE, written);
            }
            Some(Metrics::Address(address)) => {
                let opened = listen(address, listener);
                self.need("metrics", "address for metrics", &address.to_string(), NO_ADDRESS, opened);
            }
        }
    }

    /// Ends all with `code` if a place in which something is to be shown cannot be used.
    fn need(&mut self, name: &'static str, what: &str, place: &str, code: i32, used: io::Result<()>) {
        let Err(error) = used else {
            return;
        };
        // It is not told again that it cannot be written.
        self.outside.unwritten.push(name);
        let text = format!(
            "the {what} {place} cannot be used: {error}; choose another one, or see who has it; nothing is started"
        );
        let event = Event::new(Level::Critical, name, text).text("path", place);
        self.drain(code, event.int("exitCode", Some(i64::from(code))));
    }

    /// Answers who has asked.
    pub(super) fn answer(&self) {
        let mut endpoint = state().endpoint.borrow_mut();
        let Some(endpoint) = endpoint.as_mut() else {
            return;
        };
        endpoint.serve(|path| match path {
            "/metrics" => Answer { status: "200 OK", kind: metrics::KIND, body: self.metrics() },
            "/health" => {
                let summary = self.summary();
                let is_well = matches!(summary.state, "running" | "reloading");
                let status = if is_well { "200 OK" } else { "503 Service Unavailable" };
                Answer { status, kind: "application/json", body: summary.json() }
            }
            "/history" => {
                Answer { status: "200 OK", kind: "application/json", body: self.outside.history.json() }
            }
            "/" => Answer { status: "200 OK", kind: "text/html; charset=utf-8", body: PAGE.into() },
            _ => Answer {
                status: "404 Not Found",
                kind: "text/plain; charset=utf-8",
                body: "there are /, /metrics, /health and /history\n".into(),
            },
        });
    }

    fn metrics(&self) -> String {
        metrics::keep(&self.summary(), &self.supervisor.kinds.borrow());
        metrics::text()
    }

    /// Writes the files.
    pub(super) fn write(&mut self) {
        if let Some(path) = self.settings.health.clone() {
            let written = file::replace(&path, &self.summary().json());
            self.told("health", &path, &written);
        }
        let text = self.metrics();
        if let Some(Metrics::File(path)) = self.settings.metrics.clone() {
            let written = file::replace(&path, &text);
            self.told("metrics", &path, &written);
        }
    }

    /// Tells that a file cannot be written: once, and again when it has been written in between.
    fn told(&mut self, what: &'static str, path: &Path, written: &io::Result<()>) {
        let is_known = self.outside.unwritten.contains(&what);
        self.outside.unwritten.retain(|&other| other != what);
        let Err(error) = written else {
            return;
        };
        self.outside.unwritten.push(what);
        if !is_known {
            let text = format!("the file {} cannot be written: {error}", path.display());
            self.note(Event::new(Level::Error, what, text).text("path", &path.to_string_lossy()));
        }
    }
}

/// Answers who asks at this address, from now on until [`close`].
fn listen(address: SocketAddr, listener: Option<TcpListener>) -> io::Result<()> {
    let listener = listener.filter(|listener| listener.local_addr().is_ok_and(|at| at == address));
    let endpoint = listener.map_or_else(|| Endpoint::at(address), Endpoint::of)?;
    ensure_reactor().map_err(|refused| io::Error::from(refused.errno))?;
    if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
        reactor.attend(endpoint.descriptor())?;
    }
    state().endpoint.replace(Some(endpoint));
    Ok(())
}

/// Answers nobody any more.
pub(super) fn close() {
    metrics::forget();
    let Some(endpoint) = state().endpoint.take() else {
        return;
    };
    if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
        reactor.disregard(endpoint.descriptor());
    }
}
