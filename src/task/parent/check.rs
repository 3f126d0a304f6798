//! Children that do not keep to the rules: a task has written over the memory that they share with their parent. Runs in the
//! parent.
//!
//! What the parent has to know it keeps for itself: what it posted, what has ended, and how long it has waited. What it reads
//! beside that decides who is ended, and never whether the parent goes on. Three things are noticed:
//!
//! | what | then |
//! |---|---|
//! | a child answers for a task whose entry does not name it | it is killed |
//! | the entry of a task names a child that says, at two looks, that it runs something else | it is killed |
//! | an entry says what no child writes, or tasks lie at some looks while nobody runs any | all children of the pool are killed, and what nobody had begun goes to new ones, on a new board |

use std::rc::Rc;

use crate::process::poller::reactor::{Ended, Message};
use crate::process::wait::Exit;
use crate::task::life::crew::{Crew, Member};
use crate::task::life::future::{Future, Phase};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::map::End;
use crate::task::parent::news::call_off;
use crate::task::workers::retry::finish;
use crate::task::workers::{crew_of, ending};
use crate::wire::frame::Malformed;

/// So many looks at tasks that lie, while nobody runs any, are enough. Twice as many each time that a pool comes to that: it
/// may be the machine that is slow.
const LOOKS: u32 = 3;
/// How much longer it takes children that have been told to leave: their shutdown functions run.
const LEAVING: u32 = 4;

/// Looks at what all children that stay have in hand, and at what is on boards that have none: about once a second, while the
/// parent waits.
pub(crate) fn check_all() {
    let state = state();
    let active = state.active.borrow().clone();
    let own = active.into_iter().filter_map(|group| {
        let crew = group.crew.borrow().clone();
        crew.map(|crew| (group, crew))
    });
    let mut crews: Vec<(Rc<Group>, Rc<Crew>)> = own.collect();
    // Those too that their pool has let go.
    for (group, crew) in state.workers.borrow().values() {
        if !crews.iter().any(|(_, known)| Rc::ptr_eq(known, crew)) {
            crews.push((Rc::clone(group), Rc::clone(crew)));
        }
    }
    for (group, crew) in crews {
        crew.check(&group);
    }
}

/// Kills a child that has told something that it cannot know.
pub(crate) fn accuse(child: u64) {
    if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
        reactor.accuse(child, Malformed::Foreign);
    }
    ending::kill(child);
}

impl Crew {
    fn check(self: &Rc<Self>, group: &Rc<Group>) {
        if self.condemned.get() {
            self.settle_if_last(group);
            return;
        }
        self.board.restate();
        for member in self.members.borrow().values().filter(|member| member.is_leaving()) {
            self.board.dismiss(member.seat);
        }
        let look = self.board.look(|task| group.expects(task));
        let before = self.adrift.replace(look.adrift.clone());
        let stuck: Vec<_> = look.adrift.into_iter().filter(|adrift| before.contains(adrift)).collect();
        let stuck: Vec<_> = stuck.into_iter().map(|(seat, _)| self.child_on(seat)).collect();
        let has_members = !self.members.borrow().is_empty();
        let stalls = has_members && !look.open.is_empty() && look.busy.is_empty();
        self.stalled.set(if stalls { self.stalled.get() + 1 } else { 0 });
        let all_leave = self.members.borrow().values().all(Member::is_leaving);
        let enough = (LOOKS << group.stalls.get()) * if all_leave { LEAVING } else { 1 };
        if !look.lost.is_empty() || stuck.contains(&None) || self.stalled.get() >= enough {
            self.condemn(group);
            self.settle_if_last(group);
            return;
        }
        stuck.into_iter().flatten().for_each(accuse);
    }

    /// When no child is left on a board that somebody has written over: tasks that nobody had begun are posted for new ones,
    /// the others have failed. Runs PHP code: destructors, hooks of serialization.
    pub(super) fn settle_if_last(self: &Rc<Self>, group: &Rc<Group>) {
        if self.members.borrow().is_empty() {
            self.settle(group);
            state().freed.push_back(Rc::clone(group));
        }
    }

    fn settle(self: &Rc<Self>, group: &Rc<Group>) {
        let current = group.crew.borrow().as_ref().is_some_and(|crew| Rc::ptr_eq(crew, self));
        if current {
            drop(group.crew.take());
        }
        let held: Vec<_> = self.held.take().into_iter().map(|(id, _)| id).collect();
        let look = self.board.look(|task| group.expects(task));
        let adrift = look.adrift.into_iter().map(|(_, task)| task);
        for task in look.busy.into_iter().chain(adrift).chain(look.lost) {
            fail(group, task);
        }
        // The first of them comes to be the first again.
        for task in look.open.into_iter().chain(held).rev() {
            begin_again(group, task);
        }
    }
}

/// A child may have begun this task, or an item of these: nobody knows what became of it.
fn fail(group: &Rc<Group>, task: u64) {
    let ended = Ended { id: task, exit: Exit::Unknown, message: Message::Malformed(Malformed::Overwritten) };
    if let Some(mapping) = group.mapping(task) {
        match crew_of(group) {
            Ok(crew) => mapping.died(task, 1, End { pid: None, overdue: None, ended }, &crew),
            Err(refused) => mapping.refused(task, refused),
        }
        return;
    }
    if let Some(future) = group.end(task) {
        finish(group, future, Phase::Reported(ended));
    }
}

/// Nobody has begun this task, or these items.
fn begin_again(group: &Rc<Group>, task: u64) {
    if let Some(mapping) = group.mapping(task) {
        match crew_of(group) {
            Ok(crew) => mapping.post_again(task, &crew),
            Err(refused) => mapping.refused(task, refused),
        }
        return;
    }
    let is_over = |future: &Future| future.ending.get().is_some() || group.ledger.borrow().is_stopped();
    let future = group.future(task);
    if !future.as_ref().is_some_and(|future| is_over(future)) {
        if let Some(future) = future {
            future.wait_again();
        }
        state().deadlines.borrow_mut().clear(task);
        group.ledger.change(|ledger| ledger.requeue(task));
        return;
    }
    let Some(future) = group.end(task) else {
        return;
    };
    if future.ending.get().is_none() {
        call_off(group, future);
    } else {
        let ended = Ended { id: task, exit: Exit::Unknown, message: Message::Nothing };
        finish(group, future, Phase::Reported(ended));
    }
}
