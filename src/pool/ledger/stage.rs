//! Where an attempt can be.

/// Where an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// In the pool's queue.
    Queued,
    /// It is a retry, and waits for its backoff to be over.
    Resting,
    /// About to run: a process is about to be forked for it, or a warm worker takes it from the job queue.
    Posted,
    /// In a process of its own.
    Running,
    /// Its process has sent everything, but has not ended yet. It needs no slot any more.
    Reported,
    /// This pool does not wait for its process any more, but the slot is taken until that process has ended. Either its
    /// task belongs to another pool by now, or its outcome is still in the memory of that process.
    Disowned,
    /// A warm worker has it, and nobody wants its results any more: it is over with the last of them, or with that
    /// worker.
    Cancelled,
}

impl Stage {
    /// Has it not started?
    pub(crate) fn is_waiting(self) -> bool {
        matches!(self, Self::Queued | Self::Resting)
    }

    /// Is it in a process that was forked for it alone, and has the same id?
    pub(super) fn is_isolated(self) -> bool {
        matches!(self, Self::Running | Self::Reported | Self::Disowned)
    }
}

/// How many attempts are in each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) queued: usize,
    pub(super) resting: usize,
    /// Posted or running.
    pub(super) out: usize,
    pub(super) reported: usize,
    pub(super) disowned: usize,
    pub(super) cancelled: usize,
}

impl Counts {
    pub(super) fn of(&mut self, stage: Stage) -> &mut usize {
        match stage {
            Stage::Queued => &mut self.queued,
            Stage::Resting => &mut self.resting,
            Stage::Posted | Stage::Running => &mut self.out,
            Stage::Reported => &mut self.reported,
            Stage::Disowned => &mut self.disowned,
            Stage::Cancelled => &mut self.cancelled,
        }
    }

    /// How many slots are taken.
    pub(super) fn slots(&self) -> usize {
        self.out + self.disowned + self.cancelled
    }
}
