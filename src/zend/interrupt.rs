//! The virtual machine's interrupt: the next loop, call or return after somebody asked for it.
//!
//! The hook goes in at MINIT: the JIT compiles the pointer in, so one that comes later is not called from compiled
//! loops.

use std::cell::Cell;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use ext_php_rs::ffi::{zend_execute_data, zend_interrupt_function};

use super::cell::ensure_free;
use super::exception;
use crate::ffi::{self, InterruptFunction};
use crate::process::poller::notifier::Flags;

/// Ours: others raise the engine's flag too.
static PENDING: AtomicBool = AtomicBool::new(false);
static HOOK: OnceLock<fn()> = OnceLock::new();
static PREVIOUS: OnceLock<Option<InterruptFunction>> = OnceLock::new();

/// Calls `hook` at interrupts that were asked for through [`flags`], before whoever was there first. MINIT, which
/// may run more than once in a process.
pub(crate) fn install(hook: fn()) {
    HOOK.get_or_init(|| hook);
    // SAFETY: MINIT: keeps which module is being started.
    unsafe { ffi::async_interrupt_startup() };
    // SAFETY: MINIT: no other thread runs PHP.
    PREVIOUS.get_or_init(|| unsafe { zend_interrupt_function });
    // SAFETY: as above.
    unsafe { zend_interrupt_function = Some(on_interrupt) };
}

/// Gives the hook back, if it is still ours. MSHUTDOWN.
pub(crate) fn uninstall() {
    // SAFETY: MSHUTDOWN: no other thread runs PHP.
    let current = unsafe { zend_interrupt_function };
    if current.is_some_and(|current| std::ptr::fn_addr_eq(current, on_interrupt as InterruptFunction)) {
        // SAFETY: as above.
        unsafe { zend_interrupt_function = PREVIOUS.get().copied().flatten() };
    }
}

/// The flags that ask for an interrupt of this thread's PHP.
pub(crate) fn flags() -> Flags {
    // SAFETY: only takes an address.
    let address = unsafe { ffi::async_vm_interrupt_addr() };
    // SAFETY: a one-byte flag of the engine (`zend_atomic_bool`), valid for the lifetime of the thread of
    // the request, which outlives the notifier.
    let interrupt = unsafe { AtomicBool::from_ptr(address.cast()) };
    Flags { pending: &PENDING, interrupt }
}

/// Nothing is pending any more: whoever calls this looks now.
pub(crate) fn acknowledge() -> bool {
    PENDING.swap(false, Ordering::AcqRel)
}

/// Is the VM where the script itself could have called a function? Not in a destructor, an autoloader, a comparator,
/// an output callback or an error handler, and with no exception pending. In a handler only what the handler has called
/// is asked about: see [`Floor`].
pub(crate) fn safe() -> bool {
    // SAFETY: walks the frames of the running thread.
    unsafe { ffi::async_interrupt_safe() }
}

/// For a caller that blocks: what the VM would do at an interrupt. Re-enters PHP: signal handlers of the application.
pub(crate) fn run() {
    ensure_free();
    let outer = BLOCKS.replace(true);
    // SAFETY: called inside an internal function of ours, with no borrow held.
    unsafe { ffi::async_interrupts_run() };
    BLOCKS.set(outer);
}

thread_local! {
    /// The interrupt is one of [`run`].
    static BLOCKS: Cell<bool> = const { Cell::new(false) };
}

/// Is the script inside a call that waits for tasks, and has handed this interrupt on?
pub(crate) fn is_of_a_call() -> bool {
    BLOCKS.get()
}

unsafe extern "C" fn on_interrupt(frame: *mut zend_execute_data) {
    // Of whoever came after us, and calls us when it is done.
    let mut exited = exception::exiting();
    // The hook must not ask for another one: the VM looks for that as soon as this is over, before it goes on.
    if acknowledge()
        && let Some(hook) = HOOK.get()
    {
        // A panic must not leave an extern "C" frame; the hook reports its own.
        let _ = catch_unwind(AssertUnwindSafe(hook));
    }
    if let Some(previous) = PREVIOUS.get().copied().flatten() {
        let ours = exception::exiting();
        // SAFETY: the function that was installed before ours, with the frame that the engine gave.
        unsafe { previous(frame) };
        exited |= !ours && exception::exiting();
    }
    if exited {
        EXITED.store(true, Ordering::Relaxed);
    }
}

/// Somebody else has called `exit` at an interrupt: a handler of a signal.
static EXITED: AtomicBool = AtomicBool::new(false);

/// Has a handler of a signal called `exit`?
pub(crate) fn has_exited() -> bool {
    EXITED.load(Ordering::Relaxed)
}

/// Begins anew, for the next request.
pub(crate) fn forget_exit() {
    EXITED.store(false, Ordering::Relaxed);
}

/// While this lives, no fiber can be switched: a handler belongs to nobody's fiber, and what is begun underneath it is
/// over when it is.
#[derive(Debug)]
pub(crate) struct FiberBlock;

impl FiberBlock {
    /// Blocks switching.
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

/// While this lives, handlers run: [`safe`] judges the frames above the one that is the current one now. What lies
/// below was judged when the handlers began; seen from inside them it never is safe, and nothing would be taken in.
#[derive(Debug)]
pub(crate) struct Floor(*const c_void);

impl Floor {
    /// From the current frame on.
    pub(crate) fn new() -> Self {
        // SAFETY: the address of the current frame is kept to be compared with others, and never read through.
        Self(unsafe { ffi::async_floor_set() })
    }

    /// After a fatal error has left the handlers: there is no frame left to judge from.
    pub(crate) fn forget() {
        // SAFETY: as above; null stands for no frame.
        unsafe { ffi::async_floor_reset(ptr::null()) };
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        // SAFETY: what was kept before, which is only compared.
        unsafe { ffi::async_floor_reset(self.0) };
    }
}
