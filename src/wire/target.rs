//! The destination of the values that the reader of packed values reads. Runs in the receiving process.

/// The parts of a date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Date<'d> {
    pub(crate) text: &'d [u8],
    /// Whether the time zone is an offset, an abbreviation or a name, as PHP numbers them.
    pub(crate) kind: i64,
    pub(crate) zone: &'d [u8],
}

/// Receives a value, depth first. The reader writes each slot once, before it asks for the next one.
pub(crate) trait Target {
    /// The place of one value.
    type Slot: Copy;
    /// A list that is being filled.
    type List;
    /// A map that is being filled.
    type Map;
    /// A map with known keys, which is being filled with values.
    type Row;
    /// An object whose properties are being filled.
    type Object;
    /// A `stdClass` whose properties are being filled.
    type Bag;

    fn null(&mut self, slot: Self::Slot);
    fn bool(&mut self, slot: Self::Slot, value: bool);
    fn int(&mut self, slot: Self::Slot, value: i64);
    fn float(&mut self, slot: Self::Slot, value: f64);
    fn string(&mut self, slot: Self::Slot, value: &[u8]);

    /// Begins a list of exactly `len` elements.
    fn list(&mut self, slot: Self::Slot, len: u32) -> Self::List;
    /// The place of the next element; `None` after `len` of them.
    fn push(&mut self, list: &mut Self::List) -> Option<Self::Slot>;
    /// Appends all of `values`. False if the list would get more than `len` elements.
    fn ints<I: ExactSizeIterator<Item = i64>>(&mut self, list: &mut Self::List, values: I) -> bool;
    /// As [`Target::ints`], for floats.
    fn floats<I: ExactSizeIterator<Item = f64>>(&mut self, list: &mut Self::List, values: I) -> bool;
    /// Does the list have all its `len` elements?
    fn is_full(&self, list: &Self::List) -> bool;

    /// Begins a map of at most `len` keys.
    fn map(&mut self, slot: Self::Slot, len: u32) -> Self::Map;
    /// The place of the value for a key, by PHP's rules: `"1"` is `1`, and the last of equal keys wins.
    fn string_key(&mut self, map: &mut Self::Map, key: &[u8]) -> Option<Self::Slot>;
    fn int_key(&mut self, map: &mut Self::Map, key: i64) -> Option<Self::Slot>;

    /// Makes the keys of a complete map shape `shape`. The former shape is dropped even if `map` cannot be a shape.
    fn define(&mut self, map: &Self::Map, shape: u8);
    /// Begins a map with the keys of `shape`; `None` if that shape does not have `len` keys.
    fn reuse(&mut self, slot: Self::Slot, shape: u8, len: u32) -> Option<Self::Row>;
    /// The place of the next value of a row; `None` after the last one.
    fn field(&mut self, row: &mut Self::Row) -> Option<Self::Slot>;

    /// Makes `name` class `class`, without properties. False if this process has no such class.
    fn class(&mut self, class: u8, name: &[u8]) -> bool;
    /// Adds a property to `class`, by its mangled name. False if the class has no such property.
    fn property(&mut self, class: u8, name: &[u8]) -> bool;
    /// Begins an object of `class`, whose `len` values follow; `None` if the class does not have `len` properties.
    fn object(&mut self, slot: Self::Slot, class: u8, shared: bool, len: u32) -> Option<Self::Object>;
    /// The place of the next property of an object; `None` after the last one.
    fn next_property(&mut self, object: &mut Self::Object) -> Option<Self::Slot>;
    /// After a property has been written: does its declared type accept the value?
    fn settle(&mut self, object: &Self::Object) -> bool;

    /// Begins a `stdClass`, and returns the place for the map of its properties.
    fn bag(&mut self, slot: Self::Slot, shared: bool) -> (Self::Bag, Self::Slot);
    /// After that map has been written: can it be the properties of an object?
    fn close(&mut self, bag: Self::Bag) -> bool;

    /// Writes a date. False if these parts make no date.
    fn date(&mut self, slot: Self::Slot, immutable: bool, shared: bool, date: Date<'_>) -> bool;

    /// Writes the shared object number `id` again. False if there is none with this number.
    fn same(&mut self, slot: Self::Slot, id: u32) -> bool;

    /// Writes an object for something that processes share. False if this process does not have it.
    fn handle(&mut self, slot: Self::Slot, number: [u64; 2]) -> bool;

    /// Writes a case of an enum, which becomes case `case`. False if this process has no such case.
    fn case(&mut self, slot: Self::Slot, case: u8, class: &[u8], name: &[u8]) -> bool;
    /// Writes case `case` again. False if there is none.
    fn again(&mut self, slot: Self::Slot, case: u8) -> bool;
}
