//! SIGINT, SIGTERM, SIGHUP and SIGQUIT for the children, when the application handles them itself.
//!
//! Children lead process groups of their own, so a terminal's Ctrl-C does not reach them. Where the parent has the default
//! action it dies, and they with it; where it has a handler, that one is wrapped: first the children, then the handler.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};

use nix::unistd::getpid;

const SIGNALS: [i32; 4] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT];

type Handler = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);

/// What the application had installed, by position in [`SIGNALS`]: handlers with and without `SA_SIGINFO` take the
/// first argument alike, and ignore the others.
static WRAPPED: [AtomicPtr<libc::c_void>; 4] = [const { AtomicPtr::new(ptr::null_mut()) }; 4];

/// The process groups of the children of [`OWNER`]; 0 is a free place. Replaced when it is full, and never freed: a
/// handler may be reading it.
static GROUPS: AtomicPtr<Vec<AtomicI32>> = AtomicPtr::new(ptr::null_mut());
static OWNER: AtomicI32 = AtomicI32::new(0);

/// Has `pid` told from now on, and looks whether the application has handlers by now.
pub(crate) fn add(pid: i32) {
    OWNER.store(getpid().as_raw(), Ordering::Release);
    let free = groups().iter().find(|group| group.load(Ordering::Relaxed) == 0);
    if let Some(place) = free {
        place.store(pid, Ordering::Release);
    } else {
        let mut larger: Vec<_> = groups()
            .iter()
            .map(|group| AtomicI32::new(group.load(Ordering::Relaxed)))
            .collect();
        larger.push(AtomicI32::new(pid));
        larger.resize_with(larger.len() * 2, || AtomicI32::new(0));
        GROUPS.store(Box::into_raw(Box::new(larger)), Ordering::Release);
    }
    wrap();
}

/// `pid` is gone.
pub(crate) fn remove(pid: i32) {
    if let Some(place) = groups().iter().find(|group| group.load(Ordering::Relaxed) == pid) {
        place.store(0, Ordering::Release);
    }
}

/// In a child: its siblings are not its own.
pub(crate) fn forget() {
    GROUPS.store(ptr::null_mut(), Ordering::Release);
}

/// Async-signal-safe.
fn groups() -> &'static [AtomicI32] {
    // SAFETY: null, or a leaked vector.
    unsafe { GROUPS.load(Ordering::Acquire).as_ref() }.map_or(&[], Vec::as_slice)
}

/// Wraps the handlers that the application has installed since the last look.
pub(crate) fn wrap() {
    for (signal, wrapped) in SIGNALS.into_iter().zip(&WRAPPED) {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: a valid out-pointer.
        unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) };
        // SAFETY: zeroed is valid, and the call has filled it.
        let mut action = unsafe { action.assume_init() };
        let handler = action.sa_sigaction;
        if [libc::SIG_DFL, libc::SIG_IGN, forward as Handler as usize].contains(&handler) {
            continue;
        }
        wrapped.store(ptr::with_exposed_provenance_mut(handler), Ordering::Release);
        action.sa_sigaction = forward as Handler as usize;
        action.sa_flags |= libc::SA_SIGINFO;
        // SAFETY: the application's own mask and flags, with a handler that is async-signal-safe.
        unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
    }
}

/// Async-signal-safe, as far as the application's handler is.
extern "C" fn forward(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    if OWNER.load(Ordering::Acquire) == getpid().as_raw() {
        for group in groups() {
            let pid = group.load(Ordering::Acquire);
            if pid > 0 {
                // SAFETY: a number; at worst there is no such group any more.
                unsafe { libc::kill(-pid, signal) };
            }
        }
    }
    let wrapped = SIGNALS
        .iter()
        .position(|&known| known == signal)
        .and_then(|at| WRAPPED.get(at));
    let Some(handler) = wrapped
        .map(|wrapped| wrapped.load(Ordering::Acquire))
        .filter(|handler| !handler.is_null())
    else {
        return;
    };
    // SAFETY: the address of a handler that the kernel had from the application.
    let handler: Handler = unsafe { std::mem::transmute(handler) };
    handler(signal, info, context);
}
