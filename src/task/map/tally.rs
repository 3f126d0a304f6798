//! Counts the items of maps by their states, from when they are taken out of the source until their results are given.

use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::task::life::map_call::{MapCall, Said};
use crate::task::life::totals::Counts;
use crate::task::workers;
use crate::wire::frame::{Frame, Kind};

/// Counts the items of all maps of `group`, too.
pub(crate) fn add(group: &Group, counts: &mut Counts) {
    group.maps.borrow().values().for_each(|map_call| map_call.tally(counts));
}

impl MapCall {
    fn tally(&self, counts: &mut Counts) {
        let is_running = |id| usize::from(workers::has_begun(&self.group, id));
        for (&id, batch) in self.batches.borrow().iter() {
            let left = batch.len() - batch.answered;
            // A worker runs one of the items that it has taken; another one may still get the others.
            let running = left.min(is_running(id));
            counts.running += running;
            counts.queued += left - running;
            batch.said.iter().for_each(|said| count(counts, said));
        }
        counts.running += self.cancelled().into_iter().map(is_running).sum::<usize>();
    }
}

fn count(counts: &mut Counts, said: &Said) {
    match said {
        Said::Told(Frame { kind: Kind::Value, .. }, _) => counts.finished += 1,
        Said::Remote(phase)
            if let Phase::Remote { remote_payload, .. } = &**phase
                && remote_payload.kind == Kind::Value =>
        {
            counts.finished += 1;
        }
        Said::Told(..) | Said::Ended(..) | Said::Remote(_) | Said::Refused(_) => counts.failed += 1,
        Said::Overdue(..) => counts.timed_out += 1,
        // A retry is counted in its own batch; what was given is not counted.
        Said::Awaited | Said::Given => {}
    }
}
