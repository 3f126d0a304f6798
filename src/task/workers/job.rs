//! A task on its way to a child that was forked before it was made: written in the parent, opened in the child.
//!
//! | first byte | then |
//! |---|---|
//! | `INHERITED` | nothing: the child has the task, under its number |
//! | `CLOSURE` | the name of its code, and what it is bound to |
//! | `OBJECT` | an object that is called, or whose `run` is |
//! | `RANGE` | items of a map, by their positions in an array that the child has |
//! | `LISTED` | items of a map |
//! | `BATCH` | items of a map that the child has |
//!
//! The results of items come back in the order of their job, and without positions: a job that is not as it was sent
//! would give items the results of others. So jobs with items are sealed behind their first byte.
//!
//! Values follow as one list in the format of results, so that an object in two places is one object there, too.

use ext_php_rs::types::Zval;

use crate::process::shared::job_queue::LONGEST;
use crate::task::life::sharing;
use crate::task::life::state::state;
use crate::task::life::work::Work;
use crate::task::life::workers::Job;
use crate::wire::codec::Format;
use crate::wire::seal;
use crate::zend::array::Array;
use crate::zend::callable::Callable;
use crate::zend::cell::ValueCell;
use crate::zend::code::{CodeIndex, Statics, bound_to, closure_in};
use crate::zend::handler::Thrown;
use crate::zend::interrupt::FiberBlock;
use crate::zend::value::DecodeError;
use crate::zend::value::walk::disown;
use crate::zend::{exception, value};

const INHERITED: u8 = 0;
const CLOSURE: u8 = 1;
const OBJECT: u8 = 2;
const RANGE: u8 = 3;
const LISTED: u8 = 4;
const BATCH: u8 = 5;
/// Added to the first byte: the last eight are the seconds that the task may run, if that is not what its pool says.
const LIMITED: u8 = 0x80;
/// In place of a format: there are no values.
const NOTHING: u8 = u8::MAX;
/// Added to a format: there is one value, and no list round it.
const ALONE: u8 = 0x40;

const THIS: u8 = 1;
const NAMED: u8 = 2;
const TASK: u8 = 4;

/// What a child finds in a job.
#[derive(Debug)]
pub(crate) enum Opened {
    /// Something to run.
    Work(Work),
    /// A task that this child has had since its fork.
    Inherited,
    /// Items of the map with this number.
    Items(u64, Listed),
    /// It cannot be run here.
    Declined,
}

/// Items of a map.
#[derive(Debug)]
pub(crate) enum Listed {
    /// Those of an array: `count` from position `first` on, but for the first `from`.
    Range {
        /// The position of the first one.
        first: u32,
        /// How many are done.
        from: usize,
        /// How many there are.
        count: usize,
    },
    /// These.
    Values(Vec<Zval>),
    /// What is left of a batch that the child has.
    Batch(u64),
}

/// Items of an array that every child of `epoch` and later has, as it has the map.
pub(crate) fn range(map: u64, epoch: u64, first: u32, from: usize, count: usize) -> Job {
    numbers(RANGE, epoch, &[map, first.into(), from as u64, count as u64])
}

/// Items of a batch that children have which are forked from now on.
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

/// Seals a job with items.
fn set_seal(bytes: &mut [u8]) {
    if let Some(sealed) = bytes.get_mut(1..) {
        seal::set(sealed);
    }
}

/// Items that are sent, for a map that children of `epoch` and later have. None when they are too long together, or
/// cannot be serialized. Re-enters PHP: hooks of serialization.
pub(crate) fn listed(map: u64, epoch: u64, items: Vec<Zval>) -> Option<Job> {
    let mut job = numbers(LISTED, epoch, &[map]);
    let mut values = Values::default();
    for item in items {
        values.push(item);
    }
    // An exit is told by what is pending.
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

/// For a task that every child of `epoch` and later has.
pub(crate) fn inherited(epoch: u64) -> Job {
    Job { bytes: vec![INHERITED], epoch }
}

/// Is a job of so many bytes one of those?
pub(crate) fn is_inherited(bytes: usize) -> bool {
    bytes <= 1
}

/// Writes a task into `bytes`, which are overwritten. None for one that only a fork can bring to a child: it is bound
/// to something that cannot be serialized, or that is large. Re-enters PHP: hooks of serialization.
///
/// # Errors
///
/// When one of them exits.
pub(crate) fn pack(
    code_index: &ValueCell<CodeIndex>,
    work: &ValueCell<Option<Work>>,
    mut bytes: Vec<u8>,
) -> Result<Option<Job>, Thrown> {
    bytes.clear();
    let mut values = Values::default();
    // Not taken: it stays where a child that inherits it looks.
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

/// Adds the time limit of the task that was packed.
pub(crate) fn limit(job: &mut Job, seconds: f64) {
    if job.bytes.len() + size_of::<f64>() <= LONGEST
        && let Some(kind) = job.bytes.first_mut()
    {
        *kind |= LIMITED;
        job.bytes.extend(seconds.to_le_bytes());
    }
}

/// Writes what is no value, and collects what is. The first epoch that knows the code; none when it has no name.
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

/// What a task is bound to, and gets.
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

    /// Appends them to `bytes`. Gives the first epoch whose children can read them; none when they cannot be serialized.
    /// Re-enters PHP.
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
            // Whatever it was: a child that is forked for the task does not need this.
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

/// While it lives, hooks of serialization run for something that has left its queue.
struct InHand {
    /// Whoever suspended its fiber in there, and never came back, would keep it.
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

/// Opens a job, in the child. Re-enters PHP: autoloaders, hooks of serialization.
///
/// # Errors
///
/// When one of them exits.
pub(crate) fn open(code_index: &ValueCell<CodeIndex>, bytes: &[u8]) -> Result<Opened, Thrown> {
    if let Some((kind, rest)) = bytes.split_first()
        && kind & LIMITED != 0
        && let Some((_, seconds)) = rest.split_last_chunk()
    {
        state().own.sent_limit.set(Some(f64::from_le_bytes(*seconds)));
        let mut unlimited = bytes.to_vec();
        unlimited.truncate(bytes.len() - seconds.len());
        unlimited.iter_mut().take(1).for_each(|kind| *kind &= !LIMITED);
        return open(code_index, &unlimited);
    }
    match bytes.split_first() {
        Some((&INHERITED, _)) => Ok(Opened::Inherited),
        Some((&CLOSURE, rest)) => Ok(closure(code_index, rest)?.map_or(Opened::Declined, Opened::Work)),
        Some((&OBJECT, rest)) => Ok(object(rest)?.map_or(Opened::Declined, Opened::Work)),
        Some((&(RANGE | LISTED | BATCH), _)) => Ok(items(bytes)?.unwrap_or(Opened::Declined)),
        _ => Ok(Opened::Declined),
    }
}

fn items(bytes: &[u8]) -> Result<Option<Opened>, Thrown> {
    let Some((&kind, rest)) = bytes.split_first() else {
        return Ok(None);
    };
    let Some(rest) = seal::contents(rest) else {
        return Ok(None);
    };
    let (numbers, _) = rest.as_chunks::<8>();
    let numbers = numbers.iter().map(|number| u64::from_le_bytes(*number));
    let [map, first, from, count] = {
        let mut all = numbers.chain([0; 4]);
        std::array::from_fn(|_| all.next().unwrap_or_default())
    };
    let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let listed = match kind {
        RANGE => Listed::Range {
            first: u32::try_from(first).unwrap_or(u32::MAX),
            from: size(from),
            count: size(count),
        },
        BATCH => Listed::Batch(first),
        _ => match read(rest.get(8..).unwrap_or_default())? {
            Some(values) => Listed::Values(values),
            None => return Ok(None),
        },
    };
    Ok(Some(Opened::Items(map, listed)))
}

fn closure(code_index: &ValueCell<CodeIndex>, bytes: &[u8]) -> Result<Option<Work>, Thrown> {
    let Some((name, rest)) = take(bytes) else {
        return Ok(None);
    };
    let Some((positions, rest)) = take(rest) else {
        return Ok(None);
    };
    let Some((&flags, rest)) = rest.split_first() else {
        return Ok(None);
    };
    let Some(values) = read(rest)? else {
        return Ok(None);
    };
    let mut values = values.into_iter();
    let this = if flags & THIS == 0 { None } else { values.next() };
    let closure = code_index.borrow().closure(name, this.as_ref());
    let Some(closure) = closure else {
        return Ok(None);
    };
    if let Some(statics) = closure_in(&closure).and_then(Statics::of) {
        for (&position, value) in positions.iter().zip(&mut values) {
            statics.set(position.into(), &value);
        }
    }
    Ok(Some(call(Callable::received(closure), values.collect(), flags)))
}

fn object(bytes: &[u8]) -> Result<Option<Work>, Thrown> {
    let Some((&flags, rest)) = bytes.split_first() else {
        return Ok(None);
    };
    let mut values = read(rest)?.unwrap_or_default().into_iter();
    let Some(object) = values.next() else {
        return Ok(None);
    };
    if flags & TASK != 0 {
        return Ok(Some(Work::Task(object)));
    }
    Ok(Some(call(Callable::received(object), values.collect(), flags)))
}

fn call(callable: Callable, mut args: Vec<Zval>, flags: u8) -> Work {
    let named = if flags & NAMED == 0 { None } else { args.pop() };
    Work::call(callable, args, named)
}

/// The values of a job. None when they cannot be made here.
fn read(bytes: &[u8]) -> Result<Option<Vec<Zval>>, Thrown> {
    let Some((&format, payload)) = bytes.split_first() else {
        return Ok(None);
    };
    if format == NOTHING {
        return Ok(Some(Vec::new()));
    }
    let Ok(encoding) = Format::try_from(format & !ALONE) else {
        return Ok(None);
    };
    match value::decode(encoding, payload, None) {
        Ok(value) if format & ALONE != 0 => {
            if value.is_object() || value.is_array() {
                disown(&value);
            }
            Ok(Some(vec![value]))
        }
        // Not without their references: two variables may be bound to one.
        Ok(list) => {
            let plain = |value: &Zval| !(value.is_object() || value.is_array() || value.is_reference());
            if !list.array().is_some_and(|list| list.values().all(plain)) {
                disown(&list);
            }
            Ok(list.array().map(|list| list.values().map(Zval::shallow_clone).collect()))
        }
        Err(DecodeError::Exiting) => Err(Thrown),
        Err(_) => Ok(None),
    }
}

fn put(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.push(u8::try_from(part.len()).unwrap_or_default());
    bytes.extend(part);
}

fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = bytes.split_first()?;
    rest.split_at_checked(length.into())
}
