//! Searches a value for parts that cannot be serialized, and reports their paths. The search is limited in depth, and
//! reads arrays and properties directly from memory: no PHP code runs here, no magic method and no lazy initializer.
//! Runs in the sending process.

use std::collections::HashSet;
use std::mem::ManuallyDrop;

use ext_php_rs::ffi::{
    HashTable, IS_ARRAY, IS_INDIRECT, IS_OBJECT, IS_REFERENCE, IS_RESOURCE, ZEND_ACC_ENUM,
    ZEND_INTERNAL_FUNCTION, zend_class_entry, zend_object,
};
use ext_php_rs::types::Zval;

use super::depth::depth_limit;
use super::handle::{self, is_handle};
use super::object::{class_name, class_of, lineage, property_name, slots, type_name, unmangled};
use super::path::{Step, path};
use super::table::{Table, array, dereferenced, element, key, object, reference, type_of};
use crate::ffi;
use crate::zend::class::refuses_serialization;

/// A part that cannot be serialized.
#[derive(Debug)]
pub(crate) struct Finding {
    /// The part itself, where it is known which one it is.
    pub(crate) part: Option<Zval>,
    pub(crate) type_name: String,
    pub(crate) path: String,
    pub(crate) reason: String,
}

/// Finds a part of a graph that PHP's serializer would silently lose, or that is nested too deeply for it. What a class's own `__serialize()` or `__sleep()` will return is unknown beforehand, and not
/// searched.
pub(crate) fn find_lost(graph: &Zval) -> Option<Finding> {
    let mut walk = Walk::new(Hooks::Respect);
    match walk.visit(graph, 0, &mut is_handle)? {
        Stop::Found(part) => Some(Finding {
            type_name: type_name(&part),
            path: walk.path(),
            reason: handle::reason(&part).to_owned(),
            part: Some(part),
        }),
        Stop::TooDeep => Some(Finding {
            part: None,
            type_name: type_name(graph),
            path: String::new(),
            reason: format!("it is nested deeper than {} levels", walk.limit),
        }),
    }
}

/// Finds the part that made PHP's serializer throw `exception`. Without an exception, the script called `exit()` in a
/// serialization hook, and this finds an object that has one.
pub(crate) fn find_culprit(graph: &Zval, exception: Option<&Zval>) -> Finding {
    let reason =
        exception.map_or_else(|| "the script was ended while it was being serialized".to_owned(), message);
    let refused = |value: &Zval| {
        object(value).map(class_of).is_some_and(|class| exception.is_some() && refuses_serialization(class))
    };
    let thrower = exception.and_then(thrower);
    let threw = |value: &Zval| match (object(value).map(class_of), &thrower) {
        (Some(class), Some(thrower)) => lineage(class).any(|class| class_name(class) == thrower.as_slice()),
        _ => false,
    };
    let hooked = |value: &Zval| {
        object(value).map(class_of).is_some_and(|class| matches!(children_of(class), Children::Custom))
    };
    let tests: [&dyn Fn(&Zval) -> bool; 3] = [&threw, &refused, &hooked];
    for test in tests {
        let mut walk = Walk::new(Hooks::LookBehind);
        if let Some(Stop::Found(part)) = walk.visit(graph, 0, &mut |value| test(value)) {
            return Finding { type_name: type_name(&part), part: Some(part), path: walk.path(), reason };
        }
    }
    Finding { part: None, type_name: type_name(graph), path: String::new(), reason }
}

/// The objects whose classes have serialization hooks written in PHP, without those inside other such objects.
pub(crate) fn hooked(graph: &Zval) -> Vec<Zval> {
    let mut found = Vec::new();
    let mut collect = |value: &Zval| {
        if object(value).is_some_and(|object| matches!(children_of(class_of(object)), Children::Custom)) {
            found.push(value.shallow_clone());
        }
        false
    };
    let _complete = Walk::new(Hooks::Respect).visit(graph, 0, &mut collect).is_none();
    found
}

/// Whether a part that will be serialized passes `test`.
pub(super) fn is_inside(graph: &Zval, test: &dyn Fn(&Zval) -> bool) -> bool {
    let mut walk = Walk::new(Hooks::Respect);
    matches!(walk.visit(graph, 0, &mut |value| test(value)), Some(Stop::Found(_)))
}

/// All objects that are instances of `class`, anywhere in `graph`.
pub(crate) fn instances(graph: &Zval, class: *const zend_class_entry) -> Vec<&zend_object> {
    let mut found = objects(graph);
    // SAFETY: two class entries of the engine.
    found.retain(|object| unsafe { ffi::async_class_extends(object.ce, class) });
    found
}

/// All objects anywhere in `graph`.
pub(crate) fn objects(graph: &Zval) -> Vec<&zend_object> {
    let mut found = Vec::new();
    let mut collect = |value: &Zval| {
        found.extend(object(value).map(std::ptr::from_ref));
        false
    };
    let _complete = Walk::new(Hooks::LookBehind).visit(graph, 0, &mut collect).is_none();
    // SAFETY: `graph` holds them.
    found.into_iter().map(|object| unsafe { &*object }).collect()
}

/// Marks all objects in a graph as copies whose destructors must not run: those of the originals do.
pub(crate) fn disown(graph: &Zval) {
    for object in objects(graph) {
        // SAFETY: a live object of this thread; the engine sets one of its flags.
        unsafe { ffi::async_object_disown(std::ptr::from_ref(object).cast_mut()) };
    }
}

/// What to do with objects whose serialization hook, and not the list of properties, decides what is sent.
#[derive(Clone, Copy, PartialEq)]
enum Hooks {
    /// Skip their properties, which are not what will be sent.
    Respect,
    /// Search their properties nevertheless: one of them may have made a hook fail.
    LookBehind,
}

/// What is serialized of the objects of a class.
pub(super) enum Children {
    /// Its properties.
    Plain,
    /// The internal data of a class of the engine or an extension; its hook runs no PHP code.
    Internal,
    /// What the class's own code returns.
    Custom,
}

enum Stop {
    Found(Zval),
    TooDeep,
}

struct Walk {
    hooks: Hooks,
    limit: usize,
    /// The steps to the found value, the innermost first.
    steps: Vec<Step>,
    /// The visited objects: one bit for each object handle, as these are small numbers.
    objects: Vec<u64>,
    /// Addresses of the visited arrays and references that have several references.
    shared: HashSet<usize>,
    /// The class of the last object, and whether it is [`Children::Plain`].
    known: Option<(*const zend_class_entry, bool)>,
}

type Test<'t> = dyn FnMut(&Zval) -> bool + 't;

impl Walk {
    fn new(hooks: Hooks) -> Self {
        Self {
            hooks,
            limit: depth_limit(),
            steps: Vec::new(),
            objects: Vec::new(),
            shared: HashSet::new(),
            known: None,
        }
    }

    fn visit(&mut self, value: &Zval, depth: usize, test: &mut Test<'_>) -> Option<Stop> {
        match type_of(value) {
            IS_ARRAY | IS_OBJECT | IS_RESOURCE => {}
            IS_INDIRECT => return self.visit(element(value)?, depth, test),
            IS_REFERENCE => {
                let reference = reference(value)?;
                if reference.gc.refcount > 1 && !self.shared.insert(std::ptr::from_ref(reference).addr()) {
                    return None;
                }
                return self.visit(&reference.val, depth, test);
            }
            _ => return None,
        }
        if test(value) {
            return Some(Stop::Found(value.shallow_clone()));
        }
        if type_of(value) == IS_RESOURCE {
            return None;
        }
        if depth >= self.limit {
            return Some(Stop::TooDeep);
        }
        if let Some(object) = object(value) {
            return self.visit_object(object, depth + 1, test);
        }
        let array = array(value)?;
        if array.gc.refcount > 1 && !self.shared.insert(std::ptr::from_ref(array).addr()) {
            return None;
        }
        self.visit_table(array, depth + 1, test, Step::Key)
    }

    fn visit_table(
        &mut self,
        table: &HashTable,
        depth: usize,
        test: &mut Test<'_>,
        named: fn(Vec<u8>) -> Step,
    ) -> Option<Stop> {
        match Table::of(table) {
            Table::Packed(values) => {
                for (position, value) in (0..).zip(values) {
                    if let Some(stop) = self.visit(value, depth, test) {
                        self.steps.push(Step::Index(position));
                        return Some(stop);
                    }
                }
            }
            Table::Hash(buckets) => {
                for bucket in buckets {
                    if let Some(stop) = self.visit(&bucket.val, depth, test) {
                        self.steps.push(match key(bucket) {
                            Some(key) => named(key.to_vec()),
                            None => Step::Index(bucket.h.cast_signed()),
                        });
                        return Some(stop);
                    }
                }
            }
        }
        None
    }

    fn visit_object(&mut self, object: &zend_object, depth: usize, test: &mut Test<'_>) -> Option<Stop> {
        if !self.is_new(object.handle) {
            return None;
        }
        let class = class_of(object);
        if class.ce_flags & ZEND_ACC_ENUM != 0 {
            return None;
        }
        let plain = match self.known {
            Some((known, plain)) if std::ptr::eq(known, class) => plain,
            _ => matches!(children_of(class), Children::Plain),
        };
        self.known = Some((class, plain));
        if !plain {
            match (children_of(class), self.hooks) {
                (Children::Custom, Hooks::Respect) => return None,
                (Children::Internal, _) => {
                    if let Some(stop) = self.visit_internal(object, depth, test) {
                        return Some(stop);
                    }
                }
                _ => {}
            }
        }
        self.visit_properties(object, class, depth, test)
    }

    fn visit_properties(
        &mut self,
        object: &zend_object,
        class: &zend_class_entry,
        depth: usize,
        test: &mut Test<'_>,
    ) -> Option<Stop> {
        for (position, value) in (0..).zip(slots(object)) {
            if let Some(stop) = self.visit(value, depth, test) {
                self.steps.push(Step::Property(property_name(class, position).to_vec()));
                return Some(stop);
            }
        }
        // SAFETY: null, or a table that the object holds. Its `IS_INDIRECT` elements point to the slots above.
        let dynamic = unsafe { object.properties.as_ref() }?;
        if let Table::Hash(buckets) = Table::of(dynamic) {
            for bucket in buckets.iter().filter(|bucket| type_of(&bucket.val) != IS_INDIRECT) {
                if let Some(stop) = self.visit(&bucket.val, depth, test) {
                    self.steps.push(Step::Property(unmangled(key(bucket).unwrap_or_default()).to_vec()));
                    return Some(stop);
                }
            }
        }
        None
    }

    fn visit_internal(&mut self, object: &zend_object, depth: usize, test: &mut Test<'_>) -> Option<Stop> {
        let (mut count, mut table) = (0, std::ptr::null_mut());
        // SAFETY: the call that the garbage collector makes for any object; the handler changes nothing that PHP code
        // can see.
        let children = unsafe {
            ffi::async_object_children(std::ptr::from_ref(object).cast_mut(), &raw mut count, &raw mut table)
        };
        // Copies that are never dropped: the engine uses the same buffer for the next object.
        let children: Vec<ManuallyDrop<Zval>> = match usize::try_from(count) {
            Ok(count) if !children.is_null() => {
                // SAFETY: `count` zvals. ManuallyDrop has the layout of what it holds.
                let children =
                    unsafe { std::slice::from_raw_parts(children.cast::<ManuallyDrop<Zval>>(), count) };
                // SAFETY: the object holds the values, and outlives the copies.
                children.iter().map(|child| unsafe { std::ptr::read(child) }).collect()
            }
            _ => Vec::new(),
        };
        for child in &children {
            if let Some(stop) = self.visit(child, depth, test) {
                self.steps.push(Step::Inside);
                return Some(stop);
            }
        }
        // SAFETY: null, or a table that the object holds.
        unsafe { table.as_ref() }.and_then(|table| {
            self.visit_table(table, depth, test, |key| Step::Property(unmangled(&key).to_vec()))
        })
    }

    fn is_new(&mut self, handle: u32) -> bool {
        let (word, bit) = (handle as usize / 64, 1 << (handle % 64));
        if word >= self.objects.len() {
            self.objects.resize(word + 1, 0);
        }
        self.objects.get_mut(word).is_some_and(|word| {
            let new = *word & bit == 0;
            *word |= bit;
            new
        })
    }

    fn path(&self) -> String {
        path(self.steps.iter().rev())
    }
}

pub(super) fn children_of(class: &zend_class_entry) -> Children {
    // SAFETY: null, or a function of the class. Every kind of function begins with its type.
    if let Some(hook) = unsafe { class.__serialize.as_ref() } {
        // SAFETY: as above.
        let internal = u32::from(unsafe { hook.type_ }) == ZEND_INTERNAL_FUNCTION;
        return if internal { Children::Internal } else { Children::Custom };
    }
    if class.serialize.is_some() {
        return Children::Custom;
    }
    let sleeps = class.function_table.get("__sleep").is_some();
    if sleeps { Children::Custom } else { Children::Plain }
}

/// A property of `Exception` or `Error`, read directly from memory.
fn exception_property<'v>(exception: &'v Zval, name: &[u8]) -> Option<&'v Zval> {
    let object = object(exception)?;
    let (_, value) =
        (0..).zip(slots(object)).find(|(position, _)| property_name(class_of(object), *position) == name)?;
    Some(dereferenced(value))
}

fn message(exception: &Zval) -> String {
    exception_property(exception, b"message")
        .and_then(Zval::zend_str)
        .map_or_else(|| type_name(exception), |text| String::from_utf8_lossy(text.as_bytes()).into_owned())
}

/// The class whose serialization hook threw: that of the innermost call of a hook in the trace.
fn thrower(exception: &Zval) -> Option<Vec<u8>> {
    let trace = exception_property(exception, b"trace")?.array()?;
    trace.values().find_map(|frame| {
        let frame = frame.array()?;
        let function = frame.get("function")?.zend_str()?.as_bytes();
        let is_hook = [&b"__serialize"[..], b"__sleep", b"serialize"].contains(&function);
        let class = frame.get("class").filter(|_| is_hook)?;
        Some(class.zend_str()?.as_bytes().to_vec())
    })
}
