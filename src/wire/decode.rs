//! Reads packed values. Runs in the process that receives, on bytes that nobody vouches for: any bytes give a value
//! or [`Malformed`]. Where values go is a [`Target`]; the one for zvals is `zend::value::decode`.
//!
//! What a declared length may make a target allocate is bounded by the bytes that came: each declared element takes
//! at least one byte of its own, so that all lengths together may not exceed the length of the input.

use std::fmt;

use rmp_serde::Deserializer;
use serde::de::{self, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

use super::codec::{MAX_DEPTH, MAX_LEN, SHAPES, tag};
use super::extension::{Extended, Extension, numbers};

/// Bytes that are no packed value.
#[derive(Debug, thiserror::Error)]
#[error("malformed value: {0}")]
pub(crate) struct Malformed(pub(crate) String);

/// Receives a value, depth first. The reader writes a slot before it asks for the next one, and never again after.
pub(crate) trait Target {
    /// The place of one value.
    type Slot: Copy;
    /// A list that is being filled.
    type List;
    /// A map that is being filled.
    type Map;
    /// A map whose keys are known, that is being filled with values.
    type Row;

    fn null(&mut self, slot: Self::Slot);
    fn bool(&mut self, slot: Self::Slot, value: bool);
    fn int(&mut self, slot: Self::Slot, value: i64);
    fn float(&mut self, slot: Self::Slot, value: f64);
    fn string(&mut self, slot: Self::Slot, value: &[u8]);

    /// A list of exactly `len` elements.
    fn list(&mut self, slot: Self::Slot, len: u32) -> Self::List;
    /// The place of the next element; `None` when there have been `len`.
    fn push(&mut self, list: &mut Self::List) -> Option<Self::Slot>;
    /// The next elements, as many as `values` has; false when that is more than `len`.
    fn ints<I: ExactSizeIterator<Item = i64>>(&mut self, list: &mut Self::List, values: I) -> bool;
    /// As [`Target::ints`].
    fn floats<I: ExactSizeIterator<Item = f64>>(&mut self, list: &mut Self::List, values: I) -> bool;
    /// Whether all `len` elements have come.
    fn is_full(&self, list: &Self::List) -> bool;

    /// A map of at most `len` keys.
    fn map(&mut self, slot: Self::Slot, len: u32) -> Self::Map;
    /// The place of the value of a key. PHP's rules: `"1"` is `1`, the last of equal keys wins.
    fn string_key(&mut self, map: &mut Self::Map, key: &[u8]) -> Option<Self::Slot>;
    fn int_key(&mut self, map: &mut Self::Map, key: i64) -> Option<Self::Slot>;

    /// Makes the keys of a filled map shape `shape`; it forgets the former one even if `map` cannot be a shape.
    fn define(&mut self, map: &Self::Map, shape: u8);
    /// A map with the keys of `shape`; `None` when these are not `len` keys.
    fn reuse(&mut self, slot: Self::Slot, shape: u8, len: u32) -> Option<Self::Row>;
    /// The place of the next value of a row; `None` when all have come.
    fn field(&mut self, row: &mut Self::Row) -> Option<Self::Slot>;
}

/// Reads the one value that `bytes` holds into `slot`. After an error the target holds whatever had been read.
pub(crate) fn decode<T: Target>(bytes: &[u8], target: &mut T, slot: T::Slot) -> Result<(), Malformed> {
    let mut deserializer = Deserializer::from_read_ref(bytes);
    // A level of ours may be two of theirs (`DEFINE`), and the innermost may hold an extension type.
    deserializer.set_max_depth(2 * MAX_DEPTH + 8);
    let mut input = Input {
        target,
        budget: bytes.len(),
    };
    let value = Value {
        input: &mut input,
        slot,
    };
    value
        .deserialize(&mut deserializer)
        .map_err(|error| Malformed(error.to_string()))?;
    // A number reads nothing after a marker that is not its own, so that only the end has this error.
    match <i64 as de::Deserialize>::deserialize(&mut deserializer) {
        Err(rmp_serde::decode::Error::InvalidMarkerRead(_)) => Ok(()),
        _ => Err(Malformed("bytes after the end of the value".to_owned())),
    }
}

struct Input<'t, T> {
    target: &'t mut T,
    /// How many elements the rest of the input can hold at most.
    budget: usize,
}

impl<T: Target> Input<'_, T> {
    /// Takes `len` elements off the budget.
    #[inline]
    fn declare<E: de::Error>(&mut self, len: Option<usize>) -> Result<u32, E> {
        let len = len.unwrap_or(usize::MAX);
        self.budget = self
            .budget
            .checked_sub(len)
            .ok_or_else(|| E::custom("more elements than bytes"))?;
        u32::try_from(len).ok().filter(|len| *len <= MAX_LEN).ok_or_else(|| E::custom("too many elements"))
    }
}

/// One value, and the slot that it goes to.
struct Value<'i, 't, T: Target> {
    input: &'i mut Input<'t, T>,
    slot: T::Slot,
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
        let Some(first) = seq.next_element_seed(First {
            input: &mut *input,
            slot,
            len,
        })?
        else {
            input.target.list(slot, 0);
            return Ok(());
        };
        match first {
            Opened::List(mut list) => {
                while let Some(slot) = input.target.push(&mut list) {
                    seq.next_element_seed(Value {
                        input: &mut *input,
                        slot,
                    })?;
                }
            }
            Opened::Numbers(mut list) => {
                while seq
                    .next_element_seed(Run {
                        input: &mut *input,
                        list: &mut list,
                    })?
                    .is_some()
                {}
                if !input.target.is_full(&list) {
                    return Err(A::Error::custom("a list shorter than declared"));
                }
            }
            Opened::Define(shape) => {
                seq.next_element_seed(Define { input, slot, shape })?;
            }
            Opened::Row(mut row) => {
                while let Some(slot) = input.target.field(&mut row) {
                    seq.next_element_seed(Value {
                        input: &mut *input,
                        slot,
                    })?;
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        read_map(self.input, self.slot, access).map(drop)
    }
}

#[inline]
fn read_map<'de, T, A>(input: &mut Input<'_, T>, slot: T::Slot, mut access: A) -> Result<T::Map, A::Error>
where
    T: Target,
    A: MapAccess<'de>,
{
    let len = input.declare(access.size_hint().and_then(|len| len.checked_mul(2)))? / 2;
    let mut map = input.target.map(slot, len);
    while let Some(slot) = access.next_key_seed(Key {
        input: &mut *input,
        map: &mut map,
    })? {
        access.next_value_seed(Value {
            input: &mut *input,
            slot,
        })?;
    }
    Ok(map)
}

/// The second element after `DEFINE`.
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

/// A key of a map.
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
        self.input
            .target
            .int_key(self.map, key)
            .ok_or_else(|| E::custom("more keys than declared"))
    }

    #[inline]
    fn visit_u64<E: de::Error>(self, key: u64) -> Result<T::Slot, E> {
        self.visit_i64(i64::try_from(key).map_err(|_| E::custom("integer key out of range"))?)
    }

    #[inline]
    fn visit_bytes<E: de::Error>(self, key: &[u8]) -> Result<T::Slot, E> {
        self.input
            .target
            .string_key(self.map, key)
            .ok_or_else(|| E::custom("more keys than declared"))
    }
}

/// What the first element of an array turned out to open.
enum Opened<T: Target> {
    List(T::List),
    Numbers(T::List),
    Define(u8),
    Row(T::Row),
}

/// The first element of an array of `len`.
struct First<'i, 't, T: Target> {
    input: &'i mut Input<'t, T>,
    slot: T::Slot,
    len: u32,
}

impl<'i, 't, T: Target> First<'i, 't, T> {
    /// A plain list, and the first value in it.
    #[inline]
    fn list<E: de::Error>(self) -> Result<(T::List, Value<'i, 't, T>), E> {
        let mut list = self.input.target.list(self.slot, self.len);
        let slot = self
            .input
            .target
            .push(&mut list)
            .ok_or_else(|| E::custom("an element of an empty list"))?;
        Ok((
            list,
            Value {
                input: self.input,
                slot,
            },
        ))
    }
}

impl<'de, T: Target> DeserializeSeed<'de> for First<'_, '_, T> {
    type Value = Opened<T>;

    #[inline]
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Opened<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Target> Visitor<'de> for First<'_, '_, T> {
    type Value = Opened<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value or what an array is")
    }

    #[inline]
    fn visit_unit<E: de::Error>(self) -> Result<Opened<T>, E> {
        let (list, value) = self.list()?;
        value.visit_unit()?;
        Ok(Opened::List(list))
    }

    #[inline]
    fn visit_bool<E: de::Error>(self, first: bool) -> Result<Opened<T>, E> {
        let (list, value) = self.list()?;
        value.visit_bool(first)?;
        Ok(Opened::List(list))
    }

    #[inline]
    fn visit_i64<E: de::Error>(self, first: i64) -> Result<Opened<T>, E> {
        let (list, value) = self.list()?;
        value.visit_i64(first)?;
        Ok(Opened::List(list))
    }

    #[inline]
    fn visit_u64<E: de::Error>(self, first: u64) -> Result<Opened<T>, E> {
        let (list, value) = self.list()?;
        value.visit_u64(first)?;
        Ok(Opened::List(list))
    }

    #[inline]
    fn visit_f64<E: de::Error>(self, first: f64) -> Result<Opened<T>, E> {
        let (list, value) = self.list()?;
        value.visit_f64(first)?;
        Ok(Opened::List(list))
    }

    #[inline]
    fn visit_bytes<E: de::Error>(self, first: &[u8]) -> Result<Opened<T>, E> {
        let (list, value) = self.list()?;
        value.visit_bytes(first)?;
        Ok(Opened::List(list))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, first: A) -> Result<Opened<T>, A::Error> {
        let (list, value) = self.list()?;
        value.visit_seq(first)?;
        Ok(Opened::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, first: A) -> Result<Opened<T>, A::Error> {
        let (list, value) = self.list()?;
        value.visit_map(first)?;
        Ok(Opened::List(list))
    }

    #[inline]
    fn visit_newtype_struct<D: de::Deserializer<'de>>(self, ext: D) -> Result<Opened<T>, D::Error> {
        ext.deserialize_any(Extension(self))
    }
}

impl<T: Target> Extended for First<'_, '_, T> {
    type Out = Opened<T>;

    #[inline]
    fn extension<E: de::Error>(self, tag: i8, payload: &[u8]) -> Result<Opened<T>, E> {
        let Self { input, slot, len } = self;
        match (tag, payload) {
            (tag::LENGTH, &[a, b, c, d]) => {
                let len = u32::from_le_bytes([a, b, c, d]);
                input.declare::<E>(usize::try_from(len).ok())?;
                Ok(Opened::Numbers(input.target.list(slot, len)))
            }
            (tag::DEFINE, &[shape]) if usize::from(shape) < SHAPES && len == 2 => Ok(Opened::Define(shape)),
            (tag::REUSE, &[shape]) if usize::from(shape) < SHAPES => {
                let row = input.target.reuse(slot, shape, len.saturating_sub(1));
                row.map(Opened::Row).ok_or_else(|| E::custom("no such shape"))
            }
            _ => Err(E::custom("unknown extension type")),
        }
    }
}

/// The next run of a list of numbers.
struct Run<'i, 't, T: Target> {
    input: &'i mut Input<'t, T>,
    list: &'i mut T::List,
}

impl<'de, T: Target> DeserializeSeed<'de> for Run<'_, '_, T> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Target> Visitor<'de> for Run<'_, '_, T> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a run of numbers")
    }

    fn visit_newtype_struct<D: de::Deserializer<'de>>(self, ext: D) -> Result<(), D::Error> {
        ext.deserialize_any(Extension(self))
    }
}

impl<T: Target> Extended for Run<'_, '_, T> {
    type Out = ();

    fn extension<E: de::Error>(self, tag: i8, payload: &[u8]) -> Result<(), E> {
        let Self { input, list } = self;
        let target = &mut *input.target;
        let fits = match tag {
            tag::INT8 => target.ints(list, numbers(payload)?.map(|n| i64::from(i8::from_le_bytes(*n)))),
            tag::INT16 => target.ints(list, numbers(payload)?.map(|n| i64::from(i16::from_le_bytes(*n)))),
            tag::INT32 => target.ints(list, numbers(payload)?.map(|n| i64::from(i32::from_le_bytes(*n)))),
            tag::INT64 => target.ints(list, numbers(payload)?.map(|n| i64::from_le_bytes(*n))),
            tag::FLOAT64 => target.floats(list, numbers(payload)?.map(|n| f64::from_le_bytes(*n))),
            _ => return Err(E::custom("unknown extension type")),
        };
        if fits {
            Ok(())
        } else {
            Err(E::custom("a list longer than declared"))
        }
    }
}
