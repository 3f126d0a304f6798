//! zvals to bytes and back, as `unserialize(serialize($value))` would. The format is `wire::codec`'s.

mod decode;
mod encode;
mod graph;
pub(crate) mod object;
mod objects;
pub(crate) mod prune;
pub(crate) mod table;
pub(crate) mod walk;

use std::io::Read;

use ext_php_rs::types::Zval;

use super::cell::ensure_free;
use super::memory::{NoRoom, Room};
use super::serialize::{self, Serialized};
use crate::ffi;
use crate::wire::codec::Format;
use crate::wire::decode::{self as wire, Malformed};
use crate::wire::encode::{Buffer, Chunks, Scalar};
use crate::wire::target::Target as _;
use crate::zend::value::decode::{Builder, Slot};

/// A value as bytes. Long strings are not copied: it holds them, as PHP code that runs before they are written may let
/// go of them.
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

/// MINIT.
pub(crate) fn startup() {
    // SAFETY: MINIT, where strings that live as long as the process may be made.
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

    /// How many bytes [`Encoded::chunks`] has in all.
    pub(crate) fn len(&self) -> usize {
        match &self.body {
            Body::Raw(bytes) => bytes.len(),
            Body::Scalar(scalar) => scalar.get().len(),
            Body::Packed { buffer, .. } => buffer.len(),
            Body::Serialized(bytes) => bytes.get().len(),
        }
    }

    /// The bytes, in pieces that are not empty.
    pub(crate) fn chunks(&self) -> Chunks<'_> {
        match &self.body {
            Body::Raw(bytes) => Chunks::of(bytes),
            Body::Scalar(scalar) => Chunks::of(scalar.get()),
            Body::Packed { buffer, .. } => buffer.chunks(),
            Body::Serialized(bytes) => Chunks::of(bytes.get()),
        }
    }
}

/// A value that PHP cannot serialize, or would lose in silence.
#[derive(Debug)]
pub(crate) struct Unserializable {
    /// The part that cannot be serialized, where it is known which one it is.
    pub(crate) part: Option<Zval>,
    /// As `get_debug_type()` names the part that cannot be serialized.
    pub(crate) type_name: String,
    /// Where that part is, as `[3]->prop["key"]`; empty for the value itself.
    pub(crate) path: String,
    pub(crate) reason: String,
}

/// Bytes of which no value could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeError {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The value has an object of a class that is not here and that no autoloader knows.
    #[error("class {class} is not known here")]
    UnknownClass { class: String },
    /// An autoloader, `__unserialize()` or `__wakeup()` threw this.
    #[error("an exception was thrown")]
    Thrown(Zval),
    /// `exit()` was called on the way. Its unwinding is pending: return to the engine.
    #[error("exit was called")]
    Exiting,
    /// It would be beyond `memory_limit`.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
}

/// The least that a value takes, as a part of its payload: numbers as text, and keys that many arrays share.
const DENSE: usize = 4;
/// The most, as a multiple: packed, one byte may be an array.
const PACKED: usize = 256;
/// The same of what PHP's serializer writes.
const SERIALIZED: usize = 32;

/// Room for a value with a payload of `length` bytes.
///
/// # Errors
///
/// When `memory_limit` has none for it.
pub(crate) fn room(format: Format, length: usize) -> Result<Room, NoRoom> {
    match format {
        Format::Raw => Room::find(length, length, length),
        Format::Packed => Room::find(length, length / DENSE, length.saturating_mul(PACKED)),
        Format::Serialized => Room::find(length, length / DENSE, length.saturating_mul(SERIALIZED)),
    }
}

/// Encodes `value`. Re-enters PHP when there are objects in it: `__serialize()` and the like may throw, bail out, or
/// call `exit()`. The unwinding of that stays pending, and the error that comes back then means nothing.
pub(crate) fn encode(value: &Zval) -> Result<Encoded<'_>, Unserializable> {
    let value = table::dereferenced(value);
    if let Some(string) = value.zend_str() {
        return Ok(Encoded { body: Body::Raw(string.as_bytes()) });
    }
    if let Some(scalar) = encode::scalar(value) {
        return Ok(Encoded { body: Body::Scalar(scalar) });
    }
    let body = match encode::pack(value) {
        Ok((buffer, held)) => Body::Packed { buffer, held },
        Err(encode::NotPackable) => Body::Serialized(serialize::serialize(value)?),
    };
    Ok(Encoded { body })
}

/// Decodes what [`encode`] made of a value; any other bytes give another value or an error. Re-enters PHP for
/// [`Format::Serialized`]: autoloaders, `__unserialize()`, `__wakeup()`.
pub(crate) fn decode(format: Format, bytes: &[u8]) -> Result<Zval, DecodeError> {
    let mut value = Zval::new();
    match format {
        Format::Raw => {
            let room = room(format, bytes.len())?;
            Builder::new(usize::MAX).string(Builder::slot(&mut value), bytes);
            return Ok(room.admit(value)?);
        }
        Format::Packed => match wire::scalar(bytes) {
            Some(wire::Scalar::Null) => {}
            Some(wire::Scalar::Bool(scalar)) => value.set_bool(scalar),
            Some(wire::Scalar::Int(scalar)) => value.set_long(scalar),
            Some(wire::Scalar::Float(scalar)) => value.set_double(scalar),
            None => return build(bytes.len(), |builder, slot| wire::decode(bytes, builder, slot)),
        },
        Format::Serialized => {
            let room = room(format, bytes.len())?;
            return Ok(room.admit(serialize::unserialize(bytes)?)?);
        }
    }
    Ok(value)
}

/// Decodes [`Format::Packed`] from a source of `length` bytes.
pub(crate) fn decode_from(source: impl Read, length: usize) -> Result<Zval, DecodeError> {
    build(length, |builder, slot| wire::decode_from(source, length, builder, slot))
}

fn build(
    length: usize,
    read: impl FnOnce(&mut Builder, Slot) -> Result<(), Malformed>,
) -> Result<Zval, DecodeError> {
    ensure_free();
    // What is given up is released before the limit holds again: in the reverse order of these three.
    let mut room = room(Format::Packed, length)?;
    let mut value = Zval::new();
    let mut builder = Builder::new(room.left());
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
