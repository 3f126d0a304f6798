//! Code that parent and child both have: how a closure is named so that a child that was forked before it was made can
//! make the same one.
//!
//! The name is a place, not a hash: a position in the tables of functions and classes, or among the [`CodeIndex`]'s
//! anchors, and a way down the functions that are defined inside of others. The engine takes nothing out of those
//! tables while a request lasts, and a anchor keeps its code where it is: so a place that was filled when a child was
//! forked has the same code in both processes for as long as they live, and the name of one code can never be that of
//! another. What was not there yet at the fork is told apart by its epoch, and is left to a child that is forked later.

use std::collections::BTreeMap;
use std::ptr;

use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};

use crate::ffi::{self, CODE_DEPTH, Code};

/// Pins are not dropped while the request lasts: so there is an end to them, for scripts that evaluate code in a loop.
const PINS: usize = 1024;
/// Bytes of a name that has no way down.
const NAME: usize = 25;

/// What a child has to know to make a closure.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// The place, as bytes.
    pub(crate) bytes: Vec<u8>,
    /// Children of this epoch and later ones know it.
    pub(crate) epoch: u64,
}

/// How much code there was at an epoch's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Extent {
    epoch: u64,
    functions: u32,
    classes: u32,
    /// There is an autoloader, for classes that are declared later.
    autoloads: bool,
}

/// The names of all code that was asked for, and what keeps it in its place.
#[derive(Debug, Default)]
pub(crate) struct CodeIndex {
    /// Closures without anything bound; a child has a copy of this list, as long as it was at its fork.
    anchors: Vec<Zval>,
    /// The epoch from which on children have each anchor.
    pin_epochs: Vec<u64>,
    names: BTreeMap<[usize; 3], Name>,
    /// Ascending; one for each change.
    extents: Vec<Extent>,
    /// That of the latest fork.
    epoch: u64,
}

impl CodeIndex {
    /// A fork is about to be made: what is here belongs to its epoch, which is returned. Scripts that are running are
    /// pinned, as the closures in them have not all been seen.
    pub(crate) fn new_epoch(&mut self, autoloads: bool) -> u64 {
        self.epoch += 1;
        self.pin_frames();
        let (functions, classes) = declared();
        let now = Extent { epoch: self.epoch, functions, classes, autoloads };
        if self.extents.last().is_none_or(|last| Extent { epoch: self.epoch, ..*last } != now) {
            self.extents.push(now);
        }
        self.epoch
    }

    /// The epoch of the children that will be forked next.
    pub(crate) fn next_epoch(&self) -> u64 {
        self.epoch + 1
    }

    /// The first epoch whose children have all functions that there are now, and have or can load all classes: what
    /// they run may refer to any.
    pub(crate) fn declared_since(&self) -> u64 {
        let (functions, classes) = declared();
        let has_all = |extent: &&Extent| {
            extent.functions == functions && (extent.classes == classes || extent.autoloads)
        };
        let first = self.extents.iter().rev().take_while(has_all).last();
        first.map_or(self.epoch + 1, |extent| extent.epoch)
    }

    /// The name of a closure's code. None for code that cannot be named.
    pub(crate) fn name(&mut self, closure: &ZendObject) -> Option<&Name> {
        let closure = ptr::from_ref(closure).cast_mut();
        let mut key = [0; 3];
        // SAFETY: a live closure; the engine writes three numbers.
        unsafe { ffi::async_code_key(closure, key.as_mut_ptr()) };
        if !self.names.contains_key(&key) {
            let name = self.find(closure)?;
            self.names.insert(key, name);
        }
        self.names.get(&key)
    }

    /// Finds the place of code, or makes one.
    fn find(&mut self, closure: *mut ZendObject) -> Option<Name> {
        if self.anchors.len() >= PINS {
            return None;
        }
        let mut code = Code::default();
        // SAFETY: a live closure and live anchors; no PHP code runs.
        let found =
            unsafe { ffi::async_code_find(closure, self.anchors.as_ptr(), self.count(), &raw mut code) };
        if !found {
            if code.scope == 0 && has_scope(closure) {
                return None;
            }
            // What nothing else keeps is pinned: another code could come to its address, and be taken for it.
            let mut anchor = Zval::new();
            // SAFETY: a live closure; the anchor is ours.
            unsafe { ffi::async_code_anchor(closure, &raw mut anchor) };
            (code.root, code.at, code.depth) = (ROOT_PIN, self.count(), 0);
            self.anchors.push(anchor);
            self.pin_epochs.push(self.epoch + 1);
        }
        let epoch = self.known_since(&code)?;
        Some(Name { bytes: written(&code), epoch })
    }

    /// The first epoch whose children have all that a name refers to.
    fn known_since(&self, code: &Code) -> Option<u64> {
        let root = match code.root {
            ROOT_PIN => *self.pin_epochs.get(code.at as usize)?,
            ROOT_FUNCTION => self.epoch_of(|extent| extent.functions > code.at),
            _ => self.epoch_of(|extent| extent.classes >= code.at),
        };
        let classes = code.scope.max(code.called);
        Some(root.max(self.epoch_of(|extent| extent.classes >= classes)))
    }

    /// The first epoch of which something is true that stays true.
    fn epoch_of(&self, reached: impl Fn(&Extent) -> bool) -> u64 {
        let at = self.extents.partition_point(|extent| !reached(extent));
        self.extents.get(at).map_or(self.epoch + 1, |extent| extent.epoch)
    }

    fn pin_frames(&mut self) {
        let (mut frame, mut next) = (ptr::null_mut(), 0);
        while self.anchors.len() < PINS {
            let mut anchor = Zval::new();
            // SAFETY: the running thread's frames and live anchors; the anchor is ours.
            let pinned = unsafe {
                let (anchors, count) = (self.anchors.as_ptr(), self.count());
                ffi::async_code_anchor_frame(&raw mut frame, &raw mut next, anchors, count, &raw mut anchor)
            };
            if !pinned {
                return;
            }
            self.anchors.push(anchor);
            self.pin_epochs.push(self.epoch);
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.anchors.len()).unwrap_or_default()
    }

    /// In a child: the closure of a name. None when there is no such place here.
    pub(crate) fn closure(&self, name: &[u8], this: Option<&Zval>) -> Option<Zval> {
        let code = parsed(name)?;
        let mut closure = Zval::new();
        let this = this.and_then(Zval::object).map_or(ptr::null_mut(), |this| ptr::from_ref(this).cast_mut());
        // SAFETY: live anchors; positions are checked against the tables, and the object is alive.
        let made = unsafe {
            ffi::async_code_closure(
                &raw const code,
                self.anchors.as_ptr(),
                self.count(),
                this,
                &raw mut closure,
            )
        };
        made.then_some(closure)
    }
}

/// How many functions and classes there are.
fn declared() -> (u32, u32) {
    let (mut functions, mut classes) = (0, 0);
    // SAFETY: valid out-pointers; reads two lengths of the engine.
    unsafe { ffi::async_declared(&raw mut functions, &raw mut classes) };
    (functions, classes)
}

const ROOT_PIN: u32 = 0;
const ROOT_FUNCTION: u32 = 1;

fn has_scope(closure: *mut ZendObject) -> bool {
    let mut key = [0; 3];
    // SAFETY: a live closure; the engine writes three numbers.
    unsafe { ffi::async_code_key(closure, key.as_mut_ptr()) };
    key.get(1).is_some_and(|&scope| scope & !3 != 0)
}

fn written(code: &Code) -> Vec<u8> {
    let head = [code.root, code.at, code.method, code.scope, code.called, code.fake];
    let depth = (code.depth as usize).min(CODE_DEPTH);
    let way = code.path.iter().take(depth);
    let mut bytes = Vec::with_capacity(NAME + 4 * depth);
    bytes.extend(head.iter().flat_map(|number| number.to_le_bytes()));
    bytes.push(code.depth.to_le_bytes()[0]);
    bytes.extend(way.flat_map(|number| number.to_le_bytes()));
    bytes
}

fn parsed(bytes: &[u8]) -> Option<Code> {
    let (head, rest) = bytes.split_at_checked(NAME - 1)?;
    let (&depth, way) = rest.split_first()?;
    let head: &[[u8; 4]; 6] = head.as_chunks::<4>().0.try_into().ok()?;
    let [root, at, method, scope, called, fake] = head.map(u32::from_le_bytes);
    let mut code = Code { root, at, method, scope, called, fake, depth: depth.into(), ..Code::default() };
    let way = way.as_chunks::<4>().0;
    if way.len() != usize::from(depth) || way.len() > CODE_DEPTH {
        return None;
    }
    code.path.iter_mut().zip(way).for_each(|(slot, bytes)| *slot = u32::from_le_bytes(*bytes));
    Some(code)
}

/// The closure in a value, if it is one.
pub(crate) fn closure_in(value: &Zval) -> Option<&ZendObject> {
    let object = value.object()?;
    // SAFETY: set before any module starts, and constant since. The class is final.
    ptr::eq(object.ce, unsafe { ffi::zend_ce_closure }).then_some(object)
}

/// What a closure is bound to.
pub(crate) fn bound_to(closure: &ZendObject) -> Option<Zval> {
    // SAFETY: a live closure.
    let this = unsafe { ffi::async_closure_this(ptr::from_ref(closure).cast_mut()) };
    // SAFETY: null, or an object that is alive as long as the closure.
    let this = unsafe { this.as_mut() }?;
    let mut value = Zval::new();
    value.set_object(this);
    Some(value)
}

/// The bound and static variables of a closure, by position.
#[derive(Debug)]
pub(crate) struct Statics(*mut ZendHashTable);

impl Statics {
    /// Those of a closure that has some.
    pub(crate) fn of(closure: &ZendObject) -> Option<Self> {
        // SAFETY: a live closure.
        let table = unsafe { ffi::async_closure_statics(ptr::from_ref(closure).cast_mut()) };
        (!table.is_null()).then_some(Self(table))
    }

    /// The values, each with its position. One that is not initialized yet is left out.
    pub(crate) fn values(&self) -> impl Iterator<Item = (u32, Zval)> + '_ {
        // SAFETY: alive as long as the closure, which whoever made `self` has.
        let count = u32::try_from(unsafe { &*self.0 }.len()).unwrap_or_default();
        (0..count).filter_map(|position| {
            // SAFETY: as above.
            let value = unsafe { ffi::async_static_get(self.0, position) };
            // SAFETY: null, or one of its values.
            let value = unsafe { value.as_ref() }?;
            Some((position, value.shallow_clone()))
        })
    }

    /// Sets one. False when there is none at that position.
    pub(crate) fn set(&self, position: u32, value: &Zval) -> bool {
        // SAFETY: a table of our own closure, that nobody else refers to yet.
        unsafe { ffi::async_static_set(self.0, position, ptr::from_ref(value).cast_mut()) }
    }
}
