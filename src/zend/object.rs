//! PHP objects with Rust data: creation, destruction, and what the cycle collector may see.
//!
//! ext-php-rs's own class objects hide their Rust fields from the collector and hand out `&mut` to any number of
//! callers; these give `&T` only, and trace every value that `T` holds.

use std::ffi::{CStr, c_int};
use std::mem::{ManuallyDrop, offset_of};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

use ext_php_rs::ffi::{
    ZEND_ACC_FINAL, ZEND_ACC_NO_DYNAMIC_PROPERTIES, ZEND_ACC_NOT_SERIALIZABLE, ZEND_ACC_PRIVATE,
    ZEND_ACC_PUBLIC, std_object_handlers,
};
use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ZendObjectHandlers};

use super::cell::ensure_free;
use super::class::{Class, Function};
use super::exception::Aside;
use super::handler::{self, Thrown};
use super::placeholder::{self, Mistaken};
use super::value::walk;
use crate::ffi::{self, GcBuffer, ObjectIterator};

/// `IS_OBJ_DESTRUCTOR_CALLED`.
const DESTRUCTOR_CALLED: u32 = 1 << 8;

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
        // SAFETY: as above: the iterator is alive, as whoever reports it holds a reference.
        unsafe { ffi::async_gc_add_iterator(self.0, iterator.as_ptr()) };
    }
}

/// The static part of a class with Rust data.
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

/// The objects in this graph are copies: what the destructors of the originals do is not done once more.
pub(crate) fn disown(graph: &Zval) {
    for object in walk::objects(graph) {
        // SAFETY: a live object of this thread; the engine sets one of its flags.
        unsafe { ffi::async_object_disown(ptr::from_ref(object).cast_mut()) };
    }
}

/// Rust data that lives inside a PHP object. Only `&self` is ever given out: PHP code can re-enter anywhere.
pub(crate) trait Native: Sized + 'static {
    /// The class's name in PHP.
    const NAME: &'static CStr;

    /// Where the class is registered.
    fn registration() -> &'static Registration;

    /// The data of a new object.
    fn create() -> Self;

    /// Reports every PHP value that the data holds. Called by the collector at any allocation: reads only.
    fn trace(&self, tracer: &mut Tracer);

    /// `$object[$offset] = $value` without a call of `offsetSet()`; no offset for `$object[] = $value`.
    const ASSIGN: Option<Assign<Self>> = None;

    /// Throws when an object is taken for the value that it stands for.
    const MISTAKEN: Option<Mistaken<Self>> = None;

    /// Is there nothing in it that may lead back to it? Then a reference that is given back leaves no cycle behind.
    fn is_leaf(&self) -> bool {
        false
    }

    /// The last reference is gone. Whoever keeps a clone of `this` keeps the object alive. May run PHP code.
    fn released(this: &Object<Self>);
}

/// False for what `offsetSet()` has to judge.
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

    /// Takes over one reference.
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
        // The class is final, so the table of handlers tells its objects.
        (ours == Some(handlers)).then_some(object)
    }

    /// The data of the object in a value, when it is one of this class.
    pub(crate) fn peek(value: &Zval) -> Option<&T> {
        // SAFETY: of our class, and alive as long as the value is.
        Self::in_zval(value).map(|object| unsafe { data(object) })
    }

    /// The object in a value, when it is one of this class.
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

    /// A value with a reference of its own.
    pub(crate) fn zval(&self) -> Zval {
        // SAFETY: the object is alive.
        unsafe { zval_of(self.std()) }
    }

    /// Reports this reference to the cycle collector.
    pub(crate) fn trace_in(&self, tracer: &mut Tracer) {
        let value = ManuallyDrop::new(self.zval());
        // SAFETY: `value` added this reference, and will not give it back: the collector counts.
        unsafe { (*self.std()).gc.refcount -= 1 };
        tracer.value(&value);
    }

    /// Gives this reference back. Whoever has kept the object all the time gives back a later one, and that is when the
    /// collector is told that there may be a cycle: it looks at each object that it is told of, again and again.
    pub(crate) fn give_back(self) {
        if self.part() {
            std::mem::forget(self);
        }
    }

    /// Takes one reference off, unless it is the last one.
    fn part(&self) -> bool {
        // SAFETY: the object is alive, as we hold a reference to it.
        let count = unsafe { &mut (*self.std()).gc.refcount };
        let shared = *count > 1;
        *count -= u32::from(shared);
        shared
    }

    /// Called from [`Native::released`] by who keeps the object alive: it is to be told again when it is released
    /// again.
    pub(crate) fn revive(&self) {
        let object = self.std();
        // SAFETY: the object is alive, and nobody else has its header in hand.
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
    /// May run PHP code when it was the last reference.
    fn drop(&mut self) {
        ensure_free();
        if self.is_leaf() && self.part() {
            return;
        }
        // SAFETY: gives back the reference that we hold.
        unsafe { ffi::async_object_release(self.std()) };
    }
}

impl<T: Native> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the instance is alive, and only shared references to its data exist.
        unsafe { &(*self.0.as_ptr()).data }
    }
}

/// A value that holds a new reference to `object`.
///
/// # Safety
///
/// `object` is alive.
pub(crate) unsafe fn zval_of(object: *mut ZendObject) -> Zval {
    let mut value = Zval::new();
    // SAFETY: the caller's contract. `set_object` adds the reference.
    value.set_object(unsafe { &mut *object });
    value
}

/// Registers the class of `T`: final, not serializable, not cloneable. MINIT.
pub(crate) fn register<T: Native>(methods: &[Function]) {
    let registration = T::registration();
    registration.handlers.get_or_init(|| {
        // SAFETY: the engine's own table, copied.
        let mut handlers: ZendObjectHandlers = unsafe { ptr::read(&raw const std_object_handlers) };
        handlers.offset = offset_of!(Instance<T>, std).try_into().unwrap_or_default();
        handlers.dtor_obj = Some(destroy::<T>);
        handlers.free_obj = Some(free::<T>);
        handlers.get_gc = Some(get_gc::<T>);
        handlers.clone_obj = None;
        if T::ASSIGN.is_some() {
            handlers.write_dimension = Some(write_dimension::<T>);
        }
        if T::MISTAKEN.is_some() {
            placeholder::install::<T>(&mut handlers);
        }
        Handlers(handlers)
    });
    let refused = if T::MISTAKEN.is_some() { 0 } else { ZEND_ACC_NOT_SERIALIZABLE };
    let flags = ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | refused;
    registration.class.register(T::NAME, ptr::null_mut(), methods, flags, Some(create::<T>));
    if T::MISTAKEN.is_some() {
        placeholder::explain_serialization(registration.class.entry());
    }
}

unsafe extern "C" fn create<T: Native>(ce: *mut ClassEntry) -> *mut ZendObject {
    // SAFETY: the engine passes our registered class; it allocates room for the instance and its property table.
    let instance = unsafe { ffi::async_object_alloc(size_of::<Instance<T>>(), ce) }.cast::<Instance<T>>();
    // SAFETY: fresh memory of the right size.
    let place = unsafe { &raw mut (*instance).data };
    // SAFETY: as above; there is no old value.
    unsafe { place.write(T::create()) };
    // SAFETY: as above; the tail belongs to the engine.
    let std = unsafe { &raw mut (*instance).std };
    // SAFETY: an allocated object that is not yet known to the engine.
    unsafe { ffi::async_object_init(std, ce) };
    if let Some(handlers) = T::registration().handlers.get() {
        // SAFETY: the table lives for ever.
        unsafe { (*std).handlers = &raw const handlers.0 };
    }
    std
}

/// The data of an object that the engine hands us.
///
/// # Safety
///
/// `object` has the handlers of `T`'s class.
pub(super) unsafe fn data<'o, T: Native>(object: *mut ZendObject) -> &'o T {
    // SAFETY: the caller's contract: `std` lies inside an `Instance<T>`.
    let instance = unsafe { object.byte_sub(offset_of!(Instance<T>, std)) }.cast::<Instance<T>>();
    // SAFETY: a live instance, of whose data only shared references exist.
    unsafe { &(*instance).data }
}

unsafe extern "C" fn write_dimension<T: Native>(
    object: *mut ZendObject,
    offset: *mut Zval,
    value: *mut Zval,
) {
    let assigned = handler::run(|| {
        // SAFETY: a live object, to which we add a reference.
        unsafe { (*object).gc.refcount += 1 };
        // SAFETY: installed for `T`'s class only; with the reference just added.
        let this = unsafe { Object::<T>::adopt(object) };
        // SAFETY: null, or a value that is alive during the call.
        let offset = unsafe { offset.as_ref() }.map(Zval::dereference);
        // SAFETY: alive during the call.
        let value = unsafe { &*value }.dereference();
        T::ASSIGN.map_or(Ok(false), |assign| assign(&this, offset, value))
    });
    // SAFETY: the engine's own table.
    let standard = unsafe { std_object_handlers.write_dimension };
    if let (Ok(false), Some(standard)) = (assigned, standard) {
        // SAFETY: what the engine gave us.
        unsafe { standard(object, offset, value) };
    }
}

unsafe extern "C" fn destroy<T: Native>(object: *mut ZendObject) {
    ensure_free();
    // SAFETY: the engine holds the object alive during the call. The added reference is given back below.
    unsafe { (*object).gc.refcount += 1 };
    // SAFETY: installed for `T`'s class only.
    let this = unsafe { Object::<T>::adopt(object) };
    // As for destructors of PHP code: an exception that passes by is none of what runs here, nor of a child's.
    let aside = Aside::new();
    // A panic must not leave an extern "C" frame, and there is nobody to tell.
    let _ = catch_unwind(AssertUnwindSafe(|| T::released(&this)));
    drop(aside);
    // Not through Drop: the count may fall back to the engine's own without being destroyed a second time.
    let raw = this.std();
    std::mem::forget(this);
    // SAFETY: gives back the reference added above.
    unsafe { (*raw).gc.refcount -= 1 };
    // SAFETY: the engine's default for what remains.
    unsafe { ffi::zend_objects_destroy_object(object) };
}

unsafe extern "C" fn free<T: Native>(object: *mut ZendObject) {
    ensure_free();
    // SAFETY: installed for `T`'s class only.
    let data = ptr::from_ref(unsafe { data::<T>(object) }).cast_mut();
    // SAFETY: the engine frees each object once, and nobody refers to it any more.
    let _ = catch_unwind(AssertUnwindSafe(|| unsafe { ptr::drop_in_place(data) }));
    // SAFETY: the engine's own part.
    unsafe { ext_php_rs::ffi::zend_object_std_dtor(object) };
}

unsafe extern "C" fn get_gc<T: Native>(
    object: *mut ZendObject,
    table: *mut *mut Zval,
    count: *mut c_int,
) -> *mut ZendHashTable {
    ensure_free();
    // SAFETY: a collection is running, which is when this buffer may be used.
    let buffer = unsafe { ffi::zend_get_gc_buffer_create() };
    let mut tracer = Tracer(buffer);
    // SAFETY: installed for `T`'s class only.
    let data = unsafe { data::<T>(object) };
    let _ = catch_unwind(AssertUnwindSafe(|| data.trace(&mut tracer)));
    // SAFETY: the out-pointers are the engine's.
    unsafe { ffi::async_gc_use(buffer, table, count) };
    ptr::null_mut()
}

/// Is the value an object of `class`, or of one below it?
pub(crate) fn is_instance(value: &Zval, class: &Class) -> bool {
    // SAFETY: a live object and a registered class, both only read.
    value.object().is_some_and(|object| unsafe { ffi::async_object_instanceof(object, class.entry()) })
}

/// `public readonly`.
pub(crate) const READ_ONLY: u32 = ZEND_ACC_PUBLIC | 1 << 7;

/// Sets a property of an object of ours, which may be read-only.
pub(crate) fn set_property(object: &Zval, class: &Class, name: &CStr, mut value: Zval) {
    if let Some(object) = object.object() {
        let object = ptr::from_ref(object).cast_mut();
        // SAFETY: a live object of `class`; the engine copies the value.
        unsafe { ffi::async_property_set(object, class.entry(), name.as_ptr(), &raw mut value) };
    }
}

/// A constructor that no PHP code can call: the class's objects are made by the extension.
pub(crate) const fn private_constructor() -> Function {
    unsafe extern "C" fn refuse(_: *mut ext_php_rs::zend::ExecuteData, _: *mut Zval) {}
    Function::new("__construct", "", "", refuse).flags(ZEND_ACC_PRIVATE)
}

/// The engine's `Stringable`.
pub(crate) fn stringable() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_stringable }
}

/// The engine's `ArrayAccess`.
pub(crate) fn array_access() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_arrayaccess }
}

/// The engine's `Countable`.
pub(crate) fn countable() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_countable }
}

/// The engine's `IteratorAggregate`.
pub(crate) fn iterator_aggregate() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_aggregate }
}

/// The engine's `Iterator`.
pub(crate) fn iterator() -> *mut ClassEntry {
    // SAFETY: set before any module starts, and constant since.
    unsafe { ext_php_rs::ffi::zend_ce_iterator }
}
