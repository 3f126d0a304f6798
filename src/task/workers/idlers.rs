//! Children that stay and have nothing to do: who is counted on, and who makes room for others. Runs in the parent.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::task::life::crew::{Crew, Member};
use crate::task::life::state::state;

/// A child that has nothing to do, and lets a task lie for so long, is not counted on: somebody may have stopped it.
const LATE: Duration = Duration::from_millis(10);
/// Places of idle children are given up one at a time: the next one is so much later at the earliest.
const ONE_PLACE: Duration = Duration::from_millis(20);

impl Crew {
    /// The epochs of those who have nothing to do, and can be counted on.
    pub(crate) fn idle(&self) -> Vec<u64> {
        let members = self.members.borrow();
        let idle = members.values().filter(|member| self.is_idle(member) && !is_late(member));
        idle.map(|member| member.epoch).collect()
    }

    /// Does a task lie that somebody idle could run, who has let it lie for a while?
    pub(crate) fn awaits_somebody(&self) -> bool {
        let members = self.members.borrow();
        members.values().any(|member| member.awaited.get().is_some() && self.is_idle(member))
    }

    fn is_idle(&self, member: &Member) -> bool {
        !member.is_leaving() && self.board.is_idle(member.seat)
    }

    /// Looks for tasks that lie although somebody could run them. Whoever was woken to look for them may be stopped or starved,
    /// and nobody else is woken while that one is thought to look: so another one is, whatever he does. True when somebody
    /// is idle who could run one.
    fn nudge(&self) -> bool {
        let Some(needed) = self.board.least_open() else {
            return false;
        };
        if self.board.wake_another(needed)
            && let Some(reactor) = state().reactor.borrow_mut().as_mut()
        {
            reactor.look_soon();
        }
        let mut is_awaited = false;
        for member in self.members.borrow().values() {
            if member.epoch >= needed && self.is_idle(member) {
                member.awaited.set(member.awaited.get().or_else(|| Some(Instant::now())));
                is_awaited = true;
            }
        }
        is_awaited
    }

    /// Is this one idle, and no use for any task that lies here?
    fn is_spare(&self, member: &Member) -> bool {
        let is_needed = || self.board.least_open().is_some_and(|needed| needed <= member.epoch);
        self.is_idle(member) && (is_late(member) || !is_needed())
    }
}

pub(crate) fn is_late(member: &Member) -> bool {
    member.awaited.get().is_some_and(|since| since.elapsed() >= LATE)
}

/// Nothing has been heard for a while: tasks may lie that somebody could run.
pub(crate) fn nudge() {
    let state = state();
    let crews: Vec<_> =
        state.active.borrow().iter().filter_map(|group| group.crew.borrow().clone()).collect();
    if crews.iter().filter(|crew| crew.nudge()).count() > 0 {
        // Whoever does not come until then is replaced.
        state.held_back.set(true);
    }
}

/// Lets a child go, of whatever pool, that has nothing to do: somebody else has, and there is no room. Those that are kept
/// go last.
pub(crate) fn make_room() {
    let state = state();
    if state.made_room.get().is_some_and(|at| at.elapsed() < ONE_PLACE) {
        return;
    }
    let workers: Vec<_> =
        state.workers.borrow().iter().map(|(&child, (_, crew))| (child, Rc::clone(crew))).collect();
    let rank = |(child, crew): &(u64, Rc<Crew>)| {
        let members = crew.members.borrow();
        let member = members.get(child).filter(|member| crew.is_spare(member))?;
        Some((member.kept.get(), member.epoch))
    };
    let spare =
        workers.iter().filter_map(|worker| Some((rank(worker)?, worker))).min_by_key(|&(rank, _)| rank);
    if let Some((_, (child, crew))) = spare {
        state.made_room.set(Some(Instant::now()));
        if let Some(member) = crew.members.borrow().get(child) {
            crew.dismiss(*child, member);
        }
    }
}
