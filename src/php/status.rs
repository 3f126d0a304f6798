//! `Async\Status`, how far a task is, and `Async\PoolStatus`, how many are how far.

use std::cell::Cell;
use std::ffi::CStr;
use std::fmt::Write;

use ext_php_rs::types::Zval;

use crate::task::life::crew::Route;
use crate::task::life::future::{Ending, Future, Phase, describe};
use crate::task::map::tally::Tally;
use crate::task::workers;
use crate::task::workers::Whereabouts;
use crate::zend::cell::DataCell;
use crate::zend::class::{Class, Function};
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::object::{Native, Object, Registration, Tracer};
use crate::zend::{object, string};

static STATUS: Class = Class::new();
static ROUTE: Class = Class::new();

/// How far a task is, as PHP sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Nobody has asked for it to run.
    Pending,
    /// It waits for a slot.
    Queued,
    /// It runs.
    Running,
    /// It gave a value.
    Succeeded,
    /// It threw, or died.
    Failed,
    /// Its time ran out.
    TimedOut,
    /// It was cancelled.
    Cancelled,
}

const CASES: [&CStr; 7] =
    [c"Pending", c"Queued", c"Running", c"Succeeded", c"Failed", c"TimedOut", c"Cancelled"];

impl Status {
    /// How the task of a future has ended, whatever its handlers made of that. One whose end nobody has looked at yet
    /// still runs.
    pub(crate) fn of(future: &Future) -> Self {
        match (&*future.phase.borrow(), future.ending.get()) {
            (Phase::Pending, _) => Self::Pending,
            (Phase::Queued, _) => Self::queued(future),
            (Phase::Running | Phase::Reported(_) | Phase::Lent { .. } | Phase::Reading, _) => Self::Running,
            (Phase::Done(_), _) if future.failure.borrow().is_none() => Self::Succeeded,
            (Phase::Done(_), None) => Self::Failed,
            (Phase::Done(_), Some(Ending::TimedOut)) => Self::TimedOut,
            (Phase::Done(_), Some(Ending::Cancelled | Ending::Abandoned)) => Self::Cancelled,
        }
    }

    /// A child may have taken it meanwhile.
    fn queued(future: &Future) -> Self {
        let group = future.group.borrow();
        match group.as_ref().map(|group| workers::whereabouts(group, future.id.get())) {
            None | Some(Whereabouts::Waiting) => Self::Queued,
            Some(Whereabouts::Running(..) | Whereabouts::Unknown) => Self::Running,
        }
    }

    /// The case of the enum.
    pub(crate) fn case(self) -> Zval {
        CASES.get(self as usize).map_or_else(Zval::new, |name| STATUS.case(name))
    }
}

const ROUTES: [&CStr; 3] = [c"Forked", c"Inherited", c"Sent"];

/// How a future that has begun reached its child.
pub(crate) fn route_of(future: &Future) -> Option<Route> {
    future.route.get().filter(|_| !matches!(Status::of(future), Status::Pending | Status::Queued))
}

/// How often a task has begun.
pub(crate) fn attempts(future: &Future) -> u32 {
    // Who takes a task that was posted does not say so before its end.
    let begun = matches!(*future.phase.borrow(), Phase::Queued) && Status::of(future) == Status::Running;
    future.attempts.get() + u32::from(begun)
}

/// The case of `Async\Route`; null when it has not begun.
pub(crate) fn route(future: &Future) -> Zval {
    let name = route_of(future).and_then(|route| ROUTES.get(route as usize));
    name.map_or_else(Zval::new, |name| ROUTE.case(name))
}

/// How many tasks of a pool are how far.
#[derive(Debug, Default)]
pub(crate) struct PoolStatus {
    counts: Cell<Counts>,
    /// Who failed, and how: some lines for people.
    failures: DataCell<String>,
}

/// So many failures are told one by one.
const TOLD: i64 = 20;
/// The longest message of one of them, in characters.
const LONGEST: usize = 200;

/// The numbers behind a [`PoolStatus`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    queued: i64,
    running: i64,
    finished: i64,
    failed: i64,
    timed_out: i64,
    forked: i64,
    inherited: i64,
    sent: i64,
    retries: i64,
}

impl Counts {
    /// Counts one more.
    pub(crate) fn add(&mut self, future: &Future) {
        self.retries += i64::from(future.repeats.get());
        match route_of(future) {
            Some(Route::Forked) => self.forked += 1,
            Some(Route::Inherited) => self.inherited += 1,
            Some(Route::Sent) => self.sent += 1,
            None => {}
        }
        let slot = match Status::of(future) {
            Status::Pending | Status::Queued => &mut self.queued,
            Status::Running => &mut self.running,
            Status::Succeeded => &mut self.finished,
            Status::Failed | Status::Cancelled => &mut self.failed,
            Status::TimedOut => &mut self.timed_out,
        };
        *slot += 1;
    }
}

impl From<Tally> for Counts {
    fn from(tally: Tally) -> Self {
        let count = |items| i64::try_from(items).unwrap_or(i64::MAX);
        Self {
            queued: count(tally.queued),
            running: count(tally.running),
            finished: count(tally.finished),
            failed: count(tally.failed),
            timed_out: count(tally.timed_out),
            ..Self::default()
        }
    }
}

static REGISTRATION: Registration = Registration::new();

impl Native for PoolStatus {
    const NAME: &'static CStr = c"Async\\PoolStatus";

    fn registration() -> &'static Registration {
        &REGISTRATION
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace(&self, _: &mut Tracer) {}

    fn released(_: &Object<Self>) {}
}

/// How the first tasks have failed that did, a line for each.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    lines: String,
    count: i64,
}

impl Failures {
    /// Notes down how one has failed, if it has. Those that were cancelled have not.
    pub(crate) fn add(&mut self, future: &Future) {
        if !matches!(Status::of(future), Status::Failed | Status::TimedOut) {
            return;
        }
        self.count += 1;
        if self.count > TOLD {
            return;
        }
        let failure = future.failure.borrow().as_ref().map(Zval::shallow_clone);
        if let Some(failure) = failure {
            let told = describe(&failure);
            let mut line = told.lines().next().unwrap_or_default().chars();
            let first: String = line.by_ref().take(LONGEST).collect();
            let cut = if line.next().is_some() { "..." } else { "" };
            let label = future.subject().label;
            // Into a String nothing fails.
            let _ = write!(self.lines, "\ntask {label} failed with {first}{cut}");
        }
    }

    fn text(self) -> String {
        match self.count - TOLD {
            more @ 1.. => format!("{}\nand {more} more", self.lines),
            _ => self.lines,
        }
    }
}

/// A `PoolStatus` object.
pub(crate) fn pool_status(counts: Counts, failures: Failures) -> Zval {
    let status = Object::<PoolStatus>::new();
    status.counts.set(counts);
    status.failures.replace(failures.text());
    let value = status.zval();
    let properties = [
        (c"queued", counts.queued),
        (c"running", counts.running),
        (c"finished", counts.finished),
        (c"failed", counts.failed),
        (c"timedOut", counts.timed_out),
        (c"forked", counts.forked),
        (c"inherited", counts.inherited),
        (c"sent", counts.sent),
        (c"retries", counts.retries),
    ];
    for (name, count) in properties {
        let mut number = Zval::new();
        number.set_long(count);
        object::set_property(&value, &REGISTRATION.class, name, number);
    }
    value
}

fn to_string(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let status = call.this::<PoolStatus>().ok_or(Thrown)?;
    let Counts { queued, finished, failed, timed_out, .. } = status.counts.get();
    let failures = status.failures.borrow().clone();
    Ok(string::zval(format!(
        "queue: {queued} - finished: {finished} - failed: {failed} - timeout: {timed_out}{failures}"
    )))
}

/// Registers both. MINIT.
pub(crate) fn register() {
    STATUS.register_enum(c"Async\\Status", &CASES);
    ROUTE.register_enum(c"Async\\Route", &ROUTES);
    object::register::<PoolStatus>(&[
        object::private_constructor(),
        Function::new("__toString", "", "string", entry(to_string)),
    ]);
    for name in [
        c"queued",
        c"running",
        c"finished",
        c"failed",
        c"timedOut",
        c"forked",
        c"inherited",
        c"sent",
        c"retries",
    ] {
        REGISTRATION.class.property(name, "int", object::READ_ONLY);
    }
    REGISTRATION.class.implement(object::stringable());
}
