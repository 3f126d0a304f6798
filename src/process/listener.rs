//! Reacts to a signal in addition to the application's handler.
//!
//! This uses signal-hook's registry. Once in the life of a process, the registry installs its own handler for a signal,
//! which first calls the handler that was there before. A handler that the application installs later is left alone: it
//! may call the one that it has found, the registry's, and if the registry then installed itself again, the two would
//! call each other for ever. The registry is only installed again over what certainly calls no other handler: the
//! default action, and the engine's handler.
//!
//! Whoever writes to the registry waits until no handler runs. If a thread of the application's runs one at a fork, the
//! child has a copy of the registry in which that handler never ends, and would wait for ever. So only the first
//! process that writes to the registry ever does, and only when it first listens to a signal: the registry's action
//! for it is [`actions::run`], and stays. For a signal that a descendant is the first to listen to, [`relay`] has a
//! handler of our own, which needs no lock.

mod actions;
mod relay;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::unistd::getpid;
use signal_hook_registry::register_signal_unchecked;

use super::signals;
use actions::Action;

/// One action for one signal, until it is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    action: &'static Action,
}

/// The two handlers of a signal that somebody has listened to.
struct Chain {
    /// The handler that ours has found, and calls.
    found: libc::sigaction,
    /// Our handler: the registry's, or the relay's.
    ours: libc::sigaction,
    listeners: usize,
}

static CHAINS: Mutex<BTreeMap<i32, Chain>> = Mutex::new(BTreeMap::new());

static COUNTED: AtomicU32 = AtomicU32::new(0);

/// How many signals have been counted since [`count_anew`].
pub(crate) fn counted() -> u32 {
    COUNTED.load(Ordering::Acquire)
}

/// Begins to count at 0.
pub(crate) fn count_anew() {
    COUNTED.store(0, Ordering::Relaxed);
}

fn chains() -> MutexGuard<'static, BTreeMap<i32, Chain>> {
    CHAINS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Listener {
    /// Calls `run` with `signal` when that comes.
    ///
    /// # Errors
    ///
    /// EINVAL for a signal that cannot be handled.
    ///
    /// # Safety
    ///
    /// `run` is async-signal-safe.
    pub(super) unsafe fn new(signal: i32, run: fn(i32)) -> Result<Self, Errno> {
        let mut chains = chains();
        let chain = match chains.entry(signal) {
            Entry::Occupied(chain) => chain.into_mut(),
            Entry::Vacant(place) => place.insert(Chain::new(signal)?),
        };
        let action = Action::listened_to(signal, run);
        chain.listeners += 1;
        chain.renew(signal);
        Ok(Self { action })
    }

    /// Adds to [`counted`] when `signal` comes.
    ///
    /// # Errors
    ///
    /// EINVAL for a signal that cannot be handled.
    pub(crate) fn counting(signal: i32) -> Result<Self, Errno> {
        let count = |_| {
            COUNTED.fetch_add(1, Ordering::Release);
        };
        // SAFETY: an addition.
        unsafe { Self::new(signal, count) }
    }

    /// Installs our handler again if the application has set a handler since, but through the engine, so that the
    /// kernel has the engine's.
    pub(crate) fn renew(&self) {
        let signal = self.action.signal;
        if let Some(chain) = chains().get(&signal) {
            chain.renew(signal);
        }
    }
}

/// Has the application a handler for `signal`? False if that signal ends the process, or is ignored.
pub(crate) fn is_handled(signal: i32) -> bool {
    let Ok(now) = action_of(signal) else {
        return false;
    };
    let handler = match chains().get(&signal) {
        Some(chain) if chain.ours.sa_sigaction == now.sa_sigaction => chain.found.sa_sigaction,
        _ => now.sa_sigaction,
    };
    ![libc::SIG_DFL, libc::SIG_IGN].contains(&handler) && signals::is_handler(signal, handler)
}

/// In a new child of ours, whose handlers are reset: none calls another any more.
pub(super) fn begin_child() {
    let mut chains = chains();
    if !chains.is_empty() {
        // Freeing memory would copy pages.
        std::mem::forget(std::mem::take(&mut *chains));
    }
}

impl Drop for Listener {
    /// The last listener of a signal restores the handler that was found, unless that has been changed since.
    fn drop(&mut self) {
        self.action.leave();
        let signal = self.action.signal;
        if let Some(chain) = chains().get_mut(&signal) {
            chain.listeners = chain.listeners.saturating_sub(1);
            if chain.listeners == 0 && chain.is_in_front(signal) {
                let _ = set(signal, &chain.found);
            }
        }
    }
}

impl Chain {
    /// Installs our handler in front of the one that there is.
    fn new(signal: i32) -> Result<Self, Errno> {
        let found = action_of(signal)?;
        let handler = if is_registry_ours() {
            // SAFETY: `run` is async-signal-safe.
            let registered = unsafe { register_signal_unchecked(signal, move || actions::run(signal)) };
            registered.map_err(|error| error.raw_os_error().map_or(Errno::EINVAL, Errno::from_raw))?;
            action_of(signal)?
        } else {
            relay::to(signal, found)
        };
        let ours = like(found, handler);
        set(signal, &ours)?;
        Ok(Self { found, ours, listeners: 0 })
    }

    fn is_in_front(&self, signal: i32) -> bool {
        action_of(signal).is_ok_and(|now| now.sa_sigaction == self.ours.sa_sigaction)
    }

    fn renew(&self, signal: i32) {
        let found = self.found.sa_sigaction;
        let calls_nobody = found == libc::SIG_DFL || signals::is_engines(found);
        if calls_nobody && action_of(signal).is_ok_and(|now| now.sa_sigaction == found) {
            let _ = set(signal, &self.ours);
        }
    }
}

/// Is this process the only one that has ever written to its copy of the registry?
fn is_registry_ours() -> bool {
    static WRITER: AtomicI32 = AtomicI32::new(0);
    let this = getpid().as_raw();
    let writer = WRITER.compare_exchange(0, this, Ordering::Relaxed, Ordering::Relaxed);
    writer.map_or_else(|writer| writer == this, |_| true)
}

/// `ours` with the mask of `found`, since the found handler was written to run with that, and with those of its flags
/// that matter to the kernel.
fn like(found: libc::sigaction, mut ours: libc::sigaction) -> libc::sigaction {
    match found.sa_sigaction {
        libc::SIG_DFL => {}
        // For SIGCHLD this means: children are not waited for.
        libc::SIG_IGN => ours.sa_flags |= libc::SA_NOCLDWAIT,
        _ => {
            ours.sa_mask = found.sa_mask;
            ours.sa_flags = found.sa_flags & !libc::SA_RESETHAND | libc::SA_SIGINFO;
        }
    }
    ours.sa_flags |= found.sa_flags & (libc::SA_NOCLDSTOP | libc::SA_NOCLDWAIT);
    ours
}

fn action_of(signal: i32) -> Result<libc::sigaction, Errno> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the out-pointer is valid; a number that is no signal is refused.
    let known = unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) };
    // SAFETY: zeroed is a valid sigaction, and the call may have filled it.
    Errno::result(known).map(|_| unsafe { action.assume_init() })
}

fn set(signal: i32, action: &libc::sigaction) -> Result<(), Errno> {
    // SAFETY: an action that the kernel has returned for this signal before, or the relay's, at most with another mask
    // and other flags.
    Errno::result(unsafe { libc::sigaction(signal, action, ptr::null_mut()) }).map(drop)
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::SigSet;

    use super::*;

    fn listen(signal: i32, run: fn(i32)) -> Listener {
        // SAFETY: all of these add to a number.
        unsafe { Listener::new(signal, run) }.unwrap()
    }

    /// How many listeners have noticed `signal`.
    fn raise(signal: i32, heard: &AtomicU32) -> u32 {
        nix::sys::signal::raise(signal.try_into().unwrap()).unwrap();
        heard.swap(0, Ordering::Relaxed)
    }

    #[test]
    fn what_was_found_is_called_and_comes_back() {
        static HEARD: AtomicU32 = AtomicU32::new(0);
        extern "C" fn others(_: i32) {
            HEARD.fetch_add(100, Ordering::Relaxed);
        }
        fn one(_: i32) {
            HEARD.fetch_add(1, Ordering::Relaxed);
        }
        fn two(_: i32) {
            HEARD.fetch_add(2, Ordering::Relaxed);
        }
        let signal = libc::SIGWINCH;
        let handler = others as extern "C" fn(i32) as usize;
        let mut found = action_of(signal).unwrap();
        (found.sa_sigaction, found.sa_flags) = (handler, libc::SA_ONSTACK);
        found.sa_mask = *SigSet::all().as_ref();
        set(signal, &found).unwrap();
        let listener = listen(signal, one);
        let registry = action_of(signal).unwrap();
        // SAFETY: a mask that the kernel has filled.
        assert_eq!(unsafe { libc::sigismember(&raw const registry.sa_mask, libc::SIGTERM) }, 1);
        assert_eq!(registry.sa_flags & (libc::SA_ONSTACK | libc::SA_RESTART), libc::SA_ONSTACK);
        let second = listen(signal, two);
        assert_eq!(raise(signal, &HEARD), 103);
        drop(second);
        assert_eq!(raise(signal, &HEARD), 101);
        drop(listener);
        assert_eq!(action_of(signal).unwrap().sa_sigaction, handler, "as it was");
        let listener = listen(signal, one);
        assert_eq!(raise(signal, &HEARD), 100, "it may call the registry by now");
        drop(listener);
    }

    #[test]
    fn what_came_later_is_left_alone() {
        static HEARD: AtomicU32 = AtomicU32::new(0);
        extern "C" fn others(_: i32) {}
        fn one(_: i32) {
            HEARD.fetch_add(1, Ordering::Relaxed);
        }
        let signal = libc::SIGURG;
        let listener = listen(signal, one);
        assert_eq!(raise(signal, &HEARD), 1);
        for later in [others as extern "C" fn(i32) as usize, libc::SIG_IGN] {
            signals::set(signal, later);
            listener.renew();
            assert_eq!(action_of(signal).unwrap().sa_sigaction, later);
        }
        signals::set(signal, libc::SIG_DFL);
        listener.renew();
        assert_eq!(raise(signal, &HEARD), 1, "the default action calls nobody");
        drop(listener);
        assert_eq!(action_of(signal).unwrap().sa_sigaction, libc::SIG_DFL);
    }
}
