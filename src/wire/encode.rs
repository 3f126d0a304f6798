//! Writes packed values to a [`Buffer`]. Runs in the sending process.
//! Knows nothing of PHP: the code that walks over zvals is `zend::value::encode`.

use rmp::Marker;
use rmp::encode::{write_array_len, write_bin_len, write_ext_meta, write_map_len};
use rmp_serde::Serializer;
use serde::Serializer as _;

use super::buffer::Buffer;
use super::codec::{BORROW_FROM, RUN_MAX, tag};

/// A packed scalar. It needs no heap memory: each page that a child writes to for the first time has to be copied, and
/// most results are this small.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar {
    bytes: [u8; 9],
    len: usize,
}

impl Scalar {
    /// Null.
    pub(crate) fn null() -> Self {
        Self::written(|mut bytes| rmp::encode::write_nil(&mut bytes).map(|()| bytes.len()))
    }

    /// A boolean.
    pub(crate) fn bool(value: bool) -> Self {
        Self::written(|mut bytes| rmp::encode::write_bool(&mut bytes, value).map(|()| bytes.len()))
    }

    /// An integer.
    pub(crate) fn int(value: i64) -> Self {
        Self::written(|mut bytes| rmp::encode::write_sint(&mut bytes, value).map(|_| bytes.len()))
    }

    /// A float.
    pub(crate) fn float(value: f64) -> Self {
        Self::written(|mut bytes| rmp::encode::write_f64(&mut bytes, value).map(|()| bytes.len()))
    }

    /// Calls `write` with an array of nine bytes, which suffice for any scalar. `write` returns how many it left
    /// unused.
    fn written<E>(write: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> Self {
        let mut bytes = [0; 9];
        let left = write(&mut bytes).unwrap_or_default();
        Self { bytes, len: bytes.len() - left }
    }

    /// The bytes of the scalar.
    pub(crate) fn get(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// A string or list is longer than `MessagePack` can represent (4 GiB). PHP's serializer can represent it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooLong;

impl<E> From<rmp::encode::ValueWriteError<E>> for TooLong
where
    E: rmp::encode::RmpWriteErr,
{
    fn from(_: rmp::encode::ValueWriteError<E>) -> Self {
        Self
    }
}

impl From<rmp_serde::encode::Error> for TooLong {
    fn from(_: rmp_serde::encode::Error) -> Self {
        Self
    }
}

/// Writes one packed value. The methods have to be called in the order that the format prescribes.
#[derive(Debug)]
pub(crate) struct Packer<'v> {
    serializer: Serializer<Buffer<'v>>,
}

impl<'v> Packer<'v> {
    pub(crate) fn new() -> Self {
        Self { serializer: Serializer::new(Buffer::default()) }
    }

    pub(crate) fn finish(self) -> Buffer<'v> {
        self.serializer.into_inner()
    }

    #[inline]
    pub(crate) fn null(&mut self) -> Result<(), TooLong> {
        Ok(self.serializer.serialize_unit()?)
    }

    #[inline]
    pub(crate) fn bool(&mut self, value: bool) -> Result<(), TooLong> {
        Ok(self.serializer.serialize_bool(value)?)
    }

    #[inline]
    pub(crate) fn int(&mut self, value: i64) -> Result<(), TooLong> {
        if let Ok(small @ 0..=127) = u8::try_from(value) {
            self.put([Marker::FixPos(small).to_u8()]);
            return Ok(());
        }
        Ok(self.serializer.serialize_i64(value)?)
    }

    #[inline]
    pub(crate) fn float(&mut self, value: f64) -> Result<(), TooLong> {
        Ok(self.serializer.serialize_f64(value)?)
    }

    #[inline]
    pub(crate) fn string(&mut self, value: &'v [u8]) -> Result<(), TooLong> {
        if let Ok(len) = u8::try_from(value.len()) {
            self.put([Marker::Bin8.to_u8(), len]);
            self.serializer.get_mut().bytes.extend_from_slice(value);
            return Ok(());
        }
        if value.len() < BORROW_FROM {
            return Ok(self.serializer.serialize_bytes(value)?);
        }
        let len = u32::try_from(value.len()).map_err(|_| TooLong)?;
        let buffer = self.serializer.get_mut();
        write_bin_len(buffer, len)?;
        buffer.borrow(value);
        Ok(())
    }

    /// Begins a list: `len` elements follow.
    #[inline]
    pub(crate) fn list(&mut self, len: u32) -> Result<(), TooLong> {
        if let Ok(small @ 0..16) = u8::try_from(len) {
            self.put([Marker::FixArray(small).to_u8()]);
            return Ok(());
        }
        write_array_len(self.serializer.get_mut(), len)?;
        Ok(())
    }

    /// Begins a map: `len` pairs of a key (an integer or a string) and a value follow.
    #[inline]
    pub(crate) fn map(&mut self, len: u32) -> Result<(), TooLong> {
        write_map_len(self.serializer.get_mut(), len)?;
        Ok(())
    }

    /// A map with string keys follows, whose keys become shape `shape`.
    #[inline]
    pub(crate) fn define(&mut self, shape: u8) -> Result<(), TooLong> {
        self.list(2)?;
        self.mark(tag::DEFINE, [shape])
    }

    /// Begins a map with the keys of `shape`: its `len` values follow.
    #[inline]
    pub(crate) fn reuse(&mut self, shape: u8, len: u32) -> Result<(), TooLong> {
        self.list(len.checked_add(1).ok_or(TooLong)?)?;
        self.mark(tag::REUSE, [shape])
    }

    /// Begins an object, whose class and property names become class `class`: its `names.len()` values follow.
    pub(crate) fn class<'n, I>(
        &mut self,
        class: u8,
        shared: bool,
        name: &[u8],
        names: I,
    ) -> Result<(), TooLong>
    where
        I: ExactSizeIterator<Item = &'n [u8]>,
    {
        let len = u32::try_from(names.len()).map_err(|_| TooLong)?;
        self.list(len.checked_add(3).ok_or(TooLong)?)?;
        self.mark(tag::CLASS, [class, u8::from(shared)])?;
        self.serializer.serialize_bytes(name)?;
        self.list(len)?;
        for name in names {
            self.serializer.serialize_bytes(name)?;
        }
        Ok(())
    }

    /// Begins an object of `class`: its `len` values follow.
    #[inline]
    pub(crate) fn object(&mut self, class: u8, shared: bool, len: u32) -> Result<(), TooLong> {
        self.list(len.checked_add(1).ok_or(TooLong)?)?;
        self.mark(tag::OBJECT, [class, u8::from(shared)])
    }

    /// Begins a `stdClass`: a map of its properties follows.
    #[inline]
    pub(crate) fn bag(&mut self, shared: bool) -> Result<(), TooLong> {
        self.list(2)?;
        self.mark(tag::BAG, [u8::from(shared)])
    }

    /// Refers to the shared object number `id`.
    #[inline]
    pub(crate) fn same(&mut self, id: u32) -> Result<(), TooLong> {
        self.list(1)?;
        self.mark(tag::SAME, id.to_le_bytes())
    }

    /// Something that both processes have under a number.
    pub(crate) fn handle(&mut self, [high, low]: [u64; 2]) -> Result<(), TooLong> {
        self.list(1)?;
        let mut number = [0; 16];
        for (byte, of) in number.iter_mut().zip(high.to_le_bytes().into_iter().chain(low.to_le_bytes())) {
            *byte = of;
        }
        self.mark(tag::HANDLE, number)
    }

    /// A date, by its parts.
    pub(crate) fn date(
        &mut self,
        immutable: bool,
        shared: bool,
        text: &[u8],
        kind: i64,
        zone: &[u8],
    ) -> Result<(), TooLong> {
        self.list(4)?;
        self.mark(tag::DATE, [u8::from(immutable), u8::from(shared)])?;
        self.serializer.serialize_bytes(text)?;
        self.int(kind)?;
        Ok(self.serializer.serialize_bytes(zone)?)
    }

    /// A case of an enum, which becomes case `case`.
    pub(crate) fn case(&mut self, case: u8, class: &[u8], name: &[u8]) -> Result<(), TooLong> {
        self.list(3)?;
        self.mark(tag::CASE, [case])?;
        self.serializer.serialize_bytes(class)?;
        Ok(self.serializer.serialize_bytes(name)?)
    }

    /// Case `case` once more.
    #[inline]
    pub(crate) fn again(&mut self, case: u8) -> Result<(), TooLong> {
        self.list(1)?;
        self.mark(tag::AGAIN, [case])
    }

    /// A list of integers, all of which are within `range`.
    pub(crate) fn ints<I>(&mut self, values: I, range: (i64, i64)) -> Result<(), TooLong>
    where
        I: ExactSizeIterator<Item = i64>,
    {
        let (min, max) = range;
        if i8::try_from(min).is_ok() && i8::try_from(max).is_ok() {
            self.runs(values, tag::INT8, low::<1>)
        } else if i16::try_from(min).is_ok() && i16::try_from(max).is_ok() {
            self.runs(values, tag::INT16, low::<2>)
        } else if i32::try_from(min).is_ok() && i32::try_from(max).is_ok() {
            self.runs(values, tag::INT32, low::<4>)
        } else {
            self.runs(values, tag::INT64, i64::to_le_bytes)
        }
    }

    /// A list of floats, with every bit preserved.
    pub(crate) fn floats<I>(&mut self, values: I) -> Result<(), TooLong>
    where
        I: ExactSizeIterator<Item = f64>,
    {
        self.runs(values, tag::FLOAT64, |value| value.to_bits().to_le_bytes())
    }

    fn runs<I, F, const WIDTH: usize>(&mut self, mut values: I, tag: i8, bytes: F) -> Result<(), TooLong>
    where
        I: ExactSizeIterator,
        F: Fn(I::Item) -> [u8; WIDTH],
    {
        let len = u32::try_from(values.len()).map_err(|_| TooLong)?;
        let runs = values.len().div_ceil(RUN_MAX);
        self.list(u32::try_from(runs + 1).map_err(|_| TooLong)?)?;
        self.mark(tag::LENGTH, len.to_le_bytes())?;
        while values.len() > 0 {
            let run = values.len().min(RUN_MAX);
            let buffer = self.serializer.get_mut();
            write_ext_meta(buffer, u32::try_from(run * WIDTH).map_err(|_| TooLong)?, tag)?;
            let start = buffer.bytes.len();
            buffer.bytes.resize(start + run * WIDTH, 0);
            let (places, _) = buffer.bytes.get_mut(start..).unwrap_or_default().as_chunks_mut::<WIDTH>();
            for (place, value) in places.iter_mut().zip(values.by_ref()) {
                *place = bytes(value);
            }
        }
        Ok(())
    }

    #[inline]
    fn mark<const LEN: usize>(&mut self, tag: i8, payload: [u8; LEN]) -> Result<(), TooLong> {
        if let [byte] = payload[..] {
            self.put([Marker::FixExt1.to_u8(), tag.cast_unsigned(), byte]);
            return Ok(());
        }
        let buffer = self.serializer.get_mut();
        write_ext_meta(buffer, u32::try_from(LEN).map_err(|_| TooLong)?, tag)?;
        buffer.bytes.extend_from_slice(&payload);
        Ok(())
    }

    /// Writes the most frequent parts by one call: rmp would check the capacity before each byte.
    #[inline]
    fn put<const LEN: usize>(&mut self, bytes: [u8; LEN]) {
        self.serializer.get_mut().bytes.extend_from_slice(&bytes);
    }
}

/// The low bytes of a number that fits in them.
#[inline]
fn low<const WIDTH: usize>(value: i64) -> [u8; WIDTH] {
    let mut bytes = [0; WIDTH];
    for (byte, low) in bytes.iter_mut().zip(value.to_le_bytes()) {
        *byte = low;
    }
    bytes
}
