//! Jobs as the parent writes them.

use ext_php_rs::types::Zval;

use super::{ALONE, BATCH, CLOSURE, INHERITED, LIMITED, LISTED, NAMED, NOTHING, OBJECT, RANGE, TASK, THIS};
use crate::process::shared::job_queue::LONGEST;
use crate::task::life::sharing;
use crate::task::life::state::state;
use crate::task::life::work::Work;
use crate::task::life::workers::Job;
use crate::wire::seal;
use crate::zend::array::Array;
use crate::zend::cell::ValueCell;
use crate::zend::code::{CodeIndex, Statics, bound_to, closure_in};
use crate::zend::handler::Thrown;
use crate::zend::interrupt::FiberBlock;
use crate::zend::{exception, value};

/// A job for `count` items of an array, from position `first` on, of which the first `from` are done. Every worker of
/// `epoch` or later has the map call, and the array in it.
pub(crate) fn range(map: u64, epoch: u64, first: u32, from: usize, count: usize) -> Job {
    numbers(RANGE, epoch, &[map, first.into(), from as u64, count as u64])
}

/// A job for a batch of items. Only workers that are forked from now on have it.
pub(crate) fn inherited_portion(map: u64, batch: u64) -> Job {
    numbers(BATCH, state().code_index.borrow().next_epoch(), &[map, batch])
}

fn numbers(kind: u8, epoch: u64, numbers: &[u64]) -> Job {
    let mut bytes = vec![kind];
    bytes.extend([0; seal::LENGTH]);
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    set_seal(&mut bytes);
    Job { bytes, epoch }
}

/// Sets the checksum of a job with items, which covers all that follows it.
fn set_seal(bytes: &mut [u8]) {
    if let Some(sealed) = bytes.get_mut(1..) {
        seal::set(sealed);
    }
}

/// A job for items that are sent as values. Workers of `epoch` and later have their map call. `None` when the items are
/// too long together, or cannot be serialized. Re-enters PHP: hooks of serialization.
pub(crate) fn listed(map: u64, epoch: u64, items: Vec<Zval>) -> Option<Job> {
    let mut job = numbers(LISTED, epoch, &[map]);
    let mut values = Values::default();
    for item in items {
        values.push(item);
    }
    // When a hook of serialization has called `exit`, that is pending, and the caller sees it there.
    let written = match values.write(&mut job.bytes) {
        Ok(Some(since)) => {
            job.epoch = job.epoch.max(since);
            true
        }
        _ => false,
    };
    set_seal(&mut job.bytes);
    (written && job.bytes.len() <= LONGEST).then_some(job)
}

/// A job for a task that every worker of `epoch` and later has in its memory since its fork.
pub(crate) fn inherited(epoch: u64) -> Job {
    Job { bytes: vec![INHERITED], epoch }
}

/// Is a job of so many bytes an `INHERITED` one?
pub(crate) fn is_inherited(bytes: usize) -> bool {
    bytes <= 1
}

/// A job that sends a task to workers that were forked before it was made; it is written over `bytes`. `None` when the
/// task can only be run by a worker that is forked for it: its code has no name, or it needs values that cannot be
/// serialized, or that are too long for the job queue. Re-enters PHP: hooks of serialization.
///
/// # Errors
///
/// When one of these hooks exits.
pub(crate) fn pack(
    code_index: &ValueCell<CodeIndex>,
    work: &ValueCell<Option<Work>>,
    mut bytes: Vec<u8>,
) -> Result<Option<Job>, Thrown> {
    bytes.clear();
    let mut values = Values::default();
    // The task stays where it is: a worker that is forked before it takes this job finds it there.
    let named = work.borrow().as_ref().and_then(|work| {
        code_index.change(|code_index| {
            let epoch = pack_work(code_index, work, &mut bytes, &mut values)?;
            Some(epoch.max(code_index.declared_since()))
        })
    });
    let Some(epoch) = named else {
        return Ok(None);
    };
    let since = values.write(&mut bytes)?.filter(|_| bytes.len() <= LONGEST);
    Ok(since.map(|since| Job { bytes, epoch: epoch.max(since) }))
}

/// Adds a time limit to a job that `pack` has made.
pub(crate) fn limit(job: &mut Job, seconds: f64) {
    if job.bytes.len() + size_of::<f64>() <= LONGEST
        && let Some(kind) = job.bytes.first_mut()
    {
        *kind |= LIMITED;
        job.bytes.extend(seconds.to_le_bytes());
    }
}

/// Writes all but the values of a task into `bytes`, and adds these to `values`. Returns the first epoch whose workers
/// have the task's code; `None` when the code has no name.
fn pack_work(
    code_index: &mut CodeIndex,
    work: &Work,
    bytes: &mut Vec<u8>,
    values: &mut Values,
) -> Option<u64> {
    let (callable, arguments) = match work {
        Work::Call(callable, arguments) => (callable.value(), arguments.as_deref()),
        Work::Task(object) => {
            bytes.extend([OBJECT, TASK]);
            values.push(object.shallow_clone());
            return Some(0);
        }
        Work::Program(_) => return None,
    };
    let args = arguments.map_or(&[][..], |arguments| &arguments.positional);
    let named = arguments.and_then(|arguments| arguments.named.as_ref());
    let named = named.filter(|named| named.array().is_some_and(|array| !array.is_empty()));
    let mut flags = if named.is_some() { NAMED } else { 0 };
    let mut epoch = 0;
    if let Some(closure) = closure_in(callable) {
        let name = code_index.name(closure)?;
        epoch = name.epoch;
        bytes.push(CLOSURE);
        put(bytes, &name.bytes);
        if let Some(this) = bound_to(closure) {
            flags |= THIS;
            values.push(this);
        }
        let count = bytes.len();
        bytes.push(0);
        for (position, value) in Statics::of(closure).iter().flat_map(Statics::values) {
            values.push(value);
            bytes.push(u8::try_from(position).ok()?);
        }
        let positions = u8::try_from(bytes.len() - count - 1).ok()?;
        bytes.get_mut(count).map(|count| *count = positions)?;
    } else {
        bytes.push(OBJECT);
        values.push(callable.shallow_clone());
    }
    bytes.push(flags);
    for value in args.iter().chain(named) {
        values.push(value.shallow_clone());
    }
    Some(epoch)
}

/// The values of a job: those that a closure is bound to, its arguments, or items. Most jobs have one at most, which
/// needs no list.
#[derive(Default)]
struct Values {
    first: Option<Zval>,
    others: Vec<Zval>,
}

impl Values {
    fn push(&mut self, value: Zval) {
        match self.first {
            None => self.first = Some(value),
            Some(_) => self.others.push(value),
        }
    }

    /// Appends the values to `bytes`. Returns the first epoch whose workers can decode them; `None` when they cannot be
    /// serialized, or are too long. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When a hook of serialization exits.
    fn write(self, bytes: &mut Vec<u8>) -> Result<Option<u64>, Thrown> {
        let Some(first) = self.first else {
            bytes.push(NOTHING);
            return Ok(Some(0));
        };
        let (values, alone) = if self.others.is_empty() {
            (first, ALONE)
        } else {
            let mut list = Array::with_capacity(1 + self.others.len());
            [first].into_iter().chain(self.others).for_each(|value| drop(list.append(value)));
            (list.into_zval(), 0)
        };
        let in_hand = InHand::new();
        let (encoded, since) = sharing::for_a_job(|| value::encode(&values));
        drop(in_hand);
        if exception::pending() {
            // A hook has thrown, whatever it is: a worker that is forked for the task needs no serialization.
            return exception::take().map(|_| None).ok_or(Thrown);
        }
        let Ok(encoded) = encoded else {
            return Ok(None);
        };
        if encoded.len() > LONGEST {
            return Ok(None);
        }
        bytes.push(encoded.format() as u8 | alone);
        encoded.chunks().for_each(|chunk| bytes.extend(chunk));
        Ok(Some(since))
    }
}

/// A mark that a task, or items, have left the queue and are not in the job queue yet, as they are being serialized.
/// The parent does not count them among what runs: code that waits in a hook of serialization would wait for ever.
struct InHand {
    /// A hook that suspended its fiber, and was never resumed, would leave the task in this state.
    _fibers: FiberBlock,
}

impl InHand {
    fn new() -> Self {
        let in_hand = &state().in_hand;
        in_hand.set(in_hand.get() + 1);
        Self { _fibers: FiberBlock::new() }
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        let in_hand = &state().in_hand;
        in_hand.set(in_hand.get().saturating_sub(1));
    }
}

fn put(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.push(u8::try_from(part.len()).unwrap_or_default());
    bytes.extend(part);
}
