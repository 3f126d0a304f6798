//! `Async\recode()`, for benchmarks, and only in builds with the feature `recode`: encodes and decodes a value like a
//! result, without sending it to another process.

use crate::wire::codec::Format;
use crate::zend::class::Function;
use crate::zend::handler::{Call, Returned, Thrown, entry};
use crate::zend::value;

/// `Async\recode`.
pub(crate) static FUNCTIONS: [Function; 1] =
    [Function::new("Async\\recode", "mixed $value", "mixed", entry(recode)).flags(0)];

/// Encodes a value, and decodes the bytes. Several chunks are joined before.
fn recode(call: &Call) -> Returned {
    let encoded = value::encode(call.arg(0).ok_or(Thrown)?).map_err(|_| Thrown)?;
    let mut chunks = encoded.chunks();
    let decoded = match (encoded.format(), chunks.next(), chunks.next()) {
        (format, Some(only), None) => value::decode(format, only, None),
        (Format::Raw, ..) => value::decode(Format::Raw, &[], None),
        (format, ..) => value::decode(format, &encoded.chunks().collect::<Vec<_>>().concat(), None),
    };
    decoded.map_err(|_| Thrown)
}
