//! Removes the parts of a value that cannot be serialized, however deep they are, and restores them afterwards. Runs in
//! the sending process; no PHP code runs here.
//!
//! Arrays are copied where an element is replaced. Objects are changed in place, since their identity matters; so they
//! get their values back as soon as the pruned value has been written, for a warm worker continues to use them.

use std::collections::{HashMap, HashSet};

use ext_php_rs::ffi::{
    IS_ARRAY, IS_INDIRECT, IS_OBJECT, IS_REFERENCE, IS_RESOURCE, ZEND_ACC_ENUM, zend_object, zend_resource,
};
use ext_php_rs::types::{ZendHashTable, Zval};

use super::depth::depth_limit;
use super::handle::is_handle;
use super::object::{class_of, property_name, slots, type_name, unmangled};
use super::path::{Step, path};
use super::table::{self, Table, array, element, key, object, reference, type_of};
use super::walk::{Children, children_of, is_inside};
use crate::ffi;
use crate::zend::class::refuses_serialization;

/// A part that was removed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    /// Where it was, as `->response->body["stream"]`.
    pub(crate) path: String,
    /// As `get_debug_type()` names it.
    pub(crate) type_name: String,
}

/// The parts that were removed, and where they belong. They are put back on drop.
#[derive(Debug, Default)]
pub(crate) struct Pruned {
    taken: Vec<Taken>,
    /// What the pruned value lacks.
    pub(crate) lost: Vec<Loss>,
}

/// Which parts are to be removed.
#[derive(Clone, Copy)]
pub(crate) enum Unwanted<'v> {
    /// Everything that is known to be unserializable.
    Unserializable,
    /// This part, which made PHP's serializer fail. It is also removed from objects whose classes have serialization
    /// hooks.
    Culprit(&'v Zval),
}

/// A removed value, and its place in an object or a reference.
#[derive(Debug)]
struct Taken {
    /// The object or reference that contains the place; keeps it alive.
    holder: Zval,
    place: Place,
    value: Zval,
}

#[derive(Debug)]
enum Place {
    /// The declared property in a slot.
    Slot(usize),
    /// A dynamic property.
    Dynamic(Vec<u8>),
    /// The value of a reference.
    Reference,
}

impl Pruned {
    /// The replacement for `value`, which is at path `at`; `None` if `value` itself can be sent (its objects may have
    /// been changed in place).
    pub(crate) fn take_out(&mut self, value: &Zval, at: &str, unwanted: Unwanted<'_>) -> Option<Zval> {
        let mut walk = Walk {
            unwanted,
            at,
            limit: depth_limit(),
            steps: Vec::new(),
            seen: HashSet::new(),
            arrays: HashMap::new(),
            pruned: self,
        };
        walk.visit(value, 0)
    }
}

impl Drop for Pruned {
    /// Restores all removed values, the last removed first.
    fn drop(&mut self) {
        while let Some(Taken { holder, place, mut value }) = self.taken.pop() {
            if let Some(place) = find(&holder, &place) {
                // SAFETY: a place in what `holder` keeps alive, looked up just now.
                unsafe { swap(place, &mut value) };
            }
        }
    }
}

/// The current address of a place. It is looked up again each time, since serialization hooks may have changed the
/// object.
fn find(holder: &Zval, place: &Place) -> Option<*mut Zval> {
    match place {
        Place::Slot(slot) => slots(object(holder)?).get(*slot).map(std::ptr::from_ref),
        Place::Dynamic(name) => {
            // SAFETY: null, or a table that the object holds.
            let table = unsafe { object(holder)?.properties.as_ref() }?;
            let Table::Hash(buckets) = Table::of(table) else { return None };
            buckets
                .iter()
                .find(|bucket| key(bucket) == Some(name.as_slice()))
                .map(|bucket| &raw const bucket.val)
        }
        Place::Reference => reference(holder).map(|reference| &raw const reference.val),
    }
    .map(<*const Zval>::cast_mut)
}

/// Exchanges two values, but not the `u2` fields of their zvals, which hold flags or the link of a hash collision
/// chain.
///
/// # Safety
///
/// `place` is a live zval that nothing else accesses during the call.
unsafe fn swap(place: *mut Zval, value: &mut Zval) {
    // SAFETY: the caller's.
    let place = unsafe { &mut *place };
    std::mem::swap(&mut place.value, &mut value.value);
    std::mem::swap(&mut place.u1, &mut value.u1);
}

struct Walk<'w> {
    unwanted: Unwanted<'w>,
    /// The path at which the walk begins.
    at: &'w str,
    limit: usize,
    /// The steps from there to the current value.
    steps: Vec<Step>,
    /// Addresses of the objects and references that have been visited.
    seen: HashSet<usize>,
    /// Replacements for arrays with several references, by address; `None` for one that needs no replacement.
    arrays: HashMap<usize, Option<Zval>>,
    pruned: &'w mut Pruned,
}

impl Walk<'_> {
    /// The replacement for a value; `None` if the value can stay.
    fn visit(&mut self, value: &Zval, depth: usize) -> Option<Zval> {
        if self.is_unwanted(value) || depth >= self.limit && matches!(type_of(value), IS_ARRAY | IS_OBJECT) {
            self.lose(value);
            return Some(Zval::new());
        }
        match type_of(value) {
            IS_INDIRECT => self.visit(element(value)?, depth),
            IS_REFERENCE => {
                self.visit_reference(value, depth);
                None
            }
            IS_ARRAY => self.visit_array(value, depth),
            IS_OBJECT => self.visit_object(value, depth),
            _ => None,
        }
    }

    fn is_unwanted(&self, value: &Zval) -> bool {
        match self.unwanted {
            Unwanted::Unserializable => is_unserializable(value),
            Unwanted::Culprit(culprit) => is_same(value, culprit),
        }
    }

    fn lose(&mut self, value: &Zval) {
        let path = format!("{}{}", self.at, path(self.steps.iter()));
        self.pruned.lost.push(Loss { path, type_name: type_name(value) });
    }

    fn visit_reference(&mut self, value: &Zval, depth: usize) {
        let Some(target) = reference(value) else { return };
        if self.seen.insert(std::ptr::from_ref(target).addr())
            && let Some(left) = self.visit(&target.val, depth)
        {
            self.put(value.shallow_clone(), Place::Reference, left);
        }
    }

    fn visit_array(&mut self, value: &Zval, depth: usize) -> Option<Zval> {
        let table = array(value)?;
        let address = std::ptr::from_ref(table).addr();
        let shared = table.gc.refcount > 1;
        if shared && let Some(known) = self.arrays.get(&address) {
            return known.as_ref().map(Zval::shallow_clone);
        }
        if shared {
            // A cycle through references leads back to this array: it ends at this entry.
            self.arrays.insert(address, None);
        }
        let mut replaced: HashMap<usize, Zval> = HashMap::new();
        match Table::of(table) {
            Table::Packed(values) => {
                for (position, value) in (0..).zip(values) {
                    self.steps.push(Step::Index(position));
                    let left = self.visit(value, depth + 1);
                    self.steps.pop();
                    replaced.extend(left.map(|left| (usize::try_from(position).unwrap_or_default(), left)));
                }
            }
            Table::Hash(buckets) => {
                for (position, bucket) in buckets.iter().enumerate() {
                    self.steps.push(match key(bucket) {
                        Some(key) => Step::Key(key.to_vec()),
                        None => Step::Index(bucket.h.cast_signed()),
                    });
                    let left = self.visit(&bucket.val, depth + 1);
                    self.steps.pop();
                    replaced.extend(left.map(|left| (position, left)));
                }
            }
        }
        let left = (!replaced.is_empty()).then(|| copy(value, table, replaced)).flatten();
        if shared {
            self.arrays.insert(address, left.as_ref().map(Zval::shallow_clone));
        }
        left
    }

    fn visit_object(&mut self, value: &Zval, depth: usize) -> Option<Zval> {
        let object = object(value)?;
        let class = class_of(object);
        if class.ce_flags & ZEND_ACC_ENUM != 0 || !self.seen.insert(std::ptr::from_ref(object).addr()) {
            return None;
        }
        match (children_of(class), self.unwanted) {
            // What a hook written in PHP will return is unknown before it runs.
            (Children::Custom, Unwanted::Unserializable) => return None,
            (Children::Internal, Unwanted::Unserializable) if is_inside(value, &is_unserializable) => {
                self.lose(value);
                return Some(Zval::new());
            }
            (Children::Internal, Unwanted::Culprit(culprit))
                if is_inside(value, &|part| is_same(part, culprit)) =>
            {
                self.lose(value);
                return Some(Zval::new());
            }
            _ => {}
        }
        for slot in 0..slots(object).len() {
            self.steps.push(Step::Property(property_name(class, slot).to_vec()));
            let left = slots(object).get(slot).and_then(|value| self.visit(value, depth + 1));
            self.steps.pop();
            if let Some(left) = left {
                self.put(value.shallow_clone(), Place::Slot(slot), for_slot(object, slot, left));
            }
        }
        self.visit_dynamic(value, object, depth);
        None
    }

    fn visit_dynamic(&mut self, value: &Zval, object: &zend_object, depth: usize) {
        // SAFETY: a live object; the function separates its property table if an array shares it.
        let table = unsafe { ffi::async_object_own_properties(std::ptr::from_ref(object).cast_mut()) };
        // SAFETY: null, or a table that the object holds. Links in it lead to the slots.
        let Some(Table::Hash(buckets)) = (unsafe { table.as_ref() }).map(Table::of) else { return };
        let mut left = Vec::new();
        for bucket in buckets.iter().filter(|bucket| type_of(&bucket.val) != IS_INDIRECT) {
            let Some(name) = key(bucket) else { continue };
            self.steps.push(Step::Property(unmangled(name).to_vec()));
            left.extend(self.visit(&bucket.val, depth + 1).map(|value| (name.to_vec(), value)));
            self.steps.pop();
        }
        for (name, left) in left {
            self.put(value.shallow_clone(), Place::Dynamic(name), left);
        }
    }

    fn put(&mut self, holder: Zval, place: Place, mut value: Zval) {
        if let Some(at) = find(&holder, &place) {
            // SAFETY: a place in what `holder` keeps alive, looked up just now.
            unsafe { swap(at, &mut value) };
            self.pruned.taken.push(Taken { holder, place, value });
        }
    }
}

/// Whether PHP's serializer refuses the value, or silently loses it.
fn is_unserializable(value: &Zval) -> bool {
    let refused = |object: &zend_object| {
        let class = class_of(object);
        refuses_serialization(class) && class.ce_flags & ZEND_ACC_ENUM == 0
    };
    is_handle(value) || object(value).is_some_and(refused)
}

fn is_same(value: &Zval, other: &Zval) -> bool {
    match (object(value), object(other)) {
        (Some(value), Some(other)) => std::ptr::eq(value, other),
        _ => resource(value).is_some_and(|handle| resource(other) == Some(handle)),
    }
}

fn resource(value: &Zval) -> Option<*mut zend_resource> {
    // SAFETY: the type says which member of the union is set.
    (type_of(value) == IS_RESOURCE).then_some(unsafe { value.value.res })
}

/// The value for a property's slot: undefined instead of null where the type of the property forbids null.
fn for_slot(object: &zend_object, slot: usize, left: Zval) -> Zval {
    let mut left = left;
    let class = std::ptr::from_ref(class_of(object)).cast_mut();
    // SAFETY: a slot of the class, whose declaration is only read.
    if left.is_null() && !unsafe { ffi::async_slot_allows_null(class, slot) } {
        left.u1.type_info = 0;
    }
    left
}

/// A copy of an array in which the elements at the positions in `replaced` have new values.
fn copy(value: &Zval, table: &ZendHashTable, mut replaced: HashMap<usize, Zval>) -> Option<Zval> {
    let mut copy = table.to_owned();
    let mut position = 0;
    // A copy has no holes, so its n-th element is the n-th that is defined in the original.
    let filled: Vec<bool> = match Table::of(array(value)?) {
        Table::Packed(values) => values.iter().map(|value| type_of(value) != 0).collect(),
        Table::Hash(buckets) => buckets.iter().map(|bucket| element(&bucket.val).is_some()).collect(),
    };
    let mut positions = filled.iter().enumerate().filter(|(_, filled)| **filled).map(|(at, _)| at);
    table::replace(&mut copy, |_| {
        position = positions.next()?;
        replaced.remove(&position)
    });
    let mut zval = Zval::new();
    zval.set_hashtable(copy);
    Some(zval)
}
