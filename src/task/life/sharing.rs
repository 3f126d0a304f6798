//! What this process shares with others, by numbers. A child has what its parent had at the fork, under the same numbers:
//! so a task that is bound to such a thing can be sent to a warm worker that was forked later than that was made.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::process::identity::Process;
use crate::process::shared::counter::Counter;
use crate::process::shared::semaphore::Semaphore;
use crate::process::shared::value::SharedBytes;
use crate::task::life::locks::Mutex;
use crate::task::life::state::state;
use crate::zend::cell::Plain;

/// The process that has made something, packed, and how many it had made before.
pub(crate) type Number = [u64; 2];

/// Something that processes share.
#[derive(Clone, Debug)]
pub(crate) enum Thing {
    /// Of `Async\Mutex`.
    Mutex(Rc<Mutex>),
    /// Of `Async\Semaphore`.
    Semaphore(Rc<Semaphore>),
    /// Of `Async\Counter`.
    Counter(Rc<Counter>),
    /// Of `Async\Shared`.
    Bytes(Rc<SharedBytes>),
}

/// All things, each with the first epoch whose children have it.
#[derive(Debug, Default)]
pub(crate) struct Things(BTreeMap<Number, (Thing, u64)>);

impl Plain for Things {}

/// Notes a new thing.
pub(crate) fn add(thing: Thing) -> Number {
    let state = state();
    let count = state.things_made.get() + 1;
    state.things_made.set(count);
    let number = [Process::own().packed(), count];
    let epoch = state.code_index.borrow().next_epoch();
    state.things.borrow_mut().0.insert(number, (thing, epoch));
    number
}

/// No object of this process stands for the thing any more. In a child the thing stays: what its parent sends it may
/// refer to it.
pub(crate) fn forget(number: Number) {
    if number.first() == Some(&Process::own().packed()) {
        let thing = state().things.borrow_mut().0.remove(&number);
        drop(thing);
    }
}

/// The thing with this number, if this process has it.
pub(crate) fn find(number: Number) -> Option<Thing> {
    state().things.borrow().0.get(&number).map(|(thing, _)| thing.clone())
}

/// A number is written into a job: false if no job is being written. Only a child that has the thing can run it.
pub(crate) fn is_sent(number: Number) -> bool {
    let state = state();
    let Some(epoch) = state.job_epoch.get() else {
        return false;
    };
    let since = state.things.borrow().0.get(&number).map(|(_, epoch)| *epoch);
    since.inspect(|&since| state.job_epoch.set(Some(epoch.max(since)))).is_some()
}

/// Encodes something for a job. Also returns the first epoch whose children can decode it.
pub(crate) fn for_a_job<T>(encode: impl FnOnce() -> T) -> (T, u64) {
    let outer = state().job_epoch.replace(Some(0));
    let encoded = encode();
    (encoded, state().job_epoch.replace(outer).unwrap_or_default())
}
