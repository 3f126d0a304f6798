//! What the engine calls for an object that contains Rust data: to create it, to destroy and free it, and for the cycle
//! collector; and the registration of its class with these.

use std::ffi::c_int;
use std::mem::offset_of;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use ext_php_rs::ffi::{
    ZEND_ACC_FINAL, ZEND_ACC_NO_DYNAMIC_PROPERTIES, ZEND_ACC_NOT_SERIALIZABLE, std_object_handlers,
};
use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ZendObjectHandlers};

use super::{Handlers, Instance, Native, Object, Tracer, placeholder};
use crate::ffi;
use crate::zend::cell::ensure_free;
use crate::zend::class::Function;
use crate::zend::exception::Aside;
use crate::zend::handler;

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

pub(super) unsafe extern "C" fn create<T: Native>(ce: *mut ClassEntry) -> *mut ZendObject {
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

/// The data of an object that the engine passes to a handler.
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
    // As for destructors of PHP code: neither the code that runs here, nor a child that it forks, must see a pending
    // exception that has nothing to do with it.
    let aside = Aside::new();
    // A panic must not leave an `extern "C"` frame, and cannot be reported here.
    let _ = catch_unwind(AssertUnwindSafe(|| T::released(&this)));
    drop(aside);
    // Not by dropping `this`, which would call the destructor again when the count is back to the engine's own
    // reference.
    let raw = this.std();
    std::mem::forget(this);
    // SAFETY: drops the reference that was added above.
    unsafe { (*raw).gc.refcount -= 1 };
    // SAFETY: the engine's default for what remains.
    unsafe { ffi::zend_objects_destroy_object(object) };
}

unsafe extern "C" fn free<T: Native>(object: *mut ZendObject) {
    ensure_free();
    // SAFETY: installed for `T`'s class only.
    let data = ptr::from_ref(unsafe { data::<T>(object) }).cast_mut();
    // SAFETY: the engine frees each object once, when nothing refers to it.
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
