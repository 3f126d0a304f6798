//! What children that stay have told, and what becomes of their tasks when they are gone.

use std::rc::Rc;

use crate::process::poller::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::life::crew::{Crew, Member};
use crate::task::life::future::{Ending, Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::mapping::Mapping;
use crate::task::life::state::{Stray, state};
use crate::task::map;
use crate::task::map::{Answered, End};
use crate::task::parent::check::accuse;
use crate::task::workers::hire::first_open;
use crate::task::workers::retry::finish;
use crate::task::workers::{collect, retry};
use crate::wire::frame::{Frame, Kind, Malformed};
use crate::zend::object::Object;

/// A child has told what became of a task.
pub(crate) fn answered(child: u64, task: u64, message: Message) -> Option<Rc<Group>> {
    let employer = state().workers.borrow().get(&child).cloned();
    let Some((group, crew)) = employer else {
        collect::go_on(child); // nobody waits for what it says
        return None;
    };
    if let Message::Frame(Frame { kind: Kind::Passed, .. }) = message {
        return Some(group);
    }
    let mapping = mapping_of(&group, task);
    if !is_admitted(&group, &crew, child, task, mapping.is_none()) {
        return Some(group);
    }
    if let Message::Frame(Frame { kind: Kind::Declined, .. }) = message {
        collect::page_of(child);
        crew.board.over(task);
        if let Some(member) = crew.members.borrow().get(&child) {
            member.ends.set(None);
        }
        declined(&group, &crew, task);
    } else if let Some(mapping) = mapping {
        collect::page_of(child);
        mapping.answered(task, child, Answered::Told(message));
        end_of_batch(&group, &crew, task);
    } else {
        let ended = Ended { id: task, exit: Exit::Unknown, message };
        told(&group, &crew, child, task, Phase::Reported(ended));
    }
    collect::go_on(child);
    Some(group)
}

/// Was the child given this task? If not, and somebody waits for it, the child is ended: it has lost its mind, or a task of
/// it has written over what it was told.
fn is_admitted(group: &Group, crew: &Crew, child: u64, task: u64, last: bool) -> bool {
    let admitted = crew.admit(child, task, last) || group.ledger.borrow().get(task).is_none();
    if !admitted {
        accuse(child);
    }
    admitted
}

/// Nothing more comes of a batch whose items have all come back.
fn end_of_batch(group: &Group, crew: &Crew, batch: u64) {
    if !group.expects(batch) {
        crew.board.over(batch);
    }
}

/// Whose items a child has, if it has some under this number.
fn mapping_of(group: &Group, batch: u64) -> Option<Rc<Mapping>> {
    group.mapping(batch)
}

/// A child has a result in memory.
pub(crate) fn offered(child: u64, task: u64, phase: Phase) -> Option<Rc<Group>> {
    let employer = state().workers.borrow().get(&child).cloned();
    let Some((group, crew)) = employer else {
        collect::release(child); // nobody waits for what it has
        return None;
    };
    let mapping = mapping_of(&group, task);
    if !is_admitted(&group, &crew, child, task, mapping.is_none()) {
        return Some(group);
    }
    match mapping {
        Some(mapping) => {
            collect::page_of(child);
            mapping.answered(task, child, Answered::Offered(phase));
            end_of_batch(&group, &crew, task);
        }
        None => told(&group, &crew, child, task, phase),
    }
    Some(group)
}

/// A task of a child has ended: `phase` is what there is to be looked at.
fn told(group: &Rc<Group>, crew: &Crew, child: u64, task: u64, phase: Phase) {
    let page = collect::page_of(child);
    let Some(future) = group.end(task) else {
        // Nobody wants it any more.
        if let Phase::Lent { child, .. } = phase {
            collect::release(child);
        }
        return;
    };
    if let Some(member) = crew.members.borrow().get(&child) {
        member.awaited.set(None);
        future.pid.set(Some(member.pid));
    }
    future.captured.replace(page);
    finish(group, future, phase);
}

/// A child cannot run a task: one that is forked from now on can.
fn declined(group: &Rc<Group>, crew: &Crew, task: u64) {
    if let Some(mapping) = mapping_of(group, task) {
        mapping.declined(task, crew);
        return;
    }
    let is_cancelled = |future: &Object<Future>| future.ending.get() == Some(Ending::Cancelled);
    if group.ledger.borrow().is_stopped() || group.future(task).as_ref().is_some_and(is_cancelled) {
        if let Some(future) = group.end(task) {
            call_off(group, future);
        }
        return;
    }
    if let Some(future) = group.future(task) {
        future.declined.set(true);
        future.wait_again();
        future.epoch.set(state().book.borrow().next_epoch());
        group.ledger.change(|ledger| ledger.requeue(task));
    }
}

/// A task that was on its way has not begun, and it was cancelled or its pool stopped meanwhile: as for one that was in the
/// queue then.
pub(crate) fn call_off(group: &Rc<Group>, future: Object<Future>) {
    let id = future.id.get();
    state().deadlines.borrow_mut().clear(id);
    if future.ending.get() != Some(Ending::Cancelled) && retry::give_up(group, &future) {
        return;
    }
    future.ending.set(Some(Ending::Cancelled));
    future.observed.set(true);
    let ended = Ended { id, exit: Exit::Unknown, message: Message::Nothing };
    retry::conclude(group, future, Phase::Reported(ended));
}

/// A child that stayed is gone, or nobody waits for it any more: whatever it ran has ended with it.
pub(crate) fn gone(ended: Ended) -> Option<Rc<Group>> {
    collect::forget_loan(ended.id);
    let printed = collect::printed_by(ended.id);
    state().deadlines.borrow_mut().clear(ended.id);
    let (group, crew) = state().workers.remove(&ended.id)?;
    crew.note_departures();
    let member = crew.remove(ended.id)?;
    // One that died before it took anything costs a task too, and one that died before it began the first of its items costs
    // that: the next one may die of the same, and so on for ever. Who was told to leave may have begun none.
    let unasked = !member.is_leaving();
    let stillborn = crew.board.is_newborn(member.seat) && !member.proven.get() && unasked;
    let begun = crew.board.begun(member.seat).max(usize::from(unasked));
    let Member { seat, pid, .. } = member;
    let (overdue, ends) = (member.overdue.get(), member.ends.get());
    if let Exit::Unended(_) = ended.exit {
        crew.strays.borrow_mut().insert(ended.id, member);
        state().strays.borrow_mut().insert(ended.id, Stray::Worker(Rc::clone(&crew)));
    }
    if crew.condemned.get() {
        crew.settle_if_last(&group);
        return Some(group);
    }
    // Whatever is said of that by now: it was ended for this.
    if let Some(task) = ends {
        crew.board.over(task);
    }
    let mut had = crew.board.bury(seat, |task| group.expects(task));
    had.extend(ends.filter(|&task| group.expects(task)));
    if had.is_empty() && stillborn {
        had.extend(first_open(&group, &crew).filter(|&open| crew.board.retract(open)));
    }
    if group.ledger.borrow().is_stopped() {
        map::halt::stop(&group); // what it had taken and not begun is open again
    }
    let exit = ended.exit;
    let (mut ended, mut printed) = (Some(ended), printed);
    for task in had {
        let overwritten = || {
            let message = Message::Malformed(Malformed::Overwritten);
            Ended { id: task, exit, message }
        };
        let ended = ended.take().unwrap_or_else(overwritten);
        if let Some(mapping) = mapping_of(&group, task) {
            mapping.died(task, begun, End { pid: Some(pid), overdue, ended }, &crew);
            continue;
        }
        if let Some(future) = group.end(task) {
            future.pid.set(Some(pid));
            future.captured.replace(printed.take());
            finish(&group, future, Phase::Reported(Ended { id: task, ..ended }));
        }
    }
    Some(group)
}
