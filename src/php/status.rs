//! `Async\Status`, how far a task is, and `Async\PoolStatus`, how many are how far.

use std::cell::Cell;
use std::ffi::CStr;
use std::fmt::Write;

use ext_php_rs::types::Zval;

use crate::task::life::future::{Future, Phase, describe};
use crate::task::life::totals::{Counts, End};
use crate::task::life::workers::Route;
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
        match (future.end(), &*future.phase.borrow()) {
            (Some(End::Succeeded), _) => Self::Succeeded,
            (Some(End::Failed), _) => Self::Failed,
            (Some(End::TimedOut), _) => Self::TimedOut,
            (Some(End::Cancelled), _) => Self::Cancelled,
            (None, Phase::Pending) => Self::Pending,
            (None, Phase::Queued) => Self::queued(future),
            (None, _) => Self::Running,
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
pub(crate) const TOLD: usize = 20;
/// The longest message of one of them, in characters.
const LONGEST: usize = 200;

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

/// How a task has failed, in one line. Empty for one that has not.
fn line(future: &Future) -> String {
    let failure = future.failure.borrow().as_ref().map(Zval::shallow_clone);
    let Some(failure) = failure else {
        return String::new();
    };
    let told = describe(&failure);
    let mut line = told.lines().next().unwrap_or_default().chars();
    let first: String = line.by_ref().take(LONGEST).collect();
    let cut = if line.next().is_some() { "..." } else { "" };
    format!("\ntask {} failed with {first}{cut}", future.subject().label)
}

/// A `PoolStatus` object. It tells how each of the `failed` has failed, and that there are so many `more`.
pub(crate) fn pool_status(counts: Counts, failed: &[Object<Future>], more: usize) -> Zval {
    let mut failures: String = failed.iter().map(|future| line(future)).collect();
    if more > 0 {
        // Into a String nothing fails.
        let _ = write!(failures, "\nand {more} more");
    }
    let status = Object::<PoolStatus>::new();
    status.counts.set(counts);
    status.failures.replace(failures);
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
        number.set_long(i64::try_from(count).unwrap_or(i64::MAX));
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
