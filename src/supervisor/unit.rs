//! One worker of a supervisor, over all the processes that it has had.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::pool::restart::Record;
use crate::process::clock;
use crate::process::shared::pulse::{Pulse, Signs};
use crate::supervisor::end::End;
use crate::supervisor::object::Kind;
use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::task::life::worker::Worker;
use crate::task::parent::cancel;
use crate::task::workers::ending;
use crate::zend::object::Object;

/// Where a worker is.
#[derive(Debug)]
pub(super) enum State {
    /// It has no process, and gets one then.
    Waiting(Instant),
    /// It has a process.
    Running(Running),
    /// It gets none any more.
    Done,
}

/// Why a worker was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// All are to stop.
    Drain,
    /// There are to be fewer.
    Scale,
    /// Another one takes its place, with newer code.
    Roll,
    /// It has had enough, and another one takes its place.
    Spent,
    /// It has had enough, and another one is ready already.
    Relieved,
    /// It gave no sign of life, and another one takes its place.
    Silent,
}

/// That a worker was told to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) why: Why,
    /// When it is killed.
    pub(super) until: Instant,
    /// When it is told again, if it has not listened.
    again: Instant,
    /// So far it stands in its slot alone, where it is seen after a job.
    quiet: bool,
    /// It was killed.
    pub(super) killed: bool,
}

/// Whether a worker has had enough, as far as the script was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Enough {
    No,
    Yes,
    /// It has, and nobody relieves it: it ends before another one begins.
    Alone,
}

/// A process of a worker.
#[derive(Debug)]
pub(super) struct Running {
    /// Its attempt.
    pub(super) future: Object<Future>,
    /// The entry of the table of processes, which keeps its slot of the control page until this is dropped.
    process: Option<Rc<Worker>>,
    /// When it began.
    pub(super) since: Instant,
    /// It has come past its bootstrap.
    pub(super) ready: bool,
    /// The program before this one has forked it.
    pub(super) adopted: bool,
    /// Whether it has had enough.
    pub(super) enough: Enough,
    pub(super) told: Option<Told>,
    /// How it has ended, as soon as it has said so.
    pub(super) end: Option<End>,
}

/// One worker.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) kind: Rc<Kind>,
    /// Its number among those of its kind, from 1 on.
    pub(super) id: usize,
    pub(super) state: State,
    pub(super) record: Record,
    /// How often another process has taken the place of one.
    pub(super) restarts: u64,
    /// How many processes in a row have not come past their bootstrap.
    pub(super) unready: u32,
    /// How many jobs its former processes have done.
    pub(super) jobs: u64,
    /// It takes the place of another one, which has had enough, before that ends: see `overlap`.
    pub(super) relief: Option<Relief>,
}

/// Whom a worker relieves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relief {
    /// The number of the other one.
    pub(super) of: usize,
    /// It is ready, and the other one knows.
    pub(super) done: bool,
}

/// A worker that was told to stop and does not know is told again after this time: the signal may have come right before
/// something that blocks.
const AGAIN: Duration = Duration::from_secs(1);

impl Running {
    pub(super) fn new(future: Object<Future>) -> Self {
        Self {
            future,
            process: None,
            since: Instant::now(),
            ready: false,
            adopted: false,
            enough: Enough::No,
            told: None,
            end: None,
        }
    }

    /// One that the program before this one has forked, and that nothing is known of but that it is there.
    pub(super) fn adopted(future: Object<Future>) -> Self {
        let mut running = Self { ready: true, adopted: true, ..Self::new(future) };
        running.meet();
        running
    }

    fn number(&self) -> u64 {
        self.future.id.get()
    }

    /// Notes the process, once it is there. True if it was not noted before.
    pub(super) fn meet(&mut self) -> bool {
        if self.process.is_some() {
            return false;
        }
        self.process = state().worker(self.number());
        self.process.is_some()
    }

    /// Has it a process? There may be no room for one more.
    pub(super) fn has_process(&self) -> bool {
        self.process.is_some()
    }

    /// What it has shown of itself last.
    pub(super) fn pulse(&self) -> Option<Pulse> {
        self.process.as_ref()?.place.as_ref()?.pulse(self.number())
    }

    /// What it says that it does.
    pub(super) fn status(&self) -> Option<String> {
        let report = self.process.as_ref()?.place.as_ref()?.report(self.number())?;
        Some(report.text).filter(|text| !text.is_empty())
    }

    /// Can it show anything? There may be no room for one more slot.
    pub(super) fn is_mute(&self) -> bool {
        self.process.as_ref().is_some_and(|process| process.place.is_none())
    }

    /// How long it has given no sign of life.
    pub(super) fn silence(&self) -> Duration {
        let Some(pulse) = self.pulse() else {
            return self.since.elapsed();
        };
        clock::monotonic().saturating_sub(Duration::from_nanos(pulse.beat))
    }

    /// It has had enough. True if that was not noted before.
    pub(super) fn has_enough(&mut self) -> bool {
        let is_new = self.enough == Enough::No;
        if is_new {
            self.enough = Enough::Yes;
        }
        is_new
    }

    /// Tells it to stop within `grace`. The first reason counts, and the earlier end.
    pub(super) fn stop(&mut self, why: Why, grace: Duration) {
        let now = Instant::now();
        let until = end_of(grace, now);
        if let Some(told) = &mut self.told {
            told.until = told.until.min(until);
            // What is to be replaced is not, if all are to stop.
            if matches!(why, Why::Drain | Why::Scale) {
                told.why = why;
            }
            if !std::mem::take(&mut told.quiet) {
                return;
            }
        } else {
            self.told = Some(Told { why, until, again: now + AGAIN, quiet: false, killed: false });
        }
        self.request();
    }

    /// Tells it to stop after its present job, within `grace`. It has no signal from this: between two jobs, the next one
    /// may be on its way to it. Where it has not learnt of it after a while, it has no job, and is told as others are.
    pub(super) fn relieve(&mut self, why: Why, grace: Duration) {
        let place = self.process.as_ref().and_then(|process| process.place.as_ref());
        let Some(place) = place.filter(|_| self.told.is_none()) else {
            return self.stop(why, grace);
        };
        place.relieve(self.number());
        let now = Instant::now();
        self.told =
            Some(Told { why, until: end_of(grace, now), again: now + AGAIN, quiet: true, killed: false });
    }

    fn request(&mut self) {
        self.meet();
        if self.process.is_none() {
            // There was no room for its process yet.
            cancel::cancel(&self.future);
            return;
        }
        let number = self.number();
        if let Some(place) = self.process.as_ref().and_then(|process| process.place.as_ref()) {
            place.ask(number);
        }
        ending::request(number);
    }

    /// Kills it if its time is over, and tells it again if it has not listened. True if it is killed now.
    pub(super) fn press(&mut self, now: Instant) -> bool {
        let heard = self.pulse().map(|pulse| pulse.signs);
        let Some(told) = self.told.as_mut().filter(|told| !told.killed) else {
            return false;
        };
        if told.until <= now {
            told.killed = true;
            ending::kill(self.number());
            return true;
        }
        if told.again <= now {
            told.again = now + AGAIN;
            if std::mem::take(&mut told.quiet) {
                if !heard.is_some_and(|signs| signs.has(Signs::SPENT)) {
                    self.request();
                }
                return false;
            }
            // Its own handler, if it has set one, is called once.
            if heard.is_some_and(|signs| signs.has(Signs::HEARD) && !signs.has(Signs::TOLD)) {
                ending::request(self.number());
            }
        }
        false
    }

    /// Has it ended, and is nothing left of it?
    pub(super) fn is_gone(&self) -> bool {
        self.end.is_some() && !state().is_isolated(self.number())
    }

    /// When something is to be done about it.
    pub(super) fn due(&self) -> Option<Instant> {
        let told = self.told.filter(|told| !told.killed)?;
        Some(told.until.min(told.again))
    }
}

fn end_of(grace: Duration, now: Instant) -> Instant {
    now.checked_add(grace).unwrap_or_else(|| now + Duration::from_secs(1 << 30))
}

impl Kind {
    /// How many jobs its workers have done: those of `units`, and those that are no more.
    pub(super) fn jobs(&self, units: &[Unit]) -> u64 {
        let own = units.iter().filter(|unit| std::ptr::eq(&raw const *unit.kind, self));
        let now = own.filter_map(|unit| Some(unit.running()?.pulse()?.jobs));
        self.counts.get().jobs.saturating_add(now.sum())
    }
}

impl Unit {
    pub(super) fn new(kind: Rc<Kind>, id: usize) -> Self {
        Self {
            kind,
            id,
            state: State::Waiting(Instant::now()),
            record: Record::default(),
            restarts: 0,
            unready: 0,
            jobs: 0,
            relief: None,
        }
    }

    /// Its name in logs.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.kind.name, self.id)
    }

    pub(super) fn running(&self) -> Option<&Running> {
        if let State::Running(running) = &self.state { Some(running) } else { None }
    }

    pub(super) fn running_mut(&mut self) -> Option<&mut Running> {
        if let State::Running(running) = &mut self.state { Some(running) } else { None }
    }

    /// Its process.
    pub(super) fn pid(&self) -> Option<i32> {
        self.running()?.future.pid.get()
    }

    /// Does it go, and no other one takes its place?
    pub(super) fn leaves(&self) -> bool {
        let told = self.running().and_then(|running| running.told);
        told.is_some_and(|told| matches!(told.why, Why::Drain | Why::Scale | Why::Relieved))
    }

    /// Does it relieve the worker with this number?
    pub(super) fn relieves(&self, kind: &Rc<Kind>, id: usize) -> bool {
        Rc::ptr_eq(&self.kind, kind) && self.relief.is_some_and(|relief| relief.of == id)
    }

    /// Is it there besides those that there shall be, as the one that it relieves works on?
    pub(super) fn is_extra(&self) -> bool {
        self.relief.is_some_and(|relief| !relief.done)
    }

    /// Is it one of those that there shall be?
    pub(super) fn stays(&self) -> bool {
        !self.leaves() && !self.is_extra()
    }

    /// How many jobs it has done over all its processes.
    pub(super) fn all_jobs(&self) -> u64 {
        let now = self.running().and_then(Running::pulse).map_or(0, |pulse| pulse.jobs);
        self.jobs.saturating_add(now)
    }

    /// What it is doing, in one word.
    pub(super) fn word(&self) -> &'static str {
        match &self.state {
            State::Waiting(_) => "waiting",
            State::Done => "done",
            State::Running(Running { told: Some(_), .. }) => "stopping",
            State::Running(Running { ready: false, .. }) => "starting",
            State::Running(_) => "running",
        }
    }
}
