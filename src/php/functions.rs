//! The functions of the extension: `async`, `await`, `settle`, `onFork`, `cpus`, `lost`; `map` and those of `combine` are
//! in their own files.

use ext_php_rs::types::Zval;

use crate::php::future::patience;
use crate::php::pool;
use crate::php::pool::Pool;
use crate::php::{awaited, combine, hooks, map_iterator, task};
use crate::process::cpus;
use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::work::Work;
use crate::task::life::{support, surfacing};
use crate::task::parent::{event_loop, start, wait};
use crate::zend::array::{Array, entries};
use crate::zend::class::{Function, function_exists, register_functions};
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::object::{Native, Object};
use crate::zend::{names, throwable};

const ASYNC: (&str, &str) = ("Async\\Task|callable $task, mixed ...$args", "Async\\Future");
const AWAIT: (&str, &str) =
    ("Async\\Future|Async\\Pool|Traversable|array $what, ?float $timeout = null", "mixed");
const SOME: (&str, &str) = ("Traversable|array $futures, ?float $timeout = null", "mixed");

/// The functions in the namespace `Async`.
pub(crate) static NAMESPACED: [Function; 10] = [
    Function::new("Async\\async", ASYNC.0, ASYNC.1, entry(make)).flags(0),
    Function::new("Async\\await", AWAIT.0, AWAIT.1, entry(await_any)).flags(0),
    Function::new("Async\\any", SOME.0, SOME.1, entry(combine::any)).flags(0),
    Function::new("Async\\race", SOME.0, SOME.1, entry(combine::race)).flags(0),
    Function::new(
        "Async\\select",
        "Traversable|array $what, ?float $timeout = null",
        "array",
        entry(combine::select),
    )
    .flags(0),
    Function::new("Async\\settle", "Async\\Pool|Traversable|array $futures", "array", entry(settle)).flags(0),
    Function::new(
        "Async\\onFork",
        "?callable $child = null, ?callable $parent = null",
        "void",
        entry(hooks::on_fork),
    )
    .flags(0),
    Function::new("Async\\cpus", "", "int", entry(usable_cpus)).flags(0),
    Function::new("Async\\lost", "Throwable $throwable", "array", entry(lost)).flags(0),
    Function::new(
        "Async\\map",
        "Traversable|array $items, callable $fn, ?int $concurrency = null, ?callable $catch = null",
        "array",
        entry(map_iterator::all),
    )
    .flags(0),
];

/// Registers `async` and `await` in the global namespace too, if these names are free. They give way when the script
/// declares functions of the same names. MINIT.
pub(crate) fn register_short_names() {
    let functions = [
        (c"async", Function::new("async", ASYNC.0, ASYNC.1, entry(make))),
        (c"await", Function::new("await", AWAIT.0, AWAIT.1, entry(await_any))),
    ];
    for (name, function) in functions {
        if !function_exists(name) && register_functions(&[function.flags(0)]) {
            names::yield_function(name);
        }
    }
}

fn make(call: &Call) -> Returned {
    call.expect(1, None)?;
    support::ensure()?;
    let work = match call.arg(0) {
        Some(task) if task::is_task(task) => {
            if call.count() > 1 {
                return Err(call.value_error(
                    0,
                    "must be a callable when arguments are given, Async\\Task::run() takes none",
                ));
            }
            Work::Task(task.shallow_clone())
        }
        _ => {
            let callable = call.callable_of(0, c"Async\\Task|callable")?;
            let args =
                (1..call.count()).filter_map(|index| call.arg(index)).map(Zval::shallow_clone).collect();
            Work::call(callable, args, named(call))
        }
    };
    let future = Object::<Future>::new();
    future.work.set(Some(work));
    // If there are pools, and the caller passes the future on, it may add it to one of them: then it is not queued here
    // in the default group.
    if state().pools.get() == 0 || call.is_kept(&Future::registration().class, &Pool::registration().class) {
        start::enqueue(&Group::default_group(), &future);
        event_loop::leave();
    }
    Ok(future.zval())
}

fn named(call: &Call) -> Option<Zval> {
    let mut array = Array::new();
    for (key, value) in entries(call.named()?) {
        array.set(&key, value);
    }
    Some(array.into_zval())
}

fn await_any(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    let patience = patience(call, 1)?;
    let Some(what) = call.arg(0) else {
        return Err(Thrown);
    };
    if let Some(future) = Object::<Future>::from_zval(what) {
        return wait::one(&future, patience);
    }
    if let Some(pool) = Object::<Pool>::from_zval(what) {
        pool::finish(&pool, patience)?;
        return pool::values(&pool);
    }
    let all = awaited::nested(call, c"Async\\Future|Async\\Pool|iterable")?;
    awaited::finish(&all, patience)?;
    awaited::values(&all)
}

fn settle(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let Some(what) = call.arg(0) else {
        return Err(Thrown);
    };
    if let Some(pool) = Object::<Pool>::from_zval(what) {
        surfacing::kept_during(|| {
            pool::finish(&pool, None)?;
            let futures: Vec<_> = pool.futures.all().into_iter().map(|(_, future)| future).collect();
            wait::all(&futures, None)
        })?;
        return Ok(awaited::pool_handles(&pool));
    }
    let all = awaited::nested(call, c"Async\\Pool|iterable")?;
    surfacing::kept_during(|| awaited::finish(&all, None))?;
    Ok(awaited::handles(&all))
}

/// `Async\lost()`: the values that a throwable from a child has lost on its way.
fn lost(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let object = call.arg(0).and_then(throwable::object);
    object.map(throwable::lost::of).ok_or_else(|| call.type_error(0, c"Throwable"))
}

fn usable_cpus(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    let mut count = Zval::new();
    count.set_long(i64::try_from(cpus::usable()).unwrap_or(i64::MAX));
    Ok(count)
}
