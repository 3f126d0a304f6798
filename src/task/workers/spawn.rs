//! The one way to make a child, whether it is there for one task or for many. Runs in the parent.

use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::sync::OnceLock;

use nix::errno::Errno;

use crate::ini;
use crate::process::child::end;
use crate::process::fork::{Fork, Purpose, Refused};
use crate::process::output::Streams;
use crate::process::poller::reactor::Reactor;
use crate::process::quota::Permit;
use crate::process::shared::doorbell::Ringer;
use crate::process::shared::job_queue::JobQueue;
use crate::process::shared::result_ring::ResultRing;
use crate::process::{fork, output, quota};
use crate::task::life::future::Future;
use crate::task::life::group::{Group, Hook};
use crate::task::life::heap;
use crate::task::life::limits::Limits;
use crate::task::life::state::state;
use crate::task::workers::{collect, launch};
use crate::zend::object::Object;
use crate::zend::{interrupt, request};

/// Runs one task, and tells of it by this pipe.
pub(crate) type IsolatedMain = fn(&OwnedFd, Streams, &Limits, &[Rc<Hook>], &Object<Future>) -> !;
/// Runs tasks as long as there are some.
pub(crate) type WarmMain = fn(&Post<'_>, Streams, &Rc<Group>, &[Rc<Hook>]) -> !;

/// What new children do, until they end. They do all that their parent does, and more, so that it is known above all of
/// that, and handed down here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mains {
    /// One that is there for one task.
    pub(crate) isolated: IsolatedMain,
    /// One that is there for many.
    pub(crate) warm: WarmMain,
}

static MAINS: OnceLock<Mains> = OnceLock::new();

/// From now on children do this. MINIT, perhaps more than once in a process.
pub(crate) fn install(mains: Mains) {
    MAINS.get_or_init(|| mains);
}

/// What a child that was just forked does.
pub(crate) fn mains() -> Mains {
    let Some(mains) = MAINS.get() else { end(255) };
    *mains
}

/// Where a warm worker works.
#[derive(Debug)]
pub(crate) struct Post<'p> {
    /// Where its tasks come from.
    pub(crate) job_queue: &'p JobQueue,
    /// Its place in the job queue.
    pub(crate) slot: usize,
    /// It was hired for a task that whoever was born with this epoch is too old for.
    pub(crate) others: u64,
    /// Where its results go.
    pub(crate) ring: &'p ResultRing,
    /// What wakes its parent.
    pub(crate) ringer: &'p Ringer<'p>,
    /// What tells each of the two of the other's end.
    pub(crate) pipe: &'p OwnedFd,
    /// That one keeps what tasks print.
    pub(crate) captured: bool,
}

/// A child that has been made.
#[derive(Debug)]
pub(crate) struct Spawned {
    /// Its process.
    pub(crate) pid: i32,
    /// What it has of `async.max_children`.
    pub(crate) permit: Permit,
}

/// Why there is no new child.
#[derive(Debug)]
pub(crate) struct NotSpawned {
    /// What was refused.
    pub(crate) refused: Refused,
    /// There was one, which had to be killed: it may have begun something.
    pub(crate) was_there: bool,
}

impl From<Refused> for NotSpawned {
    fn from(refused: Refused) -> Self {
        Self { refused, was_there: false }
    }
}

/// Forks a child of `group`, which is known as `id`, and does what `main` does with its pipe and its output.
///
/// # Errors
///
/// When there is no room for one more process, or for what it is heard of by.
pub(crate) fn spawn(
    group: &Group,
    id: u64,
    purpose: Purpose,
    main: impl FnOnce(&OwnedFd, Streams),
) -> Result<Spawned, NotSpawned> {
    let mut permit = permit()?;
    let (streams, capture) = streams(group, id)?;
    heap::before_fork();
    request::expect_child();
    let forked = match fork::fork(purpose)? {
        Fork::Child(pipe) => {
            main(&pipe, streams);
            end(255)
        }
        Fork::Parent(forked) => {
            // Hooks fork others, which are not to have them.
            drop(streams);
            forked
        }
    };
    let pid = forked.pid.as_raw();
    permit.hand_to(pid);
    if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
        let added = reactor.add(id, forked, ini::max_result()).map_err(Refused::by("epoll_ctl"));
        added.map_err(|refused| NotSpawned { refused, was_there: true })?;
    }
    launch::forward(group, id);
    capture.keep();
    Ok(Spawned { pid, permit })
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

/// Makes sure that children can be heard of.
pub(crate) fn ensure_reactor() -> Result<(), Refused> {
    let mut reactor = state().reactor.borrow_mut();
    if reactor.is_none() {
        *reactor = Some(Reactor::new(ini::notifier(), interrupt::flags())?);
    }
    Ok(())
}
