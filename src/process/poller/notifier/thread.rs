//! The notifier that the script does not notice: a thread that does nothing else.
//!
//! It waits in the kernel and, when something is ready, stores `true` twice: in our flag, and in the virtual
//! machine's. It allocates nothing, takes no lock and blocks every signal; so a fork at any moment finds no lock held,
//! and the parent's own system calls are never cut short. It is armed for one event at a time: while the parent waits
//! itself, or has not looked yet, the thread sleeps.

use std::mem::MaybeUninit;
use std::os::fd::{OwnedFd, RawFd};
use std::ptr;
use std::time::Duration;

use nix::errno::Errno;

use super::{Flags, is_readable};
use crate::process::fork::Refused;
use crate::process::os::{Bare, Wake, Watch};
use crate::process::signals::Blocked;
use crate::process::threads;

/// Enough for a frame of ours and for the thread-local storage of whatever PHP has loaded.
const STACK: usize = 256 * 1024;

/// The thread, and the descriptors that wake it.
#[derive(Debug)]
pub(crate) struct Thread {
    watch: Watch,
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
    /// What [`Watch::wait`] is given.
    number: RawFd,
    flags: Flags,
}

impl Thread {
    /// Starts the thread. Whenever it is armed, it waits for `children` to be readable.
    ///
    /// # Errors
    ///
    /// When no descriptor or thread is available.
    pub(super) fn start(children: &OwnedFd, flags: Flags) -> Result<Self, Refused> {
        let watch = Watch::new(children)?;
        let work = || Box::new(Work { number: watch.number(), flags });
        let is_bare = Bare::POSSIBLE && !threads::all_are_known();
        // A filter of system calls may let only those through that the C library makes.
        let bare = if is_bare { spawn_bare(work()).ok() } else { None };
        let handle = bare.map_or_else(|| spawn(work()), Ok).map_err(Refused::by("pthread_create"))?;
        Ok(Self { watch, flags, handle })
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
        self.watch.arm(children)
    }

    /// The parent waits itself: from now on readiness of `children` raises nothing.
    pub(super) fn silence(&self, children: &OwnedFd) -> Result<(), Errno> {
        self.watch.silence(children)
    }

    /// Raises the flags after `delay`, once; a later call replaces an earlier one.
    pub(super) fn alarm(&mut self, delay: Duration) {
        self.watch.alarm(delay);
    }

    /// Ends the thread. Only in the process that started it.
    pub(super) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if !self.watch.end() {
            return;
        }
        match std::mem::replace(&mut self.handle, Handle::None) {
            // SAFETY: the thread exists, is joinable, and ends now, as it has been told.
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
    unsafe { &*work.cast::<Work>() }.serve(Watch::wait);
    ptr::null_mut()
}

/// The same for a thread that the C library does not know.
extern "C" fn run_bare(work: *mut libc::c_void) -> libc::c_int {
    // SAFETY: as above.
    unsafe { &*work.cast::<Work>() }.serve(Watch::wait_bare);
    0
}

impl Work {
    fn serve(&self, wait: impl Fn(RawFd) -> Wake) {
        loop {
            match wait(self.number) {
                Wake::News => self.flags.raise(),
                Wake::Nothing => {}
                Wake::End => return,
            }
        }
    }
}
