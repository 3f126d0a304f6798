//! Interrupts of the virtual machine (VM): after its interrupt flag was set, the VM calls a hook at the next loop, call
//! or return.
//!
//! The hook is installed in MINIT: the JIT compiles the hook's address into loops, and would not call one that is
//! installed later.

use std::cell::Cell;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use ext_php_rs::ffi::{zend_execute_data, zend_interrupt_function};

use super::cell::ensure_free;
use super::{exception, thread};
use crate::ffi::{self, InterruptFunction};
use crate::process::poller::notifier::Flags;

/// Set when this extension has requested an interrupt; the engine's own flag is also set by others.
static PENDING: AtomicBool = AtomicBool::new(false);
/// The same, until the parent looks for news.
static RAISED: AtomicBool = AtomicBool::new(false);
static HOOK: OnceLock<fn()> = OnceLock::new();
static PREVIOUS: OnceLock<Option<InterruptFunction>> = OnceLock::new();

/// Has `hook` called at interrupts that were requested through [`flags`], before the hook that was installed earlier.
/// MINIT, which may run more than once in a process.
pub(crate) fn install(hook: fn()) {
    HOOK.get_or_init(|| hook);
    // SAFETY: MINIT: stores which module is being started.
    unsafe { ffi::async_interrupt_startup() };
    // SAFETY: MINIT: no other thread runs PHP.
    PREVIOUS.get_or_init(|| unsafe { zend_interrupt_function });
    // SAFETY: as above.
    unsafe { zend_interrupt_function = Some(on_interrupt) };
}

/// Restores the previous hook, if the current one is ours. MSHUTDOWN.
pub(crate) fn uninstall() {
    // SAFETY: MSHUTDOWN: no other thread runs PHP.
    let current = unsafe { zend_interrupt_function };
    if current.is_some_and(|current| std::ptr::fn_addr_eq(current, on_interrupt as InterruptFunction)) {
        // SAFETY: as above.
        unsafe { zend_interrupt_function = PREVIOUS.get().copied().flatten() };
    }
}

/// The flags that request an interrupt of this thread's VM.
pub(crate) fn flags() -> Flags {
    // SAFETY: only takes an address.
    let address = unsafe { ffi::async_vm_interrupt_addr() };
    // SAFETY: a one-byte flag of the engine (`zend_atomic_bool`), valid for the lifetime of the thread of
    // the request, which outlives the notifier.
    let interrupt = unsafe { AtomicBool::from_ptr(address.cast()) };
    Flags { pending: &PENDING, raised: &RAISED, interrupt }
}

/// Clears the request for an interrupt, and returns whether there was one. The caller then processes all events.
pub(crate) fn acknowledge() -> bool {
    PENDING.swap(false, Ordering::AcqRel)
}

/// Whether handlers may run now, that is, whether the VM is where the script itself could have called a function: not
/// in a destructor, an autoloader, a comparator, an output callback or an error handler, and with no exception pending.
/// While handlers run, only the frames that they have called are considered: see [`Floor`].
pub(crate) fn safe() -> bool {
    // SAFETY: walks the frames of the running thread.
    unsafe { ffi::async_interrupt_safe() }
}

/// Whether the VM is in a function of this extension, or at its end. An interrupt that is requested again there comes when
/// that function has returned. Anywhere else it would come again at once, without an end.
pub(crate) fn is_inside_ours() -> bool {
    // SAFETY: looks at the frame of the running thread.
    unsafe { ffi::async_interrupt_is_inside_ours() }
}

/// Whether the VM is at the end of a function that is freed already, where no exception can be made. An interrupt that is
/// requested again there comes when that function has returned.
pub(crate) fn is_of_freed() -> bool {
    // SAFETY: looks at the frame of the running thread.
    unsafe { ffi::async_interrupt_is_of_freed() }
}

/// Does what the VM would do at an interrupt, for a caller that blocks. PHP code may run: signal handlers of the
/// application.
pub(crate) fn run() {
    ensure_free();
    let outer = BLOCKS.replace(true);
    // SAFETY: called inside an internal function of ours, with no borrow held.
    unsafe { ffi::async_interrupts_run() };
    BLOCKS.set(outer);
}

thread_local! {
    /// Whether [`run`] is active.
    static BLOCKS: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current interrupt comes from [`run`]: the script is in a call that waits for tasks.
pub(crate) fn is_of_a_call() -> bool {
    BLOCKS.get()
}

unsafe extern "C" fn on_interrupt(frame: *mut zend_execute_data) {
    // An `exit()` in a hook that was installed after ours, and calls ours when it is done.
    let mut exited = exception::exiting();
    let was_pending = exception::pending();
    // The hook must not request another interrupt, except in `is_inside_ours` and `is_of_freed`: the VM checks for one as soon as this
    // returns, before it continues.
    if thread::is_main()
        && acknowledge()
        && let Some(hook) = HOOK.get()
    {
        // A panic must not leave an `extern "C"` frame; the hook reports its own panics.
        let _ = catch_unwind(AssertUnwindSafe(hook));
    }
    if let Some(previous) = PREVIOUS.get().copied().flatten() {
        let ours = exception::exiting();
        // SAFETY: the function that was installed before ours, with the frame that the engine gave.
        unsafe { previous(frame) };
        exited |= !ours && exception::exiting();
    }
    if !was_pending && exception::pending() {
        // SAFETY: the frame that the engine gave, and that is the current one again: the VM is about to unwind it.
        unsafe { ffi::async_interrupt_threw(frame) };
    }
    if exited {
        EXITED.store(true, Ordering::Relaxed);
    }
}

/// Set when another hook, that is, a signal handler of the script, has called `exit()` at an interrupt.
static EXITED: AtomicBool = AtomicBool::new(false);

/// Whether a signal handler has called `exit()` at an interrupt.
pub(crate) fn has_exited() -> bool {
    EXITED.load(Ordering::Relaxed)
}

/// Clears that for the next request.
pub(crate) fn forget_exit() {
    EXITED.store(false, Ordering::Relaxed);
}

/// A guard that prevents fiber switches while it lives. A handler runs inside whatever fiber was interrupted, and must
/// be finished before that fiber continues.
#[derive(Debug)]
pub(crate) struct FiberBlock;

impl FiberBlock {
    /// Prevents switches.
    pub(crate) fn new() -> Self {
        // SAFETY: counts up a field of the engine.
        unsafe { ffi::async_fiber_block() };
        Self
    }
}

impl Drop for FiberBlock {
    fn drop(&mut self) {
        // SAFETY: counts down what `new` counted up.
        unsafe { ffi::async_fiber_unblock() };
    }
}

/// A guard that lives while handlers run: [`safe`] only considers the frames above the one that was current when it was
/// made. The frames below were considered when the handlers began; with them [`safe`] would always be false inside a
/// handler, and no events would be processed there.
#[derive(Debug)]
pub(crate) struct Floor(*const c_void);

impl Floor {
    /// Makes the current frame the lowest that [`safe`] considers.
    pub(crate) fn new() -> Self {
        // SAFETY: the address of the current frame is kept to be compared with others, and never read through.
        Self(unsafe { ffi::async_floor_set() })
    }

    /// Resets it after a fatal error has unwound the handlers, and their frames no longer exist.
    pub(crate) fn forget() {
        // SAFETY: as above; null stands for no frame.
        unsafe { ffi::async_floor_reset(ptr::null()) };
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        // SAFETY: the address that was kept before, which is only compared.
        unsafe { ffi::async_floor_reset(self.0) };
    }
}
