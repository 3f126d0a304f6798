//! The children of a pool that stay for many tasks: who is hired, what is posted for them, and who leaves.
//!
//! Runs in the parent. `process::shared::board` hands the tasks out; their side of it is `task::worker`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::future::{Ending, Future, Phase};
use super::group::Group;
use super::mapping::{Answered, Mapping};
use super::parcel::{self, Parcel};
use super::{heap, launch, outcome, turn, worker};
use crate::error::Error;
use crate::ini;
use crate::pool::deadlines::Stage;
use crate::process::fork::{self, Fork, Refused};
use crate::process::output;
use crate::process::places::Place;
use crate::process::reactor::{Ended, Message, Reactor};
use crate::process::shared::board::{Board, Full, Progress};
use crate::process::shared::line::Line;
use crate::process::wait::Exit;
use crate::task::state::state;
use crate::wire::frame::{Frame, Kind};
use crate::zend::callable;
use crate::zend::object::Object;

/// Posted tasks of one pool that nobody has run yet: more would only lie there.
const AHEAD: usize = 1024;
/// When to look again whether a task has begun that has a time limit, or is to be cancelled.
const SOON: Duration = Duration::from_millis(1);

/// What ends the stay of a child, whichever comes first; none for no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stay {
    /// So many tasks.
    pub(crate) tasks: Option<u64>,
    /// So long.
    pub(crate) age: Option<Duration>,
    /// So many bytes of memory that PHP has from the system.
    pub(crate) bytes: Option<usize>,
}

/// How a task reached its child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The child was forked for it.
    Forked,
    /// The child had it since its fork.
    Inherited,
    /// Its code's name and its bound variables were sent.
    Sent,
}

/// One child that stays.
#[derive(Debug)]
struct Member {
    seat: usize,
    epoch: u64,
    pid: i32,
    /// It has been told to end.
    leaving: Cell<bool>,
    /// Its place among all processes, which it gives back.
    #[expect(dead_code, reason = "held, not read")]
    place: Place,
}

/// The children of one pool.
#[derive(Debug)]
pub(crate) struct Crew {
    board: Board,
    members: RefCell<BTreeMap<u64, Member>>,
    /// A parcel for which there was no room.
    held: RefCell<Option<(u64, Parcel)>>,
}

impl Crew {
    fn new() -> Result<Rc<Self>, Errno> {
        Ok(Rc::new(Self { board: Board::new()?, members: RefCell::default(), held: RefCell::default() }))
    }

    /// The child on `seat`.
    fn child_on(&self, seat: usize) -> Option<u64> {
        let members = self.members.borrow();
        members.iter().find(|(_, member)| member.seat == seat).map(|(&child, _)| child)
    }

    fn oldest(&self) -> Option<u64> {
        let members = self.members.borrow();
        members.values().filter(|member| !member.leaving.get()).map(|member| member.epoch).min()
    }

    /// The epochs of those who have nothing to do.
    fn idle(&self) -> Vec<u64> {
        let members = self.members.borrow();
        let idle = members.values().filter(|member| !member.leaving.get() && self.board.is_idle(member.seat));
        idle.map(|member| member.epoch).collect()
    }

    /// Tells the one to leave that knows least: an idle one rather than a busy one.
    fn dismiss_one(&self) {
        let members = self.members.borrow();
        if members.values().all(|member| !member.leaving.get()) {
            self.dismiss_down_to(members.len().saturating_sub(1));
        }
    }

    /// Tells some to leave when there are more than `count`: first the idle ones, and those that know least.
    fn dismiss_down_to(&self, count: usize) {
        let members = self.members.borrow();
        let mut staying: Vec<_> = members.values().filter(|member| !member.leaving.get()).collect();
        staying.sort_by_key(|member| (!self.board.is_idle(member.seat), member.epoch));
        for member in staying.iter().take(staying.len().saturating_sub(count)) {
            member.leaving.set(true);
            self.board.dismiss(member.seat);
        }
    }

    /// Posts a parcel.
    ///
    /// # Errors
    ///
    /// When there is no room for it now.
    pub(crate) fn post(&self, id: u64, parcel: &Parcel) -> Result<(), Full> {
        if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
            reactor.expect();
        }
        self.board.post(id, parcel.epoch, &parcel.bytes)
    }

    /// Nothing more will be posted: children end when all is done.
    pub(crate) fn close(&self) {
        self.board.close();
    }

    /// Has nobody taken this task, which was posted?
    fn is_open(&self, task: u64) -> bool {
        let held = self.held.borrow().as_ref().is_some_and(|(held, _)| *held == task);
        held || self.board.progress(task) == Progress::Open
    }
}

/// The group's children that stay, if it wants any.
pub(crate) fn crew_of(group: &Group) -> Result<Rc<Crew>, Refused> {
    let mut crew = group.crew.borrow_mut();
    if let Some(crew) = &*crew {
        return Ok(Rc::clone(crew));
    }
    let new = Crew::new().map_err(|errno| Refused { call: "mmap", errno })?;
    Ok(Rc::clone(crew.insert(new)))
}

/// Posts what is queued, and hires whoever is missing. Re-enters PHP: hooks of serialization and of forks.
pub(crate) fn feed(group: &Rc<Group>) {
    match crew_of(group) {
        Ok(crew) => {
            post_all(group, &crew);
            recruit(group, &crew);
        }
        Err(refused) => while fail_next(group, refused).is_some() {},
    }
}

/// Lets those go that are too many since the group's limit was lowered.
pub(crate) fn shrink(group: &Group) {
    let limit = group.scheduler.borrow().limit();
    group.crew.borrow().iter().for_each(|crew| crew.dismiss_down_to(limit));
}

/// Fails the first task of the queue.
fn fail_next(group: &Rc<Group>, refused: Refused) -> Option<()> {
    let id = group.scheduler.borrow_mut().next_within(usize::MAX)?;
    fail(group, id, refused);
    Some(())
}

fn fail(group: &Rc<Group>, id: u64, refused: Refused) {
    group.scheduler.borrow_mut().ended(id);
    let future = group.queued.borrow_mut().remove(&id);
    if let Some(future) = future {
        outcome::fail(&future, &Error::CannotFork { subject: future.subject(), refused });
        turn::note_end(group, &future);
    }
}

fn post_all(group: &Rc<Group>, crew: &Crew) {
    loop {
        let held = crew.held.borrow_mut().take();
        let next = held.or_else(|| next_parcel(group, crew));
        let Some((id, parcel)) = next else {
            return;
        };
        if crew.post(id, &parcel) == Err(Full) {
            crew.held.replace(Some((id, parcel)));
            return;
        }
        let future = group.queued.borrow().get(&id).cloned();
        if let Some(future) = future {
            future.limit.set(future.limit.get().or_else(|| group.timeout.get()));
            watch(&future);
        }
    }
}

/// The next task of the queue as a parcel, in the cheapest way that is right. Re-enters PHP.
fn next_parcel(group: &Rc<Group>, crew: &Crew) -> Option<(u64, Parcel)> {
    loop {
        let id = group.scheduler.borrow_mut().next_within(AHEAD)?;
        let future = group.queued.borrow().get(&id).cloned();
        let Some(future) = future else {
            group.scheduler.borrow_mut().ended(id);
            continue;
        };
        let known_since = future.epoch.get();
        let all_have_it = crew.oldest().is_some_and(|oldest| oldest >= known_since);
        let sent = if all_have_it || future.declined.get() { None } else { pack(&future) };
        // Serializing it may have cancelled it.
        if !group.queued.borrow().contains_key(&id) {
            group.scheduler.borrow_mut().ended(id);
            continue;
        }
        future.route.set(Some(if sent.is_some() { Route::Sent } else { Route::Inherited }));
        return Some((id, sent.unwrap_or_else(|| parcel::inherited(known_since))));
    }
}

fn pack(future: &Future) -> Option<Parcel> {
    // Not taken: it stays where a child that inherits it looks.
    let work = future.work.borrow().as_ref().map(super::work::Work::share)?;
    let parcel = parcel::pack(&state().book, &work);
    // An exit is told by what is pending.
    parcel.ok().flatten()
}

/// Hires whoever is missing for what was posted. Re-enters PHP: hooks.
pub(crate) fn recruit_for(group: &Rc<Group>) {
    let crew = group.crew.borrow().clone();
    if let Some(crew) = crew {
        recruit(group, &crew);
    }
}

/// How long a child's latest portion of items took it.
pub(crate) fn spent_by(group: &Group, child: u64) -> Option<Duration> {
    let crew = group.crew.borrow();
    let crew = crew.as_ref()?;
    let seat = crew.members.borrow().get(&child)?.seat;
    Some(crew.board.spent(seat))
}

/// The process of a child.
pub(crate) fn pid_of_child(group: &Group, child: u64) -> Option<i32> {
    let crew = group.crew.borrow();
    crew.as_ref().and_then(|crew| crew.members.borrow().get(&child).map(|member| member.pid))
}

/// Hires as many children as there is work for, within the pool's limit.
fn recruit(group: &Rc<Group>, crew: &Rc<Crew>) {
    loop {
        // In this order: a task that is taken meanwhile is not taken for one that an idle child will take.
        let mut open = crew.board.open(crew.members.borrow().len() + 1);
        let mut idle = crew.idle();
        let wanted = open.len() > idle.len();
        // Somebody idle is too old, if not each can have a task: what asks for the youngest goes to the youngest.
        open.sort_unstable_by(|one, other| other.cmp(one));
        idle.sort_unstable_by(|one, other| other.cmp(one));
        let outdated = open.iter().zip(&idle).any(|(needed, epoch)| needed > epoch);
        if !wanted && !outdated {
            return;
        }
        if crew.members.borrow().len() >= group.scheduler.borrow().limit() {
            if outdated {
                crew.dismiss_one();
            }
            return;
        }
        match hire(group, crew) {
            Ok(()) => {}
            Err(refused) if launch::is_shortage(refused.errno) && launch::children() > 0 => {
                launch::hold_back();
                return;
            }
            Err(refused) => {
                let Some(id) = first_open(group, crew) else {
                    return;
                };
                crew.board.retract(id);
                fail(group, id, refused);
            }
        }
    }
}

fn first_open(group: &Group, crew: &Crew) -> Option<u64> {
    let mut ids: Vec<_> = group.queued.borrow().keys().copied().collect();
    ids.extend(group.batches.borrow().keys());
    ids.sort_unstable();
    ids.into_iter().find(|&id| crew.board.progress(id) == Progress::Open)
}

/// Lets a child go, of whatever pool, that has nothing to do: somebody else has, and there is no room.
pub(crate) fn make_room() {
    let crews: Vec<_> = state().workers.borrow().values().map(|(_, crew)| Rc::clone(crew)).collect();
    if let Some(crew) = crews.iter().find(|crew| !crew.idle().is_empty() && crew.board.open(1).is_empty()) {
        crew.dismiss_one();
    }
}

/// Forks a child that stays. Re-enters PHP: hooks.
fn hire(group: &Rc<Group>, crew: &Rc<Crew>) -> Result<(), Refused> {
    let state = state();
    launch::ensure_reactor()?;
    let hooks = launch::hooks(group);
    let refused = |call| move |errno| Refused { call, errno };
    let line = Line::new().map_err(refused("mmap"))?;
    let bell = state.reactor.borrow_mut().as_mut().map_or(Err(Errno::EBADF), Reactor::bell);
    let bell = bell.map_err(refused("eventfd"))?;
    let autoloads = callable::autoloads();
    let epoch = state.book.borrow_mut().turn_page(autoloads);
    let taken: Vec<_> = crew.members.borrow().values().map(|member| member.seat).collect();
    let seat = crew.board.seat(|seat| taken.contains(&seat), epoch);
    let seat = seat.ok_or(Refused { call: "fork", errno: Errno::EAGAIN })?;
    let mut place = launch::place()?;
    let child = state.next_id();
    let streams = launch::streams(group, child)?;
    heap::before_fork();
    let forked = match fork::fork() {
        Ok(Fork::Child(_pipe)) => {
            let captured = group.output.get() == output::Mode::Capture;
            let post = worker::Post { board: &crew.board, seat, line: &line, bell: &bell, captured };
            worker::run(&post, streams, group, &hooks)
        }
        Ok(Fork::Parent(forked)) => forked,
        Err(refused) => {
            turn::printed_by(child);
            return Err(refused);
        }
    };
    let pid = forked.pid.as_raw();
    place.hand_to(pid);
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.add(child, forked, ini::max_result()).map_err(refused("epoll_ctl"))?;
        reactor.listen(child, line);
    }
    crew.members.borrow_mut().insert(child, Member { seat, epoch, pid, leaving: Cell::new(false), place });
    state.workers.borrow_mut().insert(child, (Rc::clone(group), Rc::clone(crew)));
    for hook in hooks {
        launch::after_fork(&hook);
    }
    Ok(())
}

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
    let future = group.queued.borrow_mut().remove(&task)?;
    let pid = crew.members.borrow().get(&child).map(|member| member.pid);
    future.pid.set(pid);
    future.captured.replace(page);
    finish(&group, &future, phase);
    Some(group)
}

fn finish(group: &Rc<Group>, future: &Object<Future>, phase: Phase) {
    state().deadlines.borrow_mut().clear(future.id);
    group.scheduler.borrow_mut().ended(future.id);
    future.phase.replace(phase);
    turn::note_end(group, future);
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
        mapping.died(task, begun, ended, member.pid, &crew);
        return Some(group);
    }
    let future = task.and_then(|task| group.queued.borrow_mut().remove(&task));
    if let Some(future) = future {
        future.pid.set(Some(member.pid));
        future.captured.replace(printed);
        let ended = Ended { id: future.id, ..ended };
        finish(&group, &future, Phase::Reported(ended));
    }
    Some(group)
}

/// Where a posted task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// In a queue, here or on the board.
    Waiting,
    /// In the child with this number, since then.
    Running(u64, Instant),
    /// Between the two, or on its way back.
    Unknown,
}

/// Where a queued task of `group` is.
pub(crate) fn whereabouts(group: &Group, id: u64) -> Whereabouts {
    let crew = group.crew.borrow();
    let Some(crew) = crew.as_ref().filter(|_| group.scheduler.borrow().is_running(id)) else {
        return Whereabouts::Waiting;
    };
    if crew.is_open(id) {
        return Whereabouts::Waiting;
    }
    match crew.board.progress(id) {
        Progress::Open => Whereabouts::Waiting,
        Progress::Running(seat, time) => {
            let since = Instant::now().checked_sub(time).unwrap_or_else(Instant::now);
            crew.child_on(seat).map_or(Whereabouts::Unknown, |child| Whereabouts::Running(child, since))
        }
        Progress::Unknown => Whereabouts::Unknown,
    }
}

/// The child that runs a task, if it is one that stays.
pub(crate) fn child_of(group: &Group, id: u64) -> Option<u64> {
    match whereabouts(group, id) {
        Whereabouts::Running(child, _) => Some(child),
        _ => None,
    }
}

/// The process that runs a task, as far as is known.
pub(crate) fn pid_of(group: &Group, id: u64) -> Option<i32> {
    let child = child_of(group, id)?;
    let crew = group.crew.borrow();
    crew.as_ref().and_then(|crew| crew.members.borrow().get(&child).map(|member| member.pid))
}

/// Takes a task back that has not begun. False when it has.
pub(crate) fn withdraw(group: &Group, id: u64) -> bool {
    let crew = group.crew.borrow();
    let Some(crew) = crew.as_ref() else {
        return true;
    };
    let held = crew.held.borrow_mut().take_if(|(held, _)| *held == id).is_some();
    let withdrawn = held || !group.scheduler.borrow().is_running(id) || crew.board.retract(id);
    if withdrawn {
        group.scheduler.borrow_mut().ended(id);
    }
    withdrawn
}

/// Ends a task that has begun: its child goes with it, and takes no other.
pub(crate) fn end(future: &Object<Future>, ending: Ending) {
    future.ending.set(Some(ending));
    let group = future.group.borrow().clone();
    let Some(group) = group else {
        return;
    };
    let state = state();
    let Whereabouts::Running(child, _) = whereabouts(&group, future.id) else {
        state.deadlines.borrow_mut().set(future.id, Instant::now() + SOON, Stage::Expire);
        return;
    };
    let Some((_, crew)) = state.workers.borrow().get(&child).cloned() else {
        return;
    };
    let seat = crew.members.borrow().get(&child).map(|member| {
        member.leaving.set(true);
        member.seat
    });
    seat.map(|seat| crew.board.dismiss(seat));
    // It may have ended just now; then its child has nothing to do, and goes by itself.
    if seat.and_then(|seat| crew.board.running(seat)) == Some(future.id) {
        turn::signal(child, Signal::SIGTERM);
        if let Some(at) = Instant::now().checked_add(ini::kill_grace()) {
            state.deadlines.borrow_mut().set(future.id, at, Stage::Kill);
        }
    }
}

/// Kills the child that runs a task.
pub(crate) fn kill(future: &Object<Future>) {
    let group = future.group.borrow().clone();
    if let Some(group) = group
        && let Whereabouts::Running(child, _) = whereabouts(&group, future.id)
    {
        turn::signal(child, Signal::SIGKILL);
    }
}

/// The time of a task is up, or may be: it counts from when it began.
pub(crate) fn expire(future: &Object<Future>) {
    match future.ending.get() {
        Some(ending) => end(future, ending),
        None => watch(future),
    }
}

/// The time limit of a task has changed, which may have been posted; 0 lifts it.
pub(crate) fn renew_limit(future: &Object<Future>) {
    let group = future.group.borrow().clone();
    let posted = |group: Rc<Group>| group.stays.get() && group.scheduler.borrow().is_running(future.id);
    if future.ending.get().is_none() && group.is_some_and(posted) {
        state().deadlines.borrow_mut().clear(future.id);
        watch(future);
    }
}

/// Looks after the time limit of a posted task.
fn watch(future: &Object<Future>) {
    let limit = future.limit.get().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let Some(limit) = limit.filter(|limit| !limit.is_zero()) else {
        return;
    };
    let group = future.group.borrow().clone();
    let now = Instant::now();
    let begun = match group.map(|group| whereabouts(&group, future.id)) {
        Some(Whereabouts::Running(_, since)) => since,
        _ => now,
    };
    match begun.checked_add(limit) {
        Some(at) if at > now => state().deadlines.borrow_mut().set(future.id, at, Stage::Expire),
        Some(_) => end(future, Ending::TimedOut),
        None => {}
    }
}
