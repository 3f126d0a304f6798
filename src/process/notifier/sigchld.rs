//! The notifier for processes in which no thread may be: a handler of SIGCHLD, chained to the one that was there.
//!
//! It cuts the script's `sleep` short whenever a child ends, as any such handler does. A child that waits for its parent
//! to read a long result sends no signal: it goes on when the parent waits, or when another child ends.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{SigEvent, SigevNotify, Signal};
use nix::sys::time::TimeSpec;
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;
use signal_hook::low_level;

use super::Flags;

/// The action that the registration of our handler left.
static INSTALLED: OnceLock<Action> = OnceLock::new();

struct Action(libc::sigaction);

// SAFETY: a function pointer, a mask and flags: plain data, only read.
unsafe impl Send for Action {}
// SAFETY: as above.
unsafe impl Sync for Action {}

/// The handler of SIGCHLD, and a timer that sends the same signal.
#[derive(Debug)]
pub(crate) struct Sigchld {
    timer: Timer,
}

/// Puts our handler in place, or back in its place: the registry believes in it for ever, but a child takes it away.
fn install(flags: Flags) -> Result<(), Errno> {
    if let Some(Action(action)) = INSTALLED.get() {
        // SAFETY: an action that the kernel itself gave.
        unsafe { libc::sigaction(libc::SIGCHLD, action, ptr::null_mut()) };
        return Ok(());
    }
    // SAFETY: the action stores two atomics, and nothing else.
    let registered = unsafe { low_level::register(libc::SIGCHLD, move || flags.raise()) };
    registered.map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EINVAL)))?;
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a valid out-pointer.
    unsafe { libc::sigaction(libc::SIGCHLD, ptr::null(), action.as_mut_ptr()) };
    // SAFETY: zeroed is valid, and the call has filled it.
    INSTALLED.get_or_init(|| Action(unsafe { action.assume_init() }));
    Ok(())
}

impl Sigchld {
    pub(super) fn start(flags: Flags) -> Result<Self, Errno> {
        install(flags)?;
        let event = SigEvent::new(SigevNotify::SigevSignal {
            signal: Signal::SIGCHLD,
            si_value: 0,
        });
        Ok(Self {
            timer: Timer::new(ClockId::CLOCK_MONOTONIC, event)?,
        })
    }

    pub(super) fn alarm(&mut self, delay: Duration) {
        let expiration = Expiration::OneShot(TimeSpec::from_duration(delay));
        let _ = self.timer.set(expiration, TimerSetTimeFlags::empty());
    }

    /// The handler stays: what it does is harmless, and whoever came after us may have chained to it.
    pub(super) fn stop(self) {
        drop(self);
    }
}
