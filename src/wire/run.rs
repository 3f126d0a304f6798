//! Runs of numbers, each of the same width. Runs in the receiving process.

use std::fmt;

use serde::de::{self, DeserializeSeed, Visitor};

use super::codec::tag;
use super::decode::Input;
use super::extension::{Extended, Extension};
use super::target::Target;

/// Reads the next run of a list of numbers.
pub(super) struct Run<'i, 't, T: Target> {
    pub(super) input: &'i mut Input<'t, T>,
    pub(super) list: &'i mut T::List,
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
        if fits { Ok(()) } else { Err(E::custom("a list longer than declared")) }
    }
}

/// The numbers of a run, of `WIDTH` bytes each.
fn numbers<E: de::Error, const WIDTH: usize>(payload: &[u8]) -> Result<std::slice::Iter<'_, [u8; WIDTH]>, E> {
    match payload.as_chunks() {
        (numbers, []) => Ok(numbers.iter()),
        _ => Err(E::custom("a run that ends within a number")),
    }
}
