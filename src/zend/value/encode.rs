//! The fast path of encoding: writes scalars, arrays and plain objects from the zvals to the buffer. At the first
//! object, reference or resource of another kind it fails, and the caller has PHP's serializer encode the whole value.
//! Runs in the sending process. No PHP code runs here.

use ext_php_rs::ffi::{
    _Bucket as Bucket, HashTable, IS_ARRAY, IS_DOUBLE, IS_FALSE, IS_INDIRECT, IS_LONG, IS_NULL, IS_OBJECT,
    IS_REFERENCE, IS_STRING, IS_TRUE, IS_UNDEF,
};
use ext_php_rs::types::Zval;

use super::graph::Seen;
use super::table::{self, Table, element, key, type_of};
use crate::wire::buffer::Buffer;
use crate::wire::codec::{BORROW_FROM, MAX_DEPTH, RUN_FROM, SHAPE_KEYS, SHAPES};
use crate::wire::encode::{Packer, Scalar, TooLong};

/// The value cannot be written in the packed format.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotPackable;

impl From<TooLong> for NotPackable {
    fn from(_: TooLong) -> Self {
        Self
    }
}

/// Encodes `value` if it is null, a boolean or a number.
pub(super) fn scalar(value: &Zval) -> Option<Scalar> {
    match type_of(value) {
        IS_NULL | IS_UNDEF => Some(Scalar::null()),
        IS_FALSE => Some(Scalar::bool(false)),
        IS_TRUE => Some(Scalar::bool(true)),
        IS_LONG => Some(Scalar::int(long(value))),
        IS_DOUBLE => Some(Scalar::float(double(value))),
        _ => None,
    }
}

/// Encodes `value` in the packed format; a value that is itself a string has a format of its own. Also returns the long
/// strings in it, which the buffer only points to: the caller keeps them as long as the buffer, since PHP code may
/// release them and what contained them.
pub(super) fn pack(value: &Zval) -> Result<(Buffer<'_>, Vec<Zval>), NotPackable> {
    let mut walk = Walk {
        packer: Packer::new(),
        shapes: [None; SHAPES],
        depth: 0,
        copies: 0,
        objects: Seen::new(),
        held: Vec::new(),
    };
    walk.value(value)?;
    Ok((walk.packer.finish(), walk.held))
}

pub(super) struct Walk<'v> {
    pub(super) packer: Packer<'v>,
    /// The buckets of the map that last defined each shape.
    shapes: [Option<&'v [Bucket]>; SHAPES],
    pub(super) depth: usize,
    /// How many of the arrays that contain the current value have other references. Each of them may occur in this
    /// graph again, and so may all that is inside it.
    pub(super) copies: usize,
    pub(super) objects: Seen<'v>,
    /// Long strings, which the buffer points to.
    held: Vec<Zval>,
}

impl<'v> Walk<'v> {
    #[inline]
    pub(super) fn value(&mut self, value: &'v Zval) -> Result<(), NotPackable> {
        match type_of(value) {
            IS_NULL | IS_UNDEF => self.packer.null()?,
            IS_FALSE => self.packer.bool(false)?,
            IS_TRUE => self.packer.bool(true)?,
            IS_LONG => self.packer.int(long(value))?,
            IS_DOUBLE => self.packer.float(double(value))?,
            IS_STRING => {
                let bytes = table::string(value).unwrap_or_default();
                if bytes.len() >= BORROW_FROM {
                    self.hold(value);
                }
                self.packer.string(bytes)?;
            }
            IS_ARRAY => self.array(table::array(value).ok_or(NotPackable)?)?,
            IS_OBJECT => self.object(table::object(value).ok_or(NotPackable)?)?,
            IS_INDIRECT => self.value(element(value).ok_or(NotPackable)?)?,
            IS_REFERENCE => self.value(unshared(value).filter(|_| self.copies == 0).ok_or(NotPackable)?)?,
            _ => return Err(NotPackable),
        }
        Ok(())
    }

    /// Keeps a long string, which is borrowed. Apart, so that short ones pay nothing for it.
    #[cold]
    #[inline(never)]
    fn hold(&mut self, string: &Zval) {
        self.held.push(string.shallow_clone());
    }

    fn array(&mut self, array: &'v HashTable) -> Result<(), NotPackable> {
        if self.depth == MAX_DEPTH {
            return Err(NotPackable);
        }
        let is_copy = self.depth > 0 && array.gc.refcount > 1;
        self.depth += 1;
        self.copies += usize::from(is_copy);
        let whole = array.nNumUsed == array.nNumOfElements;
        match Table::of(array) {
            Table::Packed(values) if whole => self.list(array.nNumUsed, values.iter())?,
            Table::Packed(values) => self.sparse(values)?,
            Table::Hash(buckets) if whole && is_list(buckets) => {
                self.list(array.nNumUsed, buckets.iter().map(|bucket| &bucket.val))?;
            }
            Table::Hash(buckets) => self.map(array.nNumUsed, whole, buckets)?,
        }
        self.depth -= 1;
        self.copies -= usize::from(is_copy);
        Ok(())
    }

    fn list<I>(&mut self, len: u32, values: I) -> Result<(), NotPackable>
    where
        I: ExactSizeIterator<Item = &'v Zval> + Clone,
    {
        if values.len() >= RUN_FROM {
            match values.clone().next().map(type_of) {
                Some(IS_LONG) => {
                    if let Some(range) = int_range(values.clone()) {
                        return Ok(self.packer.ints(values.map(long), range)?);
                    }
                }
                Some(IS_DOUBLE) if values.clone().all(|value| type_of(value) == IS_DOUBLE) => {
                    return Ok(self.packer.floats(values.map(double))?);
                }
                _ => {}
            }
        }
        self.packer.list(len)?;
        for value in values {
            self.value(value)?;
        }
        Ok(())
    }

    /// Writes a list with holes as a map with the positions as keys.
    fn sparse(&mut self, values: &'v [Zval]) -> Result<(), NotPackable> {
        let present = || (0_i64..).zip(values).filter(|(_, value)| type_of(value) != IS_UNDEF);
        self.packer.map(u32::try_from(present().count()).map_err(|_| NotPackable)?)?;
        for (position, value) in present() {
            self.packer.int(position)?;
            self.value(value)?;
        }
        Ok(())
    }

    pub(super) fn map(&mut self, len: u32, whole: bool, buckets: &'v [Bucket]) -> Result<(), NotPackable> {
        let shape = if whole { shape_of(buckets) } else { None };
        if let Some((number, slot)) =
            shape.and_then(|shape| Some((shape, self.shapes.get(usize::from(shape))?)))
        {
            if slot.is_some_and(|known| same_keys(known, buckets)) {
                self.packer.reuse(number, len)?;
                for bucket in buckets {
                    self.value(&bucket.val)?;
                }
                return Ok(());
            }
            if !buckets.iter().any(needs_care) {
                self.packer.define(number)?;
                self.pairs(len, buckets)?;
                // The reader, too, remembers a shape only after it has read the values of the map that defines it.
                if let Some(slot) = self.shapes.get_mut(usize::from(number)) {
                    *slot = Some(buckets);
                }
                return Ok(());
            }
        }
        let present = buckets.iter().filter(|bucket| element(&bucket.val).is_some()).count();
        self.pairs(u32::try_from(present).map_err(|_| NotPackable)?, buckets)
    }

    fn pairs(&mut self, len: u32, buckets: &'v [Bucket]) -> Result<(), NotPackable> {
        self.packer.map(len)?;
        for bucket in buckets {
            let Some(value) = element(&bucket.val) else {
                continue;
            };
            match key(bucket) {
                // A key this long would be borrowed by the buffer, and `held` cannot keep a key alive, only zvals.
                Some(key) if key.len() >= BORROW_FROM => return Err(NotPackable),
                Some(key) => self.packer.string(key)?,
                None => self.packer.int(index(bucket))?,
            }
            self.value(value)?;
        }
        Ok(())
    }
}

#[inline]
fn long(value: &Zval) -> i64 {
    // SAFETY: only asked of integers.
    unsafe { value.value.lval }
}

#[inline]
fn double(value: &Zval) -> f64 {
    // SAFETY: only asked of floats.
    unsafe { value.value.dval }
}

/// The integer key of a bucket: `h` holds it as an unsigned number with the same bits.
#[inline]
fn index(bucket: &Bucket) -> i64 {
    bucket.h.cast_signed()
}

/// The value of a reference with a reference count of 1, which PHP's serializer, too, treats as a plain value.
fn unshared(value: &Zval) -> Option<&Zval> {
    let reference = table::reference(value).filter(|reference| reference.gc.refcount == 1);
    reference.map(|reference| &reference.val)
}

/// The minimum and the maximum, if all values are integers.
#[inline]
fn int_range<'v>(mut values: impl Iterator<Item = &'v Zval>) -> Option<(i64, i64)> {
    values.try_fold((i64::MAX, i64::MIN), |(min, max), value| {
        (type_of(value) == IS_LONG).then(|| (min.min(long(value)), max.max(long(value))))
    })
}

/// Whether the keys are 0, 1, 2, ... in this order.
fn is_list(buckets: &[Bucket]) -> bool {
    (0..).zip(buckets).all(|(position, bucket)| bucket.key.is_null() && bucket.h == position)
}

/// The shape number for these keys, under which writer and reader remember them; `None` for an empty map or one with
/// more than [`SHAPE_KEYS`] keys.
#[inline]
fn shape_of(buckets: &[Bucket]) -> Option<u8> {
    let first = buckets.first().filter(|_| buckets.len() <= SHAPE_KEYS)?;
    let hash = (first.h ^ (first.h >> 7)).wrapping_add(buckets.len() as u64 * 13);
    u8::try_from(hash % SHAPES as u64).ok()
}

/// Whether `buckets` has the keys of a shape, in the same order, and none of its values is an indirection.
#[inline]
fn same_keys(shape: &[Bucket], buckets: &[Bucket]) -> bool {
    shape.len() == buckets.len()
        && shape.iter().zip(buckets).all(|(one, other)| {
            type_of(&other.val) != IS_INDIRECT
                && (one.key == other.key || one.h == other.h && key(one) == key(other))
        })
}

/// Whether the key is an integer or may be read as one (the reader turns `"1"` into 1), or the value is an indirection.
pub(super) fn needs_care(bucket: &Bucket) -> bool {
    type_of(&bucket.val) == IS_INDIRECT
        || key(bucket).is_none_or(|key| matches!(key.first(), Some(b'0'..=b'9' | b'-')))
}
