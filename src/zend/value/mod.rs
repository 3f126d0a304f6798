//! Encodes zvals as bytes, and decodes them, with the result of `unserialize(serialize($value))`. The byte format is in
//! `wire::codec`.

pub(crate) mod classes;
mod decode;
mod depth;
mod encode;
mod error;
mod graph;
mod handle;
pub(crate) mod handles;
pub(crate) mod object;
mod objects;
mod path;
pub(crate) mod prune;
pub(crate) mod serialize;
mod slot;
pub(crate) mod table;
pub(crate) mod walk;

use std::io::Read;

use ext_php_rs::types::Zval;

use super::cell::ensure_free;
use super::memory::{NoRoom, Room};
use crate::ffi;
use crate::wire::buffer::{Buffer, Chunks};
use crate::wire::codec::Format;
use crate::wire::decode::{self as wire, Malformed};
use crate::wire::encode::Scalar;
use crate::zend::value::classes::Classes;
use crate::zend::value::decode::Builder;
use crate::zend::value::serialize::Serialized;
use crate::zend::value::slot::Slot;

pub(crate) use error::{DecodeError, Unserializable};

/// An encoded value. Long strings in it are not copied but referenced. It holds a reference count on each, since PHP
/// code that runs before the bytes are written may release the value.
#[derive(Debug)]
pub(crate) struct Encoded<'v> {
    body: Body<'v>,
}

#[derive(Debug)]
enum Body<'v> {
    Raw(&'v [u8]),
    Scalar(Scalar),
    Packed {
        buffer: Buffer<'v>,
        #[expect(dead_code, reason = "held, not read")]
        held: Vec<Zval>,
    },
    Serialized(Serialized),
}

/// Called in MINIT.
pub(crate) fn startup() {
    // SAFETY: called in MINIT, where permanent interned strings may be made.
    unsafe { ffi::async_date_startup() };
}

impl Encoded<'_> {
    pub(crate) fn format(&self) -> Format {
        match self.body {
            Body::Raw(_) => Format::Raw,
            Body::Scalar(_) | Body::Packed { .. } => Format::Packed,
            Body::Serialized(_) => Format::Serialized,
        }
    }

    /// The total length of [`Encoded::chunks`] in bytes.
    pub(crate) fn len(&self) -> usize {
        match &self.body {
            Body::Raw(bytes) => bytes.len(),
            Body::Scalar(scalar) => scalar.get().len(),
            Body::Packed { buffer, .. } => buffer.len(),
            Body::Serialized(bytes) => bytes.get().len(),
        }
    }

    /// The encoded bytes, as a sequence of non-empty slices.
    pub(crate) fn chunks(&self) -> Chunks<'_> {
        match &self.body {
            Body::Raw(bytes) => Chunks::of(bytes),
            Body::Scalar(scalar) => Chunks::of(scalar.get()),
            Body::Packed { buffer, .. } => buffer.chunks(),
            Body::Serialized(bytes) => Chunks::of(bytes.get()),
        }
    }
}

/// A decoded value takes at least the length of its payload divided by this: numbers that are written as text take less
/// memory than their digits, and arrays with the same keys share them.
const DENSE: usize = 4;
/// A packed value takes at most the length of its payload times this: one byte may stand for an array.
const PACKED: usize = 256;
/// The same upper bound for values in PHP's serialization format.
const SERIALIZED: usize = 32;

/// Reserves memory for a value with a payload of `length` bytes.
///
/// # Errors
///
/// When the value cannot fit under `memory_limit`.
pub(crate) fn room(format: Format, length: usize) -> Result<Room, NoRoom> {
    match format {
        Format::Raw => Room::find(length, length, length),
        Format::Packed => Room::find(length, length / DENSE, length.saturating_mul(PACKED)),
        Format::Serialized => Room::find(length, length / DENSE, length.saturating_mul(SERIALIZED)),
    }
}

/// Encodes `value` if it is a string or a scalar. No PHP code runs, and nothing is allocated.
pub(crate) fn encode_simple(value: &Zval) -> Option<Encoded<'_>> {
    let body = match value.zend_str() {
        Some(string) => Body::Raw(string.as_bytes()),
        None => Body::Scalar(encode::scalar(value)?),
    };
    Some(Encoded { body })
}

/// What `work` makes of the format and the bytes of `value`, if it is a string or a scalar. No PHP code runs, and nothing
/// is allocated.
#[inline]
pub(crate) fn with_simple<T>(value: &Zval, work: impl FnOnce(Format, &[u8]) -> T) -> Option<T> {
    match value.zend_str() {
        Some(string) => Some(work(Format::Raw, string.as_bytes())),
        None => Some(work(Format::Packed, encode::scalar(value)?.get())),
    }
}

/// What an encoded string or scalar is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Simple {
    /// A string, of these bytes.
    String,
    /// Anything else.
    Scalar(wire::Scalar),
}

impl Simple {
    /// What these bytes are; `None` if they are neither a short string for which there is memory without any doubt, nor a
    /// scalar.
    #[inline]
    pub(crate) fn of(format: Format, bytes: &[u8]) -> Option<Self> {
        match format {
            Format::Raw => Room::is_ample(bytes.len()).then_some(Self::String),
            Format::Packed => wire::scalar(bytes).map(Self::Scalar),
            Format::Serialized => None,
        }
    }

    /// The value that it is, of the same bytes. The engine may end the request for lack of the system's memory: a caller
    /// holds nothing then.
    #[inline]
    pub(crate) fn value(self, bytes: &[u8]) -> Zval {
        let mut value = Zval::new();
        match self {
            Self::String => {
                // SAFETY: a new value; `bytes.len()` bytes are there.
                unsafe { ffi::async_value_string(&raw mut value, bytes.as_ptr().cast(), bytes.len()) };
            }
            Self::Scalar(wire::Scalar::Null) => {}
            Self::Scalar(wire::Scalar::Bool(scalar)) => value.set_bool(scalar),
            Self::Scalar(wire::Scalar::Int(scalar)) => value.set_long(scalar),
            Self::Scalar(wire::Scalar::Float(scalar)) => value.set_double(scalar),
        }
        value
    }
}

/// Encodes `value`. PHP code may run when there are objects in it: `__serialize()` and the like may throw, bail out, or
/// call `exit()`. The unwinding of an `exit()` stays pending, and the returned error must then be ignored.
pub(crate) fn encode(value: &Zval) -> Result<Encoded<'_>, Unserializable> {
    let value = table::dereferenced(value);
    if let Some(simple) = encode_simple(value) {
        return Ok(simple);
    }
    encode_graph(value)
}

/// Not inlined: its frame is more than a page of stack, which a child that returns a number does not have to copy.
#[inline(never)]
fn encode_graph(value: &Zval) -> Result<Encoded<'_>, Unserializable> {
    let body = match encode::pack(value) {
        Ok((buffer, held)) => Body::Packed { buffer, held },
        Err(encode::NotPackable) => Body::Serialized(serialize::serialize(value)?),
    };
    Ok(Encoded { body })
}

/// Decodes what [`encode()`] returned; other bytes give another value or an error. Objects are of `classes`, if that is
/// given. PHP code may run for [`Format::Serialized`] (autoloaders, `__unserialize()`, `__wakeup()`).
pub(crate) fn decode(format: Format, bytes: &[u8], classes: Option<&Classes>) -> Result<Zval, DecodeError> {
    match format {
        Format::Raw => {
            let room = room(format, bytes.len())?;
            Ok(room.admit(Simple::String.value(bytes))?)
        }
        Format::Packed => match wire::scalar(bytes) {
            Some(scalar) => Ok(Simple::Scalar(scalar).value(bytes)),
            None => build(bytes.len(), classes, |builder, slot| wire::decode(bytes, builder, slot)),
        },
        Format::Serialized => {
            let room = room(format, bytes.len())?;
            Ok(room.admit(serialize::unserialize(bytes, classes)?)?)
        }
    }
}

/// Decodes [`Format::Packed`] from a source of `length` bytes; see [`decode()`].
pub(crate) fn decode_from(
    source: impl Read,
    length: usize,
    classes: Option<&Classes>,
) -> Result<Zval, DecodeError> {
    build(length, classes, |builder, slot| wire::decode_from(source, length, builder, slot))
}

fn build(
    length: usize,
    classes: Option<&Classes>,
    read: impl FnOnce(&mut Builder<'_>, Slot) -> Result<(), Malformed>,
) -> Result<Zval, DecodeError> {
    ensure_free();
    // These three are dropped in reverse order: a value that is discarded is released before `room` restores the limit.
    let mut room = room(Format::Packed, length)?;
    let mut value = Zval::new();
    let mut builder = Builder::new(room.left(), classes);
    let slot = Builder::slot(&mut value);
    let read = read(&mut builder, slot);
    let held = if builder.is_over() { Err(NoRoom { length, left: room.left() }) } else { room.hold() };
    let error = match (held, read) {
        (Ok(()), Ok(())) => return Ok(value),
        (Ok(()), Err(malformed)) => malformed.into(),
        (Err(no_room), _) => no_room.into(),
    };
    Err(builder.objects.abandon().unwrap_or(error))
}
