//! What the extension knows in one process: its children, its queues, its hooks. One for each thread that runs PHP.
//!
//! Cells only, and no borrow is held while PHP code can run. A child starts with an empty one; a fork that is not ours
//! (`pcntl_fork`) is noticed, and what was the parent's is left alone.

use std::cell::Cell;
use std::collections::VecDeque;
use std::mem::forget;
use std::rc::{Rc, Weak};
use std::time::Instant;

use ext_php_rs::types::Zval;
use nix::unistd::{Pid, getpid};

use crate::pool::deadlines::Deadlines;
use crate::process::daemon::PidFile;
use crate::process::endpoint::Endpoint;
use crate::process::fork;
use crate::process::forwarding::Forwarding;
use crate::process::poller::reactor::{News, Reactor};
use crate::process::shared::control::{Control, Place};
use crate::process::shared::message_ring::MessageRing;
use crate::process::shared::message_ring::duplex_table::DuplexTable;
use crate::process::spin::Spin;
use crate::process::threads;
use crate::task::life::deadlock::LastAnswer;
use crate::task::life::doubt::Doubt;
use crate::task::life::future::Future;
use crate::task::life::group::{Group, Hook};
use crate::task::life::heap::Heap;
use crate::task::life::held::Held;
use crate::task::life::inherited::Inherited;
use crate::task::life::interruption::Interruption;
use crate::task::life::locks::Lock;
use crate::task::life::map_call::RemoteResults;
use crate::task::life::own::Own;
use crate::task::life::sharing::Things;
use crate::task::life::worker::{Table, Worker};
use crate::zend::cell::{DataCell, Plain, ValueCell};
use crate::zend::code::CodeIndex;
use crate::zend::object::Object;

#[cfg(not(php_zts))]
use crate::zend::thread::OneThread;

impl Plain for Endpoint {}
impl Plain for PidFile {}
impl Plain for Forwarding {}
impl Plain for Reactor {}
impl Plain for News {}
impl Plain for Deadlines {}
impl Plain for Heap {}
impl Plain for Spin {}
impl Plain for RemoteResults {}

/// How far a request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Request {
    /// Its script runs, or its shutdown functions or destructors do.
    #[default]
    Runs,
    /// The same, and what was started before was ended.
    Ending,
    /// What is left of it is waited for.
    Ends,
    /// Nothing is waited for any more. Modules that end after this one may still run PHP code: session handlers.
    Over,
}

/// The state of one process. In one page: what a process writes to after a fork is copied, page by page.
#[derive(Debug)]
#[repr(align(4096))]
pub(crate) struct State {
    /// The process that it belongs to.
    pub(crate) owner: Cell<Pid>,
    /// The number of the latest task.
    pub(crate) last_id: Cell<u64>,
    /// Tasks with a number up to this one were made by the process that this one was forked from.
    pub(crate) inherited: Cell<u64>,
    /// How many `Pool` objects are alive.
    pub(crate) pools: Cell<usize>,
    /// The group of tasks that `async()` starts outside of pools.
    pub(crate) default_group: ValueCell<Option<Rc<Group>>>,
    /// Groups with something queued or running.
    pub(crate) active: ValueCell<Vec<Rc<Group>>>,
    /// Waits for children; `None` before there was one.
    pub(crate) reactor: DataCell<Option<Reactor>>,
    /// All children, until they are reaped.
    pub(crate) workers: ValueCell<Table>,
    /// Texts of warnings that are to be raised at the next safe point.
    pub(crate) notices: DataCell<Vec<String>>,
    /// Results of map calls that warm workers keep in their memory.
    pub(crate) remote_results: DataCell<RemoteResults>,
    /// Names of code that warm workers have, too.
    pub(crate) code_index: ValueCell<CodeIndex>,
    /// Deadlines of tasks and children.
    pub(crate) deadlines: DataCell<Deadlines>,
    /// Futures whose task has ended, and whose outcome is to be decoded.
    pub(crate) reported: ValueCell<VecDeque<Object<Future>>>,
    /// Futures that have their outcomes, and whose handlers wait for others to end.
    pub(crate) settled: ValueCell<VecDeque<Object<Future>>>,
    /// Futures whose next handler may not run at the place where the script is now.
    pub(crate) held: ValueCell<Held>,
    /// Tasks that have failed, and of which a function of the script says whether they are run again.
    pub(crate) doubts: ValueCell<VecDeque<Doubt>>,
    /// When a warm worker was last dismissed to make room.
    pub(crate) made_room: Cell<Option<Instant>>,
    /// Something could not be started, and is tried again soon.
    pub(crate) held_back: Cell<bool>,
    /// Tasks and items that are being serialized further down the stack. They have left the queue, and no worker has
    /// them: code that runs meanwhile, and waits, does not wait for them.
    pub(crate) in_hand: Cell<usize>,
    /// How many functions further down the stack are in the middle of starting something: see `underway`.
    pub(crate) underway: Cell<usize>,
    /// What children are asked and report, once there was one.
    pub(crate) control: Cell<Option<&'static Control>>,
    /// What this process has last said of its waiting.
    pub(crate) deadlock: DataCell<LastAnswer>,
    /// The duplexes between this process and its tasks, once there was a child.
    pub(crate) duplexes: Cell<Option<&'static DuplexTable>>,
    /// What this process knows of its own attempt.
    pub(crate) own: Own,
    /// What runs in this process, the innermost one last: tasks, and `None` for an item of a map.
    pub(crate) in_line: ValueCell<Vec<Option<Object<Future>>>>,
    /// Messages and ends of children that are not processed yet.
    pub(crate) news: DataCell<VecDeque<News>>,
    /// Groups in which something may start now.
    pub(crate) freed: ValueCell<VecDeque<Rc<Group>>>,
    /// Hooks for every child.
    pub(crate) hooks: ValueCell<Vec<Rc<Hook>>>,
    /// Exceptions of hooks and destructors, which the next `await` throws: the latest is the last one.
    pub(crate) surfacing: ValueCell<Vec<Zval>>,
    /// A wait goes on that throws none of these.
    pub(crate) surfaces_later: Cell<bool>,
    /// Values of the processes that this one was forked from, where the fork was not this extension's.
    pub(crate) kept: ValueCell<Vec<Inherited>>,
    /// What forks of its heap cost.
    pub(crate) heap: DataCell<Heap>,
    /// The locks that this process holds, the latest one last.
    pub(crate) locks: DataCell<Vec<Lock>>,
    /// What this process shares with others, by numbers.
    pub(crate) things: DataCell<Things>,
    /// How many such things this process and those that it was forked from had made by then.
    pub(crate) things_made: Cell<u64>,
    /// While a job is written: the first epoch whose children have all that it refers to by numbers.
    pub(crate) job_epoch: Cell<Option<u64>>,
    /// Channels of this process that have a stream.
    pub(crate) streams: ValueCell<Vec<Weak<MessageRing>>>,
    /// It is to be looked whether other processes are left that have them.
    pub(crate) streams_due: Cell<bool>,
    /// Memory for the next message of a channel.
    pub(crate) message: DataCell<Vec<u8>>,
    /// How this process waits for channels.
    pub(crate) spin: DataCell<Option<Spin>>,
    /// Handlers are running.
    pub(crate) dispatching: Cell<bool>,
    /// The end of the script is known to wait for what was started.
    pub(crate) exit_registered: Cell<bool>,
    /// Signals that pools forward.
    pub(crate) forwarding: DataCell<Forwarding>,
    /// Set while the end of the script waits, and listens for signals.
    pub(crate) interruption: DataCell<Option<Interruption>>,
    /// What answers who asks how this process is.
    pub(crate) endpoint: DataCell<Option<Endpoint>>,
    /// The pid file of this process, if it is a daemon that has one.
    pub(crate) pid_file: DataCell<Option<PidFile>>,
    /// Whether the request runs, ends, or is over.
    pub(crate) request: Cell<Request>,
    /// This process is a child of ours.
    pub(crate) is_child: Cell<bool>,
}

impl State {
    fn new(owner: Pid) -> Self {
        Self {
            owner: Cell::new(owner),
            last_id: Cell::new(0),
            inherited: Cell::new(0),
            pools: Cell::new(0),
            default_group: ValueCell::default(),
            active: ValueCell::default(),
            reactor: DataCell::default(),
            workers: ValueCell::default(),
            notices: DataCell::default(),
            remote_results: DataCell::default(),
            code_index: ValueCell::default(),
            deadlines: DataCell::default(),
            reported: ValueCell::default(),
            settled: ValueCell::default(),
            held: ValueCell::default(),
            doubts: ValueCell::default(),
            made_room: Cell::new(None),
            held_back: Cell::new(false),
            in_hand: Cell::new(0),
            underway: Cell::new(0),
            control: Cell::new(None),
            deadlock: DataCell::default(),
            duplexes: Cell::new(None),
            own: Own::default(),
            in_line: ValueCell::default(),
            news: DataCell::default(),
            freed: ValueCell::default(),
            hooks: ValueCell::default(),
            surfacing: ValueCell::default(),
            surfaces_later: Cell::new(false),
            kept: ValueCell::default(),
            heap: DataCell::default(),
            locks: DataCell::default(),
            things: DataCell::default(),
            things_made: Cell::new(0),
            job_epoch: Cell::new(None),
            streams: ValueCell::default(),
            streams_due: Cell::new(false),
            message: DataCell::default(),
            spin: DataCell::default(),
            dispatching: Cell::new(false),
            exit_registered: Cell::new(false),
            forwarding: DataCell::default(),
            interruption: DataCell::default(),
            endpoint: DataCell::default(),
            pid_file: DataCell::default(),
            request: Cell::default(),
            is_child: Cell::new(false),
        }
    }

    /// The worker with this id.
    pub(crate) fn worker(&self, id: u64) -> Option<Rc<Worker>> {
        self.workers.borrow().get(&id).cloned()
    }

    /// Does the worker with this id run one attempt, and does somebody wait for it to end?
    pub(crate) fn is_isolated(&self, id: u64) -> bool {
        self.workers.borrow().get(&id).is_some_and(|worker| worker.is_isolated())
    }

    /// Does somebody wait for the end of that worker who waits for its attempt? It may run hooks after that.
    pub(crate) fn ends_with_attempt(&self, id: u64) -> bool {
        self.workers.borrow().get(&id).is_some_and(|worker| {
            worker.is_isolated()
                && worker.group.borrow().as_ref().is_some_and(|group| !group.has_exit_hooks.get())
        })
    }

    /// Is there an isolated worker that somebody waits for?
    #[inline]
    pub(crate) fn has_isolated(&self) -> bool {
        let workers = self.workers.borrow();
        !workers.is_empty() && workers.values().any(|worker| worker.is_isolated())
    }

    /// Is there a warm worker that somebody waits for?
    #[inline]
    pub(crate) fn has_warm(&self) -> bool {
        let workers = self.workers.borrow();
        !workers.is_empty() && workers.values().any(|worker| worker.awaited_warm().is_some())
    }

    /// Does the task of a future run in this process, further down the stack?
    pub(crate) fn runs_in_line(&self, id: u64) -> bool {
        let in_line = self.in_line.borrow();
        !in_line.is_empty() && in_line.iter().flatten().any(|future| future.id.get() == id)
    }

    /// A slot for a child that is about to be forked. Without one it cannot be asked anything.
    pub(crate) fn place(&self) -> Option<Place> {
        let control = match self.control.get() {
            Some(control) => control,
            None => Box::leak(Box::new(Control::new().ok()?)),
        };
        self.control.set(Some(control));
        control.take()
    }

    /// Has no task been made since this process was forked?
    #[inline]
    pub(crate) fn has_made_none(&self) -> bool {
        self.last_id.get() == self.inherited.get()
    }

    /// The number of a new task.
    pub(crate) fn next_id(&self) -> u64 {
        self.last_id.set(self.last_id.get() + 1);
        self.last_id.get()
    }
}

const _: () = assert!(size_of::<State>() == 4096);

#[cfg(not(php_zts))]
static STATE: OneThread<Option<&State>> = OneThread::new(None);
#[cfg(php_zts)]
thread_local! {
    static STATE: Cell<Option<&'static State>> = const { Cell::new(None) };
}

/// The state of this process. In a process that a foreign fork made it is empty, and what was the parent's is left
/// alone.
pub(crate) fn state() -> &'static State {
    let state = STATE.get().unwrap_or_else(begin);
    if fork::noticed() {
        state.leave_behind(false);
    }
    state
}

/// Leaked: a destructor would run after the engine that owns the values in it.
#[cold]
fn begin() -> &'static State {
    let state = Box::leak(Box::new(State::new(getpid())));
    STATE.set(Some(state));
    state
}

/// This process may change its rights now.
pub(crate) fn before_rights_change() {
    threads::know_all();
    if let Some(reactor) = state().reactor.borrow_mut().as_mut() {
        reactor.before_rights_change();
    }
}

impl State {
    /// In a forked process: forgets what is the parent's. In a child of ours its values are not released, as their
    /// destructors are the parent's, and no memory is freed, as each page that is touched is a page to copy.
    /// Descriptors are closed. The hooks stay, and the names of code: they are for the children's children too.
    pub(crate) fn leave_behind(&self, is_child: bool) {
        self.owner.set(getpid());
        self.is_child.set(is_child || self.is_child.get());
        self.inherited.set(self.last_id.get());
        self.pools.set(0);
        self.job_epoch.set(None);
        self.dispatching.set(false);
        self.held_back.set(false);
        self.in_hand.set(0);
        self.underway.set(0);
        self.exit_registered.set(false);
        self.request.set(Request::Runs);
        self.surfaces_later.set(false);
        // Most have neither, and no code is run, or memory touched, that a child has no other use for.
        if !self.forwarding.borrow().is_off() {
            drop(self.forwarding.take());
        }
        if self.interruption.borrow().is_some() {
            drop(self.interruption.take());
        }
        if self.pid_file.borrow().is_some() {
            // Its lock is the daemon's, and free when that has ended.
            drop(self.pid_file.take());
        }
        if self.endpoint.borrow().is_some() {
            // Its port is the parent's, and free when that has closed it.
            drop(self.endpoint.take());
        }
        if let Some(reactor) = self.reactor.take() {
            reactor.forget();
        }
        if !is_child {
            self.kept.push(Inherited::take(self));
        }
        forget(self.locks.take());
        self.control.set(None);
        self.duplexes.set(None);
        self.own.forget(is_child);
        forget(self.in_line.take());
        forget(self.default_group.take());
        forget(self.active.take());
        forget(self.workers.take());
        forget(self.notices.take());
        forget(self.remote_results.take());
        forget(self.news.take());
        forget(self.freed.take());
        forget(self.deadlines.take());
        forget(self.reported.take());
        forget(self.settled.take());
        forget((self.held.take(), self.doubts.take()));
        forget((self.surfacing.take(), self.streams.take()));
    }
}
