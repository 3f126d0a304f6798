//! The definition of the value format, shared by its writer and its reader. Used in both processes.
//!
//! A packed value is `MessagePack`: null, booleans, integers and floats as such, strings as `bin` (PHP's strings have
//! no encoding), lists as arrays, and all other arrays as maps. Extension types express the rest:
//!
//! | array whose first element is | means |
//! |---|---|
//! | `LENGTH n` | a list of `n` numbers; the other elements are runs of them, fixed width, little-endian |
//! | `DEFINE s` | the second element is a map with string keys; its keys, in order, become shape `s` |
//! | `REUSE s` | a map with the keys of shape `s`; the other elements are its values |
//! | `CLASS s, shared` | a class name, a list of properties, which both become class `s`, then their values: an object |
//! | `OBJECT s, shared` | the other elements are the values of an object of class `s` |
//! | `BAG shared` | the second element is a map: the properties of a `stdClass` |
//! | `SAME n` | the object number `n` of those that are marked as shared |
//! | `DATE immutable, shared` | what a `DateTime` or `DateTimeImmutable` is made of: its text, the kind of its time zone, the zone |
//! | `CASE s` | the name of an enum and that of a case, which becomes case `s` |
//! | `AGAIN s` | case `s` |
//! | `HANDLE n` | an object for something that processes share, and that both have under the number `n` |
//!
//! An element of a PHP list is never an extension type, so that the first element tells these arrays from lists. The
//! only objects that are packed are those for which PHP's serializer would write nothing but their properties,
//! dates, which are common, and in jobs those that stand for something which processes share.

/// The encoding of a payload: one byte in the header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Format {
    /// The payload is the bytes of a string.
    Raw = 0,
    /// Scalars, arrays, enums, dates, and objects that consist of nothing but properties, as `MessagePack`.
    Packed = 1,
    /// The output of PHP's own serializer: for a graph with any other object, or with references.
    Serialized = 2,
}

/// A format byte that this version does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown value format {0}")]
pub(crate) struct UnknownFormat(pub(crate) u8);

impl TryFrom<u8> for Format {
    type Error = UnknownFormat;

    fn try_from(byte: u8) -> Result<Self, UnknownFormat> {
        match byte {
            0 => Ok(Self::Raw),
            1 => Ok(Self::Packed),
            2 => Ok(Self::Serialized),
            other => Err(UnknownFormat(other)),
        }
    }
}

/// The deepest nesting of packed arrays: what a recursive reader needs for it is far less than the 2 MiB stack of a
/// fiber. Deeper values are written by PHP's serializer.
pub(crate) const MAX_DEPTH: usize = 256;

/// The longest array: PHP ends the script rather than make a longer one.
pub(crate) const MAX_LEN: u32 = 1 << 30;

/// Strings from this length on are borrowed; below it, copying costs less than another `iovec`.
pub(crate) const BORROW_FROM: usize = 32 * 1024;

/// Lists of numbers from this length on are written as runs.
pub(crate) const RUN_FROM: usize = 8;

/// The most elements in one run: a reader that reads from a stream holds one run in memory at a time.
pub(crate) const RUN_MAX: usize = 64 * 1024;

/// How many shapes, classes and cases, each, writer and reader remember. A power of two, as their number is a hash.
pub(crate) const SHAPES: usize = 64;

/// The most keys of a shape: a map with more keys is hardly a record, and comparing its keys would cost more than it
/// saves. Objects with more properties are left to PHP's serializer.
pub(crate) const SHAPE_KEYS: usize = 128;

/// The `MessagePack` extension types.
pub(crate) mod tag {
    pub(crate) const LENGTH: i8 = 1;
    pub(crate) const DEFINE: i8 = 2;
    pub(crate) const REUSE: i8 = 3;
    pub(crate) const CLASS: i8 = 4;
    pub(crate) const OBJECT: i8 = 5;
    pub(crate) const BAG: i8 = 6;
    pub(crate) const SAME: i8 = 7;
    pub(crate) const INT8: i8 = 8;
    pub(crate) const INT16: i8 = 9;
    pub(crate) const INT32: i8 = 10;
    pub(crate) const INT64: i8 = 11;
    pub(crate) const FLOAT64: i8 = 12;
    pub(crate) const CASE: i8 = 13;
    pub(crate) const AGAIN: i8 = 14;
    pub(crate) const DATE: i8 = 15;
    pub(crate) const HANDLE: i8 = 16;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_survive_their_byte() {
        for format in [Format::Raw, Format::Packed, Format::Serialized] {
            assert_eq!(Format::try_from(format as u8), Ok(format));
        }
        assert_eq!(Format::try_from(3), Err(UnknownFormat(3)));
    }
}
