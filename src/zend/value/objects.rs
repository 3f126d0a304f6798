//! Builds packed objects (those that consist only of their properties, and dates) and enum cases. Runs in the receiving
//! process. Autoloaders may run here, but cannot reach the unfinished value.

use ext_php_rs::ffi::{IS_OBJECT_EX, zend_class_entry, zend_object, zend_property_info};
use ext_php_rs::types::Zval;

use super::classes::{self, Classes};
use super::error::DecodeError;
use crate::ffi;
use crate::wire::codec::{SHAPE_KEYS, SHAPES};
use crate::wire::target::Date;
use crate::zend::exception;

/// The objects of the value that is being decoded.
pub(super) struct Objects<'c> {
    /// The classes that they may have; none for all.
    admitted: Option<&'c Classes>,
    /// The index in `layouts` that each class number currently stands for.
    classes: [Option<usize>; SHAPES],
    layouts: Vec<Layout>,
    /// Enum cases by number. The enum's class keeps them alive.
    cases: [*mut zend_object; SHAPES],
    shared: Vec<*mut zend_object>,
    /// All objects that were made, with a reference to each: malformed bytes could release an object early, and its
    /// destructor would run.
    made: Vec<*mut zend_object>,
    failure: Option<DecodeError>,
}

/// A class, and the properties that each of its objects has, in the order of the payload.
struct Layout {
    class: *mut zend_class_entry,
    properties: Vec<*const zend_property_info>,
}

/// An object that is being filled, and the index of its next property.
pub(super) struct Object {
    target: *mut zend_object,
    layout: usize,
    next: usize,
    written: Option<(*const zend_property_info, *mut Zval)>,
}

/// A `stdClass` object, and the array that will become its properties.
pub(super) struct Bag {
    object: *mut zend_object,
    properties: Box<Zval>,
}

impl<'c> Objects<'c> {
    pub(super) fn new(admitted: Option<&'c Classes>) -> Self {
        Self {
            admitted,
            classes: [None; SHAPES],
            layouts: Vec::new(),
            cases: [std::ptr::null_mut(); SHAPES],
            shared: Vec::new(),
            made: Vec::new(),
            failure: None,
        }
    }

    /// After an error: marks the objects so that their destructors do not run, as no PHP code has seen them. Returns
    /// the cause of the error if it is known here.
    pub(super) fn abandon(&mut self) -> Option<DecodeError> {
        for object in &self.made {
            // SAFETY: `made` holds a reference.
            unsafe { ffi::async_object_disarm(*object) };
        }
        self.failure.take()
    }

    pub(super) fn class(&mut self, number: u8, name: &[u8]) -> bool {
        if !self.admits(name) {
            return false;
        }
        // SAFETY: `name.len()` bytes are there.
        let class = unsafe { ffi::async_class_restore(name.as_ptr().cast(), name.len()) };
        if class.is_null() {
            self.fail(name);
            return false;
        }
        // SAFETY: a class, which stays to the end of the request.
        let is_plain = unsafe { ffi::async_class_is_plain(class) };
        let Some(place) = self.classes.get_mut(usize::from(number)).filter(|_| is_plain) else {
            return false;
        };
        *place = Some(self.layouts.len());
        self.layouts.push(Layout { class, properties: Vec::new() });
        true
    }

    pub(super) fn property(&mut self, number: u8, name: &[u8]) -> bool {
        let Some(layout) = self.layout(number).and_then(|layout| self.layouts.get_mut(layout)) else {
            return false;
        };
        // SAFETY: a class, which stays to the end of the request.
        let info =
            unsafe { ffi::async_class_slot(layout.class, name.as_ptr().cast(), name.len()) }.cast_const();
        if info.is_null() || layout.properties.contains(&info) || layout.properties.len() == SHAPE_KEYS {
            return false;
        }
        layout.properties.push(info);
        true
    }

    #[inline]
    pub(super) fn object(&mut self, slot: &mut Zval, number: u8, shared: bool, len: u32) -> Option<Object> {
        let place = self.layout(number)?;
        let layout = self.layouts.get(place)?;
        if layout.properties.len() != len as usize {
            return None;
        }
        let object = self.make(slot, layout.class, shared)?;
        Some(Object { target: object, layout: place, next: 0, written: None })
    }

    #[inline]
    pub(super) fn next_property(&self, object: &mut Object) -> Option<*mut Zval> {
        let info = *self.layouts.get(object.layout)?.properties.get(object.next)?;
        object.next += 1;
        // SAFETY: a property of the class of the object, which `made` keeps.
        let slot = unsafe { ffi::async_object_slot(object.target, info) };
        object.written = Some((info, slot));
        Some(slot)
    }

    #[inline]
    pub(super) fn settle(&mut self, object: &Object) -> bool {
        let Some((info, slot)) = object.written else {
            return false;
        };
        // SAFETY: what `next_property` found and gave.
        let settled = unsafe { ffi::async_slot_settle(info, slot) };
        if !settled {
            self.fail(b"");
        }
        settled
    }

    pub(super) fn bag(&mut self, slot: &mut Zval, shared: bool) -> Bag {
        // SAFETY: reads a pointer of the engine.
        let class = unsafe { ffi::async_class_bag() };
        let admitted = self.admits(b"stdClass");
        let object =
            admitted.then(|| self.make(slot, class, shared)).flatten().unwrap_or(std::ptr::null_mut());
        Bag { object, properties: Box::new(Zval::new()) }
    }

    pub(super) fn close(mut bag: Bag) -> bool {
        // SAFETY: null, or a new stdClass, which `made` keeps; the function takes the array over, or leaves it.
        !bag.object.is_null() && unsafe { ffi::async_object_fill(bag.object, bag.properties()) }
    }

    pub(super) fn date(&mut self, slot: &mut Zval, immutable: bool, shared: bool, date: Date<'_>) -> bool {
        if !self.admits(if immutable { b"DateTimeImmutable" } else { b"DateTime" }) {
            return false;
        }
        let Date { text, kind, zone } = date;
        // SAFETY: reads a pointer that the date extension, which every PHP has built in, set before our MINIT.
        let class = unsafe { ffi::async_date_class(immutable) };
        let Some(object) = self.make(slot, class, shared) else {
            return false;
        };
        let (text, text_len, zone, zone_len) =
            (text.as_ptr().cast(), text.len(), zone.as_ptr().cast(), zone.len());
        // SAFETY: a new date, which `made` keeps alive; both pointers are of slices that outlive the call, with their
        // lengths.
        let restored = unsafe { ffi::async_date_restore(object, text, text_len, kind, zone, zone_len) };
        if !restored {
            self.fail(b"");
        }
        restored
    }

    pub(super) fn same(&self, slot: &mut Zval, id: u32) -> bool {
        let object = usize::try_from(id).ok().and_then(|id| self.shared.get(id));
        refer(slot, object.copied())
    }

    pub(super) fn case(&mut self, slot: &mut Zval, number: u8, class: &[u8], name: &[u8]) -> bool {
        // Not restricted: PHP's own unserialize() lets cases in whatever its allowed classes are.
        // SAFETY: as many bytes are there.
        let case = unsafe {
            ffi::async_enum_find(class.as_ptr().cast(), class.len(), name.as_ptr().cast(), name.len())
        };
        if case.is_null() {
            self.fail(class);
            return false;
        }
        if let Some(place) = self.cases.get_mut(usize::from(number)) {
            *place = case;
        }
        refer(slot, Some(case))
    }

    #[inline]
    pub(super) fn again(&self, slot: &mut Zval, number: u8) -> bool {
        refer(slot, self.cases.get(usize::from(number)).copied().filter(|case| !case.is_null()))
    }

    /// May there be objects of this class? If not, decoding fails.
    fn admits(&mut self, class: &[u8]) -> bool {
        let admitted = classes::admits(self.admitted, class);
        if !admitted {
            let class = String::from_utf8_lossy(class).into_owned();
            self.failure = Some(DecodeError::RefusedClass { class });
        }
        admitted
    }

    fn layout(&self, number: u8) -> Option<usize> {
        *self.classes.get(usize::from(number))?
    }

    fn make(
        &mut self,
        slot: &mut Zval,
        class: *mut zend_class_entry,
        shared: bool,
    ) -> Option<*mut zend_object> {
        // SAFETY: a plain class, which can be instantiated, and whose objects the engine allocates itself.
        let object = unsafe { ffi::async_object_new(slot, class) };
        if object.is_null() {
            self.fail(b"");
            return None;
        }
        // SAFETY: just made.
        unsafe { (*object).gc.refcount += 1 };
        self.made.push(object);
        if shared {
            self.shared.push(object);
        }
        Some(object)
    }

    /// Records why decoding fails: an exception, an `exit()`, or a class that this process does not know.
    fn fail(&mut self, class: &[u8]) {
        // SAFETY: reads a pointer of the engine.
        let pending = unsafe { ffi::async_exception_pending() };
        self.failure = match exception::take() {
            Some(exception) => Some(DecodeError::Thrown(exception)),
            None if pending => Some(DecodeError::Exiting),
            None if class.is_empty() => None,
            None => Some(DecodeError::UnknownClass { class: String::from_utf8_lossy(class).into_owned() }),
        };
    }
}

impl Drop for Objects<'_> {
    fn drop(&mut self) {
        for object in self.made.drain(..) {
            // SAFETY: the reference of `made`, given back once.
            unsafe { ffi::async_object_forget(object) };
        }
    }
}

impl Bag {
    pub(super) fn properties(&mut self) -> *mut Zval {
        &raw mut *self.properties
    }
}

/// Writes one more reference to an existing object.
#[inline]
fn refer(slot: &mut Zval, object: Option<*mut zend_object>) -> bool {
    // SAFETY: `made` holds a reference to an object; a case is kept alive by its enum.
    let Some(alive) = object.and_then(|object| unsafe { object.as_mut() }) else {
        return false;
    };
    alive.gc.refcount += 1;
    slot.value.obj = alive;
    slot.u1.type_info = IS_OBJECT_EX;
    true
}
