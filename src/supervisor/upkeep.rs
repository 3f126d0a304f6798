//! What becomes of each worker: its processes are forked, looked after, and replaced. Runs in the parent.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::pool::restart::{Decision, Ended};
use crate::process::shared::pulse::Signs;
use crate::supervisor::assignment::Assignment;
use crate::supervisor::end::End;
use crate::supervisor::event::{Event, Level};
use crate::supervisor::object::{Counts, Settings};
use crate::supervisor::run::{BOOTSTRAP, Run, STORM};
use crate::supervisor::unit::{Running, State, Told, Unit, Why};
use crate::task::life::future::Future;
use crate::task::life::surfacing;
use crate::task::life::work::Work;
use crate::task::parent::start;
use crate::task::workers::outcome;
use crate::zend::object::Object;
use crate::zend::string;

/// So many processes of a worker in a row that have not come past their bootstrap are enough to see that none will.
const BOOTS: u32 = 3;
/// A process that has lasted for so long was of use, whatever it did.
const USEFUL: Duration = Duration::from_secs(1);

impl Run<'_> {
    /// Looks what the workers show of themselves.
    pub(super) fn look(&mut self) {
        let (now, mut events, mut booted, mut killed) = (Instant::now(), Vec::new(), false, false);
        for unit in &mut self.units {
            let Some(running) = unit.running_mut() else {
                continue;
            };
            let begins = running.meet();
            let signs = running.pulse().map(|pulse| pulse.signs).unwrap_or_default();
            let is_ready = !running.ready && (signs.has(Signs::READY) || running.is_mute());
            running.ready |= is_ready;
            let leaves = self.settings.reason(running, signs);
            let mut is_spent = false;
            if let Some((why, _)) = leaves {
                running.stop(why, self.settings.grace);
                is_spent = why == Why::Spent && running.has_enough();
            }
            let is_killed = running.press(now);
            let is_unwanted = running.told.is_some_and(|told| matches!(told.why, Why::Drain | Why::Scale));
            killed |= is_killed && is_unwanted;
            booted |= is_ready;
            if begins {
                events.push(about(unit, Level::Info, "started", "is started"));
            }
            if is_ready {
                unit.unready = 0;
                events.push(about(unit, Level::Info, "ready", "is ready"));
            }
            if is_spent {
                events.push(spent_event(unit));
            }
            if let Some((Why::Silent, silence)) = leaves {
                let silence = silence.as_secs_f64();
                let text =
                    format!("has given no sign of life for {silence:.1} s: another one takes its place");
                events.push(about(unit, Level::Warning, "silent", &text).float("silence", silence));
            }
            if is_killed {
                events.push(about(unit, Level::Warning, "killed", "has not stopped, and is killed"));
            }
        }
        self.seen.booted |= booted;
        self.seen.killed |= killed;
        self.events.extend(events);
    }

    /// Takes the processes that have ended.
    pub(super) fn reap(&mut self) {
        // From the last one on: one that is not replaced is removed.
        for index in (0..self.units.len()).rev() {
            let Some(running) = self.units.get_mut(index).and_then(Unit::running_mut) else {
                continue;
            };
            if running.end.is_none() && running.future.has_ended() {
                // It fails only when an exception is pending; then it is tried again.
                let _ = outcome::settle(&running.future);
                running.end = End::of(&running.future);
            }
            if running.is_gone() {
                self.hand_over(index);
                self.replace(index);
            }
        }
        if self.code.is_some() {
            let gone = |unit: &mut Unit| !matches!(unit.state, State::Running(_));
            drop(self.units.extract_if(.., gone).collect::<Vec<_>>());
        }
    }

    /// The process of a worker has ended: decides whether it gets another one.
    fn replace(&mut self, index: usize) {
        let Some(unit) = self.units.get_mut(index) else {
            return;
        };
        let pid = unit.pid();
        let State::Running(running) = std::mem::replace(&mut unit.state, State::Done) else {
            return;
        };
        let (pulse, told) = (running.pulse().unwrap_or_default(), running.told);
        let is_adopted = running.adopted;
        let Running { future, since, ready, end: Some(end), .. } = running else {
            return;
        };
        let (ready, ran) = (ready || pulse.signs.has(Signs::READY), since.elapsed());
        self.seen.booted |= ready;
        unit.jobs = unit.jobs.saturating_add(pulse.jobs);
        let mut counts = unit.kind.counts.get();
        counts.jobs = counts.jobs.saturating_add(pulse.jobs);
        // Where there was no process, its bootstrap is not to blame.
        if ready || told.is_none() && pid.is_some() {
            unit.unready = if ready { 0 } else { unit.unready.saturating_add(1) };
        }
        let has_failed = told.map_or(matches!(end, End::Failed { .. }), |told| failed_itself(&end, told));
        let ended = match told.map(|told| told.why) {
            Some(Why::Silent) => Ended::Failed,
            // It has stopped by itself before it was told, and its successor may fail as soon.
            Some(Why::Spent) if has_failed && pulse.signs.has(Signs::SPENT) => Ended::Failed,
            Some(_) => Ended::Replaced,
            None if has_failed => Ended::Failed,
            // Why it has returned is not known: whoever is in its place may do the same.
            None if is_adopted => Ended::Replaced,
            // Somebody else has told it to stop.
            None if pulse.signs.has(Signs::SPENT) || pulse.signs.has(Signs::HEARD) => Ended::Replaced,
            None => Ended::Returned { useful: pulse.jobs > 0 || ran >= USEFUL },
        };
        counts.failures += u64::from(ended == Ended::Failed);
        unit.kind.counts.set(counts);
        let (code, signal) = end.status();
        let event = ended_event(unit, &end, told.is_some() && ended != Ended::Failed, has_failed)
            .int("pid", pid.map(i64::from))
            .int("exitCode", code)
            .int("signal", signal)
            .int("jobs", i64::try_from(pulse.jobs).ok())
            .float("seconds", ran.as_secs_f64())
            .value("exception", end.throwable());
        if self.code.is_some() || told.is_some_and(|told| told.why == Why::Scale) {
            self.events.push(event);
            let unit = self.units.remove(index);
            surfacing::release((unit, end, future));
            return;
        }
        let (now, restart) = (Instant::now(), self.settings.restart);
        // Another one for each process.
        let seed = future.id.get() << 32 ^ u64::from(pid.unwrap_or_default().unsigned_abs());
        match restart.decide(&mut unit.record, &mut self.failures, ended, ran, now, seed) {
            Decision::After(time) => {
                unit.restarts += 1;
                unit.kind.counts.set(Counts { restarts: counts.restarts + 1, ..counts });
                unit.state = State::Waiting(now.checked_add(time).unwrap_or(now));
                self.restarts += 1;
                let time = if self.hand_down(index) { Duration::ZERO } else { time };
                self.events.push(event.float("delay", time.as_secs_f64()));
            }
            Decision::Done => {
                self.seen.failed |= ended == Ended::Failed;
                self.events.push(event);
            }
            Decision::Storm => {
                self.events.push(event);
                let text = format!(
                    "more than {} workers have failed within {} s: nothing is started any more",
                    restart.limit.unwrap_or_default(),
                    restart.within.as_secs_f64()
                );
                self.drain(STORM, Event::new(Level::Critical, "storm", text));
            }
        }
        if !self.seen.booted && self.units.iter().all(|unit| unit.unready >= BOOTS) {
            let text = "no worker has come past its bootstrap: nothing is started any more".to_owned();
            self.drain(BOOTSTRAP, Event::new(Level::Critical, "bootstrap", text));
        }
        surfacing::release((end, future));
    }

    /// Starts what is due. Re-enters PHP: hooks of forks.
    pub(super) fn fork(&mut self) {
        if self.code.is_some() {
            return;
        }
        let now = Instant::now();
        for index in 0..self.units.len() {
            let due = |unit: &&mut Unit| matches!(unit.state, State::Waiting(at) if at <= now);
            let Some(unit) = self.units.get_mut(index).filter(due) else {
                continue;
            };
            let assignment = Assignment {
                work: Rc::clone(&unit.kind.work),
                bootstrap: self.supervisor.bootstrap.borrow().as_ref().map(Rc::clone),
                name: unit.kind.name.clone(),
                id: unit.id,
                recycle: self.settings.recycle,
                heartbeat: self.settings.heartbeat,
            };
            let future = Object::<Future>::new();
            future.work.set(Some(Work::Program(Rc::new(assignment))));
            future.key.set(string::zval(unit.name()));
            future.observed.set(true);
            unit.state = State::Running(Running::new(future.clone()));
            start::enqueue(&self.group, &future);
            surfacing::keep_pending();
            if let Some(unit) = self.units.get_mut(index)
                && unit.running_mut().is_some_and(Running::meet)
            {
                self.events.push(about(unit, Level::Info, "started", "is started"));
            }
        }
    }
}

impl Settings {
    /// Why a worker that was not told to stop is to do so, if there is a reason; and how long it has been silent.
    fn reason(&self, running: &Running, signs: Signs) -> Option<(Why, Duration)> {
        if running.told.is_some() || running.end.is_some() || !running.has_process() {
            return None;
        }
        let (silence, is_old) = (running.silence(), |age| running.since.elapsed() >= age);
        // Or another one is started first.
        let overlaps = self.recycle.overlap && !running.is_mute();
        if signs.has(Signs::SPENT) || !overlaps && self.recycle.age.is_some_and(is_old) {
            return Some((Why::Spent, silence));
        }
        let is_silent = self.heartbeat.is_some_and(|limit| silence > limit) && !running.is_mute();
        is_silent.then_some((Why::Silent, silence))
    }
}

/// That a worker has had enough.
pub(super) fn spent_event(unit: &Unit) -> Event {
    about(unit, Level::Info, "spent", "has had enough: another one takes its place")
}

/// An event about a worker.
fn about(unit: &Unit, level: Level, name: &'static str, text: &str) -> Event {
    Event::new(level, name, format!("worker {} {text}", unit.name()))
        .text("name", &unit.kind.name)
        .int("id", i64::try_from(unit.id).ok())
        .int("pid", unit.pid().map(i64::from))
        .int("restarts", i64::try_from(unit.restarts).ok())
}

/// Is it by its own fault that a worker that was told to stop has not returned?
fn failed_itself(end: &End, told: Told) -> bool {
    let by_signal =
        matches!(end, End::Failed { signal: Some(signal), .. } if *signal == i64::from(libc::SIGTERM));
    matches!(end, End::Failed { .. }) && !told.killed && !by_signal
}

fn ended_event(unit: &Unit, end: &End, was_told: bool, has_failed: bool) -> Event {
    match (end, was_told) {
        (End::Returned, false) => about(unit, Level::Info, "returned", "has returned"),
        (End::Returned, true) => about(unit, Level::Info, "stopped", "has stopped"),
        (End::Failed { text, .. }, true) => {
            let level = if has_failed { Level::Warning } else { Level::Info };
            about(unit, level, "stopped", &format!("has stopped: {text}"))
        }
        (End::Failed { text, .. }, false) => {
            about(unit, Level::Warning, "failed", &format!("has failed: {text}"))
        }
    }
}
