//! Who is hired, and who leaves.

use std::cell::Cell;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use nix::errno::Errno;

use crate::ini;
use crate::process::fork::{Purpose, Refused};
use crate::process::output;
use crate::process::poller::reactor::Reactor;
use crate::process::shared::job_queue::{Progress, SLOTS};
use crate::process::shared::result_ring::ResultRing;
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::workers::{Worker, Workers};
use crate::task::workers::items::look_after;
use crate::task::workers::spawn::{self, NotSpawned, Post, Spawned};
use crate::task::workers::{items, launch};
use crate::zend::callable;

/// How many children a group may have that stay.
pub(crate) fn capacity(group: &Group) -> usize {
    group.ledger.borrow().limit().saturating_sub(group.adopted.get()).min(SLOTS)
}

pub(crate) fn first_open(group: &Group, workers: &Workers) -> Option<u64> {
    let mut ids: Vec<_> = group.ledger.borrow().iter().map(|(id, ..)| id).collect();
    ids.sort_unstable();
    ids.into_iter().find(|&id| workers.job_queue.progress(id) == Progress::Open)
}

/// Lets those go that are too many since the group's limit was lowered, or one of its slots went to another task.
pub(crate) fn shrink(group: &Group) {
    let limit = capacity(group);
    group.workers.borrow().iter().for_each(|workers| workers.dismiss_down_to(limit));
}

/// Why there is no new child.
#[derive(Debug)]
pub(crate) struct NoWorker {
    pub(crate) refused: Refused,
    /// There was one, which had to be killed, and had begun this.
    pub(crate) task: Option<u64>,
}

impl From<Refused> for NoWorker {
    fn from(refused: Refused) -> Self {
        Self { refused, task: None }
    }
}

/// Forks a warm worker, for what those who were born with `others` are too old for. Re-enters PHP: hooks.
pub(crate) fn spawn_warm(group: &Rc<Group>, workers: &Rc<Workers>, others: u64) -> Result<(), NoWorker> {
    let state = state();
    spawn::ensure_reactor()?;
    let autoloads = callable::autoloads();
    // To ask was a call, with an interrupt of the virtual machine at its end, in which somebody else may have been
    // hired.
    if workers.is_full(group) {
        return Ok(());
    }
    let hooks = launch::hooks(group);
    let ring = ResultRing::new().map_err(Refused::by("mmap"))?;
    let doorbell = state.reactor.borrow_mut().as_mut().map_or(Err(Errno::EBADF), Reactor::doorbell);
    let doorbell = doorbell.map_err(Refused::by("eventfd"))?;
    let epoch = state.code_index.change(|code_index| code_index.new_epoch(autoloads));
    let mut taken: Vec<_> = workers.all.borrow().values().map(|worker| worker.slot).collect();
    taken.extend(workers.strays.borrow().values().map(|worker| worker.slot));
    let kept = workers.staying().1 < group.kept.get();
    let patience = if kept { None } else { ini::idle_timeout() };
    let slot = workers.job_queue.slot(|slot| taken.contains(&slot), epoch, patience);
    let slot = slot.ok_or(Refused { call: "fork", errno: Errno::EAGAIN })?;
    let time = items::limit(group);
    if time.is_some() {
        workers.job_queue.time_items(slot);
    }
    let child = state.next_id();
    let captured = group.output.get() == output::Mode::Capture;
    let main = |pipe: &OwnedFd, streams| {
        let ringer = doorbell.ringer();
        let post = Post {
            job_queue: &workers.job_queue,
            slot,
            others,
            ring: &ring,
            ringer: &ringer,
            pipe,
            captured,
        };
        (spawn::mains().warm)(&post, streams, group, &hooks)
    };
    let spawned = spawn::spawn(group, child, Purpose::End, main);
    let Spawned { pid, permit } = spawned.map_err(|NotSpawned { refused, was_there }| {
        let task = if was_there { workers.job_queue.reap(slot, |_| true).pop() } else { None };
        NoWorker { refused, task }
    })?;
    if let Some(reactor) = state.reactor.borrow_mut().as_mut() {
        reactor.listen(child, ring);
    }
    workers.all.borrow_mut().insert(
        child,
        Worker {
            slot,
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
            permit,
        },
    );
    workers.survey();
    if let Some(time) = time {
        look_after(child, time);
    }
    state.warm_workers.insert(child, (Rc::clone(group), Rc::clone(workers)));
    for hook in hooks {
        launch::after_fork(&hook);
    }
    Ok(())
}
