//! What makes a process a daemon, beside the fork: its standard streams, its pid file, and its user.
//!
//! A log that is moved away (by logrotate) is opened anew at SIGUSR2, right in the handler: opening and duplicating a
//! descriptor is all that takes, and a script that is blocked somewhere need not come back for it.

use std::ffi::CString;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::{fs, io};

use nix::errno::Errno;
use nix::unistd::{User, chdir, fchown, geteuid, setgid, setuid};

use super::os::{above_standard, take_groups};

/// A locked file with the pid of a process in it. Processes that are forked from that one close their copies of it, and
/// so do not keep the lock.
#[derive(Debug)]
pub(crate) struct PidFile {
    path: PathBuf,
    file: File,
}

/// Why there is no pid file.
#[derive(Debug)]
pub(crate) enum NoPidFile {
    /// A process that runs has it: the pid that is in it.
    Taken(String),
    /// It cannot be opened.
    Refused(io::Error),
}

impl PidFile {
    /// Opens and locks the file. One that a dead process has left is taken over: what is in it does not matter, whether
    /// it is locked does.
    ///
    /// # Errors
    ///
    /// When a process has it that runs, or when it cannot be opened.
    pub(crate) fn lock(path: &Path) -> Result<Self, NoPidFile> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o644);
        let file = options.custom_flags(libc::O_NOFOLLOW).open(path).map_err(|error| of_link(path, error));
        let mut file = file.map_err(NoPidFile::Refused)?;
        // SAFETY: an open descriptor. The lock is given up when the last copy of it is closed, and not before: a type that
        // did so when it is dropped would do it in a child, too.
        match Errno::result(unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) }) {
            Ok(_) => Ok(Self { path: path.to_owned(), file }),
            Err(Errno::EWOULDBLOCK) => {
                let mut pid = String::new();
                let _ = file.read_to_string(&mut pid);
                Err(NoPidFile::Taken(pid.trim().to_owned()))
            }
            Err(errno) => Err(NoPidFile::Refused(errno.into())),
        }
    }

    /// The file that the program before this one had locked, in this process.
    pub(crate) fn of(path: PathBuf, file: File) -> Self {
        Self { path, file }
    }

    /// Its path, and the descriptor that is locked.
    pub(crate) fn place(&self) -> (&Path, RawFd) {
        (&self.path, self.file.as_raw_fd())
    }

    /// Writes the pid of this process, and gives the file to `user`, who is to remove it.
    ///
    /// # Errors
    ///
    /// When the disk is full.
    pub(crate) fn fill(&mut self, user: Option<&User>) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "{}", std::process::id())?;
        if let Some(user) = user {
            let _ = fchown(&self.file, Some(user.uid), Some(user.gid));
        }
        Ok(())
    }

    /// Removes the file: the process ends.
    pub(crate) fn remove(self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Is this a name that the system gives? Nobody but root makes links there.
fn is_device(path: &Path) -> bool {
    path.parent() == Some(Path::new("/dev"))
}

/// The flag by which a symbolic link is not followed. A daemon begins as root, and its pid file and its log are often in
/// a folder of the user that it becomes: a link there would have root write to any file, and give it to that user. The
/// exception is `/dev`, where `stdout` and `stderr` are links.
fn no_follow(path: &Path) -> i32 {
    if is_device(path) { 0 } else { libc::O_NOFOLLOW }
}

/// What it means that too many links were met where none is followed.
fn of_link(path: &Path, error: io::Error) -> io::Error {
    let is_link = || fs::symlink_metadata(path).is_ok_and(|file| file.is_symlink());
    if error.raw_os_error() == Some(libc::ELOOP) && is_link() {
        return io::Error::other("it is a symbolic link, which is not followed here; name the file itself");
    }
    error
}

/// Opens a log, which is written to at its end; without a path what is written is lost.
///
/// # Errors
///
/// When it cannot be opened.
pub(crate) fn open_log(path: Option<&Path>, user: Option<&User>) -> io::Result<OwnedFd> {
    let mut options = OpenOptions::new();
    let path = path.unwrap_or_else(|| Path::new("/dev/null"));
    options.append(true).create(true).mode(0o640).custom_flags(libc::O_NOCTTY | no_follow(path));
    let file = options.open(path).map_err(|error| of_link(path, error))?;
    if let Some(user) = user.filter(|_| !is_device(path)) {
        let _ = fchown(&file, Some(user.uid), Some(user.gid));
    }
    Ok(above_standard(file.into())?)
}

/// Makes `log` the standard output and error output of this process. There is nothing to read for it.
///
/// # Errors
///
/// When there is no `/dev/null`.
pub(crate) fn put_streams(log: &OwnedFd) -> io::Result<()> {
    let null = File::open("/dev/null")?;
    for (from, to) in [(null.as_raw_fd(), 0), (log.as_raw_fd(), 1), (log.as_raw_fd(), 2)] {
        // SAFETY: the standard descriptors, which stay open all the time; whatever was there is not used any more.
        Errno::result(unsafe { libc::dup2(from, to) })?;
    }
    Ok(())
}

/// The folder that a daemon was started in. Not set in a process that is none.
static STARTED_IN: OnceLock<PathBuf> = OnceLock::new();

/// Leaves the folder that it was started in: that can be taken away then.
pub(crate) fn leave_folder() {
    let _ = STARTED_IN.set(std::env::current_dir().unwrap_or_else(|_| "/".into()));
    let _ = chdir("/");
}

/// The folder that this process was started in, if it is a daemon.
pub(crate) fn started_in() -> Option<&'static Path> {
    STARTED_IN.get().map(PathBuf::as_path)
}

/// The file creation mask from now on.
pub(crate) fn set_umask(mask: u32) {
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(mask as libc::mode_t));
}

/// The user of this name, if this process may become that user.
///
/// # Errors
///
/// The reason.
pub(crate) fn user(name: &str) -> Result<User, String> {
    let user = User::from_name(name).map_err(|errno| errno.desc().to_owned())?;
    let user = user.ok_or_else(|| "there is no such user".to_owned())?;
    if geteuid().is_root() || geteuid() == user.uid {
        Ok(user)
    } else {
        Err("only root can become another user".into())
    }
}

/// Gives up all rights but those of `user`, for ever.
///
/// # Errors
///
/// When this process is not root.
pub(crate) fn become_user(user: &User) -> Result<(), Errno> {
    if geteuid() == user.uid {
        return Ok(());
    }
    take_groups(user)?;
    setgid(user.gid)?;
    setuid(user.uid)
}

/// The log of this process, if it is a daemon that has one, or was forked from such a one. Never freed, as a handler may be
/// reading it.
static LOG: AtomicPtr<CString> = AtomicPtr::new(ptr::null_mut());

/// From now on the log is opened anew at SIGUSR2, as a file of this path.
pub(crate) fn reopen_at_signal(path: &Path) {
    if is_device(path) {
        return; // nobody moves that away
    }
    if let Ok(path) = CString::new(path.as_os_str().as_bytes()) {
        LOG.store(Box::into_raw(Box::new(path)), Ordering::Release);
        listen();
    }
}

/// In a process that was forked from a daemon: does the same, if that does.
pub(crate) fn listen() {
    if LOG.load(Ordering::Acquire).is_null() {
        return;
    }
    // SAFETY: zeroed is a valid sigaction: an empty mask.
    let mut action = unsafe { MaybeUninit::<libc::sigaction>::zeroed().assume_init() };
    action.sa_sigaction = on_signal as extern "C" fn(i32) as usize;
    // What blocks goes on: this is nothing that the script has to know.
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the handler is async-signal-safe.
    unsafe { libc::sigaction(libc::SIGUSR2, &raw const action, ptr::null_mut()) };
}

/// Has this process a log that can be opened anew?
pub(crate) fn has_log() -> bool {
    !LOG.load(Ordering::Acquire).is_null()
}

extern "C" fn on_signal(_: i32) {
    let errno = Errno::last_raw();
    reopen();
    Errno::set_raw(errno);
}

/// Opens the log anew; if that fails, the old one stays. Async-signal-safe.
pub(crate) fn reopen() {
    // SAFETY: null, or leaked.
    let Some(path) = (unsafe { LOG.load(Ordering::Acquire).as_ref() }) else {
        return;
    };
    let flags =
        libc::O_WRONLY | libc::O_APPEND | libc::O_CREAT | libc::O_CLOEXEC | libc::O_NOCTTY | libc::O_NOFOLLOW;
    // SAFETY: a NUL-terminated path; the calls are async-signal-safe.
    let fd = unsafe { libc::open(path.as_ptr(), flags, 0o640) };
    if fd < 0 {
        return;
    }
    for standard in [1, 2] {
        // SAFETY: numbers.
        unsafe { libc::dup2(fd, standard) };
    }
    // SAFETY: opened above, and nobody else has it.
    unsafe { libc::close(fd) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_is_taken_by_one_and_left_by_the_dead() {
        let path = std::env::temp_dir().join(format!("async-pid-{}", std::process::id()));
        fs::write(&path, "1\n").unwrap();
        let mut file = PidFile::lock(&path).unwrap();
        file.fill(None).unwrap();
        let own = std::process::id().to_string();
        assert!(matches!(PidFile::lock(&path), Err(NoPidFile::Taken(pid)) if pid == own));
        file.remove();
        assert!(!path.exists());
        let nowhere = Path::new("/no/such/folder/pid");
        assert!(matches!(PidFile::lock(nowhere), Err(NoPidFile::Refused(_))));
    }

    #[test]
    fn a_user_is_known_by_name_or_refused() {
        assert!(user("no-such-user").unwrap_err().contains("no such user"));
        let own = User::from_uid(geteuid()).unwrap().unwrap();
        assert_eq!(user(&own.name).unwrap().uid, own.uid);
        assert_eq!(become_user(&own), Ok(()));
    }
}
