//! `Async\Pool`: a set of tasks with keys, and a limit of how many of them run at once.

mod entries;
mod flow;
mod settings;
mod states;
mod waiting;

use std::cell::Cell;
use std::ffi::CStr;
use std::rc::Rc;
use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::php::{hooks, map_iterator};
use crate::task::life::ended::Ended;
use crate::task::life::futures::Futures;
use crate::task::life::group::{Group, Hook};
use crate::task::life::state::state;
use crate::task::life::support;
use crate::task::life::workers::Stay;
use crate::task::parent::wait::Patience;
use crate::task::parent::{event_loop, start, wait};
use crate::task::workers;
use crate::zend::cell::ValueCell;
use crate::zend::class::{Function, class_exists};
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::object::{Assign, Native, Object, Registration, Tracer};
use crate::zend::zval::boolean;
use crate::zend::{exception, interfaces, names, object};
use crate::{exceptions, ini};

/// The data of a pool.
#[derive(Debug)]
pub(crate) struct Pool {
    /// Its queue and slots. The group outlives the object while tasks are queued or running.
    pub(crate) group: Rc<Group>,
    /// Its futures.
    pub(crate) futures: Futures,
    /// The stream that `stream()` returned, if it was called.
    stream: ValueCell<Option<Zval>>,
    alive: Cell<bool>,
    /// How many tasks had ended at the last call of `tick()`.
    told: Cell<u64>,
}

static REGISTRATION: Registration = Registration::new();

impl Native for Pool {
    const NAME: &'static CStr = c"Async\\Pool";

    fn registration() -> &'static Registration {
        &REGISTRATION
    }

    fn create() -> Self {
        let group = Group::new(ini::concurrency(), ini::timeout());
        group.ended.set(Some(Ended::default()));
        let state = state();
        state.pools.set(state.pools.get() + 1);
        Self {
            group,
            futures: Futures::new(),
            stream: ValueCell::default(),
            alive: Cell::new(true),
            told: Cell::new(0),
        }
    }

    fn trace(&self, tracer: &mut Tracer) {
        self.futures.trace(tracer);
        self.group.trace(tracer);
    }

    const ASSIGN: Option<Assign<Self>> = Some(entries::assign);

    /// Tasks that are queued or running continue without the object.
    fn released(this: &Object<Self>) {
        if this.alive.replace(false) && this.group.is_here() {
            let state = state();
            state.pools.set(state.pools.get().saturating_sub(1));
        }
    }
}

impl Drop for Pool {
    /// Tasks that are queued or running continue without the object.
    fn drop(&mut self) {
        if self.group.is_here() {
            self.group.pool_gone();
        }
    }
}

/// Registers the class. MINIT.
pub(crate) fn register() {
    object::register::<Pool>(&[
        Function::new("create", "", "self", entry(create)).fixed(),
        Function::new("__construct", "", "", entry(construct)),
        Function::new("isSupported", "", "bool", entry(is_supported)).fixed(),
        Function::new("concurrency", "int $n", "self", entry(concurrency)),
        Function::new("timeout", "?float $seconds", "self", entry(timeout)),
        Function::new("tasksPerChild", "int $n", "self", entry(tasks_per_child)),
        Function::new(
            "recycle",
            "?int $tasks = null, ?float $seconds = null, ?int $bytes = null",
            "self",
            entry(recycle),
        ),
        Function::new("warm", "?int $workers = null", "self", entry(settings::warm)),
        Function::new(
            "retry",
            "int $times, float $backoff = 0.0, ?float $maxBackoff = null, float $jitter = 0.0, ?callable $if = null",
            "self",
            entry(flow::retry),
        ),
        Function::new("failFast", "bool $on = true", "self", entry(settings::fail_fast)),
        Function::new("queueLimit", "?int $tasks", "self", entry(flow::queue_limit)),
        Function::new("rate", "int|float $tasks, float $per = 1.0", "self", entry(flow::rate)),
        Function::new("output", "Async\\Output $mode", "self", entry(settings::output)),
        Function::new("handlers", "Async\\Handlers $where", "self", entry(settings::handlers)),
        Function::new("memoryLimit", "string|int $limit", "self", entry(settings::memory_limit)),
        Function::new("allowedClasses", "array|bool $classes", "self", entry(settings::allowed_classes)),
        Function::new("nice", "int $increment", "self", entry(settings::nice)),
        Function::new("forwardSignals", "int ...$signals", "self", entry(settings::forward_signals)),
        Function::new("onFork", "?callable $child = null, ?callable $parent = null", "self", entry(on_fork)),
        Function::new("onExit", "callable $fn", "self", entry(on_exit)),
        Function::new("onMessage", "callable $fn", "self", entry(settings::on_message)),
        Function::new(
            "add",
            "Async\\Task|Async\\Future|callable $task, string|int|null $key = null, int $priority = 0",
            "Async\\Future",
            entry(entries::add),
        ),
        Function::new("offsetExists", "mixed $offset", "bool", entry(entries::offset_exists)),
        Function::new("offsetGet", "mixed $offset", "Async\\Future", entry(entries::offset_get)),
        Function::new("offsetSet", "mixed $offset, mixed $value", "void", entry(entries::offset_set)),
        Function::new("offsetUnset", "mixed $offset", "void", entry(entries::offset_unset)),
        Function::new("count", "", "int", entry(entries::count)),
        Function::new("getIterator", "", "Iterator", entry(entries::get_iterator)),
        Function::new("keys", "", "array", entry(entries::keys)),
        Function::new(
            "map",
            "Traversable|array $items, callable $fn, bool $ordered = true, ?callable $catch = null",
            "Iterator",
            entry(map_items),
        ),
        Function::new("wait", "?callable $tick = null", "array", entry(waiting::wait_for_all)),
        Function::new("tick", "", "int", entry(waiting::tick)),
        Function::new("stream", "", "", entry(waiting::stream)),
        Function::new("stop", "", "self", entry(waiting::stop)),
        Function::new("cancel", "", "self", entry(waiting::cancel)),
        Function::new("signal", "int $signal", "self", entry(settings::signal)),
        Function::new("status", "", "Async\\PoolStatus", entry(states::status)),
        Function::new("getQueue", "", "array", entry(states::get_queue)),
        Function::new("getInProgress", "", "array", entry(states::get_in_progress)),
        Function::new("getFinished", "", "array", entry(states::get_finished)),
        Function::new("getFailed", "", "array", entry(states::get_failed)),
        Function::new("getTimeouts", "", "array", entry(states::get_timeouts)),
        Function::new("clearFinished", "", "self", entry(states::clear_finished)),
        Function::new("clearResults", "", "self", entry(states::clear_results)),
    ]);
    for interface in [interfaces::array_access(), interfaces::countable(), interfaces::iterator_aggregate()] {
        REGISTRATION.class.implement(interface);
    }
}

/// Registers `Pool` as a second name in the global namespace, if it is free. MINIT.
pub(crate) fn register_short_name() {
    if !class_exists(c"Pool") {
        names::yield_class(c"Pool", &REGISTRATION.class);
    }
}

/// The pool whose method is called. Throws in a process that the pool does not belong to.
fn this(call: &Call) -> Result<Object<Pool>, Thrown> {
    let pool: Object<Pool> = call.this().ok_or(Thrown)?;
    here(&pool)?;
    Ok(pool)
}

fn here(pool: &Pool) -> Result<(), Thrown> {
    if pool.group.is_here() {
        return Ok(());
    }
    Err(exceptions::throw(&Error::Misuse(
        "this pool belongs to the parent process: a task that needs one makes its own with Async\\Pool::create()",
    )))
}

/// Waits until all tasks of a pool have ended. PHP code may run.
///
/// # Errors
///
/// When the pool belongs to another process; as those of [`wait::pool`].
pub(crate) fn finish(pool: &Object<Pool>, patience: Option<Patience>) -> Result<(), Thrown> {
    here(pool)?;
    wait::pool(&pool.group, &pool.futures, patience)
}

/// The values of the tasks that have succeeded.
///
/// # Errors
///
/// The first failure.
pub(crate) fn values(pool: &Pool) -> Returned {
    let (values, failure) = pool.futures.outcomes();
    match failure {
        None => Ok(values.into_zval()),
        Some(throwable) => Err(exception::throw(&throwable)),
    }
}

fn none(call: &Call) -> Result<Object<Pool>, Thrown> {
    call.expect(0, Some(0))?;
    this(call)
}

fn create(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(Object::<Pool>::new().zval())
}

fn construct(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(Zval::new())
}

fn is_supported(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(boolean(support::supported()))
}

fn concurrency(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let limit = usize::try_from(call.long(0)?).ok().filter(|&limit| limit > 0);
    let limit = limit.ok_or_else(|| call.value_error(0, "must be greater than or equal to 1"))?;
    pool.group.ledger.change(|ledger| ledger.set_limit(limit));
    workers::shrink(&pool.group);
    start::pump(&pool.group);
    event_loop::leave();
    Ok(pool.zval())
}

fn timeout(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let seconds = call.optional_finite(0)?;
    if seconds.is_some_and(|seconds| seconds < 0.0) {
        return Err(call.value_error(0, "must be greater than or equal to 0"));
    }
    pool.group.timeout.set(seconds);
    workers::watch_items(&pool.group);
    event_loop::leave();
    Ok(pool.zval())
}

fn tasks_per_child(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let tasks = u64::try_from(call.long(0)?);
    let tasks = tasks.map_err(|_| call.value_error(0, "must be greater than or equal to 0"))?;
    set_stays(&pool, tasks != 1)?;
    let stay = pool.group.stay.get();
    pool.group.stay.set(Stay { tasks: Some(tasks).filter(|&tasks| tasks > 0), ..stay });
    Ok(pool.zval())
}

fn recycle(call: &Call) -> Returned {
    call.expect(0, Some(3))?;
    let pool = this(call)?;
    let tasks = call.optional_count(0)?;
    let age = match call.optional_finite(1)? {
        Some(seconds) if seconds <= 0.0 => {
            return Err(call.value_error(1, "must be greater than 0"));
        }
        seconds => seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    };
    let bytes = call.optional_count(2)?;
    set_stays(&pool, tasks != Some(1))?;
    pool.group.stay.set(Stay { tasks, age, bytes });
    Ok(pool.zval())
}

fn map_items(call: &Call) -> Returned {
    call.expect(2, Some(4))?;
    let pool = this(call)?;
    let ordered = call.bool_or_true(2)?;
    let stopped = pool.group.ledger.borrow().is_stopped();
    if !pool.group.stays.get() && !stopped {
        set_stays(&pool, true)?;
        pool.group.stays_for_maps.set(true);
    }
    // The workers of a previous map may be closing, and be needed again.
    pool.group.workers.borrow().iter().for_each(|workers| workers.reopen());
    map_iterator::over(call, pool.zval(), &pool.group, ordered)
}

/// Sets whether the pool uses warm workers or a child of its own for each task. Throws if tasks are queued or running.
fn set_stays(pool: &Pool, stays: bool) -> Result<(), Thrown> {
    if pool.group.stays.get() != stays && pool.group.has_tasks() {
        return Err(exceptions::throw(&Error::Misuse(if stays {
            "a pool cannot begin to use warm workers while tasks of it are queued, or run in children of their own: await it \
             first, or call tasksPerChild(0) before they are added"
        } else {
            "a pool cannot cease to use warm workers while tasks of it are queued or running: await it first"
        })));
    }
    pool.group.stays.set(stays);
    pool.group.stays_for_maps.set(false);
    if !stays {
        pool.group.kept.set(0);
        pool.group.close();
    }
    Ok(())
}

fn on_fork(call: &Call) -> Returned {
    let pool = this(call)?;
    let hook = hooks::hook(call)?;
    pool.group.hooks.push(hook);
    Ok(pool.zval())
}

fn on_exit(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    let exit = call.callable(0)?;
    pool.group.hooks.push(Rc::new(Hook { child: None, parent: None, exit: Some(exit) }));
    pool.group.has_exit_hooks.set(true);
    Ok(pool.zval())
}
