//! Large results of items: a worker keeps one in its memory, and does nothing else until the parent has fetched it.
//!
//! They stay there as long as the parent computes, so that a slow parent does not pile up the results of fast workers.
//! But nothing may wait for a worker that waits so: the parent fetches them before it sleeps, for whatever, and when
//! other work is queued for these workers. There are never more of them than portions may be ahead.

use std::rc::Rc;

use crate::task::life::future::Phase;
use crate::task::life::group::Group;
use crate::task::life::map_call::{MapCall, RemotePayload, Said};
use crate::task::life::state::state;
use crate::task::workers;
use crate::task::workers::retry;

/// The parent is about to sleep: fetches all results with which workers wait.
pub(crate) fn fetch_all() {
    if !state().remote_results.borrow().is_empty() {
        fetch(|_| true);
    }
}

/// Fetches the results with which workers of `group` wait, if there is other work for these.
#[inline]
pub(crate) fn make_way(group: &Group) {
    if !state().remote_results.borrow().is_empty() {
        fetch_if_shared(group);
    }
}

#[cold]
fn fetch_if_shared(group: &Group) {
    if is_shared(group) {
        fetch(|map_call| std::ptr::eq(&raw const *map_call.group, group));
    }
}

/// Is there work for the workers of `group` besides one map call?
fn is_shared(group: &Group) -> bool {
    group.maps.borrow().len() > 1 || group.ledger.borrow().iter().any(|(.., of)| of.future().is_some())
}

fn fetch(wanted: impl Fn(&MapCall) -> bool) {
    let remote_results = state().remote_results.take();
    for (child, remote_payload) in remote_results {
        let map_call = remote_payload.map_call.upgrade();
        match map_call.as_ref().filter(|map_call| wanted(map_call)) {
            Some(map_call) => map_call.fetch(remote_payload.batch, remote_payload.place),
            None => drop(state().remote_results.borrow_mut().insert(child, remote_payload)),
        }
    }
}

impl Said {
    /// The same, with nothing left in the memory of its worker, which is one of `group`.
    pub(crate) fn brought_home(self, group: &Group) -> Self {
        let pid = self.holder().and_then(|child| workers::pid_of_child(group, child));
        match self {
            Self::Remote(phase) => match retry::brought_home(*phase) {
                Phase::Reported(ended) => Self::of(ended, pid),
                phase => Self::Remote(Box::new(phase)),
            },
            said => said,
        }
    }
}

impl MapCall {
    /// Notes where a result is that stays in the memory of its worker.
    pub(crate) fn note_remote(self: &Rc<Self>, child: u64, batch: u64, place: usize) {
        let remote_payload = RemotePayload { map_call: Rc::downgrade(self), batch, place };
        state().remote_results.borrow_mut().insert(child, remote_payload);
    }

    fn fetch(&self, batch: u64, place: usize) {
        self.batches.change(|batches| {
            let slot = batches.get_mut(&batch).and_then(|known| {
                let place = place.checked_sub(known.given)?;
                known.said.get_mut(place)
            });
            if let Some(slot) = slot.filter(|slot| matches!(slot, Said::Remote(_))) {
                *slot = std::mem::replace(slot, Said::Given).brought_home(&self.group);
            }
        });
    }
}
