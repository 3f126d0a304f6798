//! Reaps children that have ended, and tells what they have left.

use std::collections::VecDeque;

use super::{Ended, News, Reactor};
use crate::process::wait::{Exit, Waited, wait};

impl Reactor {
    /// The pipe of a warm worker is closed at its other end: the child is about to end, or has lost its descriptors.
    pub(super) fn lose(&mut self, id: u64) {
        if let Some(child) = self.children.get_mut(&id) {
            child.close_pipe(&mut self.registry);
            self.polled.insert(id);
        }
    }

    /// Reaps child `id` if it has ended, and reports it.
    pub(super) fn reap(&mut self, id: u64, news: &mut VecDeque<News>) {
        let Some(child) = self.children.get(&id) else {
            return;
        };
        if let Waited::Ended(exit) = wait(child.pid) {
            let lends = self.rings.last_words(id, news);
            if let Some(child) = self.children.get_mut(&id).filter(|_| lends) {
                child.lends = true;
            }
            news.extend(self.part(id, exit).map(News::Ended));
        }
    }

    /// Child `id` has ended, but its status cannot be had before its debugger has it. Its pidfd is readable all the
    /// time now, so that the child is polled instead.
    pub(super) fn look_after(&mut self, id: u64) {
        let pidfd = self.children.get_mut(&id).and_then(|child| child.pidfd.as_ref());
        if let Some(pidfd) = pidfd {
            self.registry.deregister(pidfd);
            self.deaths.remove(pidfd);
            self.polled.insert(id);
        }
    }

    /// Removes a child that is reaped, and returns what it left.
    pub(super) fn part(&mut self, id: u64, exit: Exit) -> Option<Ended> {
        let child = self.children.get_mut(&id)?;
        if child.lends {
            self.fates.insert(id, exit);
        }
        child.receive();
        child.close_pipe(&mut self.registry);
        child.forwarded = None;
        if let Some(pidfd) = child.pidfd.take() {
            self.registry.deregister(&pidfd);
            self.deaths.remove(&pidfd);
        }
        let child = self.children.remove(&id)?;
        self.forsaken -= usize::from(child.forsaken);
        self.polled.remove(&id);
        Some(Ended { id, exit, message: child.message() })
    }
}
