//! `Async\Status`, the state of a task; `Async\Route`, how a task reached its child; and `Async\PoolStatus`, how many
//! tasks of a pool are in which state.

use std::cell::Cell;
use std::ffi::CStr;
use std::fmt::Write;

use ext_php_rs::types::Zval;

use crate::task::life::future::{Future, describe};
use crate::task::life::totals::Counts;
use crate::task::parent::status;
use crate::task::parent::status::Status;
use crate::zend::cell::DataCell;
use crate::zend::class::{Class, Function};
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::object::{Native, Object, Registration, Tracer};
use crate::zend::{interfaces, object, string};

static STATUS: Class = Class::new();
static ROUTE: Class = Class::new();

const CASES: [&CStr; 7] =
    [c"Pending", c"Queued", c"Running", c"Succeeded", c"Failed", c"TimedOut", c"Cancelled"];

impl Status {
    /// The case of the enum.
    pub(crate) fn case(self) -> Zval {
        CASES.get(self as usize).map_or_else(Zval::new, |name| STATUS.case(name))
    }
}

const ROUTES: [&CStr; 3] = [c"Forked", c"Inherited", c"Sent"];

/// The case of `Async\Route`; null when the task has not begun.
pub(crate) fn route(future: &Future) -> Zval {
    let name = status::route(future).and_then(|route| ROUTES.get(route as usize));
    name.map_or_else(Zval::new, |name| ROUTE.case(name))
}

/// The data of a `PoolStatus`: how many tasks of a pool are in which state.
#[derive(Debug, Default)]
pub(crate) struct PoolStatus {
    counts: Cell<Counts>,
    /// A text with a line for each failed task, and one for all that were cancelled.
    failures: DataCell<String>,
}

/// How many failed tasks are listed with their messages.
pub(crate) const TOLD: usize = 20;
/// The maximum length of each message, in characters.
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

/// The line for a failed task; empty for a task that has not failed.
fn line(future: &Future) -> String {
    let Some(failure) = future.failure() else {
        return String::new();
    };
    let told = describe(&failure);
    let mut line = told.lines().next().unwrap_or_default().chars();
    let first: String = line.by_ref().take(LONGEST).collect();
    let cut = if line.next().is_some() { "..." } else { "" };
    format!("\ntask {} failed with {first}{cut}", future.subject().label)
}

/// Makes a `PoolStatus` object. Its text has a line for each of the `failed` tasks, and mentions `more` others.
pub(crate) fn pool_status(counts: Counts, failed: &[Object<Future>], more: usize) -> Zval {
    let mut failures: String = failed.iter().map(|future| line(future)).collect();
    if more > 0 {
        // Writing to a `String` cannot fail.
        let _ = write!(failures, "\nand {more} more");
    }
    if counts.cancelled > 0 {
        // They have no line of their own: nothing went wrong that one could tell.
        let _ = write!(failures, "\ncancelled, and counted as failed: {}", counts.cancelled);
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

/// Registers the classes. MINIT.
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
    REGISTRATION.class.implement(interfaces::stringable());
}
