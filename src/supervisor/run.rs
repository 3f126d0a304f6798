//! The loop of a supervisor. Runs in the parent.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::Signal;

use crate::error::Error;
use crate::exceptions;
use crate::pool::restart::Failures;
use crate::process::signals::unblock;
use crate::process::{child, daemon, handover};
use crate::supervisor::event::{Event, Level, print, tell};
use crate::supervisor::object::{Kind, Settings, Supervisor};
use crate::supervisor::renewal::{Image, Rehearsal};
use crate::supervisor::roll::Roll;
use crate::supervisor::show;
use crate::supervisor::show::Outside;
use crate::supervisor::signals;
use crate::supervisor::signals::Order;
use crate::supervisor::unit::{Relief, State, Unit, Why};
use crate::task::life::group::Group;
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::life::surfacing;
use crate::task::parent::event_loop;
use crate::task::workers::ending;
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::object::Object;

/// All workers have come to an end, as they were told, or by themselves.
pub(crate) const DRAINED: i32 = 0;
/// All have come to an end, and the last process of one of them has failed.
pub(crate) const FAILED: i32 = 1;
/// They were told to stop, and some had to be killed.
pub(crate) const KILLED: i32 = 2;
/// Too many have failed in a short time. (`EX_SOFTWARE`)
pub(crate) const STORM: i32 = 70;
/// The address for metrics cannot be used. (`EX_OSERR`)
pub(crate) const NO_ADDRESS: i32 = 71;
/// A file that shows how all is cannot be written. (`EX_CANTCREAT`)
pub(crate) const NO_FILE: i32 = 73;
/// None has ever come past its bootstrap. (`EX_CONFIG`)
pub(crate) const BOOTSTRAP: i32 = 78;

/// How often all is looked after.
pub(super) const TICK: Duration = Duration::from_secs(1);
/// How often while a worker is starting: nothing tells that it is ready.
const SOON: Duration = Duration::from_millis(10);
/// How often while workers may have had enough, or fall silent.
const OFTEN: Duration = Duration::from_millis(200);

/// All that a supervisor knows while it runs.
pub(super) struct Run<'s> {
    pub(super) supervisor: &'s Supervisor,
    pub(super) settings: Settings,
    pub(super) group: Rc<Group>,
    pub(super) units: Vec<Unit>,
    pub(super) failures: Failures,
    pub(super) events: Vec<Event>,
    /// The exit code, from the moment on from which all are to stop.
    pub(super) code: Option<i32>,
    pub(super) seen: Seen,
    /// All workers are being replaced.
    pub(super) rolling: Option<Roll>,
    /// The program that runs here, where it can be executed again.
    pub(super) image: Option<Rc<Image>>,
    /// A changed program is being tried.
    pub(super) rehearsal: Option<Rehearsal>,
    pub(super) restarts: u64,
    pub(super) since: Instant,
    pub(super) outside: Outside,
}

/// What has happened to any worker so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// One was killed because it did not stop when all were to.
    pub(super) killed: bool,
    /// One has failed that is not started again.
    pub(super) failed: bool,
    /// One has come past its bootstrap.
    pub(super) booted: bool,
}

/// A supervisor has run in this process: what has run before it would run again in a program that takes its place.
static HAS_RUN: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The process in which a supervisor runs.
    static PROCESS: Cell<i32> = const { Cell::new(0) };
}

/// Does a supervisor run in this process? In one that was forked from there it does not.
pub(crate) fn runs_here() -> bool {
    PROCESS.get() == state().owner.get().as_raw()
}

/// Keeps the workers up until all have come to an end. The exit code. Re-enters PHP.
///
/// # Errors
///
/// When one runs in this process already, or when the script is exiting.
pub(crate) fn run(supervisor: &Object<Supervisor>) -> Result<i32, Thrown> {
    if runs_here() {
        return Err(exceptions::throw(&Error::Misuse(
            "a supervisor runs in this process already, and the signals are for that one",
        )));
    }
    let before = PROCESS.replace(state().owner.get().as_raw());
    supervisor.runs.set(true);
    supervisor.kinds.borrow().iter().for_each(|kind| kind.kept.set(None));
    let caught = signals::catch();
    let mut run = Run::new(supervisor);
    run.begin();
    let ended = run.keep_up();
    if ended.is_err() {
        run.leave();
    }
    supervisor.runs.set(false);
    PROCESS.set(before);
    show::close();
    drop(caught);
    surfacing::release(run.units);
    event_loop::leave();
    ended
}

impl<'s> Run<'s> {
    fn new(supervisor: &'s Supervisor) -> Self {
        Self {
            supervisor,
            settings: supervisor.settings.borrow().clone(),
            group: Group::new(usize::MAX, None),
            units: Vec::new(),
            failures: Failures::default(),
            events: Vec::new(),
            code: None,
            seen: Seen::default(),
            rolling: None,
            image: None,
            rehearsal: None,
            restarts: 0,
            since: Instant::now(),
            outside: Outside::new(),
        }
    }

    /// Takes what the program before this one has handed over, and opens what is shown to others.
    fn begin(&mut self) {
        if handover::is_rehearsal() {
            handover::reach();
            child::end(0);
        }
        if !HAS_RUN.swap(true, Ordering::Relaxed) && !state().is_child.get() {
            self.image = Image::new().map(Rc::new);
        }
        let Some(mut heritage) = handover::heritage() else {
            self.open(None);
            return;
        };
        // The program before this one has blocked them for the time in between.
        unblock(&signals::all());
        if let Some((path, file)) = heritage.pid_file.take() {
            // The new program wants none.
            daemon::PidFile::of(path, file).remove();
        }
        let listener = heritage.listener.take();
        self.inherit(heritage);
        self.open(listener);
    }

    /// The loop.
    fn keep_up(&mut self) -> Result<i32, Thrown> {
        loop {
            if !self.group.is_here() {
                return Err(exceptions::throw(&Error::Misuse(
                    "the supervisor belongs to the parent process: a process that its listener has forked has to end",
                )));
            }
            if exception::pending() {
                return Err(Thrown);
            }
            event_loop::dispatch(Moment::Call)?;
            surfacing::tell();
            self.obey();
            self.settle();
            self.adjust();
            self.look();
            self.overlap();
            self.reap();
            self.roll();
            self.renew();
            self.fork();
            self.show();
            self.answer();
            for event in std::mem::take(&mut self.events) {
                tell(self.supervisor, event)?;
            }
            if let Some(code) = self.result() {
                self.farewell(code)?;
                return Ok(code);
            }
            if event_loop::wait_attending(Some(self.until_next())) == Err(Errno::EINTR) {
                event_loop::interrupted();
            }
        }
    }

    /// The script leaves in the middle: the workers are told to stop, and killed when they have not after the grace. The
    /// end of the script waits for that.
    fn leave(&mut self) {
        for running in self.units.iter_mut().filter_map(Unit::running_mut) {
            running.stop(Why::Drain, self.settings.grace);
            ending::kill_after(running.future.id.get(), self.settings.grace);
        }
    }

    pub(super) fn note(&mut self, event: Event) {
        self.events.push(event);
    }

    fn obey(&mut self) {
        for (order, times) in signals::orders() {
            match order {
                Order::Drain if self.code.is_none() && times == 1 => {
                    let event = Event::new(Level::Notice, "draining", "all workers are told to stop".into());
                    self.drain(DRAINED, event);
                }
                Order::Drain => self.cut_short(),
                Order::Roll => self.reload(),
                Order::Reopen => self.reopen_log(),
                Order::Print => print(&self.summary().table()),
                Order::Add => self.scale_first(|wanted| wanted.saturating_add(times as usize)),
                Order::Take => self.scale_first(|wanted| wanted.saturating_sub(times as usize)),
            }
        }
    }

    /// Opens the log of a daemon anew, here and in the workers.
    fn reopen_log(&self) {
        if !daemon::has_log() {
            return;
        }
        daemon::reopen();
        // Others have their handler for that as soon as they begin.
        let ready = self.units.iter().filter_map(Unit::running).filter(|running| running.ready);
        ready.for_each(|running| ending::pass(running.future.id.get(), Signal::SIGUSR2));
    }

    /// All are to stop.
    pub(super) fn drain(&mut self, code: i32, event: Event) {
        if self.code.is_some() {
            return;
        }
        self.code = Some(code);
        self.rolling = None;
        self.note(event);
        if let Some(service) = &self.outside.service {
            service.stopping();
        }
        let grace = self.settings.grace;
        for unit in &mut self.units {
            match &mut unit.state {
                State::Running(running) => running.stop(Why::Drain, grace),
                State::Waiting(_) => unit.state = State::Done,
                State::Done => {}
            }
        }
    }

    /// All are to end at once.
    fn cut_short(&mut self) {
        let event =
            Event::new(Level::Warning, "cut-short", "all workers are killed: told to stop twice".into());
        self.drain(DRAINED, Event::new(Level::Notice, "draining", "all workers are told to stop".into()));
        self.note(event);
        for running in self.units.iter_mut().filter_map(Unit::running_mut) {
            running.stop(Why::Drain, Duration::ZERO);
        }
    }

    fn scale_first(&mut self, to: impl Fn(usize) -> usize) {
        let first = self.supervisor.kinds.borrow().first().cloned();
        if let Some(kind) = first.filter(|_| self.code.is_none()) {
            kind.wanted.set(to(kind.wanted.get()));
        }
    }

    /// Makes as many workers of each kind as there shall be, or tells some to stop.
    fn adjust(&mut self) {
        if self.code.is_some() {
            return;
        }
        let kinds = self.supervisor.kinds.borrow().clone();
        for kind in kinds {
            let staying = |unit: &&Unit| Rc::ptr_eq(&unit.kind, &kind) && unit.stays();
            let (count, wanted) = (self.units.iter().filter(staying).count(), kind.wanted.get());
            if let Some(before) = kind.kept.replace(Some(wanted)).filter(|&before| before != wanted) {
                let text = format!("{}: {wanted} workers instead of {before}", kind.name);
                let number = |count| i64::try_from(count).ok();
                let event = Event::new(Level::Notice, "scaled", text).text("name", &kind.name);
                self.note(event.int("workers", number(wanted)).int("before", number(before)));
            }
            for _ in count..wanted {
                self.add(&kind, None);
            }
            for _ in wanted..count {
                self.take_away(&kind);
            }
        }
    }

    /// One more worker, with the lowest number that is free.
    pub(super) fn add(&mut self, kind: &Rc<Kind>, relief: Option<Relief>) {
        let taken = |id| self.units.iter().any(|unit| Rc::ptr_eq(&unit.kind, kind) && unit.id == id);
        let id = (1..=self.units.len()).find(|&id| !taken(id)).unwrap_or(self.units.len() + 1);
        self.units.push(Unit { relief, ..Unit::new(Rc::clone(kind), id) });
        self.sort();
    }

    /// In the order of the kinds, and of their numbers.
    pub(super) fn sort(&mut self) {
        self.units.sort_by_key(|unit| unit.id);
        let order: Vec<_> = self.supervisor.kinds.borrow().iter().map(|kind| kind.name.clone()).collect();
        self.units.sort_by_key(|unit| order.iter().position(|name| *name == unit.kind.name));
    }

    /// One worker less: one that has no process, or the one with the highest number.
    fn take_away(&mut self, kind: &Rc<Kind>) {
        let grace = self.settings.grace;
        let of_kind = |unit: &Unit| Rc::ptr_eq(&unit.kind, kind) && unit.stays();
        let idle = self.units.iter().rposition(|unit| of_kind(unit) && unit.running().is_none());
        if let Some(index) = idle {
            drop(self.units.remove(index));
        } else if let Some(unit) = self.units.iter_mut().rfind(|unit| of_kind(unit))
            && let Some(running) = unit.running_mut()
        {
            running.stop(Why::Scale, grace);
        }
    }

    /// The exit code, when nothing is left to do.
    fn result(&self) -> Option<i32> {
        if let Some(code) = self.code {
            let over = self.units.is_empty();
            return over.then_some(if code == DRAINED && self.seen.killed { KILLED } else { code });
        }
        // A kind without workers waits for some.
        let is_over = self.units.iter().all(|unit| matches!(unit.state, State::Done))
            && self.supervisor.kinds.borrow().iter().all(|kind| kind.wanted.get() > 0);
        is_over.then_some(match (self.seen.booted, self.seen.failed) {
            (false, true) if self.supervisor.bootstrap.borrow().is_some() => BOOTSTRAP,
            (_, true) => FAILED,
            (_, false) => DRAINED,
        })
    }

    fn farewell(&mut self, code: i32) -> Result<(), Thrown> {
        self.code = Some(code);
        self.write();
        let text = format!("all workers have ended, exit code {code}");
        self.note(Event::new(Level::Notice, "ended", text).int("exitCode", Some(i64::from(code))));
        for event in std::mem::take(&mut self.events) {
            tell(self.supervisor, event)?;
        }
        Ok(())
    }

    /// How long there is nothing to do, unless something happens.
    fn until_next(&self) -> Duration {
        let now = Instant::now();
        let due = self.units.iter().filter_map(|unit| match &unit.state {
            State::Waiting(at) => Some(at.saturating_duration_since(now)),
            State::Running(running) => {
                let soon = (!running.ready).then_some(SOON);
                let due = running.due().map(|at| at.saturating_duration_since(now));
                soon.into_iter().chain(due).min()
            }
            State::Done => None,
        });
        let due = due.chain(self.rehearsal.is_some().then_some(SOON));
        let recycle = self.settings.recycle;
        let is_watched = recycle.jobs.is_some() || recycle.bytes.is_some() || recycle.age.is_some();
        let often = is_watched.then_some(OFTEN);
        let heartbeat = self.settings.heartbeat.map(|limit| OFTEN.min(limit / 4).max(SOON));
        let watchdog =
            self.outside.service.as_ref().and_then(|service| service.watchdog).map(|time| time / 2);
        let enough = self.until_enough().map(|time| time.max(SOON));
        due.chain(often).chain(enough).chain(heartbeat).chain(watchdog).min().unwrap_or(TICK).min(TICK)
    }
}
