//! The first element of an array, which determines what the array represents. Runs in the receiving process.

use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::codec::{SHAPES, tag};
use super::decode::{Input, Value};
use super::extension::{Extended, Extension};
use super::target::Target;

/// What an array represents, as determined by its first element.
pub(super) enum Opened<T: Target> {
    List(T::List),
    Numbers(T::List),
    Define(u8),
    Row(T::Row),
    Class {
        class: u8,
        shared: bool,
    },
    Object {
        class: u8,
        shared: bool,
    },
    Bag {
        shared: bool,
    },
    Date {
        immutable: bool,
        shared: bool,
    },
    Case(u8),
    /// A value that is complete with its first element.
    Done,
}

/// Reads the first element of an array of `len` elements.
pub(super) struct First<'i, 't, T: Target> {
    pub(super) input: &'i mut Input<'t, T>,
    pub(super) slot: T::Slot,
    pub(super) len: u32,
}

impl<'i, 't, T: Target> First<'i, 't, T> {
    /// Begins a plain list, and returns it with the place of its first value.
    #[inline]
    fn list<E: de::Error>(self) -> Result<(T::List, Value<'i, 't, T>), E> {
        let mut list = self.input.target.list(self.slot, self.len);
        let slot =
            self.input.target.push(&mut list).ok_or_else(|| E::custom("an element of an empty list"))?;
        Ok((list, Value { input: self.input, slot }))
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
            (tag::DEFINE, &[shape]) if is_known(shape) && len == 2 => Ok(Opened::Define(shape)),
            (tag::REUSE, &[shape]) if is_known(shape) => {
                let row = input.target.reuse(slot, shape, len.saturating_sub(1));
                row.map(Opened::Row).ok_or_else(|| E::custom("no such shape"))
            }
            (tag::CLASS, &[class, shared]) if is_known(class) && len >= 3 => {
                Ok(Opened::Class { class, shared: shared != 0 })
            }
            (tag::OBJECT, &[class, shared]) if is_known(class) => {
                Ok(Opened::Object { class, shared: shared != 0 })
            }
            (tag::BAG, &[shared]) if len == 2 => Ok(Opened::Bag { shared: shared != 0 }),
            (tag::DATE, &[immutable @ 0..=1, shared]) if len == 4 => {
                Ok(Opened::Date { immutable: immutable != 0, shared: shared != 0 })
            }
            (tag::SAME, &[a, b, c, d]) if input.target.same(slot, u32::from_le_bytes([a, b, c, d])) => {
                Ok(Opened::Done)
            }
            (tag::HANDLE, payload) if input.target.handle(slot, number(payload)) => Ok(Opened::Done),
            (tag::CASE, &[case]) if is_known(case) && len == 3 => Ok(Opened::Case(case)),
            (tag::AGAIN, &[case]) if is_known(case) && input.target.again(slot, case) => Ok(Opened::Done),
            _ => Err(E::custom("unknown extension type")),
        }
    }
}

/// Two words; 0 for what is not there.
fn number(payload: &[u8]) -> [u64; 2] {
    let mut words = payload.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
    std::array::from_fn(|_| words.next().unwrap_or_default())
}

/// Is this a number that a writer may give to a shape, a class or a case?
fn is_known(number: u8) -> bool {
    usize::from(number) < SHAPES
}
