//! From the engine's call of one of our functions to a safe Rust function, and back.

use std::panic::AssertUnwindSafe;
use std::ptr::{self, NonNull};

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::{ExecuteData, run_handler};

use super::cell::ensure_free;
use super::class::Entry;
use super::object::{Native, Object};

/// An exception is pending in the engine: return as soon as possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thrown;

/// What a function of ours gives: a value, or an exception that is already thrown.
pub(crate) type Returned = Result<Zval, Thrown>;

/// One call of one of our functions by PHP code.
#[derive(Debug)]
pub(crate) struct Call(*mut ExecuteData);

/// `ZEND_CALL_HAS_EXTRA_NAMED_PARAMS`.
const EXTRA_NAMED: u32 = 1 << 27;
/// `ZEND_CALL_FRAME_SLOT`: where the arguments begin, counted in values.
const FRAME_SLOT: usize = size_of::<ExecuteData>().div_ceil(size_of::<Zval>());

impl Call {
    fn frame(&self) -> &ExecuteData {
        // SAFETY: the engine's frame, which lives as long as the call.
        unsafe { &*self.0 }
    }

    /// The engine's frame.
    pub(super) fn frame_ptr(&self) -> *mut ExecuteData {
        self.0
    }

    /// How many arguments were passed.
    pub(crate) fn count(&self) -> u32 {
        // SAFETY: the engine keeps the count there; both members of the union are plain bits.
        unsafe { self.frame().This.u2.num_args }
    }

    /// The argument at `index`, counted from 0; none when it was left out.
    pub(crate) fn arg(&self, index: u32) -> Option<&Zval> {
        if index >= self.count() {
            return None;
        }
        // SAFETY: the engine placed `count` values behind the frame.
        let place = unsafe { self.0.cast::<Zval>().add(FRAME_SLOT + index as usize) };
        // SAFETY: one of those values, alive during the call.
        let value = unsafe { &*place };
        // An argument skipped by naming a later one is undefined.
        (value.u1_type() != 0).then(|| value.dereference())
    }

    /// Arguments by names that the function does not have: what a variadic parameter collects.
    pub(crate) fn named(&self) -> Option<&ZendHashTable> {
        let frame = self.frame();
        // SAFETY: both members of the union are plain bits.
        let flags = unsafe { frame.This.u1.type_info };
        if flags & EXTRA_NAMED == 0 {
            return None;
        }
        // SAFETY: the flag says that the table is there; it lives as long as the call.
        unsafe { frame.extra_named_params.as_ref() }
    }

    /// The object whose method is called. None in a static method.
    pub(crate) fn this<T: Native>(&self) -> Option<Object<T>> {
        Object::from_zval(&self.frame().This)
    }
}

/// The type of a value, as the engine numbers them.
pub(crate) trait TypeNumber {
    /// `Z_TYPE`.
    fn u1_type(&self) -> u8;
}

impl TypeNumber for Zval {
    fn u1_type(&self) -> u8 {
        // SAFETY: both members of the union are plain bits; the type is the lowest byte.
        unsafe { self.u1.v.type_ }
    }
}

/// The C function that the engine calls for a Rust function.
///
/// The function is taken by its own type, of which there is only one value: so it needs no room in the engine's table.
pub(crate) const fn entry<F: Fn(&Call) -> Returned + Copy>(_: F) -> Entry {
    const {
        assert!(size_of::<F>() == 0, "functions only: a closure with captures would need memory");
    };
    enter::<F>
}

unsafe extern "C" fn enter<F: Fn(&Call) -> Returned + Copy>(frame: *mut ExecuteData, result: *mut Zval) {
    // SAFETY: `entry` checked that the type has no size; it is `Copy`, and a value of it was passed there.
    let function = unsafe { NonNull::<F>::dangling().as_ref() };
    if let Ok(value) = run(|| function(&Call(frame))) {
        // SAFETY: the engine initialized the place with null, which needs no release.
        unsafe { ptr::write(result, value) };
    }
}

/// Runs `work` for the engine: panics become exceptions, bailouts go on their way.
pub(super) fn run<T>(work: impl FnOnce() -> Result<T, Thrown>) -> Result<T, Thrown> {
    ensure_free();
    let mut result = Err(Thrown);
    run_handler(AssertUnwindSafe(|| result = work()));
    result
}
