//! Where the reader of packed values puts what it reads. Runs in the process that receives.

/// What a date is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Date<'d> {
    pub(crate) text: &'d [u8],
    /// Whether its zone is an offset, an abbreviation or a name.
    pub(crate) kind: i64,
    pub(crate) zone: &'d [u8],
}

/// Receives a value, depth first. The reader writes a slot before it asks for the next one, and never again after.
pub(crate) trait Target {
    /// The place of one value.
    type Slot: Copy;
    /// A list that is being filled.
    type List;
    /// A map that is being filled.
    type Map;
    /// A map whose keys are known, that is being filled with values.
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

    /// A list of exactly `len` elements.
    fn list(&mut self, slot: Self::Slot, len: u32) -> Self::List;
    /// The place of the next element; `None` when there have been `len`.
    fn push(&mut self, list: &mut Self::List) -> Option<Self::Slot>;
    /// The next elements, as many as `values` has; false when that is more than `len`.
    fn ints<I: ExactSizeIterator<Item = i64>>(&mut self, list: &mut Self::List, values: I) -> bool;
    /// As [`Target::ints`].
    fn floats<I: ExactSizeIterator<Item = f64>>(&mut self, list: &mut Self::List, values: I) -> bool;
    /// Whether all `len` elements have come.
    fn is_full(&self, list: &Self::List) -> bool;

    /// A map of at most `len` keys.
    fn map(&mut self, slot: Self::Slot, len: u32) -> Self::Map;
    /// The place of the value of a key. PHP's rules: `"1"` is `1`, the last of equal keys wins.
    fn string_key(&mut self, map: &mut Self::Map, key: &[u8]) -> Option<Self::Slot>;
    fn int_key(&mut self, map: &mut Self::Map, key: i64) -> Option<Self::Slot>;

    /// Makes the keys of a filled map shape `shape`; it forgets the former one even if `map` cannot be a shape.
    fn define(&mut self, map: &Self::Map, shape: u8);
    /// A map with the keys of `shape`; `None` when these are not `len` keys.
    fn reuse(&mut self, slot: Self::Slot, shape: u8, len: u32) -> Option<Self::Row>;
    /// The place of the next value of a row; `None` when all have come.
    fn field(&mut self, row: &mut Self::Row) -> Option<Self::Slot>;

    /// Makes `name` class `class`, without properties. False when there is no such class here.
    fn class(&mut self, class: u8, name: &[u8]) -> bool;
    /// Adds a property to `class`, as PHP mangles its name. False when the class has none of this name.
    fn property(&mut self, class: u8, name: &[u8]) -> bool;
    /// An object of `class`, with `len` values to come; `None` when that is not how many properties the class has.
    fn object(&mut self, slot: Self::Slot, class: u8, shared: bool, len: u32) -> Option<Self::Object>;
    /// The place of the next property of an object; `None` when all have come.
    fn next_property(&mut self, object: &mut Self::Object) -> Option<Self::Slot>;
    /// After a property has been written: whether its type takes the value.
    fn settle(&mut self, object: &Self::Object) -> bool;

    /// A `stdClass`, and the place for the map of its properties.
    fn bag(&mut self, slot: Self::Slot, shared: bool) -> (Self::Bag, Self::Slot);
    /// After the map has been written: whether it can be the properties of an object.
    fn close(&mut self, bag: Self::Bag) -> bool;

    /// A date. False when there is none that is made of this.
    fn date(&mut self, slot: Self::Slot, immutable: bool, shared: bool, date: Date<'_>) -> bool;

    /// The shared object number `id` once more. False when there have not been so many.
    fn same(&mut self, slot: Self::Slot, id: u32) -> bool;

    /// A case of an enum, which becomes case `case`. False when there is none here.
    fn case(&mut self, slot: Self::Slot, case: u8, class: &[u8], name: &[u8]) -> bool;
    /// Case `case` once more. False when there is none.
    fn again(&mut self, slot: Self::Slot, case: u8) -> bool;
}
