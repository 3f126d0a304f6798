//! What a reader of the ledger is told: one [`Event`] for each transition of each attempt, in order.
//!
//! The ledger reads no clock and knows no tasks. A reader that wants the time notes it when it is told; the task of an
//! attempt is said by its owner, which every first event of an attempt has.

use super::Stage;

/// One transition of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event<'l, A> {
    /// The attempt.
    pub(crate) attempt: u64,
    /// Its owner; `None` once [`report`](super::Ledger::report) or [`disown`](super::Ledger::disown) has returned it.
    pub(crate) of: Option<&'l A>,
    /// The worker that has it, or had it, as far as the parent knows. A warm worker does not tell its parent that it
    /// has taken an attempt: only the last event of that attempt names it.
    pub(crate) worker: Option<u64>,
    /// Where it was; `None` for a new one.
    pub(crate) from: Option<Stage>,
    /// Where it is; `None` if it is over.
    pub(crate) to: Option<Stage>,
}

impl<'l, A> Event<'l, A> {
    /// An attempt goes from one stage to another. A worker that was forked for it alone has the same id.
    #[inline]
    pub(super) fn new(
        attempt: u64,
        of: Option<&'l A>,
        warm: Option<u64>,
        (from, to): (Option<Stage>, Option<Stage>),
    ) -> Self {
        let is_isolated = |stage: Option<Stage>| stage.is_some_and(Stage::is_isolated);
        let own = (is_isolated(from) || is_isolated(to)).then_some(attempt);
        Self { attempt, of, worker: own.or(warm), from, to }
    }
}

/// A reader of a ledger. It is told of transitions as they happen: the ledger is borrowed then, so that it has to be
/// left alone, and no PHP code may run.
pub(crate) trait Sink<A> {
    /// Something has happened.
    fn take(&mut self, event: Event<'_, A>);
}

/// The sink of a ledger that nobody reads: the calls are compiled away.
#[derive(Debug)]
pub(crate) struct Nobody;

impl<A> Sink<A> for Nobody {
    #[inline]
    fn take(&mut self, _: Event<'_, A>) {}
}
