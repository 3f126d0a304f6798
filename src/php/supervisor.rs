//! `Async\Supervisor`, which keeps workers up, and `Async\Restart`, which says which of them are started again.

use std::ffi::CStr;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::exceptions;
use crate::php::task;
use crate::pool::restart::{Restart, When};
use crate::process::cpus;
use crate::supervisor::assignment::Bootstrap;
use crate::supervisor::object::{Kind, Metrics, Recycle, Supervisor};
use crate::supervisor::{metrics, run};
use crate::task::life::support;
use crate::task::life::work::Work;
use crate::zend::class::{Class, Function, register_functions};
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::object::Object;
use crate::zend::{object, string};

static RESTART: Class = Class::new();

const CASES: [(&CStr, When); 3] =
    [(c"OnFailure", When::OnFailure), (c"Always", When::Always), (c"Never", When::Never)];

/// The kind of the callable that `run()` is given.
const UNNAMED: &str = "worker";

static FUNCTIONS: [Function; 1] =
    [Function::new("Async\\metrics", "", "string", entry(all_metrics)).flags(0)];

/// Registers the classes, and the function. MINIT.
pub(crate) fn register() {
    RESTART.register_enum(c"Async\\Restart", &CASES.map(|(name, _)| name));
    register_functions(&FUNCTIONS);
    object::register::<Supervisor>(&[
        Function::new("create", "", "self", entry(create)).fixed(),
        Function::new("__construct", "", "", entry(construct)),
        Function::new("workers", "string|int $workers", "self", entry(workers)),
        Function::new(
            "add",
            "string $name, Async\\Task|callable $worker, string|int $workers = 1",
            "self",
            entry(add),
        ),
        Function::new("bootstrap", "callable|string $bootstrap", "self", entry(bootstrap)),
        Function::new(
            "restart",
            "Async\\Restart $restart, float $backoff = 1.0, float $maxBackoff = 30.0, ?int $limit = null, float $within = 60.0, float $jitter = 0.2",
            "self",
            entry(restart),
        ),
        Function::new(
            "recycle",
            "?int $jobs = null, ?float $seconds = null, ?int $bytes = null, bool $overlap = false",
            "self",
            entry(recycle),
        ),
        Function::new("grace", "float $seconds", "self", entry(grace)),
        Function::new("heartbeat", "?float $seconds", "self", entry(heartbeat)),
        Function::new("health", "?string $path", "self", entry(health)),
        Function::new("metrics", "?string $where", "self", entry(metrics)),
        Function::new("onEvent", "?callable $fn", "self", entry(on_event)),
        Function::new("scale", "string $name, int $workers", "self", entry(scale)),
        Function::new("run", "Async\\Task|callable|null $worker = null", "int", entry(run)),
    ]);
}

fn this(call: &Call) -> Result<Object<Supervisor>, Thrown> {
    call.this().ok_or(Thrown)
}

/// The supervisor whose method is called. Throws in a worker, which has a copy of it.
fn here(call: &Call) -> Result<Object<Supervisor>, Thrown> {
    let supervisor = this(call)?;
    if supervisor.runs.get() && !run::runs_here() {
        return Err(exceptions::throw(&Error::Misuse(
            "this supervisor belongs to the parent process: a worker cannot change it",
        )));
    }
    Ok(supervisor)
}

/// The supervisor whose method is called. Throws while it runs.
fn at_rest(call: &Call) -> Result<Object<Supervisor>, Thrown> {
    let supervisor = this(call)?;
    if supervisor.runs.get() {
        return Err(exceptions::throw(&Error::Misuse(
            "a supervisor that runs, here or in a parent process, cannot be run again or changed, but for scale() and onEvent()",
        )));
    }
    Ok(supervisor)
}

fn create(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(Object::<Supervisor>::new().zval())
}

fn construct(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(Zval::new())
}

/// How many workers an argument says: a number, or a share of the usable CPUs.
fn count(call: &Call, index: u32) -> Result<usize, Thrown> {
    let text = match call.arg(index) {
        Some(value) if value.is_string() => value.zend_str().map(string::lossy).unwrap_or_default(),
        Some(value) if value.is_long() || value.is_bool() || value.is_double() => {
            call.long(index)?.to_string()
        }
        _ => return Err(call.type_error(index, c"string|int")),
    };
    workers_in(&text, cpus::usable()).ok_or_else(|| {
        call.value_error(
            index,
            "must be a number of workers greater than 0, or a share of the usable CPUs such as \"75%\"",
        )
    })
}

/// A share is rounded down, but there is at least one worker.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a positive number; one too large for a machine is the largest number"
)]
fn workers_in(text: &str, cpus: usize) -> Option<usize> {
    let Some(share) = text.trim().strip_suffix('%') else {
        return text.trim().parse().ok().filter(|&count| count > 0);
    };
    let is_number = share.chars().all(|char| char.is_ascii_digit() || char == '.');
    let share: f64 = share.parse().ok().filter(|&share| is_number && share > 0.0)?;
    Some(((cpus as f64 * share / 100.0).floor() as usize).max(1))
}

fn workers(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let supervisor = at_rest(call)?;
    supervisor.workers.set(count(call, 0)?);
    Ok(supervisor.zval())
}

fn work(call: &Call, index: u32, expected: &CStr) -> Result<Work, Thrown> {
    match call.arg(index) {
        Some(task) if task::is_task(task) => Ok(Work::Task(task.shallow_clone())),
        _ => Ok(Work::call(call.callable_of(index, expected)?, Vec::new(), None)),
    }
}

fn name(call: &Call) -> Result<String, Thrown> {
    if call.arg(0).is_some_and(Zval::is_null) {
        return Err(call.type_error(0, c"string"));
    }
    Ok(call.optional_string(0)?.map(string::lossy).unwrap_or_default())
}

fn add(call: &Call) -> Returned {
    call.expect(2, Some(3))?;
    let supervisor = at_rest(call)?;
    let name = name(call)?;
    if name.is_empty() {
        return Err(call.value_error(0, "must not be empty"));
    }
    if supervisor.kind(&name).is_some() {
        return Err(call.value_error(0, "must be a name that no other worker has"));
    }
    let work = work(call, 1, c"Async\\Task|callable")?;
    let wanted = if call.arg(2).is_some() { count(call, 2)? } else { 1 };
    supervisor.kinds.push(Rc::new(Kind::new(name, work, wanted)));
    Ok(supervisor.zval())
}

fn bootstrap(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let supervisor = at_rest(call)?;
    let text = call.arg(0).and_then(|value| value.zend_str()).map(string::lossy);
    // Later the script may be in another directory.
    let file = text.as_ref().map(PathBuf::from).filter(|path| path.is_file()).map(|path| path.canonicalize());
    let bootstrap = match file {
        Some(Ok(path)) => Bootstrap::File(path.to_string_lossy().into_owned()),
        _ if let Some(path) = text.filter(|text| text.contains('/')) => {
            return Err(call.type_error_saying(
                0,
                &format!("must be a valid callback or a file, there is no file \"{path}\""),
            ));
        }
        _ => Bootstrap::Call(call.callable_saying(0, "must be a valid callback or a file")?),
    };
    supervisor.bootstrap.set(Some(Rc::new(bootstrap)));
    Ok(supervisor.zval())
}

fn seconds(call: &Call, index: u32, default: Duration) -> Result<Duration, Thrown> {
    if call.arg(index).is_none() {
        return Ok(default);
    }
    match call.double(index)? {
        seconds if !seconds.is_finite() => Err(call.value_error(index, "must be finite")),
        seconds if seconds < 0.0 => Err(call.value_error(index, "must be greater than or equal to 0")),
        seconds => Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)),
    }
}

fn restart(call: &Call) -> Returned {
    call.expect(1, Some(6))?;
    let supervisor = at_rest(call)?;
    let when = call.case(0, c"Async\\Restart", &RESTART, &CASES)?;
    let default = Restart::default();
    let backoff = seconds(call, 1, default.backoff)?;
    let most = seconds(call, 2, default.most)?;
    let limit = call.optional_count(3)?;
    let within = seconds(call, 4, default.within)?;
    let jitter = if call.arg(5).is_some() { call.double(5)? } else { default.jitter };
    if !(0.0..=1.0).contains(&jitter) {
        return Err(call.value_error(5, "must be between 0 and 1"));
    }
    supervisor.settings.borrow_mut().restart = Restart { when, backoff, most, jitter, limit, within };
    Ok(supervisor.zval())
}

fn recycle(call: &Call) -> Returned {
    call.expect(0, Some(4))?;
    let supervisor = at_rest(call)?;
    let jobs = call.optional_count(0)?;
    let age = positive(call, 1)?;
    let bytes = call.optional_count(2)?;
    let overlap = call.arg(3).is_some() && call.bool_or_true(3)?;
    supervisor.settings.borrow_mut().recycle = Recycle { jobs, age, bytes, overlap };
    Ok(supervisor.zval())
}

fn positive(call: &Call, index: u32) -> Result<Option<Duration>, Thrown> {
    match call.optional_finite(index)? {
        Some(seconds) if seconds <= 0.0 => Err(call.value_error(index, "must be greater than 0")),
        seconds => Ok(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())),
    }
}

fn grace(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let supervisor = at_rest(call)?;
    let grace = seconds(call, 0, Duration::ZERO)?;
    supervisor.settings.borrow_mut().grace = grace;
    Ok(supervisor.zval())
}

fn heartbeat(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let supervisor = at_rest(call)?;
    let heartbeat = positive(call, 0)?;
    supervisor.settings.borrow_mut().heartbeat = heartbeat;
    Ok(supervisor.zval())
}

fn health(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let supervisor = at_rest(call)?;
    let path = call.optional_string(0)?.map(string::lossy);
    if path.as_ref().is_some_and(String::is_empty) {
        return Err(call.value_error(0, "must not be empty"));
    }
    supervisor.settings.borrow_mut().health = path.as_deref().map(absolute);
    Ok(supervisor.zval())
}

fn metrics(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let supervisor = at_rest(call)?;
    let place = match call.optional_string(0)?.map(string::lossy) {
        Some(text) => Some(metrics_at(&text).map_err(|message| call.value_error(0, message))?),
        None => None,
    };
    supervisor.settings.borrow_mut().metrics = place;
    Ok(supervisor.zval())
}

const NO_PLACE: &str = "must be a path, or an address and a port such as \"127.0.0.1:9464\"";

/// A path, or an address of this machine that nobody reaches from outside: what is shown there is for nobody else.
fn metrics_at(text: &str) -> Result<Metrics, &'static str> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(Metrics::Address(address)),
        Ok(_) => Err("must be an address of the loopback interface, such as \"127.0.0.1:9464\""),
        Err(_) if text.is_empty() => Err("must not be empty"),
        // Somebody has meant an address.
        Err(_) if text.parse::<IpAddr>().is_ok() => Err(NO_PLACE),
        Err(_)
            if !text.contains('/')
                && text.rsplit(':').next().is_some_and(|port| port.parse::<u32>().is_ok()) =>
        {
            Err(NO_PLACE)
        }
        Err(_) => Ok(Metrics::File(absolute(text))),
    }
}

/// Later the script may be in another directory.
fn absolute(path: &str) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.into())
}

/// `Async\metrics()`.
fn all_metrics(call: &Call) -> Returned {
    call.expect(0, Some(0))?;
    Ok(string::zval(metrics::text()))
}

fn on_event(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let supervisor = here(call)?;
    supervisor.on_event.set(call.optional_callable(0)?.map(Rc::new));
    Ok(supervisor.zval())
}

fn scale(call: &Call) -> Returned {
    call.expect(2, Some(2))?;
    let supervisor = here(call)?;
    let name = name(call)?;
    let workers = usize::try_from(call.long(1)?);
    let workers = workers.map_err(|_| call.value_error(1, "must be greater than or equal to 0"))?;
    let kind = supervisor.kind(&name);
    kind.ok_or_else(|| call.value_error(0, "must be the name of a worker"))?.wanted.set(workers);
    Ok(supervisor.zval())
}

fn run(call: &Call) -> Returned {
    call.expect(0, Some(1))?;
    let supervisor = at_rest(call)?;
    support::ensure()?;
    if support::in_line() {
        return Err(exceptions::throw(&Error::Misuse(
            "a supervisor needs processes, and async.mode=sync, or async.unsupported=sync, says that there are none",
        )));
    }
    if call.arg(0).is_some_and(|worker| !worker.is_null()) {
        if supervisor.kind(UNNAMED).is_some() {
            return Err(call.value_error(0, "must be null: there is a worker of the name \"worker\" already"));
        }
        let (work, wanted) = (work(call, 0, c"Async\\Task|callable|null")?, supervisor.workers.get());
        supervisor.kinds.push(Rc::new(Kind::new(UNNAMED.to_owned(), work, wanted)));
    }
    if supervisor.kinds.borrow().is_empty() {
        return Err(exceptions::throw(&Error::Misuse(
            "a supervisor needs workers: give one to run(), or add() some before",
        )));
    }
    let mut code = Zval::new();
    code.set_long(i64::from(run::run(&supervisor)?));
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::workers_in;

    #[test]
    fn workers_are_a_number_or_a_share_of_the_cpus() {
        for (text, count) in
            [("32", 32), (" 3 ", 3), ("75%", 3), ("200%", 8), ("10%", 1), ("37.5%", 1), ("100%", 4)]
        {
            assert_eq!(workers_in(text, 4), Some(count), "{text}");
        }
        for wrong in ["0", "-1", "0%", "-5%", "%", "", "many", "1.5", "1e2%", "NaN%", "inf%"] {
            assert_eq!(workers_in(wrong, 4), None, "{wrong}");
        }
        assert_eq!(workers_in("75%", 1), Some(1), "at least one, also of a quarter of a CPU");
    }
}
