//! The data of an `Async\Worker`: what a worker knows of itself, and what it is asked. Runs in the child.
//!
//! A stop is a wish. It stands in the worker's slot of the control page, and a SIGTERM says so to whatever the worker is
//! in: the signal ends no process here, it only cuts short what blocks. A handler that the worker's code has set for
//! SIGTERM by itself takes the place of ours, as that code may not know that it runs in a worker.

use std::cell::Cell;
use std::ffi::CStr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use crate::process::caught::{Caught, has_come};
use crate::process::shared::control::SlotRef;
use crate::process::shared::pulse::Signs;
use crate::process::signals::Blocked;
use crate::process::{clock, daemon};
use crate::supervisor::assignment::Assignment;
use crate::supervisor::object::Recycle;
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::parent::event_loop;
use crate::zend::callable::Callable;
use crate::zend::cell::{DataCell, ValueCell};
use crate::zend::handler::Thrown;
use crate::zend::interrupt::FiberBlock;
use crate::zend::object::{Native, Object, Registration, Tracer};
use crate::zend::{exception, interrupt, request};

/// A worker that sleeps gives a sign of life so often in the time that it has for one.
const BEATS: u32 = 4;

/// What a worker knows of itself.
#[derive(Debug, Default)]
pub(crate) struct Worker {
    /// Its number among those of its kind.
    pub(crate) id: Cell<usize>,
    /// The name of its kind.
    pub(crate) name: DataCell<String>,
    /// Its slot of the control page, and its attempt.
    slot: Cell<Option<(SlotRef, u64)>>,
    /// The process that it is.
    pid: Cell<i32>,
    since: Cell<Option<Instant>>,
    jobs: Cell<u64>,
    recycle: Cell<Recycle>,
    heartbeat: Cell<Option<Duration>>,
    /// It has had enough.
    spent: Cell<bool>,
    /// Its code has learnt that it is to stop.
    told: Cell<bool>,
    /// What is to be called when it is to stop.
    on_stop: ValueCell<Vec<Rc<Callable>>>,
}

static REGISTRATION: Registration = Registration::new();

impl Native for Worker {
    const NAME: &'static CStr = c"Async\\Worker";

    fn registration() -> &'static Registration {
        &REGISTRATION
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace(&self, tracer: &mut Tracer) {
        self.on_stop.peek(|callables| {
            let own = callables.iter().filter(|callable| Rc::strong_count(callable) == 1);
            own.for_each(|callable| tracer.value(callable.value()));
        });
    }

    fn released(_: &Object<Self>) {}
}

thread_local! {
    /// The worker that this process is. Leaked, as the process ends without releasing anything.
    static CURRENT: Cell<Option<&'static Object<Worker>>> = const { Cell::new(None) };
}

/// The worker that this process is, if it is one: not a process that a worker has forked.
fn current() -> Option<&'static Object<Worker>> {
    CURRENT.get().filter(|worker| worker.pid.get() == state().owner.get().as_raw())
}

/// This process becomes a worker.
pub(super) fn begin(assignment: &Assignment) -> Object<Worker> {
    let worker = Object::<Worker>::new();
    let own = &state().own;
    let slot = own.slot_ref.get().map(|slot_ref| (slot_ref, own.attempt.get()));
    worker.id.set(assignment.id);
    worker.name.replace(assignment.name.clone());
    worker.slot.set(slot);
    worker.pid.set(state().owner.get().as_raw());
    worker.since.set(Some(Instant::now()));
    worker.recycle.set(assignment.recycle);
    worker.heartbeat.set(assignment.heartbeat);
    if let Some((slot_ref, attempt)) = slot {
        slot_ref.begin_pulse(attempt, now());
    }
    CURRENT.set(Some(Box::leak(Box::new(worker.clone()))));
    daemon::listen();
    // For as long as this process lives.
    std::mem::forget(Caught::new(&[libc::SIGTERM], interrupt::flags(), slot.map(|(slot_ref, _)| slot_ref)));
    worker
}

/// In nanoseconds of the monotonic clock.
fn now() -> u64 {
    u64::try_from(clock::monotonic().as_nanos()).unwrap_or(u64::MAX)
}

/// Calls what waits for the wish to stop, if that has come, where the script could have called a function, or in a call
/// of ours that waits. Re-enters PHP.
pub(crate) fn on_interrupt() {
    event_loop::on_interrupt();
    let Some(worker) = current().filter(|worker| !worker.told.get() && worker.is_asked()) else {
        return;
    };
    let may_call = interrupt::safe() || interrupt::is_of_a_call();
    if worker.on_stop.borrow().is_empty() || !may_call {
        return;
    }
    let _fibers = FiberBlock::new();
    // What it throws is pending, and thrown where the script is.
    let _ = worker.tell();
}

impl Worker {
    /// It has come past its bootstrap.
    pub(super) fn is_ready(&self) {
        self.beat();
        self.sign(Signs::READY);
    }

    fn sign(&self, signs: Signs) {
        if let Some((slot_ref, _)) = self.slot.get() {
            slot_ref.sign(signs);
        }
    }

    fn beat(&self) {
        if let Some((slot_ref, _)) = self.slot.get() {
            slot_ref.beat(now(), request::memory_usage() as u64);
        }
    }

    /// Does somebody want it to stop?
    fn is_asked(&self) -> bool {
        has_come(libc::SIGTERM) && self.pid.get() == state().owner.get().as_raw()
            || self.slot.get().is_some_and(|(slot_ref, attempt)| slot_ref.is_asked(attempt))
    }

    /// Does it stop, as it has had enough?
    fn is_spent(&self) -> bool {
        if self.spent.get() {
            return true;
        }
        let recycle = self.recycle.get();
        let age = self.since.get().map(|since| since.elapsed()).unwrap_or_default();
        let (jobs, bytes) = (self.jobs.get(), request::memory_usage() as u64);
        if !recycle.is_enough(age, jobs, bytes) {
            return false;
        }
        // One without a slot could not say so.
        if recycle.overlap && self.slot.get().is_some() {
            self.sign(Signs::ENOUGH);
            // Memory is what a machine has no more of; how many jobs it does, and how long it lasts, is the supervisor's business.
            if recycle.extended().bytes.is_none_or(|most| bytes < most) {
                return false;
            }
        }
        self.is_done()
    }

    /// It has had enough, and stops.
    fn is_done(&self) -> bool {
        self.spent.set(true);
        self.sign(Signs::SPENT);
        true
    }

    /// Is it to stop? What waits for that is called. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When what is called throws.
    pub(crate) fn stopping(&self) -> Result<bool, Thrown> {
        self.beat();
        let stops = self.told.get() || self.is_asked() || self.is_spent();
        if stops {
            self.tell()?;
        }
        Ok(stops)
    }

    /// Its code learns that it is to stop. Re-enters PHP.
    fn tell(&self) -> Result<(), Thrown> {
        if !self.told.replace(true) {
            self.sign(Signs::TOLD);
        }
        loop {
            let next = self.on_stop.change(|callables| (!callables.is_empty()).then(|| callables.remove(0)));
            let Some(callable) = next else {
                return Ok(());
            };
            drop(callable.call(&mut [])?);
        }
    }

    /// Has `callable` called when it is to stop; at once, if it is already. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When it is called, and throws.
    pub(crate) fn on_stop(&self, callable: Callable) -> Result<(), Thrown> {
        self.on_stop.push(Rc::new(callable));
        self.stopping().map(drop)
    }

    /// It is alive, and at this.
    ///
    /// # Errors
    ///
    /// When it is to stop, and what waits for that throws.
    pub(crate) fn heartbeat(&self, status: Option<&str>) -> Result<(), Thrown> {
        if let (Some((slot_ref, attempt)), Some(status)) = (self.slot.get(), status) {
            slot_ref.report(attempt, 0.0, status);
        }
        self.stopping().map(drop)
    }

    /// It has done one job more.
    ///
    /// # Errors
    ///
    /// When it is to stop, and what waits for that throws.
    pub(crate) fn job(&self) -> Result<(), Thrown> {
        self.jobs.set(self.jobs.get() + 1);
        if let Some((slot_ref, attempt)) = self.slot.get() {
            slot_ref.add_jobs(1);
            // Only here: after the acknowledgement of a job the next one may be on its way.
            if slot_ref.is_relieved(attempt) {
                self.is_done();
            }
        }
        self.stopping().map(drop)
    }

    /// Sleeps. False if it is to stop: then it does not sleep, or not to the end. Re-enters PHP: handlers of signals,
    /// and of its own tasks.
    ///
    /// # Errors
    ///
    /// When one of them throws.
    pub(crate) fn sleep(&self, time: Duration) -> Result<bool, Thrown> {
        let until = Instant::now().checked_add(time);
        let slept = self.sleep_until(until);
        event_loop::leave();
        slept
    }

    fn sleep_until(&self, until: Option<Instant>) -> Result<bool, Thrown> {
        let longest = self.heartbeat.get().map_or(Duration::from_secs(3600), |heartbeat| heartbeat / BEATS);
        loop {
            event_loop::dispatch(Moment::Call)?;
            if self.stopping()? {
                return Ok(false);
            }
            let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(true);
            }
            if self.doze(left.min(longest)) == Err(Errno::EINTR) {
                event_loop::interrupted();
            }
            if exception::pending() {
                return Err(Thrown);
            }
        }
    }

    /// Sleeps for `time` at most, and looks after the children of this process.
    fn doze(&self, time: Duration) -> Result<(), Errno> {
        if state().reactor.borrow().is_some() {
            return event_loop::wait(Some(time));
        }
        // The signal may have come since `stopping` has looked: it is unblocked only during the sleep itself.
        let blocked = Blocked::all();
        if self.is_asked() { Ok(()) } else { blocked.pause(time) }
    }
}
