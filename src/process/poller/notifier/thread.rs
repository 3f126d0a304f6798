//! The notifier that the script does not notice: a thread that does nothing else.
//!
//! It waits in `epoll_wait` and, when something is ready, stores `true` twice: in our flag, and in the virtual
//! machine's. It allocates nothing, takes no lock and blocks every signal; so a fork at any moment finds no lock held,
//! and the parent's own system calls are never cut short. It is armed for one event at a time: while the parent waits
//! itself, or has not looked yet, the thread sleeps.

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use super::bare::{self, Bare, POSSIBLE};
use super::{Flags, is_readable};
use crate::process::fork::Refused;
use crate::process::signals::Blocked;
use crate::process::threads;

const CHILDREN: u64 = 0;
const TIMER: u64 = 1;
const STOP: u64 = 2;
/// Enough for a frame of ours and for the thread-local storage of whatever PHP has loaded.
const STACK: usize = 256 * 1024;

/// The thread, and the descriptors that wake it.
#[derive(Debug)]
pub(crate) struct Thread {
    epoll: Epoll,
    timer: TimerFd,
    stop: EventFd,
    flags: Flags,
    handle: Handle,
}

/// The thread itself.
#[derive(Debug)]
enum Handle {
    /// The C library knows it.
    Known(libc::pthread_t),
    /// It does not.
    Bare(Bare),
    /// It has ended, and there is no room for another one.
    None,
}

struct Work {
    epoll: i32,
    flags: Flags,
}

impl Thread {
    /// Starts the thread. Whenever it is armed, it waits for `children` to be readable.
    ///
    /// # Errors
    ///
    /// When no descriptor or thread is available.
    pub(super) fn start(children: &OwnedFd, flags: Flags) -> Result<Self, Refused> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(Refused::by("epoll_create"))?;
        let timer =
            TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK)
                .map_err(Refused::by("timerfd_create"))?;
        let stop = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)
            .map_err(Refused::by("eventfd"))?;
        epoll
            .add(children, EpollEvent::new(EpollFlags::EPOLLONESHOT, CHILDREN))
            .and_then(|()| {
                epoll.add(&timer, EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, TIMER))
            })
            .and_then(|()| epoll.add(&stop, EpollEvent::new(EpollFlags::EPOLLIN, STOP)))
            .map_err(Refused::by("epoll_ctl"))?;
        let work = || Box::new(Work { epoll: epoll.0.as_raw_fd(), flags });
        let is_bare = POSSIBLE && !threads::all_are_known();
        // A filter of system calls may let only those through that the C library makes.
        let bare = if is_bare { spawn_bare(work()).ok() } else { None };
        let handle = bare.map_or_else(|| spawn(work()), Ok).map_err(Refused::by("pthread_create"))?;
        Ok(Self { epoll, timer, stop, flags, handle })
    }

    /// Makes way for a thread that the C library knows, which then has the rights that this process has. It is not armed,
    /// and has no alarm.
    pub(super) fn become_known(&mut self, children: &OwnedFd) {
        if matches!(self.handle, Handle::Bare(_)) {
            self.end();
            if let Ok(known) = Self::start(children, self.flags) {
                *self = known;
            }
        }
    }

    /// From now on the next readiness of `children` raises the flags, once. If they are readable already, the flags are
    /// raised at once and the thread sleeps on. With short tasks that is so after nearly every fork: a thread that woke
    /// each time would preempt a child, and would leave this process's page tables in use on another processor, which
    /// every page fault and fork would then have to interrupt.
    pub(super) fn arm(&self, children: &OwnedFd) -> Result<(), Errno> {
        if is_readable(children) {
            self.flags.raise();
            return Ok(());
        }
        let mut event = EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLONESHOT, CHILDREN);
        self.epoll.modify(children, &mut event)
    }

    /// The parent waits itself: from now on readiness of `children` raises nothing.
    pub(super) fn silence(&self, children: &OwnedFd) -> Result<(), Errno> {
        let mut event = EpollEvent::new(EpollFlags::EPOLLONESHOT, CHILDREN);
        self.epoll.modify(children, &mut event)
    }

    /// Raises the flags after `delay`, once; a later call replaces an earlier one.
    pub(super) fn alarm(&mut self, delay: Duration) {
        let expiration = Expiration::OneShot(TimeSpec::from_duration(delay));
        let _ = self.timer.set(expiration, TimerSetTimeFlags::empty());
    }

    /// Ends the thread. Only in the process that started it.
    pub(super) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if self.stop.write(1).is_err() {
            return;
        }
        match std::mem::replace(&mut self.handle, Handle::None) {
            // SAFETY: the thread exists, is joinable, and ends now, as `stop` stays readable.
            Handle::Known(handle) => drop(unsafe { libc::pthread_join(handle, ptr::null_mut()) }),
            Handle::Bare(bare) => bare.join(),
            Handle::None => {}
        }
    }
}

fn spawn_bare(work: Box<Work>) -> Result<Handle, Errno> {
    let _blocked = Blocked::all(); // the thread inherits this signal mask
    let work = Box::into_raw(work);
    Bare::start(run_bare, work.cast()).map(Handle::Bare).inspect_err(|_| {
        // SAFETY: the thread was not created, so that nothing else owns the box.
        drop(unsafe { Box::from_raw(work) });
    })
}

fn spawn(work: Box<Work>) -> Result<Handle, Errno> {
    let _blocked = Blocked::all(); // the thread inherits this signal mask
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut thread = MaybeUninit::<libc::pthread_t>::uninit();
    // SAFETY: initializes the attributes that the following calls use.
    unsafe { libc::pthread_attr_init(attributes.as_mut_ptr()) };
    // SAFETY: initialized just above; if the size is refused, the default remains.
    unsafe { libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), STACK) };
    let work = Box::into_raw(work);
    // SAFETY: `run` takes over the box; all pointers are valid.
    let made = unsafe { libc::pthread_create(thread.as_mut_ptr(), attributes.as_ptr(), run, work.cast()) };
    // SAFETY: initialized above, and no longer needed.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    if made != 0 {
        // SAFETY: the thread was not created, so that nothing else owns the box.
        drop(unsafe { Box::from_raw(work) });
        return Err(Errno::from_raw(made));
    }
    // SAFETY: `pthread_create` succeeded and filled it.
    Ok(Handle::Known(unsafe { thread.assume_init() }))
}

/// The thread's code. The box is never freed: that would take the allocator's lock, which a fork might find held.
extern "C" fn run(work: *mut libc::c_void) -> *mut libc::c_void {
    // SAFETY: `spawn` made this box for this thread, and nothing else frees it.
    unsafe { &*work.cast::<Work>() }.serve(|epoll, event| {
        // SAFETY: room for one event; the descriptor is closed only after this thread has been joined.
        let ready = unsafe { libc::epoll_wait(epoll, ptr::from_mut(event), 1, -1) };
        i64::from(if ready < 0 { -Errno::last_raw() } else { ready })
    });
    ptr::null_mut()
}

/// The same for a thread that the C library does not know.
extern "C" fn run_bare(work: *mut libc::c_void) -> libc::c_int {
    // SAFETY: as above.
    unsafe { &*work.cast::<Work>() }.serve(bare::wait);
    0
}

impl Work {
    fn serve(&self, wait: impl Fn(i32, &mut libc::epoll_event) -> i64) {
        const INTERRUPTED: i64 = -(libc::EINTR as i64);
        let mut event = libc::epoll_event { events: 0, u64: 0 };
        loop {
            match (wait(self.epoll, &mut event), event.u64) {
                (1, STOP) => return,
                (1, _) => self.flags.raise(),
                (INTERRUPTED, _) => {}
                _ => return,
            }
        }
    }
}
