//! The code index: names for code that parent and child both have. A closure is sent to a warm worker as such a name,
//! and the worker, which may have been forked before the closure was created, makes the same closure from it.
//!
//! A name is a position, not a hash: an index in the engine's tables of functions and classes, or among the
//! [`CodeIndex`]'s anchors, and a path through the functions that are defined inside other functions. The engine
//! removes nothing from those tables during a request, and an anchor keeps its code in memory at the same address. So a
//! position that was filled at the fork refers to the same code in both processes for as long as they live, and no name
//! is ever reused for other code. Code that was added after the fork is recognized by its epoch, and is sent only to
//! workers that are forked later.

use std::collections::BTreeMap;
use std::ptr;

use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};

use crate::ffi::{self, CODE_DEPTH, Code};

/// The maximum number of anchors. They are not released during the request, so scripts that evaluate code in a loop
/// need a limit.
const ANCHORS: usize = 1024;
/// The length in bytes of a name without a path.
const NAME: usize = 25;

/// The name of a closure's code, from which a child can make the closure.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// The position, encoded.
    pub(crate) bytes: Vec<u8>,
    /// The first epoch whose children have this code.
    pub(crate) epoch: u64,
}

/// How much code was declared at the beginning of an epoch. Each fork begins an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Extent {
    epoch: u64,
    functions: u32,
    classes: u32,
    /// Whether there was an autoloader, by which children can load classes that are declared later.
    autoloads: bool,
}

/// The names of all code that was looked up so far, and the anchors that keep code in memory.
#[derive(Debug, Default)]
pub(crate) struct CodeIndex {
    /// Closures that are bound to nothing; each keeps the code of one function in memory. A child has a copy of this
    /// list as it was at its fork.
    anchors: Vec<Zval>,
    /// For each anchor the first epoch whose children have it.
    anchor_epochs: Vec<u64>,
    names: Vec<Name>,
    /// Where the name of each code is in `names`.
    numbers: BTreeMap<[usize; 3], usize>,
    /// In ascending order of epochs, with one entry for each change.
    extents: Vec<Extent>,
    /// The epoch of the latest fork.
    epoch: u64,
}

impl CodeIndex {
    /// Begins a new epoch right before a fork, and returns it. Adds anchors for the code that is running, as the
    /// closures in it have not all been looked up yet.
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

    /// The first epoch whose children have all functions that are declared now, and have or can autoload all classes.
    /// The code that is sent to a child may refer to any of them.
    pub(crate) fn declared_since(&self) -> u64 {
        let (functions, classes) = declared();
        let has_all = |extent: &&Extent| {
            extent.functions == functions && (extent.classes == classes || extent.autoloads)
        };
        let first = self.extents.iter().rev().take_while(has_all).last();
        first.map_or(self.epoch + 1, |extent| extent.epoch)
    }

    /// The name of a closure's code; `None` for code that cannot be named.
    pub(crate) fn name(&mut self, closure: &ZendObject) -> Option<&Name> {
        let closure = ptr::from_ref(closure).cast_mut();
        let mut key = [0; 3];
        // SAFETY: a live closure; the engine writes three numbers.
        unsafe { ffi::async_code_key(closure, key.as_mut_ptr()) };
        let at = if let Some(&at) = self.numbers.get(&key) {
            at
        } else {
            let (name, at) = (self.find(closure)?, self.names.len());
            self.names.push(name);
            self.numbers.insert(key, at);
            at
        };
        self.names.get(at)
    }

    /// Finds the position of a closure's code, or adds an anchor for it.
    fn find(&mut self, closure: *mut ZendObject) -> Option<Name> {
        if self.anchors.len() >= ANCHORS {
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
            // An anchor keeps this code alive, which no table does. Otherwise other code could be allocated at its
            // address later, and be taken for it.
            let mut anchor = Zval::new();
            // SAFETY: a live closure; the anchor is ours.
            unsafe { ffi::async_code_anchor(closure, &raw mut anchor) };
            (code.root, code.at, code.depth) = (ROOT_ANCHOR, self.count(), 0);
            self.anchors.push(anchor);
            self.anchor_epochs.push(self.epoch + 1);
        }
        let epoch = self.known_since(&code)?;
        Some(Name { bytes: written(&code), epoch })
    }

    /// The first epoch whose children have everything that a name refers to.
    fn known_since(&self, code: &Code) -> Option<u64> {
        let root = match code.root {
            ROOT_ANCHOR => *self.anchor_epochs.get(code.at as usize)?,
            ROOT_FUNCTION => self.epoch_of(|extent| extent.functions > code.at),
            _ => self.epoch_of(|extent| extent.classes >= code.at),
        };
        let classes = code.scope.max(code.called);
        Some(root.max(self.epoch_of(|extent| extent.classes >= classes)))
    }

    /// The first epoch for which `reached` is true; it is true for all later ones, too.
    fn epoch_of(&self, reached: impl Fn(&Extent) -> bool) -> u64 {
        let at = self.extents.partition_point(|extent| !reached(extent));
        self.extents.get(at).map_or(self.epoch + 1, |extent| extent.epoch)
    }

    fn pin_frames(&mut self) {
        let (mut frame, mut next) = (ptr::null_mut(), 0);
        while self.anchors.len() < ANCHORS {
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
            self.anchor_epochs.push(self.epoch);
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.anchors.len()).unwrap_or_default()
    }

    /// In a child: makes the closure of a name, bound to `this`. `None` if this child has no code at that position.
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

/// The numbers of declared functions and classes.
fn declared() -> (u32, u32) {
    let (mut functions, mut classes) = (0, 0);
    // SAFETY: valid out-pointers; reads two lengths of the engine.
    unsafe { ffi::async_declared(&raw mut functions, &raw mut classes) };
    (functions, classes)
}

const ROOT_ANCHOR: u32 = 0;
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

/// The object that a closure is bound to, its `$this`.
pub(crate) fn bound_to(closure: &ZendObject) -> Option<Zval> {
    // SAFETY: a live closure.
    let this = unsafe { ffi::async_closure_this(ptr::from_ref(closure).cast_mut()) };
    // SAFETY: null, or an object that is alive as long as the closure.
    let this = unsafe { this.as_mut() }?;
    let mut value = Zval::new();
    value.set_object(this);
    Some(value)
}

/// Does nothing of PHP's run when this value goes? So it is with a closure that is bound to nothing and that nobody
/// else has.
pub(crate) fn goes_quietly(value: &Zval) -> bool {
    // SAFETY: a live closure.
    closure_in(value)
        .is_some_and(|closure| unsafe { ffi::async_closure_goes_quietly(ptr::from_ref(closure).cast_mut()) })
}

/// The bound and static variables of a closure, by position.
#[derive(Debug)]
pub(crate) struct Statics(*mut ZendHashTable);

impl Statics {
    /// The variables of a closure; `None` if it has none.
    pub(crate) fn of(closure: &ZendObject) -> Option<Self> {
        // SAFETY: a live closure.
        let table = unsafe { ffi::async_closure_statics(ptr::from_ref(closure).cast_mut()) };
        (!table.is_null()).then_some(Self(table))
    }

    /// The values with their positions, without variables that are not initialized yet.
    pub(crate) fn values(&self) -> impl Iterator<Item = (u32, Zval)> + '_ {
        // SAFETY: alive as long as the closure, which the creator of `self` holds.
        let count = u32::try_from(unsafe { &*self.0 }.len()).unwrap_or_default();
        (0..count).filter_map(|position| {
            // SAFETY: as above.
            let value = unsafe { ffi::async_static_get(self.0, position) };
            // SAFETY: null, or one of its values.
            let value = unsafe { value.as_ref() }?;
            Some((position, value.shallow_clone()))
        })
    }

    /// Sets the variable at a position. Returns false if there is none.
    pub(crate) fn set(&self, position: u32, value: &Zval) -> bool {
        // SAFETY: a table of our own closure, which has no other references yet.
        unsafe { ffi::async_static_set(self.0, position, ptr::from_ref(value).cast_mut()) }
    }
}
