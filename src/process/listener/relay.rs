//! Our own handler, in processes that have inherited the registry and may not write to it: it calls the one that it has
//! found, and then does what somebody has asked for.

use std::ffi::{c_int, c_void};
use std::mem::{MaybeUninit, transmute};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use libc::{sigaction, siginfo_t};
use nix::errno::Errno;

use super::actions;

const SIGNALS: usize = 65;

/// The handlers that were found, by signal. Never freed, as a handler may be reading them: there is one for each signal
/// and generation of processes.
static FOUND: [AtomicPtr<sigaction>; SIGNALS] = [const { AtomicPtr::new(ptr::null_mut()) }; SIGNALS];

fn place(signal: c_int) -> Option<&'static AtomicPtr<sigaction>> {
    FOUND.get(usize::try_from(signal).ok()?)
}

/// The handler for `signal`, to be installed in front of `found`.
pub(super) fn to(signal: c_int, found: sigaction) -> sigaction {
    if let Some(place) = place(signal) {
        place.store(Box::into_raw(Box::new(found)), Ordering::Release);
    }
    // SAFETY: zeroed is a valid sigaction: no flags, an empty mask.
    let mut action = unsafe { MaybeUninit::<sigaction>::zeroed().assume_init() };
    action.sa_sigaction = relay as extern "C" fn(c_int, *mut siginfo_t, *mut c_void) as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
    action
}

extern "C" fn relay(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let errno = Errno::last_raw();
    let found = place(signal).map_or(ptr::null_mut(), |place| place.load(Ordering::Acquire));
    // SAFETY: null, or leaked by `to`.
    if let Some(found) = unsafe { found.as_ref() } {
        call(found, signal, info, context);
    }
    actions::run(signal);
    Errno::set_raw(errno);
}

fn call(found: &sigaction, signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let handler = found.sa_sigaction;
    if [libc::SIG_DFL, libc::SIG_IGN].contains(&handler) {
        return;
    }
    let handler = ptr::with_exposed_provenance::<()>(handler);
    if found.sa_flags & libc::SA_SIGINFO == 0 {
        // SAFETY: the kernel had it as a handler of this kind.
        let handler = unsafe { transmute::<*const (), extern "C" fn(c_int)>(handler) };
        handler(signal);
    } else {
        // SAFETY: as above, of the other kind.
        let handler =
            unsafe { transmute::<*const (), extern "C" fn(c_int, *mut siginfo_t, *mut c_void)>(handler) };
        handler(signal, info, context);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI32;

    use super::*;
    use crate::process::listener::{action_of, set};

    static CALLED: AtomicI32 = AtomicI32::new(0);
    extern "C" fn plain(signal: c_int) {
        CALLED.fetch_add(signal, Ordering::Relaxed);
        Errno::set_raw(1);
    }
    extern "C" fn with_info(signal: c_int, info: *mut siginfo_t, _: *mut c_void) {
        // SAFETY: the kernel's, which the relay has passed on.
        CALLED.fetch_add(1000 * i32::from(unsafe { (*info).si_signo } == signal), Ordering::Relaxed);
    }
    fn noted(_: c_int) {
        CALLED.fetch_add(1_000_000, Ordering::Relaxed);
    }

    #[test]
    fn what_was_found_is_called_first_and_errno_is_kept() {
        let signal = libc::SIGTSTP;
        let before = action_of(signal).unwrap();
        let action = actions::Action::listened_to(signal, noted);
        let kinds = [
            (plain as extern "C" fn(c_int) as usize, 0, 1_000_000 + signal),
            (
                with_info as extern "C" fn(c_int, *mut siginfo_t, *mut c_void) as usize,
                libc::SA_SIGINFO,
                1_001_000,
            ),
            (libc::SIG_IGN, 0, 1_000_000),
            (libc::SIG_DFL, 0, 1_000_000),
        ];
        for (handler, flags, expected) in kinds {
            let mut found = before;
            (found.sa_sigaction, found.sa_flags) = (handler, flags);
            set(signal, &to(signal, found)).unwrap();
            Errno::set_raw(7);
            nix::sys::signal::raise(signal.try_into().unwrap()).unwrap();
            assert_eq!((CALLED.swap(0, Ordering::Relaxed), Errno::last_raw()), (expected, 7));
        }
        action.leave();
        set(signal, &before).unwrap();
    }
}
