//! How far the items of a map are that have been taken out of its source, until they are given.

use crate::process::poller::reactor::{Ended, Message};
use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::task::life::mapping::{Mapping, Said};
use crate::task::workers;
use crate::wire::frame::{Frame, Kind};

/// How many items are how far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// No child has begun them.
    pub(crate) queued: usize,
    /// A child is at them.
    pub(crate) running: usize,
    /// They gave a value.
    pub(crate) finished: usize,
    /// They threw, or their child died, or there was none.
    pub(crate) failed: usize,
    /// Their time ran out.
    pub(crate) timed_out: usize,
}

/// The items of all maps of `group`.
pub(crate) fn of(group: &Group) -> Tally {
    let mut tally = Tally::default();
    group.maps.borrow().values().for_each(|mapping| mapping.tally(&mut tally));
    tally
}

impl Mapping {
    fn tally(&self, tally: &mut Tally) {
        let is_running = |id| usize::from(workers::has_begun(&self.group, id));
        for (&id, batch) in self.batches.borrow().iter() {
            let left = batch.len() - batch.answered;
            // A child is at one of the items that it has taken; the others may still go to somebody else.
            let running = left.min(is_running(id));
            tally.running += running;
            tally.queued += left - running;
            batch.said.iter().for_each(|said| tally.add(said));
        }
        tally.running += self.ending.borrow().keys().map(|&id| is_running(id)).sum::<usize>();
    }
}

impl Tally {
    fn add(&mut self, said: &Said) {
        match said {
            Said::Ended(Ended { message: Message::Frame(Frame { kind: Kind::Value, .. }), .. }, _) => {
                self.finished += 1;
            }
            Said::Lent(Phase::Lent { loan, .. }) if loan.kind == Kind::Value => self.finished += 1,
            Said::Ended(..) | Said::Lent(_) | Said::Refused(_) => self.failed += 1,
            Said::Overdue(..) => self.timed_out += 1,
            // That is another batch now; that is nobody's any more.
            Said::Awaited | Said::Given => {}
        }
    }
}
