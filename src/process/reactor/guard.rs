//! What ends a brief sleep of the parent. A timeout of the sleep itself would have the kernel set a timer each time, which
//! takes as long as a third of all that a task costs on one CPU; this one is set anew only when it has gone off.

use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};

use super::timer::Timer;
use super::{GUARD, SOON};

/// A timer that always goes off [`SOON`], once somebody has slept.
#[derive(Debug, Default)]
pub(super) struct Guard {
    timer: Timer,
    set: bool,
}

impl Guard {
    /// Makes sure that a wait for `epoll` ends soon, or at once. False when there is no descriptor to be had.
    pub(super) fn set(&mut self, epoll: &Epoll) -> bool {
        if !self.set {
            // Each time that it goes off is told once, whether somebody waits then or only later.
            let event = EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, GUARD);
            self.set = self.timer.watch(epoll, event).is_ok();
            self.timer.set(Some(SOON));
        }
        self.set
    }

    /// It has gone off.
    pub(super) fn gone_off(&mut self) {
        self.set = false;
    }
}
