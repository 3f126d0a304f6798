//! PHP objects that contain Rust data: how they are created, destroyed, and traced by the cycle collector.
//!
//! The class objects of ext-php-rs hide their Rust fields from the collector, and hand out `&mut` to any number of
//! callers. The objects here give out `&T` only, and report every PHP value in `T` to the collector.

mod handlers;
pub(crate) mod placeholder;

use std::ffi::CStr;
use std::mem::{ManuallyDrop, offset_of};
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

use ext_php_rs::ffi::{ZEND_ACC_PRIVATE, ZEND_ACC_PUBLIC};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ZendObjectHandlers;

use super::cell::ensure_free;
use super::class::{Class, Function};
use super::handler::{Call, Thrown};
use super::zval::zval_of;
use crate::ffi::{self, GcBuffer, ObjectIterator};
pub(crate) use handlers::register;
use handlers::{create, data};
use placeholder::Mistaken;

/// `IS_OBJ_DESTRUCTOR_CALLED`.
const DESTRUCTOR_CALLED: u32 = 1 << 8;
/// `IS_OBJ_FREE_CALLED`.
const FREE_CALLED: u32 = 1 << 9;

/// Collects the values that an object holds, for the engine's cycle collector.
#[derive(Debug)]
pub(crate) struct Tracer(*mut GcBuffer);

impl Tracer {
    /// Reports one value.
    pub(crate) fn value(&mut self, value: &Zval) {
        // SAFETY: the buffer is the collector's; the value is alive and is only read.
        unsafe { ffi::async_gc_add(self.0, ptr::from_ref(value).cast_mut()) };
    }

    /// Reports an iterator of the engine, which is an object of its own.
    pub(super) fn iterator(&mut self, iterator: NonNull<ObjectIterator>) {
        // SAFETY: as above: the iterator is alive, as the caller holds a reference.
        unsafe { ffi::async_gc_add_iterator(self.0, iterator.as_ptr()) };
    }
}

/// The registration of a class whose objects contain Rust data.
pub(crate) struct Registration {
    /// Its class entry.
    pub(crate) class: Class,
    handlers: OnceLock<Handlers>,
}

struct Handlers(ZendObjectHandlers);

// SAFETY: a table of function pointers, written once in MINIT and only read afterwards.
unsafe impl Send for Handlers {}
// SAFETY: as above.
unsafe impl Sync for Handlers {}

impl Registration {
    /// Not registered yet.
    pub(crate) const fn new() -> Self {
        Self { class: Class::new(), handlers: OnceLock::new() }
    }
}

/// Rust data inside a PHP object. Only `&self` is ever given out, as PHP code may call back into any object at any
/// time.
pub(crate) trait Native: Sized + 'static {
    /// The class's name in PHP.
    const NAME: &'static CStr;

    /// The registration of the class.
    fn registration() -> &'static Registration;

    /// The data of a new object.
    fn create() -> Self;

    /// Reports every PHP value in the data. The cycle collector calls this at any allocation, so it must only read.
    fn trace(&self, tracer: &mut Tracer);

    /// Performs `$object[$offset] = $value` without a call of `offsetSet()`; the offset is `None` for `$object[] =
    /// $value`.
    const ASSIGN: Option<Assign<Self>> = None;

    /// Throws when PHP code uses an object like the value that it is a placeholder for; see [`placeholder`].
    const MISTAKEN: Option<Mistaken<Self>> = None;

    /// Whether the data holds no value that may refer back to the object. If so, the object is not reported as a
    /// possible cycle when a reference to it is dropped.
    fn is_leaf(&self) -> bool {
        false
    }

    /// Called when the last reference is gone. To keep the object alive, it stores a clone of `this`. May run PHP code.
    fn released(this: &Object<Self>);
}

/// The type of [`Native::ASSIGN`]. Returns false if `offsetSet()` has to be called.
pub(crate) type Assign<T> = fn(&Object<T>, Option<&Zval>, &Zval) -> Result<bool, Thrown>;

#[repr(C)]
struct Instance<T> {
    data: T,
    std: ZendObject,
}

/// A counted reference to a PHP object with data of type `T`.
#[derive(Debug)]
pub(crate) struct Object<T: Native>(NonNull<Instance<T>>);

impl<T: Native> Object<T> {
    /// A new object.
    pub(crate) fn new() -> Self {
        // SAFETY: the class is registered in MINIT.
        let object = unsafe { create::<T>(T::registration().class.entry()) };
        // SAFETY: a new object with one reference, which is ours.
        unsafe { Self::adopt(object) }
    }

    /// Takes ownership of one reference.
    ///
    /// # Safety
    ///
    /// `object` was made by [`create`] for this `T`, and the caller owns a reference.
    unsafe fn adopt(object: *mut ZendObject) -> Self {
        // SAFETY: the caller's contract: `std` lies inside an `Instance<T>`.
        let instance = unsafe { object.byte_sub(offset_of!(Instance<T>, std)) };
        // SAFETY: inside an allocation, so not null.
        Self(unsafe { NonNull::new_unchecked(instance.cast()) })
    }

    fn in_zval(value: &Zval) -> Option<*mut ZendObject> {
        let object = ptr::from_ref(value.object()?).cast_mut();
        // SAFETY: a live object.
        let handlers = unsafe { (*object).handlers };
        let ours = T::registration().handlers.get().map(|handlers| &raw const handlers.0);
        // The class is final, so its table of handlers identifies its objects.
        (ours == Some(handlers)).then_some(object)
    }

    /// The data of the object in a value, if it is of this class.
    pub(crate) fn peek(value: &Zval) -> Option<&T> {
        // SAFETY: of our class, and alive as long as the value is.
        Self::in_zval(value).map(|object| unsafe { data(object) })
    }

    /// The object in a value, if it is of this class.
    pub(crate) fn from_zval(value: &Zval) -> Option<Self> {
        let object = Self::in_zval(value)?;
        // SAFETY: a live object, to which we add a reference.
        unsafe { (*object).gc.refcount += 1 };
        // SAFETY: of our class, with the reference just added.
        Some(unsafe { Self::adopt(object) })
    }

    /// The engine's part of the object.
    pub(crate) fn std(&self) -> *mut ZendObject {
        // SAFETY: we hold a reference, so the instance is alive.
        unsafe { &raw mut (*self.0.as_ptr()).std }
    }

    /// A PHP value with a new reference to the object.
    pub(crate) fn zval(&self) -> Zval {
        // SAFETY: the object is alive.
        unsafe { zval_of(self.std()) }
    }

    /// Reports this reference to the cycle collector.
    pub(crate) fn trace_in(&self, tracer: &mut Tracer) {
        let value = ManuallyDrop::new(self.zval());
        // SAFETY: takes back the reference that `value` added and will not drop: the collector compares reference
        // counts.
        unsafe { (*self.std()).gc.refcount -= 1 };
        tracer.value(&value);
    }

    /// Drops this reference without reporting the object to the cycle collector as a possible part of a cycle. Only
    /// where another owner still holds a reference: the object is reported when that is dropped. This saves the
    /// collector from checking the same object repeatedly.
    pub(crate) fn give_back(self) {
        if self.part() {
            std::mem::forget(self);
        }
    }

    /// Decrements the reference count, unless this is the last reference.
    fn part(&self) -> bool {
        // SAFETY: the object is alive, as we hold a reference to it.
        let count = unsafe { &mut (*self.std()).gc.refcount };
        let shared = *count > 1;
        *count -= u32::from(shared);
        shared
    }

    /// Is the data gone already? The cycle collector, and the end of a request, free one object after the other, and the
    /// references that these have to each other go with them: of what such a reference points to only the engine's part
    /// may be left, with its reference count.
    fn is_freed(&self) -> bool {
        // SAFETY: the engine's part is there until the last reference is gone.
        let header = unsafe { &(*self.std()).gc };
        // SAFETY: both members of the union are plain bits.
        unsafe { header.u.type_info & FREE_CALLED != 0 }
    }

    /// Called from [`Native::released`] if that keeps the object alive: [`Native::released`] will be called again when
    /// the object is released again.
    pub(crate) fn revive(&self) {
        let object = self.std();
        // SAFETY: the object is alive, and nothing else borrows its header.
        let header = unsafe { &mut (*object).gc };
        // SAFETY: both members of the union are plain bits.
        unsafe { header.u.type_info &= !DESTRUCTOR_CALLED };
    }
}

impl<T: Native> Clone for Object<T> {
    fn clone(&self) -> Self {
        // SAFETY: the object is alive, as we hold a reference to it.
        unsafe { (*self.std()).gc.refcount += 1 };
        Self(self.0)
    }
}

impl<T: Native> Drop for Object<T> {
    /// May run PHP code if this is the last reference.
    fn drop(&mut self) {
        ensure_free();
        if !self.is_freed() && self.is_leaf() && self.part() {
            return;
        }
        // SAFETY: drops the reference that we hold.
        unsafe { ffi::async_object_release(self.std()) };
    }
}

impl<T: Native> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        debug_assert!(!self.is_freed(), "the data of an object is used that the engine has freed");
        // SAFETY: the instance is alive, and only shared references to its data exist.
        unsafe { &(*self.0.as_ptr()).data }
    }
}

impl Call {
    /// The data of the object whose method is called; `None` in a static method.
    pub(crate) fn peek_this<T: Native>(&self) -> Option<&T> {
        Object::peek(&self.frame().This)
    }

    /// The object whose method is called; `None` in a static method.
    pub(crate) fn this<T: Native>(&self) -> Option<Object<T>> {
        Object::from_zval(&self.frame().This)
    }
}

/// Whether the value is an object of `class` or of a subclass.
pub(crate) fn is_instance(value: &Zval, class: &Class) -> bool {
    // SAFETY: a live object and a registered class, both only read.
    value.object().is_some_and(|object| unsafe { ffi::async_object_instanceof(object, class.entry()) })
}

/// The flags of a `public readonly` property.
pub(crate) const READ_ONLY: u32 = ZEND_ACC_PUBLIC | 1 << 7;

/// Sets a property of an object of one of our classes, even if it is read-only.
pub(crate) fn set_property(object: &Zval, class: &Class, name: &CStr, mut value: Zval) {
    if let Some(object) = object.object() {
        let object = ptr::from_ref(object).cast_mut();
        // SAFETY: a live object of `class`; the engine copies the value.
        unsafe { ffi::async_property_set(object, class.entry(), name.as_ptr(), &raw mut value) };
    }
}

/// A property of an object of `class` or a subclass, if it is an int.
pub(crate) fn int_property(object: &Zval, class: &Class, name: &CStr) -> Option<i64> {
    ensure_free();
    let object = ptr::from_ref(object.object()?).cast_mut();
    let mut number = 0;
    // SAFETY: a live object of `class`, and a valid out-pointer.
    unsafe { ffi::async_property_long(object, class.entry(), name.as_ptr(), &raw mut number) }
        .then_some(number)
}

/// A private constructor, for classes whose objects only the extension makes.
pub(crate) const fn private_constructor() -> Function {
    unsafe extern "C" fn refuse(_: *mut ext_php_rs::zend::ExecuteData, _: *mut Zval) {}
    Function::new("__construct", "", "", refuse).flags(ZEND_ACC_PRIVATE)
}
