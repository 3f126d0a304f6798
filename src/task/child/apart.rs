//! Processes that go on when the script has ended: a task that is detached, and the script itself as a daemon.

use std::fs::File;
use std::io;
use std::io::{Read, Write};
use std::mem::ManuallyDrop;
use std::os::fd::OwnedFd;
use std::path::Path;

use ext_php_rs::types::Zval;
use nix::errno::Errno;
use nix::unistd::User;

use crate::error::Error;
use crate::process::child::{begin_apart, end};
use crate::process::daemon;
use crate::process::daemon::{NoPidFile, PidFile};
use crate::process::fork::{self, Apart};
use crate::process::handover::Daemon;
use crate::process::{child, clock, handover};
use crate::task::child::isolated;
use crate::task::life::future::describe;
use crate::task::life::locks;
use crate::task::life::state::state;
use crate::task::life::work::Work;
use crate::zend::handler::Thrown;
use crate::zend::request;
use crate::zend::request::Ran;
use crate::{exceptions, ini};

/// What the new process writes first when it is set up; its pid follows. Anything else is the code of a [`Refusal`], and its
/// text follows.
const SET_UP: u8 = 0;

/// Why there is no process that goes on.
struct Refusal {
    /// An exit code for it, as sysexits.h has them.
    code: u8,
    reason: String,
}

/// There is no such user. (`EX_NOUSER`)
const NO_USER: u8 = 67;
/// The system refuses. (`EX_OSERR`)
const NO_PROCESS: u8 = 71;
/// A file cannot be opened or written. (`EX_CANTCREAT`)
const NO_FILE: u8 = 73;
/// Another process has the pid file: there may be a time when none has. (`EX_TEMPFAIL`)
const TAKEN: u8 = 75;
/// The process cannot become that user. (`EX_NOPERM`)
const NO_RIGHTS: u8 = 77;

impl Refusal {
    fn new(code: u8, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

fn refuse(refusal: Refusal) -> Thrown {
    exceptions::throw(&Error::NoDaemon { reason: refusal.reason, code: refusal.code.into() })
}

/// The pid of the new process, once it is set up.
fn hear(pipe: OwnedFd) -> Result<i32, Refusal> {
    let mut message = Vec::new();
    // At worst there is no message.
    let _ = File::from(pipe).read_to_end(&mut message);
    match message.split_first() {
        Some((&SET_UP, pid)) => {
            let pid = pid.try_into().map(i32::from_ne_bytes);
            pid.map_err(|_| Refusal::new(NO_PROCESS, "its process has sent something that is no pid"))
        }
        Some((&code, reason)) => Err(Refusal::new(code, String::from_utf8_lossy(reason))),
        None => Err(Refusal::new(NO_PROCESS, "its process has ended before it was set up")),
    }
}

fn say(pipe: OwnedFd, set_up: &Result<(), Refusal>) {
    let pid = child::id().to_ne_bytes();
    let _ = match set_up {
        Ok(()) => File::from(pipe).write_all(&[&[SET_UP][..], &pid].concat()),
        Err(Refusal { code, reason }) => {
            File::from(pipe).write_all(&[&[*code][..], reason.as_bytes()].concat())
        }
    };
}

/// Runs `work` in a process that outlives this one. Its pid. What it prints goes to `log`, if there is one. Re-enters PHP
/// there.
///
/// # Errors
///
/// When the log cannot be opened, or the kernel refuses a process.
pub(crate) fn detach(work: &Work, log: Option<&Path>) -> Result<i32, Thrown> {
    let streams = daemon::open_log(log, None);
    let streams = streams.map_err(|error| refuse(no_log(log, &error)))?;
    let hooks = state().hooks.borrow().clone();
    request::expect_child();
    match fork::apart().map_err(|refused| exceptions::throw(&Error::NoWorkers { refused }))? {
        Apart::Parent(pipe) => hear(pipe).map_err(refuse),
        Apart::Child(pipe, blocked) => {
            // They are unblocked when they are what they are to be.
            std::mem::forget(blocked);
            fork::noticed();
            begin_apart();
            state().leave_behind(true);
            let set_up = daemon::put_streams(&streams).map_err(|error| no_streams(&error));
            say(pipe, &set_up);
            if set_up.is_err() {
                end(255);
            }
            request::begin_child(ini::reseed());
            let own = state().owner.get();
            let ran = request::protect(|| {
                isolated::prepare(&hooks)?;
                // Not released: what only the closure refers to has its destructor in the parent.
                isolated::call(&ManuallyDrop::new(work))
            });
            if state().owner.get() == own {
                complain(&ran);
            }
            isolated::wind_up();
            locks::abandon_all_but(0);
            end(isolated::exit_code(&ran))
        }
    }
}

/// Nobody awaits what a detached task throws: it is written to its log.
fn complain(ran: &Ran<Zval>) {
    let text = match ran {
        Ran::Returned(_) | Ran::Exited(_) => return,
        Ran::Threw(throwable) => match request::protect(|| Ok(describe(throwable))) {
            Ran::Returned(text) => format!("Uncaught {text}"),
            _ => "Uncaught exception".to_owned(),
        },
        Ran::Fatal(error) => format!("{} in {}:{}", error.message, error.file, error.line),
        Ran::Panicked(message) => message.clone(),
    };
    let line = format!("[{}] detached task {}: {text}\n", clock::stamp(), child::id());
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// What a daemon is to be.
#[derive(Debug)]
pub(crate) struct Plan<'p> {
    /// A file that has its pid, and that only one process can have.
    pub(crate) pid_file: Option<&'p Path>,
    /// Where its output goes.
    pub(crate) log: Option<&'p Path>,
    /// The user that it becomes.
    pub(crate) user: Option<&'p str>,
    /// Its file creation mask.
    pub(crate) umask: u32,
}

/// Goes on as a daemon: when this returns it is in the new process. The one that has called it ends, with the exit code 0,
/// when the new one is set up.
///
/// # Errors
///
/// When it cannot be; then this process goes on.
pub(crate) fn daemonize(plan: &Plan<'_>) -> Result<(), Thrown> {
    if state().is_child.get() {
        return Err(exceptions::throw(&Error::Misuse(
            "a task cannot become a daemon: daemonize() is for the script itself",
        )));
    }
    if !state().workers.borrow().is_empty() {
        return Err(exceptions::throw(&Error::Misuse(
            "a script cannot become a daemon while it has children: they would be left without it; call daemonize() first",
        )));
    }
    if handover::is_rehearsal() {
        daemon::set_umask(plan.umask);
        leave_folder();
        return Ok(());
    }
    if let Some(kept) = handover::daemon() {
        return go_on(plan, kept);
    }
    let user = match plan.user {
        Some(name) => Some(user(name).map_err(refuse)?),
        None => None,
    };
    let log = daemon::open_log(plan.log, user.as_ref());
    let log = log.map_err(|error| refuse(no_log(plan.log, &error)))?;
    let mut pid_file = match plan.pid_file {
        Some(path) => Some(PidFile::lock(path).map_err(|error| refuse(no_pid_file(path, &error)))?),
        None => None,
    };
    match fork::apart().map_err(|refused| exceptions::throw(&Error::NoWorkers { refused }))? {
        Apart::Parent(pipe) => {
            hear(pipe).map_err(refuse)?;
            // What is buffered is printed by the new process, which goes on with all that this one had begun.
            end(0)
        }
        Apart::Child(pipe, blocked) => {
            let set_up = set_up(plan, &log, user.as_ref(), pid_file.as_mut());
            say(pipe, &set_up);
            if set_up.is_err() {
                end(255);
            }
            // Only now: to ask for the state leaves behind what was the other process's, and that includes pid files.
            state().pid_file.replace(pid_file);
            if let Some(path) = plan.log {
                daemon::reopen_at_signal(path);
            }
            request::forked();
            drop(blocked);
            Ok(())
        }
    }
}

/// The program before this one in the same process was a daemon, and has handed that over.
fn go_on(plan: &Plan<'_>, kept: Daemon) -> Result<(), Thrown> {
    daemon::set_umask(plan.umask);
    leave_folder();
    let kept = kept.pid_file.map(|(path, file)| PidFile::of(path, file));
    let (same, other) = match kept {
        Some(file) if plan.pid_file == Some(file.place().0) => (Some(file), None),
        other => (None, other),
    };
    let pid_file = match (same, plan.pid_file) {
        (Some(file), _) => Some(file),
        (None, None) => None,
        (None, Some(path)) => {
            let mut file = PidFile::lock(path).map_err(|error| refuse(no_pid_file(path, &error)))?;
            file.fill(None).map_err(|error| refuse(not_filled(&error)))?;
            Some(file)
        }
    };
    state().pid_file.replace(pid_file);
    if let Some(file) = other {
        file.remove();
    }
    if let Some(name) = plan.user {
        let user = user(name).map_err(refuse)?;
        daemon::become_user(&user).map_err(|errno| refuse(no_rights(&user, errno)))?;
    }
    if let Some(path) = plan.log {
        daemon::reopen_at_signal(path);
        daemon::reopen();
    }
    Ok(())
}

fn set_up(
    plan: &Plan<'_>,
    log: &OwnedFd,
    user: Option<&User>,
    pid_file: Option<&mut PidFile>,
) -> Result<(), Refusal> {
    daemon::set_umask(plan.umask);
    leave_folder();
    if let Some(file) = pid_file {
        file.fill(user).map_err(|error| not_filled(&error))?;
    }
    if let Some(user) = user {
        daemon::become_user(user).map_err(|errno| no_rights(user, errno))?;
    }
    // The last step: until then the terminal is there for what goes wrong.
    daemon::put_streams(log).map_err(|error| no_streams(&error))
}

fn user(name: &str) -> Result<User, Refusal> {
    daemon::user(name).map_err(|reason| Refusal::new(NO_USER, format!("user {name}: {reason}")))
}

fn no_rights(user: &User, errno: Errno) -> Refusal {
    Refusal::new(NO_RIGHTS, format!("user {}: {}", user.name, errno.desc()))
}

fn not_filled(error: &io::Error) -> Refusal {
    Refusal::new(NO_FILE, format!("the pid file cannot be written: {error}"))
}

fn no_streams(error: &io::Error) -> Refusal {
    Refusal::new(NO_FILE, error.to_string())
}

fn no_log(log: Option<&Path>, error: &io::Error) -> Refusal {
    let path = log.unwrap_or_else(|| Path::new("/dev/null"));
    Refusal::new(NO_FILE, format!("the log {} cannot be opened: {error}", path.display()))
}

fn no_pid_file(path: &Path, error: &NoPidFile) -> Refusal {
    let path = path.display();
    match error {
        NoPidFile::Taken(pid) if pid.is_empty() => {
            Refusal::new(TAKEN, format!("the pid file {path} belongs to a process that runs"))
        }
        NoPidFile::Taken(pid) => {
            Refusal::new(TAKEN, format!("the pid file {path} belongs to process {pid}, which runs"))
        }
        NoPidFile::Refused(error) => {
            Refusal::new(NO_FILE, format!("the pid file {path} cannot be opened: {error}"))
        }
    }
}

/// The folder that this was started in can be taken away from now on.
fn leave_folder() {
    daemon::leave_folder();
    request::leave_folder();
}
