//! Builds zvals from the packed format. Each value is written directly to its final place, each key string is allocated
//! once, tables are allocated at their final size. Runs in the receiving process.

use ext_php_rs::ffi::{_Bucket as Bucket, HashTable, IS_FALSE, IS_NULL, IS_TRUE, zend_object, zend_string};
use ext_php_rs::types::Zval;

use super::classes::Classes;
use super::handles;
use super::objects::{Bag, Object, Objects};
use super::slot::{List, Map, Row, Slot};
use super::table;
use crate::ffi;
use crate::process::bytes::renew;
use crate::wire::codec::SHAPES;
use crate::wire::target::{Date, Target};

/// The size of the cache of key strings, which is indexed by a hash of the key.
const KEYS: usize = 128;

/// Builds zvals. A [`Slot`] is written at most once, while the table that contains it is alive and has not moved: the
/// reader goes depth first, tables are allocated at their final size, and the only PHP code that runs, autoloaders,
/// cannot reach the unfinished value.
pub(super) struct Builder<'c> {
    /// The caches; allocated on first use, as most values have no keys.
    kept: Option<Box<Kept>>,
    pub(super) objects: Objects<'c>,
    /// How many more bytes the value may allocate.
    room: usize,
    /// Whether an allocation was refused because `room` was used up.
    over: bool,
}

/// The memory that a value takes without its elements: a string, an array, an object.
const STRING: usize = size_of::<zend_string>() + 8;
const TABLE: usize = size_of::<HashTable>() + 16;
const OBJECT: usize = size_of::<zend_object>() + 2 * size_of::<usize>();
/// The memory that one element takes: in a list or an object, and in a map.
const ELEMENT: usize = size_of::<Zval>();
const PAIR: usize = size_of::<Bucket>() + 2 * size_of::<u32>();
/// The smallest capacity of a PHP hash table, in elements.
const FEWEST: usize = 8;
/// An estimate of what the date extension allocates for one date.
const DATE: usize = 512;

/// Caches of tables and key strings that later parts of the value use again.
struct Kept {
    /// The table that last defined each shape (the keys of a row). It is part of the result; this holds one more
    /// reference.
    shapes: [*mut HashTable; SHAPES],
    keys: [*mut zend_string; KEYS],
}

impl<'c> Builder<'c> {
    /// A builder whose value takes at most about `room` bytes. Parts that would exceed this are not built; the reader
    /// then fails or returns an incomplete value, and [`Builder::is_over`] returns true. Its objects are of `classes`, if
    /// that is given.
    pub(super) fn new(room: usize, classes: Option<&'c Classes>) -> Self {
        Self { kept: None, objects: Objects::new(classes), room, over: false }
    }

    /// Whether the value exceeded the room.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Deducts `bytes` from the room. Returns false if so many are not left, now or earlier.
    #[inline]
    fn take(&mut self, bytes: usize) -> bool {
        match self.room.checked_sub(bytes) {
            Some(left) => self.room = left,
            None => self.over = true,
        }
        !self.over
    }

    fn kept(&mut self) -> &mut Kept {
        self.kept.get_or_insert_with(|| {
            Box::new(Kept { shapes: [std::ptr::null_mut(); SHAPES], keys: [std::ptr::null_mut(); KEYS] })
        })
    }

    /// The slot of a value that is not in a table.
    pub(super) fn slot(value: &mut Zval) -> Slot {
        Slot(value)
    }

    /// Sets the value of a slot to null, as malformed input may contain a key twice: the former value is released.
    #[inline]
    fn emptied(slot: Slot) -> Slot {
        if table::type_of(slot.zval()) != IS_NULL {
            let (mut former, place) = (Zval::new(), slot.zval());
            // Not the whole zval: its `u2` is the link of the hash collision chain.
            std::mem::swap(&mut former.value, &mut place.value);
            std::mem::swap(&mut former.u1, &mut place.u1);
        }
        slot
    }

    /// The string for a key, from the cache if it is there: rows of one kind repeat a few keys many times.
    fn key(&mut self, key: &[u8]) -> *mut zend_string {
        let hash = key.iter().fold(key.len(), |hash, byte| hash.wrapping_mul(31) ^ usize::from(*byte));
        let Some(kept) = self.kept().keys.get_mut(hash % KEYS) else {
            return std::ptr::null_mut();
        };
        if !kept.is_null() {
            // SAFETY: a string in `keys` has a reference of its own.
            if unsafe { table::bytes(*kept) } == key {
                return *kept;
            }
            // SAFETY: the reference of `keys`, given back once.
            unsafe { ffi::async_key_release(*kept) };
        }
        // SAFETY: copies `key.len()` bytes that are there.
        *kept = unsafe { ffi::async_key_string(key.as_ptr().cast(), key.len()) };
        *kept
    }
}

/// The capacity that the engine allocates for a map of `len` elements.
fn places(len: u32) -> usize {
    FEWEST.max((len as usize).next_power_of_two())
}

impl Drop for Kept {
    fn drop(&mut self) {
        for shape in self.shapes.iter().copied().filter(|shape| !shape.is_null()) {
            // SAFETY: the reference of `shapes`, given back once.
            unsafe { ffi::async_array_release(shape) };
        }
        for key in self.keys.iter().copied().filter(|key| !key.is_null()) {
            // SAFETY: the reference of `keys`, given back once.
            unsafe { ffi::async_key_release(key) };
        }
    }
}

impl Target for Builder<'_> {
    type Slot = Slot;
    type List = List;
    type Map = Map;
    type Row = Row;
    type Object = Object;
    type Bag = Bag;

    #[inline]
    fn null(&mut self, slot: Slot) {
        slot.set_type(IS_NULL);
    }

    #[inline]
    fn bool(&mut self, slot: Slot, value: bool) {
        slot.set_type(if value { IS_TRUE } else { IS_FALSE });
    }

    #[inline]
    fn int(&mut self, slot: Slot, value: i64) {
        slot.set_int(value);
    }

    #[inline]
    fn float(&mut self, slot: Slot, value: f64) {
        slot.set_float(value);
    }

    #[inline]
    fn string(&mut self, slot: Slot, value: &[u8]) {
        if !self.take(STRING + value.len()) {
            slot.set_type(IS_NULL);
            return;
        }
        // SAFETY: the contract of `Builder`; `value.len()` bytes are there.
        unsafe { ffi::async_value_string(slot.0, value.as_ptr().cast(), value.len()) };
    }

    #[inline]
    fn list(&mut self, slot: Slot, len: u32) -> List {
        let len = if self.take(TABLE + ELEMENT * FEWEST.max(len as usize)) { len } else { 0 };
        // SAFETY: the contract of `Builder`.
        let table = unsafe { ffi::async_value_list(slot.0, len) };
        // SAFETY: null, or a new packed array.
        if let Some(table) = unsafe { table.as_ref() }.filter(|_| len >= 4096) {
            // SAFETY: the array was made packed.
            let values = unsafe { table.__bindgen_anon_1.arPacked };
            // SAFETY: it has room for `len` elements, and nothing is in them yet.
            renew(unsafe { std::slice::from_raw_parts_mut(values.cast(), len as usize * size_of::<Zval>()) });
        }
        List { table, used: 0, len }
    }

    #[inline]
    fn push(&mut self, list: &mut List) -> Option<Slot> {
        let slot = Slot(list.extend(1)?);
        // The element is already counted, and has to be valid until it is written.
        slot.set_type(IS_NULL);
        Some(slot)
    }

    fn ints<I: ExactSizeIterator<Item = i64>>(&mut self, list: &mut List, values: I) -> bool {
        list.fill(values, Slot::set_int)
    }

    fn floats<I: ExactSizeIterator<Item = f64>>(&mut self, list: &mut List, values: I) -> bool {
        list.fill(values, Slot::set_float)
    }

    #[inline]
    fn is_full(&self, list: &List) -> bool {
        list.used == list.len
    }

    fn map(&mut self, slot: Slot, len: u32) -> Map {
        let len = if self.take(TABLE + PAIR * places(len)) { len } else { 0 };
        // SAFETY: the contract of `Builder`.
        let table = unsafe { ffi::async_value_map(slot.0, len) };
        Map { table, left: len, len }
    }

    fn string_key(&mut self, map: &mut Map, key: &[u8]) -> Option<Slot> {
        map.left = map.left.checked_sub(1)?;
        if map.len as usize > KEYS {
            if !self.take(STRING + key.len()) {
                return None;
            }
            // The keys of a large map would evict all others from the cache, and are rarely used again.
            // SAFETY: as below; `key.len()` bytes are there.
            let slot = unsafe { ffi::async_map_bytes(map.table, key.as_ptr().cast(), key.len()) };
            return Some(Self::emptied(Slot(slot)));
        }
        let key = self.key(key);
        // SAFETY: the table is not null, as a key was left; it is part of the result and has room for all its keys.
        let slot = Slot(unsafe { ffi::async_map_string(map.table, key) });
        Some(Self::emptied(slot))
    }

    fn int_key(&mut self, map: &mut Map, key: i64) -> Option<Slot> {
        map.left = map.left.checked_sub(1)?;
        // SAFETY: as for `string_key`.
        let slot = Slot(unsafe { ffi::async_map_index(map.table, key) });
        Some(Self::emptied(slot))
    }

    fn define(&mut self, map: &Map, shape: u8) {
        let Some(place) = self.kept().shapes.get_mut(usize::from(shape)) else {
            return;
        };
        let former = std::mem::replace(place, std::ptr::null_mut());
        if !former.is_null() {
            // SAFETY: the reference of `shapes`, given back once.
            unsafe { ffi::async_array_release(former) };
        }
        // SAFETY: a table that is not null is part of the result.
        if map.len > 0 && unsafe { ffi::async_map_is_model(map.table, map.len) } {
            // SAFETY: as above.
            unsafe { ffi::async_array_hold(map.table) };
            *place = map.table;
        }
    }

    #[inline]
    fn reuse(&mut self, slot: Slot, shape: u8, len: u32) -> Option<Row> {
        let model = *self.kept.as_ref()?.shapes.get(usize::from(shape))?;
        // SAFETY: a table in `shapes` has a reference of its own.
        if unsafe { model.as_ref() }?.nNumUsed != len || !self.take(TABLE + PAIR * places(len)) {
            return None;
        }
        // SAFETY: the contract of `Builder`; `define` has checked the model, and nothing has changed it since.
        let next = unsafe { ffi::async_value_row(slot.0, model) };
        (!next.is_null()).then_some(Row { next, left: len })
    }

    #[inline]
    fn field(&mut self, row: &mut Row) -> Option<Slot> {
        row.left = row.left.checked_sub(1)?;
        // SAFETY: one of the `left` buckets of the row.
        let slot = Slot(unsafe { &raw mut (*row.next).val });
        // SAFETY: at most one past the last bucket.
        row.next = unsafe { row.next.add(1) };
        Some(slot)
    }

    fn class(&mut self, class: u8, name: &[u8]) -> bool {
        self.objects.class(class, name)
    }

    fn property(&mut self, class: u8, name: &[u8]) -> bool {
        self.objects.property(class, name)
    }

    #[inline]
    fn object(&mut self, slot: Slot, class: u8, shared: bool, len: u32) -> Option<Object> {
        if !self.take(OBJECT + ELEMENT * len as usize) {
            return None;
        }
        self.objects.object(slot.zval(), class, shared, len)
    }

    #[inline]
    fn next_property(&mut self, object: &mut Object) -> Option<Slot> {
        self.objects.next_property(object).map(Slot)
    }

    #[inline]
    fn settle(&mut self, object: &Object) -> bool {
        self.objects.settle(object)
    }

    fn bag(&mut self, slot: Slot, shared: bool) -> (Bag, Slot) {
        // Past the room, the map of its properties is refused, and so the bag stays empty.
        self.take(OBJECT);
        let mut bag = self.objects.bag(slot.zval(), shared);
        let properties = Slot(bag.properties());
        (bag, properties)
    }

    fn close(&mut self, bag: Bag) -> bool {
        Objects::close(bag)
    }

    fn date(&mut self, slot: Slot, immutable: bool, shared: bool, date: Date<'_>) -> bool {
        self.take(OBJECT + DATE) && self.objects.date(slot.zval(), immutable, shared, date)
    }

    fn same(&mut self, slot: Slot, id: u32) -> bool {
        self.objects.same(slot.zval(), id)
    }

    fn handle(&mut self, slot: Slot, number: [u64; 2]) -> bool {
        // Nothing to release: the place is new.
        handles::object(number)
            .map(|object| std::mem::forget(std::mem::replace(slot.zval(), object)))
            .is_some()
    }

    fn case(&mut self, slot: Slot, case: u8, class: &[u8], name: &[u8]) -> bool {
        self.objects.case(slot.zval(), case, class, name)
    }

    fn again(&mut self, slot: Slot, case: u8) -> bool {
        self.objects.again(slot.zval(), case)
    }
}
