//! Reacts to a signal in addition to the application's handler.
//!
//! This uses signal-hook's registry. Once in the life of a process, the registry installs its own handler for a signal,
//! which first calls the handler that was there before. A handler that the application installs later is left alone: it
//! may call the one that it has found, the registry's, and if the registry then installed itself again, the two would
//! call each other for ever. The registry is only installed again over what certainly calls no other handler: the
//! default action, and the engine's handler.

use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::unistd::getpid;
use signal_hook_registry::{SigId, register_signal_unchecked, unregister};

use super::poller::notifier::Flags;
use super::signals;

/// One action for one signal, until it is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    signal: i32,
    action: SigId,
}

/// The two handlers of a signal for which the registry has been installed.
struct Chain {
    /// The handler that the registry has found, and calls.
    found: libc::sigaction,
    /// The registry's own handler.
    registry: libc::sigaction,
    listeners: usize,
}

static CHAINS: Mutex<BTreeMap<i32, Chain>> = Mutex::new(BTreeMap::new());

fn chains() -> MutexGuard<'static, BTreeMap<i32, Chain>> {
    CHAINS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Listener {
    /// Raises `flags` when `signal` comes.
    ///
    /// # Errors
    ///
    /// EINVAL for a signal that cannot be handled.
    pub(crate) fn raising(signal: i32, flags: Flags) -> Result<Self, Errno> {
        // SAFETY: two stores.
        unsafe { Self::new(signal, move || flags.raise()) }
    }

    /// Increments `heard` when `signal` comes.
    ///
    /// # Errors
    ///
    /// EINVAL for a signal that cannot be handled.
    pub(crate) fn counting(signal: i32, heard: &'static AtomicU32) -> Result<Self, Errno> {
        let count = || {
            heard.fetch_add(1, Ordering::Release);
        };
        // SAFETY: an addition.
        unsafe { Self::new(signal, count) }
    }

    /// Runs `action` when `signal` comes.
    ///
    /// # Errors
    ///
    /// EINVAL for a signal that cannot be handled.
    ///
    /// # Safety
    ///
    /// `action` is async-signal-safe.
    pub(super) unsafe fn new(signal: i32, action: impl Fn() + Send + Sync + 'static) -> Result<Self, Errno> {
        let found = action_of(signal)?;
        let mut chains = chains();
        // A child inherits the registry, and never takes anything out: see `forget`.
        let owner = getpid();
        let own_action = move || {
            if getpid() == owner {
                action();
            }
        };
        // SAFETY: getpid() is async-signal-safe, and the caller guarantees the same of `action`.
        let registered = unsafe { register_signal_unchecked(signal, own_action) };
        let action =
            registered.map_err(|error| error.raw_os_error().map_or(Errno::EINVAL, Errno::from_raw))?;
        let listener = Self { signal, action };
        let chain = chains.entry(signal).or_insert_with(|| {
            let registry = like(found, signal);
            set(signal, &registry);
            Chain { found, registry, listeners: 0 }
        });
        chain.listeners += 1;
        chain.renew(signal);
        Ok(listener)
    }

    /// Installs the registry's handler again if the application has set a handler since, but through the engine, so
    /// that the kernel has the engine's.
    pub(crate) fn renew(&self) {
        if let Some(chain) = chains().get(&self.signal) {
            chain.renew(self.signal);
        }
    }
}

/// Has the application a handler for `signal`? False if that signal ends the process, or is ignored.
pub(crate) fn is_handled(signal: i32) -> bool {
    let Ok(now) = action_of(signal) else {
        return false;
    };
    let handler = match chains().get(&signal) {
        Some(chain) if chain.registry.sa_sigaction == now.sa_sigaction => chain.found.sa_sigaction,
        _ => now.sa_sigaction,
    };
    ![libc::SIG_DFL, libc::SIG_IGN].contains(&handler) && signals::is_handler(signal, handler)
}

impl Listener {
    /// In a child: like `drop`, but without removing the action from the registry. The registry waits until no handler
    /// is running; if another thread of the parent was running one at the fork, it would wait for ever, as that thread
    /// does not exist here. The action stays registered, and does nothing in a process that did not register it.
    pub(crate) fn forget(self) {
        self.leave();
        std::mem::forget(self);
    }

    /// The last listener of a signal restores the handler that was found, unless that has been changed since.
    fn leave(&self) {
        if let Some(chain) = chains().get_mut(&self.signal) {
            chain.listeners = chain.listeners.saturating_sub(1);
            if chain.listeners == 0 && chain.is_in_front(self.signal) {
                set(self.signal, &chain.found);
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        unregister(self.action);
        self.leave();
    }
}

impl Chain {
    fn is_in_front(&self, signal: i32) -> bool {
        action_of(signal).is_ok_and(|now| now.sa_sigaction == self.registry.sa_sigaction)
    }

    fn renew(&self, signal: i32) {
        let found = self.found.sa_sigaction;
        let calls_nobody = found == libc::SIG_DFL || signals::is_engines(found);
        if calls_nobody && action_of(signal).is_ok_and(|now| now.sa_sigaction == found) {
            set(signal, &self.registry);
        }
    }
}

/// The registry's handler with the mask of `found`, since the found handler was written to run with that, and with
/// those of its flags that matter to the kernel.
fn like(found: libc::sigaction, signal: i32) -> libc::sigaction {
    let mut registry = action_of(signal).unwrap_or(found);
    match found.sa_sigaction {
        libc::SIG_DFL => {}
        // For SIGCHLD this means: children are not waited for.
        libc::SIG_IGN => registry.sa_flags |= libc::SA_NOCLDWAIT,
        _ => {
            registry.sa_mask = found.sa_mask;
            registry.sa_flags = found.sa_flags & !libc::SA_RESETHAND | libc::SA_SIGINFO;
        }
    }
    registry.sa_flags |= found.sa_flags & (libc::SA_NOCLDSTOP | libc::SA_NOCLDWAIT);
    registry
}

fn action_of(signal: i32) -> Result<libc::sigaction, Errno> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the out-pointer is valid; a number that is no signal is refused.
    let known = unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) };
    // SAFETY: zeroed is a valid sigaction, and the call may have filled it.
    Errno::result(known).map(|_| unsafe { action.assume_init() })
}

fn set(signal: i32, action: &libc::sigaction) {
    // SAFETY: an action that the kernel has returned for this signal before, at most with another mask and other flags.
    unsafe { libc::sigaction(signal, action, ptr::null_mut()) };
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::SigSet;

    use super::*;

    fn listen(signal: i32, heard: &'static AtomicU32) -> Listener {
        Listener::counting(signal, heard).unwrap()
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
        let signal = libc::SIGWINCH;
        let handler = others as extern "C" fn(i32) as usize;
        let mut found = action_of(signal).unwrap();
        (found.sa_sigaction, found.sa_flags) = (handler, libc::SA_ONSTACK);
        found.sa_mask = *SigSet::all().as_ref();
        set(signal, &found);
        let listener = listen(signal, &HEARD);
        let registry = action_of(signal).unwrap();
        // SAFETY: a mask that the kernel has filled.
        assert_eq!(unsafe { libc::sigismember(&raw const registry.sa_mask, libc::SIGTERM) }, 1);
        assert_eq!(registry.sa_flags & (libc::SA_ONSTACK | libc::SA_RESTART), libc::SA_ONSTACK);
        let second = listen(signal, &HEARD);
        assert_eq!(raise(signal, &HEARD), 102);
        drop(second);
        assert_eq!(raise(signal, &HEARD), 101);
        drop(listener);
        assert_eq!(action_of(signal).unwrap().sa_sigaction, handler, "as it was");
        let listener = listen(signal, &HEARD);
        assert_eq!(raise(signal, &HEARD), 100, "it may call the registry by now");
        drop(listener);
    }

    #[test]
    fn what_came_later_is_left_alone() {
        static HEARD: AtomicU32 = AtomicU32::new(0);
        extern "C" fn others(_: i32) {}
        let signal = libc::SIGURG;
        let listener = listen(signal, &HEARD);
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
