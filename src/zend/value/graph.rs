//! The fast path of encoding for enums and for objects that consist only of their properties. It writes the same
//! properties as PHP's serializer, and keeps object identity. Runs in the sending process. No PHP code runs here.

use std::collections::HashMap;

use ext_php_rs::ffi::{IS_UNDEF, ZEND_ACC_ENUM, zend_class_entry, zend_object};
use ext_php_rs::types::Zval;

use super::encode::{NotPackable, Walk, needs_care};
use super::handles;
use super::object::{class_name, class_of, mangled_name, slots};
use super::table::{Table, key, string, type_of};
use crate::ffi;
use crate::wire::codec::{MAX_DEPTH, SHAPE_KEYS, SHAPES};

/// The objects, classes and enum cases that have been written, with their numbers.
pub(super) struct Seen<'v> {
    /// Each class, with a bit set of its properties that were initialized.
    classes: [Option<(&'v zend_class_entry, u128)>; SHAPES],
    cases: [Option<&'v zend_object>; SHAPES],
    /// The numbers of objects that may occur again, by object handle.
    shared: HashMap<u32, u32>,
}

const _: () = assert!(SHAPE_KEYS <= u128::BITS as usize, "a bit for each property");

impl Seen<'_> {
    pub(super) fn new() -> Self {
        Self { classes: [None; SHAPES], cases: [None; SHAPES], shared: HashMap::new() }
    }

    /// Assigns the next number to this object.
    fn share(&mut self, object: &zend_object) -> Result<(), NotPackable> {
        let id = u32::try_from(self.shared.len()).map_err(|_| NotPackable)?;
        self.shared.insert(object.handle, id);
        Ok(())
    }
}

impl<'v> Walk<'v> {
    pub(super) fn object(&mut self, object: &'v zend_object) -> Result<(), NotPackable> {
        let class = class_of(object);
        if class.ce_flags & ZEND_ACC_ENUM != 0 {
            return self.case(object, class);
        }
        let shared = object.gc.refcount > 1 || self.copies > 0;
        if let Some(id) = self.objects.shared.get(&object.handle).filter(|_| shared) {
            return Ok(self.packer.same(*id)?);
        }
        // SAFETY: reads a pointer that the date extension, which every PHP has built in, set before our MINIT.
        let is_date = |immutable| std::ptr::eq(class, unsafe { ffi::async_date_class(immutable) });
        if let Some(immutable) = [true, false].into_iter().find(|immutable| is_date(*immutable)) {
            return self.date(object, immutable, shared);
        }
        // SAFETY: reads the object.
        if self.depth == MAX_DEPTH || !unsafe { ffi::async_object_is_plain(object) } {
            let number = handles::number(object).ok_or(NotPackable)?;
            return Ok(self.packer.handle(number)?);
        }
        if shared {
            self.objects.share(object)?;
        }
        self.depth += 1;
        // An object's contents are written once, however often the object occurs.
        let copies = std::mem::take(&mut self.copies);
        // SAFETY: reads a pointer of the engine.
        if std::ptr::eq(class, unsafe { ffi::async_class_bag() }) {
            self.bag(object, shared)?;
        } else {
            self.plain(object, class, shared)?;
        }
        self.depth -= 1;
        self.copies = copies;
        Ok(())
    }

    fn plain(
        &mut self,
        object: &'v zend_object,
        class: &'v zend_class_entry,
        shared: bool,
    ) -> Result<(), NotPackable> {
        let values = slots(object);
        if values.len() > SHAPE_KEYS {
            return Err(NotPackable);
        }
        let set = values.iter().rev().fold(0, |set, value| set << 1 | u128::from(type_of(value) != IS_UNDEF));
        let number =
            number_of((std::ptr::from_ref(class).addr() / 64) ^ usize::try_from(set & 0xffff).unwrap_or(0));
        let place = self.objects.classes.get_mut(usize::from(number)).ok_or(NotPackable)?;
        if place.is_some_and(|(known, known_set)| std::ptr::eq(known, class) && known_set == set) {
            self.packer.object(number, shared, set.count_ones())?;
        } else {
            // SAFETY: reads the class.
            if !unsafe { ffi::async_class_is_plain(class) } {
                return Err(NotPackable);
            }
            let mut names = Vec::with_capacity(values.len());
            for (slot, value) in values.iter().enumerate() {
                if type_of(value) != IS_UNDEF {
                    names.push(mangled_name(class, slot).ok_or(NotPackable)?);
                }
            }
            self.packer.class(number, shared, class_name(class), names.into_iter())?;
            *place = Some((class, set));
        }
        for value in values.iter().filter(|value| type_of(value) != IS_UNDEF) {
            self.value(value)?;
        }
        Ok(())
    }

    fn bag(&mut self, object: &'v zend_object, shared: bool) -> Result<(), NotPackable> {
        self.packer.bag(shared)?;
        // SAFETY: null, or a table that the object holds.
        let Some(properties) = (unsafe { object.properties.as_ref() }) else {
            return Ok(self.packer.map(0)?);
        };
        let buckets = match Table::of(properties) {
            Table::Packed([]) => return Ok(self.packer.map(0)?),
            Table::Packed(_) => return Err(NotPackable),
            Table::Hash(buckets) => buckets,
        };
        // The reader builds the properties as a PHP array, where numeric names would become integer keys.
        let strange = |bucket| needs_care(bucket) || key(bucket).is_none_or(|key| key.starts_with(b"\0"));
        let present = || buckets.iter().filter(|bucket| type_of(&bucket.val) != IS_UNDEF);
        if present().any(strange) {
            return Err(NotPackable);
        }
        self.map(properties.nNumUsed, properties.nNumUsed == properties.nNumOfElements, buckets)
    }

    /// Writes an object of `DateTime` or `DateTimeImmutable` itself. The date extension provides its parts without
    /// running PHP code.
    fn date(&mut self, object: &'v zend_object, immutable: bool, shared: bool) -> Result<(), NotPackable> {
        let mut parts = [Zval::new(), Zval::new(), Zval::new()];
        // SAFETY: asks a date for its properties, which changes nothing in it, and writes three new values or none.
        unsafe { ffi::async_date_parts(std::ptr::from_ref(object).cast_mut(), parts.as_mut_ptr()) };
        let [text, kind, zone] = &parts;
        let (Some(text), Some(kind), Some(zone)) = (string(text), kind.long(), string(zone)) else {
            return Err(NotPackable);
        };
        if shared {
            self.objects.share(object)?;
        }
        Ok(self.packer.date(immutable, shared, text, kind, zone)?)
    }

    fn case(&mut self, object: &'v zend_object, class: &'v zend_class_entry) -> Result<(), NotPackable> {
        let number = number_of(std::ptr::from_ref(object).addr() / 8);
        let place = self.objects.cases.get_mut(usize::from(number)).ok_or(NotPackable)?;
        if place.is_some_and(|known| std::ptr::eq(known, object)) {
            return Ok(self.packer.again(number)?);
        }
        *place = Some(object);
        let name = slots(object).first().and_then(string).ok_or(NotPackable)?;
        Ok(self.packer.case(number, class_name(class), name)?)
    }
}

fn number_of(hash: usize) -> u8 {
    u8::try_from((hash ^ (hash / SHAPES)) % SHAPES).unwrap_or(0)
}
