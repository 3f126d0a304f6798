//! `Async\detach()` and `Async\daemonize()`: processes that go on when the script has ended.

use std::path::PathBuf;

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::exceptions;
use crate::php::task;
use crate::task::child::apart;
use crate::task::child::apart::Plan;
use crate::task::life::support;
use crate::task::life::work::Work;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::{request, string};

/// The functions.
pub(crate) static FUNCTIONS: [Function; 2] = [
    Function::new("Async\\detach", "Async\\Task|callable $task, ?string $log = null", "int", entry(detach))
        .flags(0),
    Function::new(
        "Async\\daemonize",
        "?string $pidFile = null, ?string $log = null, ?string $user = null, int $umask = 18",
        "void",
        entry(daemonize),
    )
    .flags(0),
];

/// Parses a path. A daemon has another working directory.
fn path(call: &Call, index: u32) -> Result<Option<PathBuf>, Thrown> {
    let text = call.optional_string(index)?.map(string::lossy);
    if text.as_ref().is_some_and(String::is_empty) {
        return Err(call.value_error(index, "must not be empty"));
    }
    let whole = |text: &str| std::path::absolute(request::folder()?.join(text)).ok();
    Ok(text.map(|text| whole(&text).unwrap_or_else(|| text.into())))
}

fn ensure_processes() -> Result<(), Thrown> {
    support::ensure()?;
    if !support::supported() {
        return Err(exceptions::throw(&Error::Misuse(
            "this needs a process of its own, and this server API shares its processes",
        )));
    }
    Ok(())
}

fn detach(call: &Call) -> Returned {
    call.expect(1, Some(2))?;
    ensure_processes()?;
    let work = match call.arg(0) {
        Some(task) if task::is_task(task) => Work::Task(task.shallow_clone()),
        _ => Work::call(call.callable_of(0, c"Async\\Task|callable")?, Vec::new(), None),
    };
    let log = path(call, 1)?;
    let mut pid = Zval::new();
    pid.set_long(apart::detach(&work, log.as_deref())?);
    Ok(pid)
}

fn daemonize(call: &Call) -> Returned {
    call.expect(0, Some(4))?;
    ensure_processes()?;
    let (pid_file, log) = (path(call, 0)?, path(call, 1)?);
    let user = call.optional_string(2)?.map(string::lossy);
    let umask = if call.arg(3).is_some() { call.long(3)? } else { 0o022 };
    let umask = u32::try_from(umask).ok().filter(|&umask| umask <= 0o777);
    let umask = umask.ok_or_else(|| call.value_error(3, "must be between 0 and 0777"))?;
    let plan = Plan { pid_file: pid_file.as_deref(), log: log.as_deref(), user: user.as_deref(), umask };
    apart::daemonize(&plan)?;
    Ok(Zval::new())
}
