//! Values as a tree, for tests and for the fuzzer: a [`Target`] that does not use PHP, and checks that the reader keeps
//! to the contract. Not part of any build that PHP loads.

use crate::wire::encode::{Packer, TooLong};
use crate::wire::target::{Date, Target};

/// A value. `Pending` is a place that has not been written yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Pending,
    Null,
    Bool(bool),
    Int(i64),
    /// The bits of the float.
    Float(u64),
    String(Vec<u8>),
    List(Vec<usize>),
    Map(Vec<(Key, usize)>),
    Object(Vec<u8>, Vec<(Key, usize)>),
    Date(bool, Vec<u8>, i64, Vec<u8>),
    Case(Vec<u8>, Vec<u8>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    Int(i64),
    String(Vec<u8>),
}

/// All values that were read. The first one is the root; the others are referred to by their index.
#[derive(Debug)]
pub(crate) struct Forest {
    pub(crate) trees: Vec<Tree>,
    /// The sum of all declared lengths: as many elements may a target have had to allocate.
    pub(crate) declared: usize,
    shapes: [Option<Vec<Vec<u8>>>; 64],
    classes: [Option<Class>; 64],
    cases: [Option<Tree>; 64],
    shared: Vec<usize>,
}

/// A class name, and the names of the properties.
type Class = (Vec<u8>, Vec<Vec<u8>>);

/// A container that is being filled, and how many more elements it may get.
pub(crate) struct Open {
    place: usize,
    left: u32,
    keys: std::vec::IntoIter<Vec<u8>>,
}

impl Forest {
    pub(crate) fn new() -> Self {
        Self {
            trees: vec![Tree::Pending],
            declared: 0,
            shapes: [const { None }; 64],
            classes: [const { None }; 64],
            cases: [const { None }; 64],
            shared: Vec::new(),
        }
    }

    fn set(&mut self, place: usize, tree: Tree) {
        assert_eq!(self.trees[place], Tree::Pending, "a slot was written twice");
        self.trees[place] = tree;
    }

    fn open(&mut self, place: usize, tree: Tree, len: u32, keys: Vec<Vec<u8>>) -> Open {
        self.declared += len as usize;
        self.set(place, tree);
        Open { place, left: len, keys: keys.into_iter() }
    }

    fn add(&mut self, open: &mut Open, key: Option<Key>) -> Option<usize> {
        open.left = open.left.checked_sub(1)?;
        let place = self.trees.len();
        self.trees.push(Tree::Pending);
        match (&mut self.trees[open.place], key) {
            (Tree::List(items), None) => items.push(place),
            (Tree::Map(pairs) | Tree::Object(_, pairs), Some(key)) => {
                pairs.retain(|(other, _)| *other != key);
                pairs.push((key, place));
            }
            (other, key) => panic!("{key:?} added to {other:?}"),
        }
        Some(place)
    }
}

impl Target for Forest {
    type Slot = usize;
    type List = Open;
    type Map = Open;
    type Row = Open;
    type Object = Open;
    type Bag = (usize, usize);

    fn null(&mut self, slot: usize) {
        self.set(slot, Tree::Null);
    }

    fn bool(&mut self, slot: usize, value: bool) {
        self.set(slot, Tree::Bool(value));
    }

    fn int(&mut self, slot: usize, value: i64) {
        self.set(slot, Tree::Int(value));
    }

    fn float(&mut self, slot: usize, value: f64) {
        self.set(slot, Tree::Float(value.to_bits()));
    }

    fn string(&mut self, slot: usize, value: &[u8]) {
        self.set(slot, Tree::String(value.to_vec()));
    }

    fn list(&mut self, slot: usize, len: u32) -> Open {
        self.open(slot, Tree::List(Vec::new()), len, Vec::new())
    }

    fn push(&mut self, list: &mut Open) -> Option<usize> {
        self.add(list, None)
    }

    fn ints<I: ExactSizeIterator<Item = i64>>(&mut self, list: &mut Open, values: I) -> bool {
        values.len() <= list.left as usize
            && values.into_iter().all(|value| self.push(list).map(|slot| self.int(slot, value)).is_some())
    }

    fn floats<I: ExactSizeIterator<Item = f64>>(&mut self, list: &mut Open, values: I) -> bool {
        values.len() <= list.left as usize
            && values.into_iter().all(|value| self.push(list).map(|slot| self.float(slot, value)).is_some())
    }

    fn is_full(&self, list: &Open) -> bool {
        list.left == 0
    }

    fn map(&mut self, slot: usize, len: u32) -> Open {
        self.open(slot, Tree::Map(Vec::new()), len, Vec::new())
    }

    fn string_key(&mut self, map: &mut Open, key: &[u8]) -> Option<usize> {
        self.add(map, Some(Key::String(key.to_vec())))
    }

    fn int_key(&mut self, map: &mut Open, key: i64) -> Option<usize> {
        self.add(map, Some(Key::Int(key)))
    }

    fn define(&mut self, map: &Open, shape: u8) {
        let Tree::Map(pairs) = &self.trees[map.place] else { panic!("no map to define") };
        let keys = pairs.iter().map(|(key, _)| match key {
            Key::Int(_) => None,
            Key::String(key) => Some(key.clone()),
        });
        self.shapes[usize::from(shape)] = keys.collect();
    }

    fn reuse(&mut self, slot: usize, shape: u8, len: u32) -> Option<Open> {
        let keys = self.shapes[usize::from(shape)].clone().filter(|keys| keys.len() == len as usize)?;
        Some(self.open(slot, Tree::Map(Vec::new()), len, keys))
    }

    fn field(&mut self, row: &mut Open) -> Option<usize> {
        let key = row.keys.next()?;
        self.add(row, Some(Key::String(key)))
    }

    fn class(&mut self, class: u8, name: &[u8]) -> bool {
        self.classes[usize::from(class)] = Some((name.to_vec(), Vec::new()));
        !name.is_empty()
    }

    fn property(&mut self, class: u8, name: &[u8]) -> bool {
        match &mut self.classes[usize::from(class)] {
            Some((_, names)) if !names.contains(&name.to_vec()) => names.push(name.to_vec()),
            _ => return false,
        }
        true
    }

    fn object(&mut self, slot: usize, class: u8, shared: bool, len: u32) -> Option<Open> {
        let (name, names) =
            self.classes[usize::from(class)].clone().filter(|(_, names)| names.len() == len as usize)?;
        if shared {
            self.shared.push(slot);
        }
        Some(self.open(slot, Tree::Object(name, Vec::new()), len, names))
    }

    fn next_property(&mut self, object: &mut Open) -> Option<usize> {
        self.field(object)
    }

    fn settle(&mut self, object: &Open) -> bool {
        let Tree::Object(_, pairs) = &self.trees[object.place] else { panic!("no object to settle") };
        self.trees[pairs[pairs.len() - 1].1] != Tree::Pending
    }

    fn bag(&mut self, slot: usize, shared: bool) -> ((usize, usize), usize) {
        if shared {
            self.shared.push(slot);
        }
        self.trees.push(Tree::Pending);
        ((slot, self.trees.len() - 1), self.trees.len() - 1)
    }

    fn close(&mut self, (slot, map): (usize, usize)) -> bool {
        let Tree::Map(pairs) = self.trees[map].clone() else {
            return false;
        };
        self.set(slot, Tree::Object(b"stdClass".to_vec(), pairs));
        true
    }

    fn date(&mut self, slot: usize, immutable: bool, shared: bool, date: Date<'_>) -> bool {
        if shared {
            self.shared.push(slot);
        }
        self.set(slot, Tree::Date(immutable, date.text.to_vec(), date.kind, date.zone.to_vec()));
        true
    }

    fn handle(&mut self, _: usize, _: [u64; 2]) -> bool {
        false
    }

    fn same(&mut self, slot: usize, id: u32) -> bool {
        match self.shared.get(id as usize) {
            // A tree has no cycles: this shows the index of the shared value.
            Some(place) => self.set(slot, Tree::Int(i64::try_from(*place).unwrap())),
            None => return false,
        }
        true
    }

    fn case(&mut self, slot: usize, case: u8, class: &[u8], name: &[u8]) -> bool {
        let tree = Tree::Case(class.to_vec(), name.to_vec());
        self.cases[usize::from(case)] = Some(tree.clone());
        self.set(slot, tree);
        true
    }

    fn again(&mut self, slot: usize, case: u8) -> bool {
        match self.cases[usize::from(case)].clone() {
            Some(tree) => self.set(slot, tree),
            None => return false,
        }
        true
    }
}

/// A payload that contains every part of the format.
pub(crate) fn sample() -> Result<Vec<u8>, TooLong> {
    let mut packer = Packer::new();
    packer.list(16)?;
    packer.null()?;
    packer.bool(true)?;
    packer.int(i64::MIN)?;
    packer.float(f64::NAN)?;
    packer.string(b"\xff\x00")?;
    packer.ints([1, -1, 127, -128].into_iter(), (-128, 127))?;
    packer.ints([1, 300].into_iter(), (1, 300))?;
    packer.floats([1.5, -0.0].into_iter())?;
    packer.define(3)?;
    packer.map(2)?;
    packer.string(b"id")?;
    packer.int(1)?;
    packer.string(b"name")?;
    packer.string(b"x")?;
    packer.reuse(3, 2)?;
    packer.int(2)?;
    packer.map(1)?;
    packer.int(-5)?;
    packer.list(0)?;
    packer.list(2)?;
    packer.class(1, true, b"Point", [&b"x"[..], b"\0Point\0y"].into_iter())?;
    packer.int(1)?;
    packer.same(0)?;
    packer.object(1, false, 2)?;
    packer.int(3)?;
    packer.null()?;
    packer.bag(true)?;
    packer.map(1)?;
    packer.string(b"a")?;
    packer.same(1)?;
    packer.case(5, b"Suit", b"Hearts")?;
    packer.again(5)?;
    packer.date(true, true, b"2024-02-29 12:00:00.000000", 3, b"Europe/Berlin")?;
    packer.same(2)?;
    Ok(packer.finish().chunks().flatten().copied().collect())
}
