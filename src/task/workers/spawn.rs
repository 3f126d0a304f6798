//! Spawns workers, isolated and warm ones. Runs in the parent.

use std::cell::Cell;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::sync::OnceLock;

use nix::errno::Errno;

use crate::ini;
use crate::process::child::end;
use crate::process::fork::{Child, Fork, Purpose, Refused};
use crate::process::output::Streams;
use crate::process::poller::reactor::Reactor;
use crate::process::quota::Permit;
use crate::process::shared::control::Place;
use crate::process::shared::doorbell::{Doorbell, Ringer};
use crate::process::shared::job_queue::{JobQueue, Reaped};
use crate::process::shared::message_ring::duplex_table::DuplexTable;
use crate::process::shared::result_ring::ResultRing;
use crate::process::{census, fork, output, quota};
use crate::task::life::future::Future;
use crate::task::life::group::{Group, Hook};
use crate::task::life::heap;
use crate::task::life::limits::Limits;
use crate::task::life::state::state;
use crate::task::life::worker::{Budget, Warm, Worker};
use crate::task::life::workers::Workers;
use crate::task::workers::{collect, items, launch};
use crate::zend::cell::ValueCell;
use crate::zend::object::Object;
use crate::zend::{callable, interrupt, request};

/// Runs one task, and sends its outcome through the pipe.
pub(crate) type IsolatedMain = fn(&OwnedFd, Streams, &Limits, &[Rc<Hook>], &Object<Future>) -> !;
/// Runs tasks until it is told to end.
pub(crate) type WarmMain = fn(&Post<'_>, Streams, &Rc<Group>, &[Rc<Hook>]) -> !;

/// The main functions of workers. A worker can do whatever its parent does, so these functions are in modules that
/// import this one; they are passed down to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mains {
    /// An isolated worker's.
    pub(crate) isolated: IsolatedMain,
    /// A warm worker's.
    pub(crate) warm: WarmMain,
}

static MAINS: OnceLock<Mains> = OnceLock::new();

/// Sets the main functions. MINIT, perhaps more than once in a process.
pub(crate) fn install(mains: Mains) {
    MAINS.get_or_init(|| mains);
}

/// The main functions.
pub(crate) fn mains() -> Mains {
    let Some(mains) = MAINS.get() else { end(255) };
    *mains
}

/// What a warm worker is connected to.
#[derive(Debug)]
pub(crate) struct Post<'p> {
    /// Where its tasks come from.
    pub(crate) job_queue: &'p JobQueue,
    /// Its place in the job queue.
    pub(crate) slot: usize,
    /// It was forked for a task that workers of this epoch are too old for.
    pub(crate) others: u64,
    /// Where its results go.
    pub(crate) ring: &'p ResultRing,
    /// What wakes its parent.
    pub(crate) ringer: &'p Ringer<'p>,
    /// The pipe by which worker and parent notice each other's end.
    pub(crate) pipe: &'p OwnedFd,
    /// The parent captures what tasks print.
    pub(crate) captured: bool,
}

/// What a new worker is to run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Charge<'c> {
    /// One attempt of this future's task.
    Attempt(&'c Object<Future>),
    /// What is posted for these workers. Those of this epoch are too old for some of it.
    Jobs(&'c Rc<Workers>, u64),
}

/// Why there is no new worker.
#[derive(Debug)]
pub(crate) struct NotSpawned {
    /// What was refused.
    pub(crate) refused: Refused,
    /// There was a process, which had to be killed, and may have begun these tasks.
    pub(crate) tasks: Vec<u64>,
}

impl From<Refused> for NotSpawned {
    fn from(refused: Refused) -> Self {
        Self { refused, tasks: Vec::new() }
    }
}

/// Forks a worker of `group`. Re-enters PHP: hooks, of which some may have spawned the last worker that there was room
/// for, so that this one is not needed any more.
///
/// # Errors
///
/// When there is no room for one more process, or for the descriptors and the memory by which it is watched.
pub(crate) fn spawn(group: &Rc<Group>, charge: Charge<'_>) -> Result<(), NotSpawned> {
    ensure_reactor()?;
    let hooks = match charge {
        Charge::Attempt(future) => spawn_isolated(group, future)?,
        Charge::Jobs(workers, others) => spawn_warm(group, workers, others)?,
    };
    for hook in hooks {
        launch::after_fork(&hook);
    }
    Ok(())
}

/// Forks a worker for one attempt. The hooks that are to be called.
fn spawn_isolated(group: &Rc<Group>, future: &Object<Future>) -> Result<Vec<Rc<Hook>>, NotSpawned> {
    let (id, hooks, limits) = (future.id.get(), launch::hooks(group), group.limits.borrow().clone());
    // Hooks are code of the script, which is told of news while it runs.
    if hooks.is_empty()
        && let Some(reactor) = state().reactor.borrow_mut().as_mut()
    {
        reactor.before_fork();
    }
    let prepared = Prepared::new(group, id)?;
    let pid = match prepared.fork(Purpose::Outcome)? {
        Forked::Child { pipe, streams } => (mains().isolated)(&pipe, streams, &limits, &hooks, future),
        Forked::Parent(born) => {
            let budget = Budget::One { origin: ValueCell::default() };
            born.keep(group, budget).map_err(|refused| NotSpawned { refused, tasks: vec![id] })?
        }
    };
    group.ledger.change(|ledger| ledger.run(id));
    future.begin_in(pid);
    future.limit_by_default(group.timeout.get());
    launch::set_deadline(future);
    Ok(hooks)
}

/// Watches the process of an attempt from now on, which the program before this one has forked.
///
/// # Errors
///
/// As [`spawn`]; the process is killed then.
pub(crate) fn adopt(group: &Rc<Group>, future: &Object<Future>, child: Child) -> Result<(), Refused> {
    ensure_reactor()?;
    let (id, max_result) = (future.id.get(), ini::max_result());
    let (permit, listening) = (permit()?, Listening { id });
    let born = Born { id, child, permit, place: None, listening, max_result };
    let pid = born.keep(group, Budget::One { origin: ValueCell::default() })?;
    group.ledger.change(|ledger| ledger.run(id));
    future.begin_in(pid);
    Ok(())
}

/// Forks a worker for what those of epoch `others` are too old for. The hooks that are to be called; none when there is
/// no room for it any more.
fn spawn_warm(group: &Rc<Group>, workers: &Rc<Workers>, others: u64) -> Result<Vec<Rc<Hook>>, NotSpawned> {
    let state = state();
    let autoloads = callable::autoloads();
    // To ask was a call, with an interrupt of the virtual machine at its end, in which another one may have been
    // spawned, or which has forked this process.
    if workers.is_full(group) || !group.is_here() {
        return Ok(Vec::new());
    }
    let hooks = launch::hooks(group);
    let ring = ResultRing::new().map_err(Refused::by("mmap"))?;
    let doorbell = doorbell()?;
    let epoch = state.code_index.change(|code_index| code_index.new_epoch(autoloads));
    let kept = workers.staying().1 < group.kept.get();
    let slot = workers.free_slot(epoch, if kept { None } else { ini::idle_timeout() });
    let slot = slot.ok_or(Refused { call: "fork", errno: Errno::EAGAIN })?;
    let time = items::limit(group);
    if time.is_some() {
        workers.job_queue.time_items(slot);
    }
    let id = state.next_id();
    let captured = group.output.get() == output::Mode::Capture;
    let prepared = Prepared::new(group, id)?;
    let born = match prepared.fork(Purpose::End)? {
        Forked::Child { pipe, streams } => {
            let (job_queue, ringer) = (&workers.job_queue, &doorbell.ringer());
            let post = Post { job_queue, slot, others, ring: &ring, ringer, pipe: &pipe, captured };
            (mains().warm)(&post, streams, group, &hooks)
        }
        Forked::Parent(born) => born,
    };
    let warm = Warm {
        workers: Rc::clone(workers),
        slot,
        epoch,
        leaving: Cell::new(None),
        has_left: Cell::new(false),
        awaited: Cell::new(None),
        kept: Cell::new(kept),
        for_map: !group.maps.borrow().is_empty(),
        overdue: Cell::new(None),
        ends: Cell::new(None),
        proven: Cell::new(false),
    };
    born.keep(group, Budget::Many(warm)).map_err(|refused| {
        let Reaped { begun, unposted } = workers.job_queue.reap(slot, |task| group.expects(task));
        NotSpawned { refused, tasks: [begun, unposted].concat() }
    })?;
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.listen(id, ring, (Rc::clone(&workers.job_queue), slot));
    }
    workers.add(id);
    if let Some(time) = time {
        items::look_after(id, time);
    }
    Ok(hooks)
}

/// What a worker needs before it is forked. If it is not, all of it is given back.
#[derive(Debug)]
struct Prepared {
    id: u64,
    permit: Permit,
    /// Its slot in the memory that it shares with its parent, if there is one left.
    place: Option<Place>,
    /// Without duplexes, as there is no memory, the task runs all the same.
    duplexes: Option<&'static DuplexTable>,
    streams: Streams,
    listening: Listening,
    max_result: u64,
}

/// A worker has been forked.
enum Forked {
    /// This is the worker.
    Child { pipe: OwnedFd, streams: Streams },
    /// This is its parent.
    Parent(Born),
}

/// A worker that runs, and of which nothing is noted yet.
struct Born {
    id: u64,
    child: Child,
    permit: Permit,
    place: Option<Place>,
    listening: Listening,
    max_result: u64,
}

impl Prepared {
    /// For a worker of `group`, which will be known as `id`.
    fn new(group: &Group, id: u64) -> Result<Self, Refused> {
        let permit = permit()?;
        let (streams, listening) = streams(group, id)?;
        let max_result = ini::max_result();
        heap::before_fork();
        request::expect_child();
        let (place, duplexes) = (state().place(), duplexes().ok());
        Ok(Self { id, permit, place, duplexes, streams, listening, max_result })
    }

    fn fork(self, purpose: Purpose) -> Result<Forked, Refused> {
        let Self { id, permit, place, duplexes, streams, listening, max_result } = self;
        Ok(match fork::fork(purpose)? {
            Fork::Child(pipe) => {
                let own = &state().own;
                own.slot_ref.set(place.as_ref().map(Place::slot_ref));
                own.duplexes.set(duplexes);
                census::belongs_to_parents_script();
                // What is the parent's is not given back, and no memory is freed.
                std::mem::forget((permit, place, listening));
                Forked::Child { pipe, streams }
            }
            // Its copies of the streams are dropped: children that hooks fork must not inherit them.
            Fork::Parent(child) => Forked::Parent(Born { id, child, permit, place, listening, max_result }),
        })
    }
}

impl Born {
    /// Watches the worker from now on, which may do what `budget` says. Its process.
    ///
    /// # Errors
    ///
    /// When the kernel cannot watch one more descriptor. The worker is killed then, and may have begun something.
    fn keep(self, group: &Rc<Group>, budget: Budget) -> Result<i32, Refused> {
        let Self { id, child, mut permit, place, listening, max_result } = self;
        let pid = child.pid.as_raw();
        permit.hand_to(pid);
        if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
            reactor.add(id, child, permit, max_result).map_err(Refused::by("epoll_ctl"))?;
        }
        listening.keep();
        let group_of = ValueCell::new(Some(Rc::clone(group)));
        state().workers.insert(id, Rc::new(Worker { id, pid, group: group_of, place, budget }));
        state().streams_due.set(true);
        launch::forward(group, id);
        Ok(pid)
    }
}

/// A place for one more process, where their number is limited.
fn permit() -> Result<Permit, Refused> {
    quota::take(launch::children() == 0).ok_or(Refused { call: quota::MAX_CHILDREN, errno: Errno::EAGAIN })
}

/// The standard output and error output for a task of `group`, or for a warm worker; under `id` the parent listens to
/// them.
fn streams(group: &Group, id: u64) -> Result<(Streams, Listening), Refused> {
    let limit = usize::try_from(ini::max_output()).unwrap_or(usize::MAX);
    let (streams, capture) = output::open(group.output.get(), limit)?;
    if let (Some(capture), Some(reactor)) = (capture, state().reactor.borrow_mut().as_mut()) {
        reactor.capture(id, capture).map_err(Refused::by("epoll_ctl"))?;
    }
    Ok((streams, Listening { id }))
}

/// The reactor listens to the output of a child that is still to be made. Whatever keeps that child from being made, it
/// listens no more when this is dropped, and both pipes are closed.
#[derive(Debug)]
struct Listening {
    id: u64,
}

impl Listening {
    /// The child is there: its end will end the listening.
    fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(collect::printed_by(self.id));
    }
}

/// What children wake this process by.
fn doorbell() -> Result<Rc<Doorbell>, Refused> {
    let state = state();
    let known = state.duplexes.get().map(DuplexTable::doorbell);
    let mut reactor = state.reactor.borrow_mut();
    let doorbell = reactor.as_mut().map_or(Err(Errno::EBADF), |reactor| reactor.doorbell(known));
    doorbell.map_err(Refused::by("eventfd"))
}

/// The duplexes between this process and its tasks, which a child has if they are there before its fork.
///
/// # Errors
///
/// When there is no descriptor, or no memory, for them.
pub(crate) fn duplexes() -> Result<&'static DuplexTable, Refused> {
    ensure_reactor()?;
    let doorbell = doorbell()?;
    let state = state();
    if let Some(duplexes) = state.duplexes.get() {
        return Ok(duplexes);
    }
    let duplexes = DuplexTable::new(doorbell).map_err(Refused::by("mmap"))?;
    state.duplexes.set(Some(duplexes));
    Ok(duplexes)
}

/// Makes sure that there is a reactor, which watches children.
pub(crate) fn ensure_reactor() -> Result<(), Refused> {
    let mut reactor = state().reactor.borrow_mut();
    if reactor.is_none() {
        *reactor = Some(Reactor::new(ini::notifier(), interrupt::flags())?);
    }
    Ok(())
}
