//! Ends children, and waits for them for a limited time.

use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::Reactor;
use super::watched::Watched;
use crate::process::wait::{EXIT_WAIT, KILL_WAIT, Unended, Waited, wait_until};

impl Reactor {
    /// Sends `signal` to child `id`, and to its group.
    ///
    /// # Errors
    ///
    /// EPERM when this process may not send the child a signal.
    pub(crate) fn signal(&mut self, id: u64, signal: Signal) -> Result<(), Errno> {
        self.children.get_mut(&id).map_or(Ok(()), |child| child.signal(signal, &mut self.registry))
    }

    /// Sends `signal` to child `id` alone: what it has started goes on.
    ///
    /// # Errors
    ///
    /// EPERM when this process may not send the child a signal.
    pub(crate) fn tell(&self, id: u64, signal: Signal) -> Result<(), Errno> {
        self.children.get(&id).map_or(Ok(()), |child| child.recipient().send(Some(signal)))
    }

    /// Kills every child with its group, and reaps it. Returns the pids of those that are still there, and why they
    /// are.
    pub(crate) fn kill_all(&mut self) -> Vec<(i32, Unended)> {
        self.rings.clear();
        self.captures.clear();
        self.polled.clear();
        let killed = |mut child: Watched| {
            let sent = child.signal(Signal::SIGKILL, &mut self.registry);
            (child, sent)
        };
        let killed: Vec<_> = std::mem::take(&mut self.children).into_values().map(killed).collect();
        let now = Instant::now();
        let still_there = |(child, sent): (Watched, Result<(), Errno>)| {
            let time = match sent {
                _ if child.forsaken => Duration::ZERO,
                Ok(()) => KILL_WAIT,
                Err(_) => EXIT_WAIT,
            };
            let waited = wait_until(child.pid, child.pidfd.as_ref(), now + time);
            let left = waited == Waited::Running && !child.forsaken;
            left.then(|| (child.pid.as_raw(), Unended::after(sent)))
        };
        let left = killed.into_iter().filter_map(still_there).collect();
        self.forsaken = 0;
        left
    }

    /// Stops counting and waiting for child `id`, which was to end and has not. Returns its pid, and why it is still
    /// there; `None` if there is no such child. If it does end, that is reported as for others.
    pub(crate) fn forsake(&mut self, id: u64) -> Option<(i32, Unended)> {
        let child = self.children.get_mut(&id).filter(|child| !child.forsaken)?;
        let sent = child.signal(Signal::SIGKILL, &mut self.registry);
        child.forsaken = true;
        self.forsaken += 1;
        Some((child.pid.as_raw(), Unended::after(sent)))
    }
}
