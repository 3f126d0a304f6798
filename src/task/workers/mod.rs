//! The children of a pool that stay for many tasks. Runs in the parent.
//!
//! `process::shared::board` hands the tasks out; their side of it is `task::child::worker`.

pub(crate) mod closing;
pub(crate) mod collect;
pub(crate) mod ending;
pub(crate) mod feed;
pub(crate) mod hire;
mod idlers;
mod items;
pub(crate) mod launch;
pub(crate) mod outcome;
pub(crate) mod parcel;
pub(crate) mod reach;
pub(crate) mod retry;
pub(crate) mod spawn;

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use crate::process::fork::Refused;
use crate::process::shared::board::{Board, Full, Progress};
use crate::process::wait::FAREWELL;
use crate::task::life::crew::{Crew, Member, Parcel};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::totals::Untaken;
use crate::zend::cell::DataCell;

pub(crate) use hire::shrink;
pub(crate) use idlers::{make_room, nudge};
pub(crate) use items::{dismiss_all, end_items, look, overdue, watch_items};
pub(crate) use reach::{Whereabouts, child_of, end, expire, pid_of, renew_limit, whereabouts, withdraw};

/// The time that a pool is given to come to terms with its children doubles so often at most: see `parent::check`.
const MOST_DOUBLINGS: u32 = 6;

impl Member {
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.get().is_some()
    }
}

impl Crew {
    pub(crate) fn new() -> Result<Rc<Self>, Errno> {
        Ok(Rc::new(Self {
            board: Board::new()?,
            members: DataCell::default(),
            departed: Cell::new(0),
            strays: DataCell::default(),
            oldest: Cell::new(None),
            held: DataCell::default(),
            spare: DataCell::default(),
            closed: Cell::new(false),
            condemned: Cell::new(false),
            adrift: DataCell::default(),
            stalled: Cell::new(0),
        }))
    }

    /// Are there as many as there are slots? Those that leave by themselves have none; but as one that stays may be taken
    /// for one that leaves, when somebody writes over what they share, no more of them than there are slots.
    pub(crate) fn is_full(&self, group: &Group) -> bool {
        let capacity = hire::capacity(group);
        self.condemned.get() || self.members.borrow().len() - self.departed.get().min(capacity) >= capacity
    }

    /// Notes down who has left by itself. Cheap while nobody does, as this comes after each task that is posted.
    pub(crate) fn note_departures(&self) {
        if !self.board.is_anybody_leaving() {
            return;
        }
        for member in self.members.borrow().values() {
            if !member.has_left.get() && self.board.has_left(member.seat) {
                member.has_left.set(true);
                member.leaving.set(Some(Instant::now()));
                self.departed.set(self.departed.get() + 1);
            }
        }
        self.survey();
    }

    /// How many have not been told to leave; and how many of these stay without work, too.
    pub(crate) fn staying(&self) -> (usize, usize) {
        let members = self.members.borrow();
        let staying = || members.values().filter(|member| !member.is_leaving());
        (staying().count(), staying().filter(|member| member.kept.get()).count())
    }

    /// Of those that are there so many stay without work, too. None of them leaves while it is told.
    pub(crate) fn keep(&self, count: usize) {
        let members = self.members.borrow();
        for member in members.values().filter(|member| !member.is_leaving()).take(count) {
            member.kept.set(true);
            self.board.be_patient(member.seat, None);
        }
    }

    /// A child is gone for which nobody has waited.
    pub(crate) fn stray_gone(&self, child: u64) {
        self.strays.borrow_mut().remove(&child);
    }

    /// The child on `seat`.
    pub(crate) fn child_on(&self, seat: usize) -> Option<u64> {
        let members = self.members.borrow();
        members.iter().find(|(_, member)| member.seat == seat).map(|(&child, _)| child)
    }

    /// Takes a child off the list that is gone.
    pub(crate) fn remove(&self, child: u64) -> Option<Member> {
        let member = self.members.borrow_mut().remove(&child)?;
        if member.has_left.get() {
            self.departed.set(self.departed.get() - 1);
        }
        self.survey();
        Some(member)
    }

    /// Looks who knows least now.
    pub(crate) fn survey(&self) {
        let members = self.members.borrow();
        let staying = members.values().filter(|member| !member.is_leaving());
        self.oldest.set(staying.map(|member| member.epoch).min());
    }

    /// Tells a child to leave.
    pub(crate) fn dismiss(&self, child: u64, member: &Member) {
        member.leaving.set(member.leaving.get().or_else(|| Some(Instant::now())));
        self.survey();
        if self.board.dismiss(member.seat) {
            // Somebody may have stopped it: its place is wanted.
            ending::go_on(child);
        }
    }

    /// Tells the one to leave that knows least: an idle one rather than a busy one. Not while another is about to go.
    pub(crate) fn dismiss_one(&self) {
        let goes = |member: &Member| member.leaving.get().is_some_and(|since| since.elapsed() < FAREWELL);
        if !self.members.borrow().values().any(goes) {
            self.dismiss_down_to(self.staying().0.saturating_sub(1));
        }
    }

    /// Tells some to leave when there are more than `count`: first the idle ones, and those that know least.
    pub(crate) fn dismiss_down_to(&self, count: usize) {
        let members = self.members.borrow();
        let mut staying: Vec<_> = members.iter().filter(|(_, member)| !member.is_leaving()).collect();
        staying.sort_by_key(|(_, member)| (!self.board.is_idle(member.seat), member.epoch));
        for &(&child, member) in staying.iter().take(staying.len().saturating_sub(count)) {
            self.dismiss(child, member);
        }
    }

    /// Posts a parcel.
    ///
    /// # Errors
    ///
    /// When there is no room for it now.
    pub(crate) fn post(&self, id: u64, parcel: &Parcel) -> Result<(), Full> {
        if self.condemned.get() {
            return Err(Full);
        }
        if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
            reactor.expect();
        }
        self.board.post(id, parcel.epoch, &parcel.bytes)
    }

    /// Nothing more is expected to be posted: children end when they have nothing to do.
    pub(crate) fn close(&self) {
        if !self.closed.replace(true) {
            self.board.close();
        }
    }

    /// There is no map any more: lets those go that were forked for one, unless they have a task by now.
    pub(crate) fn end_of_maps(&self, group: &Group) {
        let members = self.members.borrow();
        let for_maps = |member: &Member| member.for_map && !member.kept.get() && !member.is_leaving();
        for (&child, member) in members.iter().filter(|(_, member)| for_maps(member)) {
            let wanted = |task| group.has_task(task);
            if !self.board.running(member.seat).is_some_and(wanted) {
                self.dismiss(child, member);
            }
        }
    }

    /// More will be posted after all.
    pub(crate) fn reopen(&self) {
        if self.closed.take() {
            self.board.reopen();
        }
    }

    /// Nobody wants anything of these children any more: they end after what they are at.
    pub(crate) fn disband(&self) {
        self.close();
        self.dismiss_down_to(0);
    }

    /// Kills all children: what they share makes no sense. Their tasks are dealt with when none of them is left.
    pub(crate) fn condemn(&self, group: &Group) {
        if self.condemned.replace(true) {
            return;
        }
        group.stalls.set((group.stalls.get() + 1).min(MOST_DOUBLINGS));
        let children: Vec<_> = self.members.borrow().keys().copied().collect();
        children.into_iter().for_each(ending::kill);
    }

    /// How far a task is that was posted, or is to be.
    pub(crate) fn progress(&self, task: u64) -> Progress {
        let held = self.held.borrow().iter().any(|(held, _)| *held == task);
        if held { Progress::Open } else { self.board.progress(task) }
    }

    /// A child has told something of a task, of which more may come unless this is the `last`. False when it was not given it.
    pub(crate) fn admit(&self, child: u64, task: u64, last: bool) -> bool {
        let members = self.members.borrow();
        let given = |member: &&Member| self.board.admit(member.seat, task, last);
        members.get(&child).filter(given).map(|member| member.proven.set(true)).is_some()
    }
}

/// The group's children that stay, if it wants any.
pub(crate) fn crew_of(group: &Group) -> Result<Rc<Crew>, Refused> {
    if let Some(crew) = &*group.crew.borrow() {
        return Ok(Rc::clone(crew));
    }
    let crew = Crew::new().map_err(Refused::by("mmap"))?;
    group.crew.set(Some(Rc::clone(&crew)));
    Ok(crew)
}

/// The tasks of `group` that are posted, and that no child has taken. There are never very many.
pub(crate) fn untaken(group: &Group) -> Untaken {
    let crew = group.crew.borrow();
    let Some(crew) = crew.as_ref() else {
        return Untaken::default();
    };
    let is_map = !group.maps.borrow().is_empty();
    let mut untaken = Untaken::default();
    let mut count = |id, bytes| {
        if is_map && !group.has_task(id) {
            return; // a portion
        }
        let of = if parcel::is_inherited(bytes) { &mut untaken.inherited } else { &mut untaken.sent };
        *of += 1;
    };
    crew.held.borrow().iter().for_each(|(id, parcel)| count(*id, parcel.bytes.len()));
    crew.board.each_open(count);
    untaken
}

/// How long a child's latest portion of items took it.
pub(crate) fn spent_by(group: &Group, child: u64) -> Option<Duration> {
    let crew = group.crew.borrow();
    let crew = crew.as_ref()?;
    let seat = crew.members.borrow().get(&child)?.seat;
    Some(crew.board.spent(seat))
}

/// Does a child run this task, or these items?
pub(crate) fn has_begun(group: &Group, id: u64) -> bool {
    let crew = group.crew.borrow();
    crew.as_ref().is_some_and(|crew| matches!(crew.board.progress(id), Progress::Running(..)))
}

/// The process of a child.
pub(crate) fn pid_of_child(group: &Group, child: u64) -> Option<i32> {
    let crew = group.crew.borrow();
    crew.as_ref().and_then(|crew| crew.members.borrow().get(&child).map(|member| member.pid))
}
