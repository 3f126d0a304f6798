//! Where decoded values are written: the place of one value, and the rest of an array that is being filled.
//!
//! All of it is under the contract of [`Builder`](super::decode::Builder): no place outlives its table, and no table moves.

use ext_php_rs::ffi::{_Bucket as Bucket, HashTable, IS_DOUBLE, IS_LONG};
use ext_php_rs::types::Zval;

/// A pointer to the zval where one value belongs. The zval's `u2` may already be in use, and must be left alone.
#[derive(Clone, Copy)]
pub(super) struct Slot(pub(super) *mut Zval);

/// The unwritten rest of a packed array. The element count of the array is kept up to date, so that it can be released
/// at any time.
pub(super) struct List {
    pub(super) table: *mut HashTable,
    pub(super) used: u32,
    pub(super) len: u32,
}

/// The unwritten rest of an array with keys.
pub(super) struct Map {
    pub(super) table: *mut HashTable,
    pub(super) left: u32,
    pub(super) len: u32,
}

/// The unwritten rest of an array whose keys were copied from a shape.
pub(super) struct Row {
    pub(super) next: *mut Bucket,
    pub(super) left: u32,
}

impl Slot {
    /// The zval, for one write, under the contract of [`Builder`].
    #[inline]
    pub(super) fn zval<'s>(self) -> &'s mut Zval {
        // SAFETY: the contract of `Builder`.
        unsafe { &mut *self.0 }
    }

    #[inline]
    pub(super) fn set_type(self, info: u32) {
        let zval = self.zval();
        zval.u1.type_info = info;
    }

    #[inline]
    pub(super) fn set_int(self, value: i64) {
        let zval = self.zval();
        zval.value.lval = value;
        zval.u1.type_info = IS_LONG;
    }

    #[inline]
    pub(super) fn set_float(self, value: f64) {
        let zval = self.zval();
        zval.value.dval = value;
        zval.u1.type_info = IS_DOUBLE;
    }
}

impl List {
    /// Adds `count` elements to the array's count, and returns a pointer to the first. They are uninitialized: the
    /// caller writes them at once.
    #[inline]
    pub(super) fn extend(&mut self, count: u32) -> Option<*mut Zval> {
        let used = self.used.checked_add(count).filter(|used| *used <= self.len)?;
        // SAFETY: `table` is null only for length 0, for which only `count` 0 passes the check above.
        let table = unsafe { self.table.as_mut() }?;
        // SAFETY: the array was made packed.
        let values = unsafe { table.__bindgen_anon_1.arPacked };
        // SAFETY: it has room for `len` elements, of which `used` are in use.
        let first = unsafe { values.add(self.used as usize) };
        self.used = used;
        table.nNumUsed = used;
        table.nNumOfElements = used;
        table.nNextFreeElement = i64::from(used);
        Some(first)
    }

    /// Writes as many numbers as `values` has, each by `write`.
    #[inline]
    pub(super) fn fill<I: ExactSizeIterator>(&mut self, values: I, write: impl Fn(Slot, I::Item)) -> bool {
        let count = values.len();
        if count == 0 {
            return true;
        }
        let Some(mut at) = u32::try_from(count).ok().and_then(|count| self.extend(count)) else {
            return false;
        };
        for value in values.take(count) {
            write(Slot(at), value);
            // SAFETY: `extend` returned `count` elements; after the last step the pointer is one past their end.
            at = unsafe { at.add(1) };
        }
        true
    }
}
