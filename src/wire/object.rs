//! Reads the parts of an object. Runs in the receiving process.

use std::fmt;

use serde::de::{self, DeserializeSeed, Error as _, SeqAccess, Visitor};

use super::decode::{Input, Value};
use super::target::Target;

/// Reads the values of an object's properties.
#[inline]
pub(super) fn read_properties<'de, T, A>(
    input: &mut Input<'_, T>,
    object: Option<T::Object>,
    seq: &mut A,
) -> Result<(), A::Error>
where
    T: Target,
    A: SeqAccess<'de>,
{
    let mut object = object.ok_or_else(|| A::Error::custom("no such class"))?;
    while let Some(slot) = input.target.next_property(&mut object) {
        seq.next_element_seed(Value { input: &mut *input, slot })?;
        if !input.target.settle(&object) {
            return Err(A::Error::custom("a property of a wrong type"));
        }
    }
    Ok(())
}

/// The list of the properties of a class.
pub(super) struct Properties<'i, 't, T: Target> {
    pub(super) input: &'i mut Input<'t, T>,
    pub(super) class: u8,
}

impl<'de, T: Target> DeserializeSeed<'de> for Properties<'_, '_, T> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Target> Visitor<'de> for Properties<'_, '_, T> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the properties of a class")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { input, class } = self;
        input.declare::<A::Error>(seq.size_hint())?;
        while let Some(Name(name)) = seq.next_element()? {
            if !input.target.property(class, &name) {
                return Err(A::Error::custom("no such property"));
            }
        }
        Ok(())
    }
}

/// The name of a class, of a property or of a case.
pub(super) struct Name(pub(super) Vec<u8>);

impl<'de> de::Deserialize<'de> for Name {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Copied;

        impl Visitor<'_> for Copied {
            type Value = Name;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a name")
            }

            fn visit_bytes<E: de::Error>(self, name: &[u8]) -> Result<Name, E> {
                Ok(Name(name.to_vec()))
            }
        }

        deserializer.deserialize_bytes(Copied)
    }
}
