//! Time limits of items: whoever is at one for too long is ended. Runs in the parent.
//!
//! Children note down when they begin an item, if there is a limit. Nobody is told: the parent looks when the limit of what
//! a child was at the last time would be over.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::{Crew, Member};
use crate::ini;
use crate::pool::deadlines::Stage;
use crate::process::shared::board::Item;
use crate::task::group::Group;
use crate::task::state::state;
use crate::task::turn;

/// How long an item of `group` may take, if there is a limit and there are items.
pub(super) fn limit(group: &Group) -> Option<Duration> {
    let limit = Duration::try_from_secs_f64(group.timeout.get()?).ok()?;
    Some(limit).filter(|limit| !limit.is_zero() && !group.maps.borrow().is_empty())
}

/// Looks after the items of all children of `group`.
pub(crate) fn watch_items(group: &Group) {
    let crew = group.crew.borrow().clone();
    let (Some(crew), Some(limit)) = (crew, limit(group)) else {
        return;
    };
    for (&child, member) in crew.members.borrow().iter() {
        crew.board.time_items(member.seat);
        // One that is being ended has its time already.
        if member.overdue.get().is_none() {
            look_after(child, limit);
        }
    }
}

/// Looks at a child when `time` is over.
pub(super) fn look_after(child: u64, time: Duration) {
    if let Some(at) = Instant::now().checked_add(time) {
        state().deadlines.borrow_mut().set(child, at, Stage::Look);
    }
}

/// Looks for how long a child has been at its item.
pub(crate) fn look(child: u64) {
    let employer = state().workers.borrow().get(&child).cloned();
    let Some((group, crew)) = employer else {
        return;
    };
    let Some(limit) = limit(&group) else {
        return;
    };
    let members = crew.members.borrow();
    let Some(member) = members.get(&child) else {
        return;
    };
    crew.board.time_items(member.seat);
    let left = match crew.board.item(member.seat) {
        Some((item, time)) if time >= limit => {
            if end(child, member, &crew, item) {
                member.overdue.set(group.timeout.get());
                return;
            }
            limit
        }
        Some((_, time)) => limit.saturating_sub(time),
        None => limit,
    };
    look_after(child, left);
}

/// Ends a child that is still at this item. False for one that is not: it begins no other than what it has begun.
fn end(child: u64, member: &Member, crew: &Crew, item: Item) -> bool {
    crew.dismiss(member);
    if crew.board.item(member.seat).is_none_or(|(now, _)| now != item) {
        return false;
    }
    turn::signal(child, Signal::SIGTERM);
    if let Some(at) = Instant::now().checked_add(ini::kill_grace()) {
        state().deadlines.borrow_mut().set(child, at, Stage::Kill);
    }
    true
}

/// The limit that a child has exceeded, which is being ended.
pub(crate) fn overdue(group: &Group, child: u64) -> Option<f64> {
    let crew = group.crew.borrow();
    crew.as_ref()?.members.borrow().get(&child)?.overdue.get()
}
