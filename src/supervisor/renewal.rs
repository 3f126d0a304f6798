//! A supervisor whose own code has changed takes that on by executing itself again. Runs in the parent.
//!
//! ```text
//! SIGHUP -> changed? -> rehearsal: a child runs the new program as far as run()   -- fails -> all stays as it is
//!                                    | comes so far
//!           execve() <---------------'                                            -- fails -> all stays as it is
//!             | same process, same children: handed over are their pipes, the socket for metrics, the pid file
//!           run() of the new program: they are its workers, and are replaced one by one
//! ```
//!
//! A worker holds its pipe to know that it has a parent. What is not handed over is the memory in which workers show
//! what they do: until they are replaced, the new supervisor knows of the old ones only whether they live.

use std::collections::BTreeMap;
use std::ffi::{CString, OsStr};
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use ext_php_rs::types::Zval;

use crate::process::handover::{self, Bequest, Command, Heritage};
use crate::process::signals::Held;
use crate::process::{child, daemon};
use crate::supervisor::end::End;
use crate::supervisor::event::{Event, Level, print};
use crate::supervisor::object::Kind;
use crate::supervisor::run::Run;
use crate::supervisor::signals;
use crate::supervisor::unit::{Running, State, Unit, Why};
use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::task::life::surfacing;
use crate::task::life::work::{Program, Work};
use crate::task::parent::start;
use crate::task::workers::{ending, outcome};
use crate::zend::callable;
use crate::zend::handler::Returned;
use crate::zend::object::Object;
use crate::zend::string;

/// How long a rehearsal may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may be that children have ended and are still to be taken note of, before a supervisor executes itself.
const TRIES: u32 = 500;

/// What a file was when it was loaded: its number, size and time. `None` if there was none.
type Stamp = Option<(u64, u64, i64, i64)>;

fn stamp(path: &Path) -> Stamp {
    let of = fs::metadata(path).ok()?;
    Some((of.ino(), of.size(), of.mtime(), of.mtime_nsec()))
}

/// The program that this process runs: how it was started, and the code that it has loaded.
#[derive(Debug)]
pub(super) struct Image {
    command: Command,
    /// The script as it was named, and the file that this was: a link may lead to another release by now.
    script: (PathBuf, PathBuf),
    files: BTreeMap<PathBuf, Stamp>,
}

impl Image {
    /// What is known when a supervisor begins to run. `None` if the process does not say any more how it was started,
    /// as its title was changed, or if its script is in no file. Re-enters PHP.
    pub(super) fn new() -> Option<Self> {
        let program = fs::read_link("/proc/self/exe").ok()?;
        let line = fs::read("/proc/self/cmdline").ok()?;
        let words = line.strip_suffix(&[0])?.split(|&byte| byte == 0);
        let arguments: Vec<_> = words.filter_map(|word| CString::new(word).ok()).collect();
        let folder =
            daemon::started_in().map_or_else(|| std::env::current_dir().ok(), |path| Some(path.into()))?;
        let loaded = callable::included_files();
        let script = arguments.iter().skip(1).find_map(|word| {
            let named = folder.join(OsStr::from_bytes(word.as_bytes()));
            let found = named.canonicalize().ok()?;
            loaded.contains(&found).then_some((named, found))
        })?;
        let files = loaded.into_iter().chain([program.clone()]);
        let files = files.map(|path| (path.clone(), stamp(path.as_path()))).collect();
        let program = CString::new(program.into_os_string().into_vec()).ok()?;
        Some(Self { command: Command { program, arguments, folder }, script, files })
    }

    /// What has changed since, if something has.
    fn changed(&self) -> Option<&Path> {
        let (named, found) = &self.script;
        if named.canonicalize().ok().as_ref() != Some(found) {
            return Some(named);
        }
        self.files.iter().find_map(|(path, before)| (stamp(path) != *before).then_some(path.as_path()))
    }
}

/// The new program, in a child, as far as `run()`.
#[derive(Debug)]
struct Attempt {
    image: Rc<Image>,
    list: Rc<File>,
}

impl Program for Attempt {
    fn run(&self) -> Returned {
        let errno = handover::rehearse(&self.image.command, &self.list);
        print(&format!("{}: {}", self.image.command.program.to_string_lossy(), errno.desc()));
        child::end(126)
    }
}

/// How far it is.
#[derive(Debug)]
pub(super) struct Rehearsal {
    future: Object<Future>,
    list: Rc<File>,
    /// It has come so far; how often nothing could be handed over since.
    passed: Option<u32>,
}

/// What is left of a kind that the new program does not have.
#[derive(Debug)]
struct Nothing;

impl Program for Nothing {
    fn run(&self) -> Returned {
        Ok(Zval::new())
    }
}

impl Run<'_> {
    /// All workers are to be replaced; and this program, too, if its code has changed.
    pub(super) fn reload(&mut self) {
        if self.code.is_some() || self.rehearsal.is_some() {
            return;
        }
        let Some(image) = self.image.clone() else {
            return self.begin_roll();
        };
        let Some(changed) = image.changed() else {
            return self.begin_roll();
        };
        let text = format!("{} has changed: the new program is tried", changed.display());
        let path = changed.to_string_lossy().into_owned();
        self.note(Event::new(Level::Notice, "reloading", text).text("path", &path));
        if let Some(service) = &self.outside.service {
            service.reloading();
        }
        let list = match handover::rehearsal() {
            Ok(list) => Rc::new(list),
            Err(error) => return self.stay(&error.to_string()),
        };
        let future = Object::<Future>::new();
        let attempt = Attempt { image, list: Rc::clone(&list) };
        future.work.set(Some(Work::Program(Rc::new(attempt))));
        future.key.set(string::zval("rehearsal"));
        future.observed.set(true);
        self.rehearsal = Some(Rehearsal { future: future.clone(), list, passed: None });
        start::enqueue(&self.group, &future);
        ending::kill_after(future.id.get(), PATIENCE);
        surfacing::keep_pending();
    }

    /// Goes on with that. Returns only if this program stays.
    pub(super) fn renew(&mut self) {
        let Some(mut rehearsal) = self.rehearsal.take() else {
            return;
        };
        if self.code.is_some() {
            ending::kill(rehearsal.future.id.get());
            surfacing::release(rehearsal.future);
            return;
        }
        let is_over = rehearsal.future.has_ended() && !state().is_isolated(rehearsal.future.id.get());
        if !is_over {
            self.rehearsal = Some(rehearsal);
            return;
        }
        let tries = match rehearsal.passed {
            Some(tries) => tries,
            None if handover::has_reached(&rehearsal.list) => 0,
            None => {
                let _ = outcome::settle(&rehearsal.future);
                let end = End::of(&rehearsal.future);
                let how = match &end {
                    Some(End::Failed { text, .. }) => text.clone(),
                    _ => "it has ended before".to_owned(),
                };
                surfacing::release((rehearsal.future, end));
                return self.stay(&format!("it does not come as far as Supervisor::run(): {how}"));
            }
        };
        match self.execute() {
            Refused::Yet if tries < TRIES => {
                rehearsal.passed = Some(tries + 1);
                self.rehearsal = Some(rehearsal);
            }
            Refused::Yet => {
                surfacing::release(rehearsal.future);
                self.stay("this process has other children, which the new program would not know");
            }
            Refused::For(reason) => {
                surfacing::release(rehearsal.future);
                self.stay(&reason);
            }
        }
    }

    fn stay(&mut self, reason: &str) {
        let text = format!("the new program is not taken on, and all stays as it is: {reason}");
        self.note(Event::new(Level::Error, "reload-failed", text));
        self.announce();
    }

    /// The new program takes the place of this one.
    fn execute(&self) -> Refused {
        let Some(image) = &self.image else {
            return Refused::Yet;
        };
        let mut children = Vec::new();
        {
            let reactor = state().reactor.borrow();
            for unit in &self.units {
                let Some((running, pid)) = unit.running().zip(unit.pid()) else {
                    continue;
                };
                let pipe = reactor.as_ref().and_then(|reactor| reactor.pipe(running.future.id.get()));
                let Some(pipe) = pipe else {
                    return Refused::Yet; // it is just ending
                };
                children.push((unit.kind.name.clone(), unit.id, pid, pipe));
            }
        }
        if children.len() != state().workers.borrow().len() {
            return Refused::Yet;
        }
        let (endpoint, pid_file) = (state().endpoint.borrow(), state().pid_file.borrow());
        let pid_file = pid_file.as_ref().map(daemon::PidFile::place);
        let bequest = Bequest {
            children,
            listener: endpoint.as_ref().map(|endpoint| endpoint.listener().as_raw_fd()),
            pid_file: pid_file.map(|(path, fd)| (fd, path.as_os_str())),
            is_daemon: daemon::started_in().is_some(),
        };
        Refused::For(handover::exec(&image.command, &bequest, Held::new(&signals::all())).to_string())
    }

    /// The workers that the program before this one has had: they are this one's, and are replaced.
    pub(super) fn inherit(&mut self, heritage: Heritage) {
        if heritage.children.is_empty() {
            return;
        }
        for (name, id, child) in heritage.children {
            let kind = self.supervisor.kind(&name);
            let is_known = kind.is_some();
            let gone = || Rc::new(Kind::new(name, Work::Program(Rc::new(Nothing)), 0));
            let future = Object::<Future>::new();
            let mut unit = Unit::new(kind.unwrap_or_else(gone), id);
            future.key.set(string::zval(unit.name()));
            future.observed.set(true);
            start::adopt(&self.group, &future, child);
            let mut running = Running::adopted(future);
            if !is_known {
                running.stop(Why::Scale, self.settings.grace);
            }
            unit.state = State::Running(running);
            self.units.push(unit);
        }
        self.sort();
        self.seen.booted = true;
        self.begin_roll();
    }
}

/// Why the new program has not taken the place of this one.
enum Refused {
    /// Children have ended of which that is not known yet, or there are others.
    Yet,
    For(String),
}
