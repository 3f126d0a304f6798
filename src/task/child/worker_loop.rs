//! A warm worker: it takes tasks from its pool's job queue until it is told to end, or has had enough.
//!
//! A task finds in globals and static variables what earlier tasks of this worker have left there, and at first what
//! the parent had at the fork.

use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::time::Instant;

use ext_php_rs::types::Zval;
use nix::unistd::Pid;

use crate::error::Label;
use crate::ini;
use crate::process::census;
use crate::process::child::{end, stay_when_closed};
use crate::process::output::Streams;
use crate::process::shared::slot::{Found, WorkerSlot};
use crate::task::child::channel::NO_MAP;
use crate::task::child::isolated;
use crate::task::child::isolated::Sink;
use crate::task::life::group::{Group, Hook};
use crate::task::life::state::state;
use crate::task::life::surfacing;
use crate::task::life::work::Work;
use crate::task::workers::job;
use crate::task::workers::job::{Listed, Opened};
use crate::task::workers::spawn::Post;
use crate::wire::frame::Kind;
use crate::zend::handler::Thrown;
use crate::zend::request::Ran;
use crate::zend::{exception, request};

/// Runs tasks, and ends.
pub(crate) fn run(post: &Post<'_>, streams: Streams, group: &Rc<Group>, hooks: &[Rc<Hook>]) -> ! {
    state().leave_behind(true);
    let own = state().owner.get();
    // Not before: the parent's descriptors may have these numbers.
    streams.put_in_place();
    request::begin_child(ini::reseed());
    let at_work_on = &state().own;
    at_work_on.warm.set(Some((Rc::clone(group), post.slot)));
    let stay = group.stay.get();
    census::stays_warm();
    let born = Instant::now();
    let Some(mut slot) = post.job_queue.sit(post.slot, post.others) else { end(255) };
    let mut payload = Vec::new();
    let mut count = 0;
    loop {
        let task = match slot.next(&mut payload) {
            Found::Task(task) => task,
            Found::Passed => {
                post.ring.say(post.ringer, 0, Kind::Passed, 0, 0, std::iter::empty());
                continue;
            }
            Found::End => break,
        };
        at_work_on.begin(task);
        // A failure before the first task, of a limit or a hook, is reported as the failure of that task, so that the
        // script sees it. It ends this worker, too.
        let failure = if count == 0 { prepare(group, hooks, task) } else { None };
        if count == 0 {
            request::begin_tasks();
        }
        let unprepared = failure.is_some();
        let (performed, sane) = failure
            .map_or_else(|| perform(group, task, &payload), |failed| (Performed::Task(failed, None), true));
        let stays = match performed {
            Performed::Items(map, items) => walk(&AtWork { post, own, slot: &slot, task }, group, map, items),
            // The parent does not wait for the release of `work`.
            Performed::Task(ran, work) => {
                ensure_own(own, Some(&ran));
                let stays = tell(post, task, Some(ran));
                drop(work);
                stays
            }
            Performed::Nothing => {
                ensure_own(own, None);
                tell(post, task, None)
            }
        };
        // When this worker ends in the middle of a batch, or before its first item, another one gets the rest.
        if stays && !unprepared {
            slot.done();
        }
        count += 1;
        let enough = stay.tasks.is_some_and(|tasks| count >= tasks)
            || stay.age.is_some_and(|age| born.elapsed() >= age)
            || stay.bytes.is_some_and(|bytes| request::memory_usage() >= bytes);
        // Asking the kernel after each task took 4 % of a round trip on one CPU (`make bench`, warm-latency-pinned).
        let cut_off = request::is_native() && !post.ringer.holds();
        if unprepared || !sane || !stays || enough || cut_off || !begin_anew() {
            break;
        }
    }
    isolated::wind_up_worker(hooks);
    stay_when_closed(post.pipe);
    end(0)
}

/// Ends a process that a task has forked by itself, and that has returned from the task's function: it is not this
/// worker.
fn ensure_own(own: Pid, ran: Option<&Ran<Zval>>) {
    if state().owner.get() != own {
        isolated::wind_up();
        end(ran.map_or(0, isolated::exit_code));
    }
}

/// This worker, and the task that it runs.
struct AtWork<'w> {
    post: &'w Post<'w>,
    own: Pid,
    slot: &'w WorkerSlot<'w>,
    task: u64,
}

/// Calls a function with each item, and reports each result. False when this worker has to end.
fn walk(at_work: &AtWork<'_>, group: &Group, map: u64, items: Listed) -> bool {
    let map_call = group.maps.borrow().get(&map).cloned().map(ManuallyDrop::new);
    let Some(map_call) = map_call else {
        return tell(at_work.post, at_work.task, None);
    };
    let (mut count, mut stays) = (0, true);
    let total = map_call.count(&items);
    if total == 0 {
        return tell(at_work.post, at_work.task, None); // it has run them before
    }
    map_call.walk(items, |item| {
        if count > 0 && !begin_anew() {
            stays = false;
            return false;
        }
        count += 1;
        if !at_work.slot.begin(count) {
            stays = false;
            return false;
        }
        state().own.no_duplex.set(Some(NO_MAP));
        let ran = request::protect(|| map_call.call(item));
        state().own.no_duplex.set(None);
        at_work.slot.rest();
        ensure_own(at_work.own, Some(&ran));
        if count == total {
            at_work.slot.tally();
        }
        stays = tell(at_work.post, at_work.task, Some(ran));
        stays
    });
    stays
}

/// Sets the pool's limits and calls its hooks, before the first task. Returns what failed, if something did.
fn prepare(group: &Group, hooks: &[Rc<Hook>], task: u64) -> Option<Ran<Zval>> {
    let limits = group.limits.borrow().clone();
    let prepared = request::protect(|| {
        limits.apply(|| Label::Number(task))?;
        isolated::prepare(hooks)
    });
    match prepared {
        Ran::Returned(()) => None,
        failed => Some(failed.map(|()| Zval::new())),
    }
}

/// Reports the outcome of a task; without one, that another worker has to run it. False when this worker has to end:
/// after an exit or a fatal error its state cannot be relied on.
fn tell(post: &Post<'_>, task: u64, ran: Option<Ran<Zval>>) -> bool {
    let sink = Sink::Ring { ring: post.ring, ringer: post.ringer, task, captured: post.captured };
    let Some(ran) = ran else {
        sink.decline();
        return true;
    };
    let stays = matches!(ran, Ran::Returned(_) | Ran::Threw(_));
    let told = isolated::report(&sink, &ran) == 0;
    let is_scalar = |value: &Zval| {
        !(value.is_array() || value.is_object() || value.is_reference() || value.is_resource())
    };
    let gone = matches!(&ran, Ran::Returned(value) if is_scalar(value)) || let_go(ran);
    gone && told && stays
}

/// Drops what a task has left. An exception of a destructor is the failure of no task, and becomes a warning. False
/// when this worker has to end.
fn let_go<T>(left: T) -> bool {
    let gone = request::protect(|| {
        surfacing::release(left);
        surfacing::tell();
        if exception::pending() { Err(Thrown) } else { Ok(()) }
    });
    matches!(gone, Ran::Returned(()))
}

/// Resets what must not last from one task, or item, to the next. False when this worker has to end.
fn begin_anew() -> bool {
    (!request::signals_changed() || put_signals_back()) && request::between_tasks()
}

/// Puts back the handlers of signals that a task has replaced. False when this worker has to end.
fn put_signals_back() -> bool {
    let done = request::protect(|| {
        while request::put_signal_back() {
            surfacing::keep_pending();
        }
        surfacing::tell();
        if exception::pending() { Err(Thrown) } else { Ok(()) }
    });
    matches!(done, Ran::Returned(()))
}

/// What was in a job.
enum Performed {
    /// It was a task, which has been run; and its work, if nothing of PHP's runs when that is dropped.
    Task(Ran<Zval>, Option<Work>),
    /// It is items of a map.
    Items(u64, Listed),
    /// Another worker has to run it.
    Nothing,
}

/// Decodes a job, and runs the task in it. False after an exit or a fatal error in code other than the task's, such as
/// an autoloader: the state of this worker cannot be relied on then.
fn perform(group: &Group, task: u64, payload: &[u8]) -> (Performed, bool) {
    let (mut sent, mut inherited) = (None, None);
    let mut items = None;
    let ran = request::protect(|| match job::open(&state().code_index, payload)? {
        Opened::Work(work) => isolated::call(sent.insert(work)),
        Opened::Inherited => {
            let future = group.future(task).map(ManuallyDrop::new);
            // Not released: what only this task refers to has its destructor in the parent.
            let work = future.and_then(|future| future.work.take()).map(ManuallyDrop::new);
            work.map_or(Ok(Zval::new()), |work: ManuallyDrop<Work>| isolated::call(inherited.insert(work)))
        }
        Opened::Items(map, listed) => {
            items = Some((map, listed));
            Ok(Zval::new())
        }
        Opened::Declined => Ok(Zval::new()),
    });
    match (items, &sent, &inherited) {
        (Some((map, items)), ..) => (Performed::Items(map, items), true),
        (None, None, None) => (Performed::Nothing, matches!(ran, Ran::Returned(_))),
        _ => {
            // `request::protect` is a good part of the cost of a short task.
            let is_quiet = sent.as_ref().is_none_or(Work::goes_quietly);
            let (work, gone) = if is_quiet { (sent, true) } else { (None, let_go(sent)) };
            (Performed::Task(ran, work), gone)
        }
    }
}
