//! Reads PHP arrays without a function call for each element. No PHP code runs here.

use ext_php_rs::ffi::{
    _Bucket as Bucket, HashTable, IS_ARRAY, IS_INDIRECT, IS_OBJECT, IS_REFERENCE, IS_STRING, IS_UNDEF,
    zend_object, zend_reference, zend_string,
};
use ext_php_rs::types::Zval;

const HASH_FLAG_PACKED: u32 = 1 << 2;
const HASH_FLAG_UNINITIALIZED: u32 = 1 << 3;

/// The elements of an array, by its two layouts.
pub(crate) enum Table<'v> {
    /// The values by position; holes are `IS_UNDEF`.
    Packed(&'v [Zval]),
    Hash(&'v [Bucket]),
}

impl<'v> Table<'v> {
    #[inline]
    pub(crate) fn of(table: &'v HashTable) -> Self {
        // SAFETY: both sides of the union are plain integers.
        let flags = unsafe { table.u.flags };
        let used = table.nNumUsed as usize;
        if flags & HASH_FLAG_UNINITIALIZED != 0 || used == 0 {
            return Self::Packed(&[]);
        }
        if flags & HASH_FLAG_PACKED != 0 {
            // SAFETY: the flag says which member of the union is set.
            let values = unsafe { table.__bindgen_anon_1.arPacked };
            // SAFETY: `nNumUsed` zvals, which live as long as `table`.
            return Self::Packed(unsafe { std::slice::from_raw_parts(values, used) });
        }
        // SAFETY: the flag says which member of the union is set.
        let buckets = unsafe { table.__bindgen_anon_1.arData };
        // SAFETY: `nNumUsed` buckets, which live as long as `table`.
        Self::Hash(unsafe { std::slice::from_raw_parts(buckets, used) })
    }
}

#[inline]
pub(crate) fn type_of(value: &Zval) -> u32 {
    // SAFETY: a zval that is in use has a type.
    u32::from(unsafe { value.u1.v.type_ })
}

/// The value of an element, following an `IS_INDIRECT` link, as symbol tables and property tables have; `None` for an
/// undefined one.
#[inline]
pub(crate) fn element(value: &Zval) -> Option<&Zval> {
    match type_of(value) {
        IS_UNDEF => None,
        IS_INDIRECT => {
            // SAFETY: the type says which member of the union is set.
            let place = unsafe { value.value.zv };
            // SAFETY: a zval of an object or a frame that the owner of the table holds.
            unsafe { place.as_ref() }.filter(|value| type_of(value) != IS_UNDEF)
        }
        _ => Some(value),
    }
}

#[inline]
pub(crate) fn reference(value: &Zval) -> Option<&zend_reference> {
    // SAFETY: the type says which member of the union is set.
    let reference = (type_of(value) == IS_REFERENCE).then_some(unsafe { value.value.ref_ })?;
    // SAFETY: the zval holds it.
    Some(unsafe { &*reference })
}

#[inline]
pub(crate) fn array(value: &Zval) -> Option<&HashTable> {
    // SAFETY: the type says which member of the union is set.
    let array = (type_of(value) == IS_ARRAY).then_some(unsafe { value.value.arr })?;
    // SAFETY: the zval holds it.
    Some(unsafe { &*array })
}

#[inline]
pub(crate) fn object(value: &Zval) -> Option<&zend_object> {
    // SAFETY: the type says which member of the union is set.
    let object = (type_of(value) == IS_OBJECT).then_some(unsafe { value.value.obj })?;
    // SAFETY: the zval holds it.
    Some(unsafe { &*object })
}

#[inline]
pub(crate) fn string(value: &Zval) -> Option<&[u8]> {
    // SAFETY: the type says which member of the union is set.
    let string = (type_of(value) == IS_STRING).then_some(unsafe { value.value.str_ })?;
    // SAFETY: the zval holds it.
    Some(unsafe { bytes(string) })
}

/// The value behind a reference, or the value itself.
#[inline]
pub(crate) fn dereferenced(value: &Zval) -> &Zval {
    reference(value).map_or(value, |reference| &reference.val)
}

/// The bytes of a string that is held by what `'v` borrows.
///
/// # Safety
///
/// `string` is a `zend_string` that stays alive and unchanged for `'v`.
#[inline]
pub(crate) unsafe fn bytes<'v>(string: *const zend_string) -> &'v [u8] {
    // SAFETY: the caller's.
    let len = unsafe { (*string).len };
    // SAFETY: the caller's; only the address is taken.
    let start = unsafe { &raw const (*string).val };
    // SAFETY: a zend_string has `len` bytes from `val` on.
    unsafe { std::slice::from_raw_parts(start.cast(), len) }
}

/// The key of a bucket, unless it is an integer.
#[inline]
pub(crate) fn key(bucket: &Bucket) -> Option<&[u8]> {
    // SAFETY: the table holds its keys.
    (!bucket.key.is_null()).then(|| unsafe { bytes(bucket.key) })
}

/// Replaces values in an array with a reference count of 1.
pub(crate) fn replace(table: &mut HashTable, mut replacement: impl FnMut(&Zval) -> Option<Zval>) {
    let places: Vec<*const Zval> = match Table::of(table) {
        Table::Packed(values) => values.iter().map(std::ptr::from_ref).collect(),
        Table::Hash(buckets) => buckets.iter().map(|bucket| &raw const bucket.val).collect(),
    };
    for place in places.into_iter().map(<*const Zval>::cast_mut) {
        // SAFETY: an element of `table`, which does not change otherwise while it is borrowed.
        let Some(mut new) = element(unsafe { &*place }).and_then(&mut replacement) else {
            continue;
        };
        // SAFETY: as above.
        let place = unsafe { &mut *place };
        // Not the whole zval: its `u2` is the link of the hash collision chain.
        std::mem::swap(&mut place.value, &mut new.value);
        std::mem::swap(&mut place.u1, &mut new.u1);
    }
}
