//! What is posted for children that stay.

use std::rc::Rc;

use crate::process::shared::board::Full;
use crate::task::life::crew::{Crew, Parcel, Route};
use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::workers::parcel;
use crate::task::workers::reach::watch;
use crate::zend::object::Object;

/// Posted tasks of one pool that nobody has run yet: more would only lie there.
const AHEAD: usize = 1024;

pub(crate) fn post_all(group: &Rc<Group>, crew: &Crew) {
    loop {
        let held = crew.held.borrow_mut().pop_front();
        let next =
            held.map(|(id, parcel)| (id, group.future(id), parcel)).or_else(|| next_parcel(group, crew));
        let Some((id, future, parcel)) = next else {
            return;
        };
        if crew.post(id, &parcel) == Err(Full) {
            // Serializing it may have filled the board, and left another one here.
            crew.held.borrow_mut().push_front((id, parcel));
            return;
        }
        crew.spare.replace(parcel.bytes);
        if let Some(future) = future {
            future.limit.set(future.limit.get().or_else(|| group.timeout.get()));
            watch(&future);
            future.give_back();
        }
    }
}

/// The next task of the queue as a parcel, in the cheapest way that is right. Re-enters PHP.
fn next_parcel(group: &Rc<Group>, crew: &Crew) -> Option<(u64, Option<Object<Future>>, Parcel)> {
    loop {
        let (id, future) = group.ledger.change(|ledger| {
            let (id, of) = ledger.next_within(AHEAD)?;
            Some((id, of.future()?.clone()))
        })?;
        let known_since = future.epoch.get();
        let all_have_it = crew.oldest.get().is_some_and(|oldest| oldest >= known_since);
        let sent = if all_have_it || future.declined.get() { None } else { pack(crew, &future) };
        // Serializing it may have cancelled it.
        if future.has_ended() {
            drop(group.end(id));
            continue;
        }
        future.set_route(if sent.is_some() { Route::Sent } else { Route::Inherited });
        let parcel = sent.unwrap_or_else(|| parcel::inherited(known_since));
        return Some((id, Some(future), parcel));
    }
}

fn pack(crew: &Crew, future: &Future) -> Option<Parcel> {
    let parcel = parcel::pack(&state().book, &future.work, crew.spare.take());
    // An exit is told by what is pending.
    parcel.ok().flatten()
}
