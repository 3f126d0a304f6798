//! What a program hands over to the one that takes its place by `execve()`. The process stays the same: its number, its
//! children, and the descriptors that are named here.
//!
//! A file without a name has the list, and a variable of the environment says where: `ASYNC_HANDOVER=PID:DESCRIPTOR`.
//! Programs that are started meanwhile have the variable, too, but not the pid. The list is read once, when the extension
//! is loaded, and nothing in it is believed that the kernel does not confirm.

use std::ffi::{CString, OsStr};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::net::TcpListener;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use nix::errno::Errno;
use nix::unistd::{Pid, chdir, execve, getpid};

use super::fork::Child;
use super::os::{self, process_descriptor};
use super::signals::Held;

const VARIABLE: &str = "ASYNC_HANDOVER";
/// What a program writes behind the list that was only to show that it comes so far.
const REACHED: &str = "reached\n";

/// How a program is started.
#[derive(Debug)]
pub(crate) struct Command {
    /// The file.
    pub(crate) program: CString,
    /// Its arguments, with its name.
    pub(crate) arguments: Vec<CString>,
    /// Its working directory.
    pub(crate) folder: PathBuf,
}

/// What is handed over: descriptors that their owners keep, if it comes to nothing.
#[derive(Debug, Default)]
pub(crate) struct Bequest<'b> {
    /// The name of each child's kind, its number among those, its process, and the pipe that is open as long as it has a
    /// parent.
    pub(crate) children: Vec<(String, usize, i32, RawFd)>,
    /// The socket that listens.
    pub(crate) listener: Option<RawFd>,
    /// The pid file.
    pub(crate) pid_file: Option<(RawFd, &'b OsStr)>,
    /// The process is a daemon.
    pub(crate) is_daemon: bool,
}

/// What was handed over.
#[derive(Debug, Default)]
pub(crate) struct Heritage {
    /// The name of each child's kind, its number among those, and the child.
    pub(crate) children: Vec<(String, usize, Child)>,
    /// The socket that listens.
    pub(crate) listener: Option<TcpListener>,
    /// The pid file.
    pub(crate) pid_file: Option<(PathBuf, File)>,
    /// The process is a daemon.
    pub(crate) is_daemon: bool,
}

/// What this program was given, until somebody takes it, and the process that it was given to: those that are forked
/// from it have a copy.
static HERITAGE: Mutex<Option<(Pid, Heritage)>> = Mutex::new(None);
/// The list, if this program is only to show how far it comes, and the process that is to do so.
static REHEARSAL: OnceLock<(Pid, File)> = OnceLock::new();

/// A list, in a file without a name.
fn list(text: &str) -> io::Result<File> {
    let file = os::memory_file(c"async-handover")?;
    let mut file = File::from(os::above_standard(file)?);
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// The list of a program that is only to show how far it comes.
///
/// # Errors
///
/// When there is no descriptor, or no memory, for it.
pub(crate) fn rehearsal() -> io::Result<File> {
    list("rehearsal\n")
}

/// Has the program that was started with this list come as far as it was to?
pub(crate) fn has_reached(mut list: &File) -> bool {
    let mut text = String::new();
    list.rewind().and_then(|()| list.read_to_string(&mut text)).is_ok() && text.ends_with(REACHED)
}

/// Runs `command` in this process, for which `list` was made. Returns only if that is refused.
pub(crate) fn rehearse(command: &Command, list: &File) -> Errno {
    replace(command, list, &[])
}

/// Runs `command` in this process, with what it inherits. Signals are `held` until it wants them. Returns only if that is
/// refused, and nothing has changed then.
pub(crate) fn exec(command: &Command, bequest: &Bequest<'_>, held: Held) -> io::Error {
    let folder = std::env::current_dir();
    // Writing to a `String` cannot fail.
    let mut text = String::new();
    let mut kept = Vec::new();
    if bequest.is_daemon {
        text.push_str("daemon\n");
    }
    if let Some(fd) = bequest.listener {
        let _ = writeln!(text, "listener {fd}");
        kept.push(fd);
    }
    if let Some((fd, path)) = bequest.pid_file {
        let _ = writeln!(text, "pid-file {fd} {}", hex(path.as_bytes()));
        kept.push(fd);
    }
    for (name, id, pid, fd) in &bequest.children {
        let _ = writeln!(text, "child {fd} {pid} {id} {}", hex(name.as_bytes()));
        kept.push(*fd);
    }
    let errno = match list(&text) {
        Ok(list) => replace(command, &list, &kept),
        Err(error) => return error,
    };
    drop(held);
    for fd in kept {
        let _ = close_at_exec(fd, true);
    }
    let _ = folder.map(|folder| chdir(&folder));
    errno.into()
}

/// Nothing else stays open: what the application has open is for the program that goes.
fn replace(command: &Command, list: &File, kept: &[RawFd]) -> Errno {
    if let Err(errno) = chdir(&command.folder) {
        return errno;
    }
    close_others();
    let fd = list.as_raw_fd();
    for fd in kept.iter().copied().chain(sockets_of_the_manager()).chain([fd]) {
        if let Err(errno) = close_at_exec(fd, false) {
            return errno;
        }
    }
    let variable = format!("{VARIABLE}={}:{fd}", getpid());
    let others = std::env::vars_os().filter(|(name, _)| name != VARIABLE);
    let texts = others.map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat());
    let environment: Vec<_> =
        texts.chain([variable.into_bytes()]).filter_map(|text| CString::new(text).ok()).collect();
    match execve(&command.program, &command.arguments, &environment) {
        Err(errno) => errno,
    }
}

/// The sockets that systemd has opened for this process (`sd_listen_fds(3)`).
fn sockets_of_the_manager() -> std::ops::Range<RawFd> {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<i32>().ok());
    let is_for_this = number("LISTEN_PID") == Some(getpid().as_raw());
    let count = number("LISTEN_FDS").filter(|_| is_for_this).unwrap_or_default();
    3..count.clamp(0, 1000) + 3
}

fn close_others() {
    if os::close_at_exec_from(3) {
        return;
    }
    let open = std::fs::read_dir(os::OPEN_DESCRIPTORS).into_iter().flatten().flatten();
    let numbers = open.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    for fd in numbers.collect::<Vec<RawFd>>().into_iter().filter(|&fd| fd > libc::STDERR_FILENO) {
        let _ = close_at_exec(fd, true);
    }
}

fn close_at_exec(fd: RawFd, closes: bool) -> Result<(), Errno> {
    let flags = if closes { libc::FD_CLOEXEC } else { 0 };
    // SAFETY: numbers; one that is not open is refused.
    Errno::result(unsafe { libc::fcntl(fd, libc::F_SETFD, flags) }).map(drop)
}

/// Reads what was handed over to this program, if it has taken the place of another one. Called once, in MINIT.
pub(crate) fn receive() {
    let Some(fd) = std::env::var(VARIABLE).ok().and_then(|text| of_variable(&text)) else {
        return;
    };
    // SAFETY: nothing else reads the environment while an extension is loaded.
    unsafe { std::env::remove_var(VARIABLE) };
    let Some(list) = take(fd) else {
        return;
    };
    let (mut list, mut text) = (File::from(list), String::new());
    if list.rewind().and_then(|()| list.read_to_string(&mut text)).is_err() {
        return;
    }
    if text == "rehearsal\n" {
        let _ = REHEARSAL.set((getpid(), list));
    } else {
        *HERITAGE.lock().unwrap_or_else(PoisonError::into_inner) = Some((getpid(), Heritage::parse(&text)));
    }
}

/// The descriptor that the variable names, if it is meant for this process.
fn of_variable(text: &str) -> Option<RawFd> {
    let (pid, fd) = text.split_once(':')?;
    (pid.parse() == Ok(getpid().as_raw())).then(|| fd.parse().ok()).flatten()
}

/// The descriptor with this number, if it is open. Nobody else in this program knows of it yet.
fn take(fd: RawFd) -> Option<OwnedFd> {
    if fd <= libc::STDERR_FILENO || close_at_exec(fd, true).is_err() {
        return None;
    }
    // SAFETY: open, and nothing else owns it: the program has just begun.
    Some(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// What this program was given. For the one who is first to ask.
pub(crate) fn heritage() -> Option<Heritage> {
    let mut heritage = HERITAGE.lock().unwrap_or_else(PoisonError::into_inner);
    heritage.take_if(|(of, _)| *of == getpid()).map(|(_, heritage)| heritage)
}

/// What it has of a daemon, if this program was given that.
#[derive(Debug)]
pub(crate) struct Daemon {
    /// The pid file.
    pub(crate) pid_file: Option<(PathBuf, File)>,
}

/// What this program was given of a daemon, if the process is one already. For the one who is first to ask.
pub(crate) fn daemon() -> Option<Daemon> {
    let mut heritage = HERITAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let (_, heritage) = heritage.as_mut().filter(|(of, heritage)| *of == getpid() && heritage.is_daemon)?;
    heritage.is_daemon = false;
    Some(Daemon { pid_file: heritage.pid_file.take() })
}

/// Is this program only to show how far it comes?
pub(crate) fn is_rehearsal() -> bool {
    REHEARSAL.get().is_some_and(|(of, _)| *of == getpid())
}

/// It has come as far as it was to.
pub(crate) fn reach() {
    if let Some((_, list)) = REHEARSAL.get() {
        let mut list = list;
        let _ = list.write_all(REACHED.as_bytes());
    }
}

impl Heritage {
    fn parse(text: &str) -> Self {
        let mut heritage = Self::default();
        for line in text.lines() {
            let mut words = line.split(' ');
            let what = words.next();
            let fd = words.next().and_then(|word| take(word.parse().ok()?));
            match (what, fd) {
                (Some("daemon"), _) => heritage.is_daemon = true,
                (Some("listener"), Some(fd)) => heritage.listener = Some(fd.into()),
                (Some("pid-file"), Some(fd)) => {
                    let path = words.next().and_then(unhex);
                    heritage.pid_file = path.map(|path| (OsStr::from_bytes(&path).into(), File::from(fd)));
                }
                (Some("child"), Some(pipe)) => {
                    let pid = words.next().and_then(|word| word.parse().ok()).map(Pid::from_raw);
                    let id = words.next().and_then(|word| word.parse().ok());
                    let name = words.next().and_then(unhex).and_then(|name| String::from_utf8(name).ok());
                    // Not a child of this process: its number may be anybody's. One that is stays until it is waited for.
                    if let (Some(pid), Some(id), Some(name)) = (pid.filter(|&pid| is_child(pid)), id, name) {
                        heritage.children.push((
                            name,
                            id,
                            Child { pid, pidfd: process_descriptor(pid), pipe },
                        ));
                    }
                }
                _ => {}
            }
        }
        heritage
    }
}

fn is_child(pid: Pid) -> bool {
    pid.as_raw() > 0 && os::peek(Some(pid)).is_ok()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::os::fd::IntoRawFd;

    use super::*;

    #[test]
    fn a_list_is_believed_as_far_as_the_kernel_confirms_it() {
        let open = || File::open("/dev/null").unwrap().into_raw_fd();
        let child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let (pipe, others, own, file) = (open(), open(), open(), open());
        let pid = i32::try_from(child.id()).unwrap();
        let (name, path) = (hex("a b\n".as_bytes()), hex(b"/run/\xff.pid"));
        let text = format!(
            "daemon\nchild {pipe} {pid} 3 {name}\nchild {others} 1 1 61\nchild {own} 0 1 61\nchild 9999 {pid} 1 61\nchild 2 {pid} 1 61\n\
             pid-file {file} {path}\nlistener nonsense\nsomething else\n\n"
        );
        let heritage = Heritage::parse(&text);
        assert!(heritage.is_daemon && heritage.listener.is_none());
        let (path, _) = heritage.pid_file.unwrap();
        assert_eq!(path.as_os_str().as_bytes(), b"/run/\xff.pid");
        let found: Vec<_> = heritage
            .children
            .iter()
            .map(|(name, id, child)| (name.as_str(), *id, child.pid.as_raw()))
            .collect();
        assert_eq!(found, [("a b\n", 3, pid)]);
        let mut child = child;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn the_variable_is_for_one_process_alone() {
        assert_eq!(of_variable(&format!("{}:7", getpid())), Some(7));
        for other in ["1:7", "", ":", "7"] {
            assert_eq!(of_variable(other), None, "{other}");
        }
    }

    #[test]
    fn a_rehearsal_has_reached_its_end_when_it_says_so() {
        let mut list = rehearsal().unwrap();
        assert!(!has_reached(&list));
        list.write_all(REACHED.as_bytes()).unwrap();
        assert!(has_reached(&list));
        let (reader, _writer) = crate::process::pipe::open().unwrap();
        assert!(!has_reached(&File::from(reader)), "a pipe has no beginning to go back to");
        assert_eq!(unhex("6"), None);
        assert_eq!(unhex("zz"), None);
    }

    #[test]
    fn what_belongs_to_a_daemon_is_taken_once_and_by_the_process_it_was_given_to() {
        let given = |of, is_daemon| {
            *HERITAGE.lock().unwrap() = Some((of, Heritage { is_daemon, ..Heritage::default() }));
        };
        given(Pid::from_raw(1), true);
        assert!(daemon().is_none() && heritage().is_none());
        given(getpid(), false);
        assert!(daemon().is_none());
        given(getpid(), true);
        assert!(daemon().is_some() && daemon().is_none());
        assert!(heritage().is_some_and(|heritage| !heritage.is_daemon));
        assert!(daemon().is_none() && heritage().is_none());
    }
}
