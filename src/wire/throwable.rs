//! The encoding of a throwable: its class and its properties. Each value has a format of its own, so that a value which
//! cannot be decoded does not affect the others. Only bytes; what they mean to PHP is in `zend::throwable`.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeSeq, SerializeTuple, Serializer};

use super::decode::Malformed;

/// A throwable, followed by its previous one, and so on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Throwable<'a> {
    pub(crate) chain: Vec<Record<'a>>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    pub(crate) class: Bytes<'a>,
    pub(crate) properties: Vec<Property<'a>>,
    /// What is missing in the properties: where it was, and its type.
    pub(crate) lost: Vec<(Bytes<'a>, Bytes<'a>)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Property<'a> {
    /// The class that declares the property, if it is private; else empty.
    pub(crate) scope: Bytes<'a>,
    pub(crate) name: Bytes<'a>,
    /// A [`super::codec::Format`]. If it is unknown, only this property is lost.
    pub(crate) format: u8,
    pub(crate) value: Bytes<'a>,
}

/// A byte string: owned by the writer, borrowed from the frame by the reader.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bytes<'a> {
    Owned(Vec<u8>),
    Borrowed(&'a [u8]),
}

impl Default for Bytes<'_> {
    fn default() -> Self {
        Self::Borrowed(&[])
    }
}

impl Bytes<'_> {
    pub(crate) fn get(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Borrowed(bytes) => bytes,
        }
    }
}

impl Throwable<'_> {
    pub(crate) fn encode(&self) -> Vec<u8> {
        // Only a byte string of 4 GiB or more cannot be encoded; the reader then reports that it finds no throwable.
        rmp_serde::to_vec(self).unwrap_or_default()
    }
}

impl<'a> Throwable<'a> {
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, Malformed> {
        rmp_serde::from_slice(bytes).map_err(|error| Malformed(error.to_string()))
    }
}

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.get())
    }
}

impl Serialize for Property<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.scope, &self.name, u32::from(self.format), &self.value).serialize(serializer)
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_tuple(3)?;
        record.serialize_element(&self.class)?;
        record.serialize_element(&List(&self.properties))?;
        record.serialize_element(&List(&self.lost))?;
        record.end()
    }
}

impl Serialize for Throwable<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        List(&self.chain).serialize(serializer)
    }
}

/// A slice as a sequence: serde's own implementation checks whether it is one of bytes.
struct List<'a, T>(&'a [T]);

impl<T: Serialize> Serialize for List<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0 {
            list.serialize_element(item)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for Bytes<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InPlace;

        impl<'de> Visitor<'de> for InPlace {
            type Value = Bytes<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a byte string")
            }

            fn visit_borrowed_bytes<E: de::Error>(self, bytes: &'de [u8]) -> Result<Bytes<'de>, E> {
                Ok(Bytes::Borrowed(bytes))
            }
        }

        deserializer.deserialize_bytes(InPlace)
    }
}

impl<'de> Deserialize<'de> for Property<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (scope, name, format, value) = Deserialize::deserialize(deserializer)?;
        Ok(Self { scope, name, format, value })
    }
}

impl<'de> Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (class, Items(properties), Items(lost)) = Deserialize::deserialize(deserializer)?;
        Ok(Self { class, properties, lost })
    }
}

impl<'de> Deserialize<'de> for Throwable<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Items(chain) = Deserialize::deserialize(deserializer)?;
        Ok(Self { chain })
    }
}

/// A list that grows with the elements that come, whatever length it declares.
struct Items<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Growing<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Growing<T> {
            type Value = Items<T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Items<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }

        deserializer.deserialize_seq(Growing(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &[u8]) -> Bytes<'_> {
        Bytes::Borrowed(text)
    }

    #[test]
    fn a_fault_survives() {
        let property =
            Property { scope: bytes(b""), name: bytes(b"code"), format: 200, value: bytes(b"\xff\x00") };
        let lost = vec![(bytes(b"->body"), bytes(b"resource (stream)"))];
        let record = Record { class: bytes(b"App\\Oops"), properties: vec![property], lost };
        let previous = Record { class: bytes(b"Error"), ..Record::default() };
        let fault = Throwable { chain: vec![record, previous] };
        assert_eq!(Throwable::decode(&fault.encode()).unwrap(), fault);
    }

    #[test]
    fn a_declared_length_allocates_nothing() {
        assert!(Throwable::decode(&[0xdd, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(Throwable::decode(&[]).is_err());
    }
}
