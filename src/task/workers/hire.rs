//! Who is hired, and who leaves.

use std::cell::Cell;
use std::rc::Rc;

use nix::errno::Errno;

use crate::ini;
use crate::process::fork::{self, Fork, Purpose, Refused};
use crate::process::output;
use crate::process::reactor::Reactor;
use crate::process::shared::board::{Progress, SEATS};
use crate::process::shared::line::Line;
use crate::task::child::worker;
use crate::task::life::group::Group;
use crate::task::life::heap;
use crate::task::life::state::state;
use crate::task::parent::at_exit;
use crate::task::workers::feed::fail;
use crate::task::workers::items;
use crate::task::workers::items::look_after;
use crate::task::workers::launch;
use crate::task::workers::{Crew, Member, crew_of};
use crate::zend::{callable, exception};

/// Hires whoever is missing for what was posted. Re-enters PHP: hooks.
pub(crate) fn recruit_for(group: &Rc<Group>) {
    let crew = group.crew.borrow().clone();
    if let Some(crew) = crew {
        recruit(group, &crew);
    }
}

/// How many children a group may have that stay.
pub(super) fn capacity(group: &Group) -> usize {
    group.ledger.borrow().limit().saturating_sub(group.adopted.get()).min(SEATS)
}

/// Hires as many children as there is work for, within the pool's limit.
pub(super) fn recruit(group: &Rc<Group>, crew: &Rc<Crew>) {
    crew.note_departures();
    if crew.is_full(group) && crew.oldest.get() >= Some(crew.board.newest()) {
        return; // it costs much to find that out below
    }
    if exception::pending() {
        // A hook of serialization has exited: a child would do so too.
        state().held_back.set(true);
        return;
    }
    loop {
        // In this order: a task that is taken meanwhile is not taken for one that an idle child will take.
        let mut open = crew.board.open(crew.members.borrow().len() + 1);
        crew.note_departures();
        let mut idle = crew.idle();
        let wanted = open.len() > idle.len();
        // Somebody idle is too old, if not each can have a task: what asks for the youngest goes to the youngest.
        open.sort_unstable_by(|one, other| other.cmp(one));
        idle.sort_unstable_by(|one, other| other.cmp(one));
        let outdated = open.iter().zip(&idle).any(|(needed, epoch)| needed > epoch);
        if !wanted && !outdated {
            return;
        }
        if crew.is_full(group) {
            // To wait for its end would let the next task start at once, but each of a hundred fork a child of its own.
            if outdated {
                crew.dismiss_one();
            }
            return;
        }
        match hire(group, crew, idle.first().copied().unwrap_or(0)) {
            Ok(()) => {}
            Err(NotHired { refused, task: None })
                if launch::is_shortage(refused.errno) && launch::children() > 0 =>
            {
                launch::hold_back();
                return;
            }
            Err(NotHired { refused, task }) => {
                let Some(id) = task.or_else(|| first_open(group, crew)) else {
                    return;
                };
                crew.board.retract(id);
                fail(group, id, refused);
            }
        }
    }
}

/// Forks children that stay without work, too, until there are `wanted`, or as many as there is room for. Re-enters PHP:
/// hooks.
///
/// # Errors
///
/// When there is none at all.
pub(crate) fn warm(group: &Rc<Group>, wanted: usize) -> Result<(), Refused> {
    at_exit::register();
    let crew = crew_of(group)?;
    crew.reopen();
    let wanted = wanted.min(capacity(group));
    group.kept.set(wanted);
    crew.keep(wanted);
    crew.note_departures();
    while crew.staying().0 < wanted && !crew.is_full(group) && !exception::pending() {
        let Err(NotHired { refused, task }) = hire(group, &crew, u64::MAX) else {
            continue;
        };
        if let Some(task) = task {
            fail(group, task, refused);
        }
        return if crew.staying().0 == 0 { Err(refused) } else { Ok(()) };
    }
    Ok(())
}

pub(super) fn first_open(group: &Group, crew: &Crew) -> Option<u64> {
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
struct NotHired {
    refused: Refused,
    /// There was one, which had to be killed, and had begun this.
    task: Option<u64>,
}

impl From<Refused> for NotHired {
    fn from(refused: Refused) -> Self {
        Self { refused, task: None }
    }
}

/// Forks a child that stays, for what those who were born with `others` are too old for. Re-enters PHP: hooks.
fn hire(group: &Rc<Group>, crew: &Rc<Crew>, others: u64) -> Result<(), NotHired> {
    let state = state();
    launch::ensure_reactor()?;
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
    let mut place = launch::place()?;
    let child = state.next_id();
    let (streams, capture) = launch::streams(group, child)?;
    heap::before_fork();
    let forked = match fork::fork(Purpose::End)? {
        Fork::Child(pipe) => {
            let captured = group.output.get() == output::Mode::Capture;
            let rope = bell.rope();
            let post = worker::Post {
                board: &crew.board,
                seat,
                others,
                line: &line,
                rope: &rope,
                pipe: &pipe,
                captured,
            };
            worker::run(&post, streams, group, &hooks)
        }
        Fork::Parent(forked) => {
            // Hooks fork others, which are not to have them.
            drop(streams);
            forked
        }
    };
    let pid = forked.pid.as_raw();
    place.hand_to(pid);
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        let added = reactor.add(child, forked, ini::max_result()).map_err(Refused::by("epoll_ctl"));
        added.map_err(|refused| NotHired { refused, task: crew.board.bury(seat) })?;
        reactor.listen(child, line);
    }
    launch::forward(group, child);
    capture.keep();
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
