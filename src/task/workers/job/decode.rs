//! Jobs as a child reads them.

use ext_php_rs::types::Zval;

use super::{ALONE, BATCH, CLOSURE, INHERITED, LIMITED, LISTED, NAMED, NOTHING, OBJECT, RANGE, TASK, THIS};
use crate::task::life::state::state;
use crate::task::life::work::Work;
use crate::wire::codec::Format;
use crate::wire::seal;
use crate::zend::callable::Callable;
use crate::zend::cell::ValueCell;
use crate::zend::code::{CodeIndex, Statics, closure_in};
use crate::zend::handler::Thrown;
use crate::zend::value;
use crate::zend::value::DecodeError;
use crate::zend::value::walk::disown;

/// What is in a job.
#[derive(Debug)]
pub(crate) enum Opened {
    /// A task that was sent.
    Work(Work),
    /// A task that this worker has in its memory since its fork.
    Inherited,
    /// Items of the map call with this id.
    Items(u64, Listed),
    /// This worker cannot run it: it has not got the code, or a value cannot be decoded.
    Declined,
}

/// Items of a map call.
#[derive(Debug)]
pub(crate) enum Listed {
    /// A range of an array that this worker has in its memory since its fork.
    Range {
        /// The position of the first item of the range.
        first: u32,
        /// How many items of the range are done.
        from: usize,
        /// How many items are in the range.
        count: usize,
    },
    /// Items that were sent.
    Values(Vec<Zval>),
    /// What is left of the batch with this number, which this worker has in its memory since its fork.
    Batch(u64),
}

/// Decodes a job. Re-enters PHP: autoloaders, hooks of serialization.
///
/// # Errors
///
/// When one of these exits.
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

/// The values of a job. `None` when they cannot be decoded here.
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
        // References stay: two variables of a closure may be bound to one reference.
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

fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = bytes.split_first()?;
    rest.split_at_checked(length.into())
}
