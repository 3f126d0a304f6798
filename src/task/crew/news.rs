//! What children that stay have told, and what becomes of their tasks when they are gone.

use std::rc::Rc;

use super::hire::first_open;
use crate::process::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::future::{Future, Phase};
use crate::task::group::Group;
use crate::task::mapping::{Answered, End, Mapping};
use crate::task::state::state;
use crate::task::{retry, turn};
use crate::wire::frame::{Frame, Kind};
use crate::zend::object::Object;

/// A child has told what became of a task.
pub(crate) fn answered(child: u64, task: u64, message: Message) -> Option<Rc<Group>> {
    if let Message::Frame(Frame { kind: Kind::Passed, .. }) = message {
        return state().workers.borrow().get(&child).map(|(group, _)| Rc::clone(group));
    }
    let group = if let Message::Frame(Frame { kind: Kind::Declined, .. }) = message {
        turn::page_of(child);
        declined(child, task)
    } else if let Some((group, mapping)) = mapping_of(child, task) {
        turn::page_of(child);
        mapping.answered(task, child, Answered::Told(message));
        Some(group)
    } else {
        told(child, task, Phase::Reported(Ended { id: task, exit: Exit::Unknown, message }))
    };
    turn::go_on(child);
    group
}

/// Whose items a child has, if it has some under this number.
fn mapping_of(child: u64, batch: u64) -> Option<(Rc<Group>, Rc<Mapping>)> {
    let workers = state().workers.borrow();
    let (group, _) = workers.get(&child)?;
    let mapping = group.batches.borrow().get(&batch).cloned()?;
    Some((Rc::clone(group), mapping))
}

/// A child has a result in memory.
pub(crate) fn offered(child: u64, task: u64, phase: Phase) -> Option<Rc<Group>> {
    match mapping_of(child, task) {
        Some((group, mapping)) => {
            mapping.answered(task, child, Answered::Offered(phase));
            Some(group)
        }
        None => told(child, task, phase),
    }
}

/// A task of a child has ended: `phase` is what there is to be looked at.
pub(crate) fn told(child: u64, task: u64, phase: Phase) -> Option<Rc<Group>> {
    let page = turn::page_of(child);
    let (group, crew) = state().workers.borrow().get(&child).cloned()?;
    let future = group.queued.borrow_mut().remove(&task);
    let Some(future) = future else {
        // Nobody wants it any more.
        if let Phase::Lent { child, .. } = phase {
            turn::release(child);
        }
        return Some(group);
    };
    let pid = crew.members.borrow().get(&child).map(|member| member.pid);
    future.pid.set(pid);
    future.captured.replace(page);
    finish(&group, &future, phase);
    Some(group)
}

fn finish(group: &Rc<Group>, future: &Object<Future>, phase: Phase) {
    state().deadlines.borrow_mut().clear(future.id.get());
    group.scheduler.borrow_mut().ended(future.id.get());
    future.attempts.set(future.attempts.get() + 1);
    retry::conclude(group, future, phase);
}

/// A child cannot run a task: one that is forked from now on can.
fn declined(child: u64, task: u64) -> Option<Rc<Group>> {
    let (group, crew) = state().workers.borrow().get(&child).cloned()?;
    let mapping = group.batches.borrow().get(&task).cloned();
    if let Some(mapping) = mapping {
        mapping.declined(task, &crew);
        return Some(group);
    }
    let future = group.queued.borrow().get(&task).cloned()?;
    future.declined.set(true);
    future.epoch.set(state().book.borrow().next_epoch());
    group.scheduler.borrow_mut().requeue(task);
    Some(group)
}

/// A child that stayed is gone: whatever it ran has ended with it.
pub(crate) fn gone(ended: Ended) -> Option<Rc<Group>> {
    let printed = turn::printed_by(ended.id);
    state().deadlines.borrow_mut().clear(ended.id);
    let (group, crew) = state().workers.borrow_mut().remove(&ended.id)?;
    let member = crew.members.borrow_mut().remove(&ended.id)?;
    let stillborn = crew.board.is_newborn(member.seat) && !member.leaving.get();
    // One that died before it took anything costs a task, too: the next one may die of the same, and so on for ever.
    let begun = if stillborn { 1 } else { crew.board.begun(member.seat) };
    let task = crew.board.bury(member.seat).or_else(|| {
        let open = first_open(&group, &crew).filter(|_| stillborn)?;
        crew.board.retract(open).then_some(open)
    });
    let mapping = task.and_then(|task| group.batches.borrow().get(&task).cloned());
    if let (Some(task), Some(mapping)) = (task, mapping) {
        let end = End { pid: member.pid, overdue: member.overdue.get(), ended };
        mapping.died(task, begun, end, &crew);
        return Some(group);
    }
    let future = task.and_then(|task| group.queued.borrow_mut().remove(&task));
    if let Some(future) = future {
        future.pid.set(Some(member.pid));
        future.captured.replace(printed);
        let ended = Ended { id: future.id.get(), ..ended };
        finish(&group, &future, Phase::Reported(ended));
    }
    Some(group)
}
