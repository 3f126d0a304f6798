//! The captured output of tasks, by the number of the task or of the warm worker.

use nix::errno::Errno;

use super::Reactor;
use crate::process::os::Trigger;
use crate::process::output::{Capture, Stream};
use crate::process::poller::registry::Source;

impl Reactor {
    /// Captures what `id` prints from now on, until [`Reactor::captured`].
    ///
    /// # Errors
    ///
    /// When the kernel cannot watch one more descriptor.
    pub(crate) fn capture(&mut self, id: u64, capture: Capture) -> Result<(), Errno> {
        for (stream, pipe) in capture.pipes() {
            self.registry.register(pipe, Source::Output(id, stream), Trigger::Level)?;
            self.notifier.watch(pipe);
        }
        self.captures.insert(id, capture);
        Ok(())
    }

    /// Is any output captured?
    pub(crate) fn captures(&self) -> bool {
        !self.captures.is_empty()
    }

    /// Ends the capture of `id`, and returns it.
    pub(crate) fn captured(&mut self, id: u64) -> Option<Capture> {
        let mut capture = self.captures.remove(&id)?;
        for (_, pipe) in capture.pipes() {
            self.registry.deregister(pipe);
        }
        capture.close();
        Some(capture)
    }

    /// Takes what child `id` has printed up to now, and continues to capture; of what follows, `limit` bytes of each
    /// stream are kept.
    pub(crate) fn split_off(&mut self, id: u64, limit: usize) -> Option<Capture> {
        for stream in [Stream::Output, Stream::Error] {
            self.drain(id, stream);
        }
        self.captures.get_mut(&id).map(|capture| capture.split_off(limit))
    }

    /// What `id` has printed to `stream` up to now.
    pub(crate) fn printed(&mut self, id: u64, stream: Stream) -> Option<Vec<u8>> {
        self.drain(id, stream);
        self.captures.get(&id).map(|capture| capture.text(stream))
    }

    /// Reads what has been printed, and deregisters the pipe if it has reached its end.
    pub(super) fn drain(&mut self, id: u64, stream: Stream) {
        // Closing does not suffice: see `close_pipe`.
        if let Some(pipe) = self.captures.get_mut(&id).and_then(|capture| capture.drain(stream)) {
            self.registry.deregister(&pipe);
        }
    }
}
