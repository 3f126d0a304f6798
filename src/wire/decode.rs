//! Reads packed values. Runs in the receiving process, on bytes that cannot be trusted: any bytes give a value or
//! [`Malformed`]. Values are written to a [`Target`]; the one for zvals is `zend::value::decode`.
//!
//! The bytes received limit what declared lengths can make a target allocate: each declared element takes at least one
//! byte of its own, so that all declared lengths together may not exceed the length of the input.

use std::fmt;
use std::io::Read;

use rmp::Marker;
use rmp_serde::Deserializer;
use rmp_serde::decode::ReadSlice;
use serde::de::{self, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

use super::codec::{MAX_DEPTH, MAX_LEN};
use super::first::{First, Opened};
use super::object::{Name, Properties, read_properties};
use super::run::Run;
use super::target::{Date, Target};

/// The bytes are no packed value.
#[derive(Debug, thiserror::Error)]
#[error("malformed value: {0}")]
pub(crate) struct Malformed(pub(crate) String);

/// A value that contains no others and is no string.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
}

/// The value in `bytes`, if it is a single scalar. Most results are, and preparing for others would cost more than
/// reading this one.
pub(crate) fn scalar(bytes: &[u8]) -> Option<Scalar> {
    let (&marker, mut rest) = bytes.split_first()?;
    let scalar = match Marker::from_u8(marker) {
        Marker::Null => Scalar::Null,
        Marker::True => Scalar::Bool(true),
        Marker::False => Scalar::Bool(false),
        Marker::F64 => {
            rest = bytes;
            Scalar::Float(rmp::decode::read_f64(&mut rest).ok()?)
        }
        _ => {
            rest = bytes;
            Scalar::Int(rmp::decode::read_int(&mut rest).ok()?)
        }
    };
    rest.is_empty().then_some(scalar)
}

/// Reads the single value in `bytes` into `slot`. After an error the target contains what had been read until then.
pub(crate) fn decode<T: Target>(bytes: &[u8], target: &mut T, slot: T::Slot) -> Result<(), Malformed> {
    read(Deserializer::from_read_ref(bytes), bytes.len(), target, slot)
}

/// The same from a source of `length` bytes. Only one string or one run of numbers is in memory at a time.
pub(crate) fn decode_from<T: Target>(
    source: impl Read,
    length: usize,
    target: &mut T,
    slot: T::Slot,
) -> Result<(), Malformed> {
    read(Deserializer::new(source), length, target, slot)
}

fn read<'de, R, T>(
    mut deserializer: Deserializer<R>,
    length: usize,
    target: &mut T,
    slot: T::Slot,
) -> Result<(), Malformed>
where
    R: ReadSlice<'de>,
    T: Target,
{
    // One of our levels may be three of theirs (`BAG`, with `DEFINE` in it), and the innermost one may have an
    // extension type.
    deserializer.set_max_depth(3 * MAX_DEPTH + 8);
    let mut input = Input { target, budget: length };
    let value = Value { input: &mut input, slot };
    value.deserialize(&mut deserializer).map_err(|error| Malformed(error.to_string()))?;
    // Reading a number reads nothing behind a marker that is not a number's, so that this error occurs at the end only.
    match <i64 as de::Deserialize>::deserialize(&mut deserializer) {
        Err(rmp_serde::decode::Error::InvalidMarkerRead(_)) => Ok(()),
        _ => Err(Malformed("bytes after the end of the value".to_owned())),
    }
}

pub(super) struct Input<'t, T> {
    pub(super) target: &'t mut T,
    /// The most elements that the rest of the input can contain.
    budget: usize,
}

impl<T: Target> Input<'_, T> {
    /// Subtracts `len` elements from the budget.
    #[inline]
    pub(super) fn declare<E: de::Error>(&mut self, len: Option<usize>) -> Result<u32, E> {
        let len = len.unwrap_or(usize::MAX);
        self.budget = self.budget.checked_sub(len).ok_or_else(|| E::custom("more elements than bytes"))?;
        u32::try_from(len).ok().filter(|len| *len <= MAX_LEN).ok_or_else(|| E::custom("too many elements"))
    }
}

/// Reads one value into a slot.
pub(super) struct Value<'i, 't, T: Target> {
    pub(super) input: &'i mut Input<'t, T>,
    pub(super) slot: T::Slot,
}

impl<'de, T: Target> DeserializeSeed<'de> for Value<'_, '_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Target> Visitor<'de> for Value<'_, '_, T> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    #[inline]
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.input.target.null(self.slot);
        Ok(())
    }

    #[inline]
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.input.target.bool(self.slot, value);
        Ok(())
    }

    #[inline]
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.input.target.int(self.slot, value);
        Ok(())
    }

    #[inline]
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.visit_i64(i64::try_from(value).map_err(|_| E::custom("integer out of range"))?)
    }

    #[inline]
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.input.target.float(self.slot, value);
        Ok(())
    }

    #[inline]
    fn visit_bytes<E: de::Error>(self, value: &[u8]) -> Result<(), E> {
        self.input.target.string(self.slot, value);
        Ok(())
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { input, slot } = self;
        let len = input.declare(seq.size_hint())?;
        let Some(first) = seq.next_element_seed(First { input: &mut *input, slot, len })? else {
            input.target.list(slot, 0);
            return Ok(());
        };
        match first {
            Opened::List(mut list) => {
                while let Some(slot) = input.target.push(&mut list) {
                    seq.next_element_seed(Value { input: &mut *input, slot })?;
                }
            }
            Opened::Numbers(mut list) => {
                while seq.next_element_seed(Run { input: &mut *input, list: &mut list })?.is_some() {}
                if !input.target.is_full(&list) {
                    return Err(A::Error::custom("a list shorter than declared"));
                }
            }
            Opened::Define(shape) => {
                seq.next_element_seed(Define { input, slot, shape })?;
            }
            Opened::Row(mut row) => {
                while let Some(slot) = input.target.field(&mut row) {
                    seq.next_element_seed(Value { input: &mut *input, slot })?;
                }
            }
            Opened::Class { class, shared } => {
                let Name(name) = required(&mut seq)?;
                if !input.target.class(class, &name) {
                    return Err(A::Error::custom("unknown class"));
                }
                seq.next_element_seed(Properties { input: &mut *input, class })?;
                let object = input.target.object(slot, class, shared, len.saturating_sub(3));
                read_properties(input, object, &mut seq)?;
            }
            Opened::Object { class, shared } => {
                let object = input.target.object(slot, class, shared, len.saturating_sub(1));
                read_properties(input, object, &mut seq)?;
            }
            Opened::Bag { shared } => {
                let (bag, slot) = input.target.bag(slot, shared);
                seq.next_element_seed(Value { input: &mut *input, slot })?;
                if !input.target.close(bag) {
                    return Err(A::Error::custom("no properties of an object"));
                }
            }
            Opened::Date { immutable, shared } => {
                let (Name(text), kind, Name(zone)) =
                    (required(&mut seq)?, required(&mut seq)?, required(&mut seq)?);
                if !input.target.date(slot, immutable, shared, Date { text: &text, kind, zone: &zone }) {
                    return Err(A::Error::custom("no such date"));
                }
            }
            Opened::Case(case) => {
                let (Name(class), Name(name)) = (required(&mut seq)?, required(&mut seq)?);
                if !input.target.case(slot, case, &class, &name) {
                    return Err(A::Error::custom("unknown case"));
                }
            }
            Opened::Done => {}
        }
        Ok(())
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        read_map(self.input, self.slot, access).map(drop)
    }
}

fn required<'de, A, P>(seq: &mut A) -> Result<P, A::Error>
where
    A: SeqAccess<'de>,
    P: de::Deserialize<'de>,
{
    seq.next_element()?.ok_or_else(|| A::Error::custom("a part is missing"))
}

#[inline]
fn read_map<'de, T, A>(input: &mut Input<'_, T>, slot: T::Slot, mut access: A) -> Result<T::Map, A::Error>
where
    T: Target,
    A: MapAccess<'de>,
{
    let len = input.declare(access.size_hint().and_then(|len| len.checked_mul(2)))? / 2;
    let mut map = input.target.map(slot, len);
    while let Some(slot) = access.next_key_seed(Key { input: &mut *input, map: &mut map })? {
        access.next_value_seed(Value { input: &mut *input, slot })?;
    }
    Ok(map)
}

/// Reads the second element of an array that begins with `DEFINE`.
struct Define<'i, 't, T: Target> {
    input: &'i mut Input<'t, T>,
    slot: T::Slot,
    shape: u8,
}

impl<'de, T: Target> DeserializeSeed<'de> for Define<'_, '_, T> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Target> Visitor<'de> for Define<'_, '_, T> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a map that defines a shape")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        let map = read_map(self.input, self.slot, access)?;
        self.input.target.define(&map, self.shape);
        Ok(())
    }
}

/// Reads a key of a map.
struct Key<'i, 't, T: Target> {
    input: &'i mut Input<'t, T>,
    map: &'i mut T::Map,
}

impl<'de, T: Target> DeserializeSeed<'de> for Key<'_, '_, T> {
    type Value = T::Slot;

    #[inline]
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<T::Slot, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<T: Target> Visitor<'_> for Key<'_, '_, T> {
    type Value = T::Slot;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an integer or a string as key")
    }

    #[inline]
    fn visit_i64<E: de::Error>(self, key: i64) -> Result<T::Slot, E> {
        self.input.target.int_key(self.map, key).ok_or_else(|| E::custom("more keys than declared"))
    }

    #[inline]
    fn visit_u64<E: de::Error>(self, key: u64) -> Result<T::Slot, E> {
        self.visit_i64(i64::try_from(key).map_err(|_| E::custom("integer key out of range"))?)
    }

    #[inline]
    fn visit_bytes<E: de::Error>(self, key: &[u8]) -> Result<T::Slot, E> {
        self.input.target.string_key(self.map, key).ok_or_else(|| E::custom("more keys than declared"))
    }
}
