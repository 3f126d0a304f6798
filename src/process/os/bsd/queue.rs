//! Descriptors that the kernel watches: a kqueue. A child that is forked does not have it: see [`in_child`].

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::event::Kqueue;
use nix::sys::signal::SigSet;

use super::wait_with;
use crate::process::os::interface::{BATCH, Poller, Token, Trigger};

/// A kqueue.
#[derive(Debug)]
pub(crate) struct Queue(OwnedFd);

/// An event that is to be watched, or a change of that.
pub(super) fn event(ident: usize, filter: i16, flags: u16, fflags: u32, token: Token) -> libc::kevent {
    // SAFETY: numbers and a pointer that nothing follows.
    let mut event = unsafe { MaybeUninit::<libc::kevent>::zeroed().assume_init() };
    event.ident = ident;
    event.filter = filter;
    event.flags = flags;
    event.fflags = fflags;
    event.udata = ptr::without_provenance_mut(usize::try_from(token.0).unwrap_or_default());
    event
}

/// A timer that has one event after `delay`, in microseconds, which is not zero.
pub(super) fn timer(token: Token, delay: Duration) -> libc::kevent {
    let ident = usize::try_from(token.0).unwrap_or_default();
    let flags = libc::EV_ADD | libc::EV_ONESHOT;
    let mut event = event(ident, libc::EVFILT_TIMER, flags, libc::NOTE_USECONDS, token);
    let micros = i64::try_from(delay.as_nanos().div_ceil(1000)).unwrap_or(i64::MAX);
    event.data = micros.max(1).try_into().unwrap_or_default();
    event
}

/// Changes what is watched, and fetches events if there is room for some; waits for them without a time limit if there is no
/// `timeout`. How many there are. Allocates nothing, and takes no lock.
pub(super) fn kevent(
    queue: RawFd,
    changes: &[libc::kevent],
    events: &mut [libc::kevent],
    timeout: Option<Duration>,
) -> Result<usize, Errno> {
    let timeout = timeout.map(|time| libc::timespec {
        tv_sec: time.as_secs().try_into().unwrap_or(libc::time_t::MAX),
        tv_nsec: time.subsec_nanos().into(),
    });
    let timeout = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
    let length = |events: &[libc::kevent]| c_int::try_from(events.len()).unwrap_or(c_int::MAX);
    let (given, room) = (length(changes), length(events));
    // SAFETY: both lists are as long as is said, and the time is valid.
    let count = unsafe { libc::kevent(queue, changes.as_ptr(), given, events.as_mut_ptr(), room, timeout) };
    Errno::result(count).map(|count| usize::try_from(count).unwrap_or_default())
}

/// A new kqueue, which programs that are started do not inherit.
pub(super) fn kqueue() -> Result<OwnedFd, Errno> {
    let queue = OwnedFd::from(Kqueue::new()?);
    fcntl(&queue, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    if let Some((word, bit)) = place(queue.as_raw_fd()) {
        word.fetch_or(bit, Ordering::Relaxed);
    }
    Ok(queue)
}

/// The numbers that kqueues have had, a bit for each.
static NUMBERS: [AtomicU64; 64] = [const { AtomicU64::new(0) }; 64];

fn place(number: RawFd) -> Option<(&'static AtomicU64, u64)> {
    let number = usize::try_from(number).ok()?;
    NUMBERS.get(number / 64).map(|word| (word, 1 << (number % 64)))
}

/// In a new child, before anything is opened there: the numbers of the kqueues of its parent, which it does not have, are
/// taken, so that no file gets one of them before the values that have them are dropped.
pub(crate) fn in_child() {
    // SAFETY: a valid path. Async-signal-safe, as all that follows.
    let nothing = unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    let mut has_own_number = false;
    for (at, word) in NUMBERS.iter().enumerate() {
        let mut bits = word.load(Ordering::Relaxed);
        while bits != 0 {
            let number = RawFd::try_from(at).unwrap_or_default() * 64 + bits.trailing_zeros().cast_signed();
            bits &= bits - 1;
            has_own_number |= number == nothing;
            // SAFETY: a number.
            if unsafe { libc::fcntl(number, libc::F_GETFD) } == -1 {
                // SAFETY: it is free.
                let _ = unsafe { super::put_behind(number, &nothing) };
            }
        }
    }
    if !has_own_number {
        // SAFETY: opened above, and nothing else has it.
        unsafe { libc::close(nothing) };
    }
}

/// The number by which a kqueue knows a descriptor.
pub(super) fn ident(fd: impl AsFd) -> Result<usize, Errno> {
    usize::try_from(fd.as_fd().as_raw_fd()).map_err(|_| Errno::EBADF)
}

impl Queue {
    fn change(&self, change: libc::kevent) -> Result<(), Errno> {
        kevent(self.0.as_raw_fd(), &[change], &mut [], Some(Duration::ZERO)).map(drop)
    }
}

impl Poller for Queue {
    fn new() -> Result<Self, Errno> {
        kqueue().map(Self)
    }

    fn add(&self, fd: impl AsFd, token: Token, trigger: Trigger) -> Result<(), Errno> {
        let flags = match trigger {
            Trigger::Level => libc::EV_ADD,
            Trigger::Edge => libc::EV_ADD | libc::EV_CLEAR,
        };
        let ident = ident(fd)?;
        // Unlike epoll, it would take the same one again.
        if self.change(event(ident, libc::EVFILT_READ, libc::EV_ENABLE, 0, token)).is_ok() {
            return Err(Errno::EEXIST);
        }
        self.change(event(ident, libc::EVFILT_READ, flags, 0, token))
    }

    fn want_room(&self, fd: impl AsFd, token: Token) -> Result<(), Errno> {
        match self.delete(&fd) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(errno) => return Err(errno),
        }
        self.change(event(ident(fd)?, libc::EVFILT_WRITE, libc::EV_ADD, 0, token))
    }

    fn delete(&self, fd: impl AsFd) -> Result<(), Errno> {
        self.change(event(ident(fd)?, libc::EVFILT_READ, libc::EV_DELETE, 0, Token::default()))
    }

    fn wait(&self, millis: i32, mask: Option<&SigSet>, ready: &mut [Token; BATCH]) -> Result<usize, Errno> {
        let mut timeout = u64::try_from(millis).ok().map(Duration::from_millis);
        if let Some(mask) = mask {
            // A kqueue cannot change the mask by itself.
            if !wait_with(mask, &self.0, timeout)? {
                return Ok(0);
            }
            timeout = Some(Duration::ZERO);
        }
        let mut events = [event(0, 0, 0, 0, Token::default()); BATCH];
        let count = kevent(self.0.as_raw_fd(), &[], &mut events, timeout)?;
        for (token, event) in ready.iter_mut().zip(&events).take(count) {
            *token = Token(event.udata.addr() as u64);
        }
        Ok(count)
    }

    fn descriptor(&self) -> &OwnedFd {
        &self.0
    }

    fn refresh(&self) {
        let mut events = [event(0, 0, 0, 0, Token::default()); BATCH];
        let _ = kevent(self.0.as_raw_fd(), &[], &mut events, Some(Duration::ZERO));
    }

    fn into_descriptor(self) -> Result<OwnedFd, Errno> {
        Err(Errno::ENOSYS)
    }
}

/// A timer among the events of a [`Queue`].
#[derive(Debug)]
pub(crate) struct Clock(Token);

impl Clock {
    /// One that is not set yet.
    ///
    /// # Errors
    ///
    /// None here.
    pub(crate) fn new(_: &Queue, token: Token) -> Result<Self, Errno> {
        Ok(Self(token))
    }

    /// The queue has an event of it after `delay`, and not before; never if that is `None`.
    pub(crate) fn set(&self, queue: &Queue, delay: Option<Duration>) {
        let ident = usize::try_from(self.0.0).unwrap_or_default();
        // It may not be there, as its event has been fetched.
        let _ = match delay {
            Some(delay) => queue.change(timer(self.0, delay)),
            None => queue.change(event(ident, libc::EVFILT_TIMER, libc::EV_DELETE, 0, self.0)),
        };
    }
}
