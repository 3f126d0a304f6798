//! Reads extension types: rmp-serde presents one as a sequence of its type and its payload. Runs in the receiving
//! process.

use std::fmt;

use serde::de::{self, DeserializeSeed, Error as _, SeqAccess, Visitor};

/// What to do with an extension type in a certain place.
pub(super) trait Extended {
    type Out;

    fn extension<E: de::Error>(self, tag: i8, payload: &[u8]) -> Result<Self::Out, E>;
}

/// Reads an extension type, and passes it to such a place.
pub(super) struct Extension<X>(pub(super) X);

impl<'de, X: Extended> Visitor<'de> for Extension<X> {
    type Value = X::Out;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an extension type")
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<X::Out, A::Error> {
        let missing = || A::Error::custom("an empty extension type");
        let tag = seq.next_element()?.ok_or_else(missing)?;
        seq.next_element_seed(Payload { tag, place: self.0 })?.ok_or_else(missing)
    }
}

struct Payload<X> {
    tag: i8,
    place: X,
}

impl<'de, X: Extended> DeserializeSeed<'de> for Payload<X> {
    type Value = X::Out;

    #[inline]
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<X::Out, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<X: Extended> Visitor<'_> for Payload<X> {
    type Value = X::Out;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the payload of an extension type")
    }

    #[inline]
    fn visit_bytes<E: de::Error>(self, payload: &[u8]) -> Result<X::Out, E> {
        self.place.extension(self.tag, payload)
    }
}
