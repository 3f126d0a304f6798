//! Who is hired, and who leaves.

use std::cell::Cell;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use nix::errno::Errno;

use crate::ini;
use crate::process::fork::{Purpose, Refused};
use crate::process::output;
use crate::process::poller::reactor::Reactor;
use crate::process::shared::board::{Progress, SEATS};
use crate::process::shared::line::Line;
use crate::task::life::crew::{Crew, Member};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::workers::items::look_after;
use crate::task::workers::spawn::{self, NotSpawned, Post, Spawned};
use crate::task::workers::{items, launch};
use crate::zend::callable;

/// How many children a group may have that stay.
pub(crate) fn capacity(group: &Group) -> usize {
    group.ledger.borrow().limit().saturating_sub(group.adopted.get()).min(SEATS)
}

pub(crate) fn first_open(group: &Group, crew: &Crew) -> Option<u64> {
    let mut ids: Vec<_> = group.ledger.borrow().iter().map(|(id, ..)| id).collect();
    ids.sort_unstable();
    ids.into_iter().find(|&id| crew.board.progress(id) == Progress::Open)
}

/// Lets those go that are too many since the group's limit was lowered, or one of its slots went to another task.
pub(crate) fn shrink(group: &Group) {
    let limit = capacity(group);
    group.crew.borrow().iter().for_each(|crew| crew.dismiss_down_to(limit));
}

/// Why there is no new child.
#[derive(Debug)]
pub(crate) struct NotHired {
    pub(crate) refused: Refused,
    /// There was one, which had to be killed, and had begun this.
    pub(crate) task: Option<u64>,
}

impl From<Refused> for NotHired {
    fn from(refused: Refused) -> Self {
        Self { refused, task: None }
    }
}

/// Forks a child that stays, for what those who were born with `others` are too old for. Re-enters PHP: hooks.
pub(crate) fn hire(group: &Rc<Group>, crew: &Rc<Crew>, others: u64) -> Result<(), NotHired> {
    let state = state();
    spawn::ensure_reactor()?;
    let autoloads = callable::autoloads();
    // To ask was a call, with an interrupt of the virtual machine at its end, in which somebody else may have been hired.
    if crew.is_full(group) {
        return Ok(());
    }
    let hooks = launch::hooks(group);
    let line = Line::new().map_err(Refused::by("mmap"))?;
    let bell = state.reactor.borrow_mut().as_mut().map_or(Err(Errno::EBADF), Reactor::bell);
    let bell = bell.map_err(Refused::by("eventfd"))?;
    let epoch = state.book.change(|book| book.turn_page(autoloads));
    let mut taken: Vec<_> = crew.members.borrow().values().map(|member| member.seat).collect();
    taken.extend(crew.strays.borrow().values().map(|member| member.seat));
    let kept = crew.staying().1 < group.kept.get();
    let patience = if kept { None } else { ini::idle_timeout() };
    let seat = crew.board.seat(|seat| taken.contains(&seat), epoch, patience);
    let seat = seat.ok_or(Refused { call: "fork", errno: Errno::EAGAIN })?;
    let time = items::limit(group);
    if time.is_some() {
        crew.board.time_items(seat);
    }
    let child = state.next_id();
    let captured = group.output.get() == output::Mode::Capture;
    let main = |pipe: &OwnedFd, streams| {
        let rope = bell.rope();
        let post = Post { board: &crew.board, seat, others, line: &line, rope: &rope, pipe, captured };
        (spawn::mains().warm)(&post, streams, group, &hooks)
    };
    let spawned = spawn::spawn(group, child, Purpose::End, main);
    let Spawned { pid, place } = spawned.map_err(|NotSpawned { refused, was_there }| {
        let task = if was_there { crew.board.bury(seat, |_| true).pop() } else { None };
        NotHired { refused, task }
    })?;
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.listen(child, line);
    }
    crew.members.borrow_mut().insert(
        child,
        Member {
            seat,
            epoch,
            pid,
            leaving: Cell::new(None),
            has_left: Cell::new(false),
            awaited: Cell::new(None),
            kept: Cell::new(kept),
            for_map: !group.maps.borrow().is_empty(),
            overdue: Cell::new(None),
            ends: Cell::new(None),
            proven: Cell::new(false),
            place,
        },
    );
    crew.survey();
    if let Some(time) = time {
        look_after(child, time);
    }
    state.workers.insert(child, (Rc::clone(group), Rc::clone(crew)));
    for hook in hooks {
        launch::after_fork(&hook);
    }
    Ok(())
}
