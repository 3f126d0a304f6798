//! Translates the engine's call of one of our functions to a call of a safe Rust function, and its result back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};

use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::{ExecuteData, run_handler};

use super::cell::ensure_free;
use super::class::Entry;

/// The error of a function after which an exception is pending in the engine: the caller returns as soon as possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thrown;

/// The result of one of our functions: a value, or an exception that is already pending.
pub(crate) type Returned = Result<Zval, Thrown>;

/// One call of one of our functions by PHP code.
#[derive(Debug)]
pub(crate) struct Call(*mut ExecuteData);

/// `ZEND_CALL_HAS_EXTRA_NAMED_PARAMS`.
const EXTRA_NAMED: u32 = 1 << 27;
/// `ZEND_CALL_FRAME_SLOT`: where the arguments begin, counted in values.
const FRAME_SLOT: usize = size_of::<ExecuteData>().div_ceil(size_of::<Zval>());

impl Call {
    pub(super) fn frame(&self) -> &ExecuteData {
        // SAFETY: the engine's frame, which lives as long as the call.
        unsafe { &*self.0 }
    }

    /// The engine's frame.
    pub(super) fn frame_ptr(&self) -> *mut ExecuteData {
        self.0
    }

    /// The number of arguments that were passed.
    pub(crate) fn count(&self) -> u32 {
        // SAFETY: the engine keeps the count there; both members of the union are plain bits.
        unsafe { self.frame().This.u2.num_args }
    }

    /// The argument at `index`, counted from 0; `None` when it was omitted.
    pub(crate) fn arg(&self, index: u32) -> Option<&Zval> {
        if index >= self.count() {
            return None;
        }
        // SAFETY: the engine placed `count` values behind the frame.
        let place = unsafe { self.0.cast::<Zval>().add(FRAME_SLOT + index as usize) };
        // SAFETY: one of those values, alive during the call.
        let value = unsafe { &*place };
        // An argument that was skipped, as the caller named a later one, is undefined.
        (value.u1_type() != 0).then(|| value.dereference())
    }

    /// Named arguments for which the function has no parameter, and which a variadic parameter collects.
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
}

/// The type number of a value in the engine.
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

/// The C function through which the engine calls a Rust function.
///
/// Each Rust function has a type of its own with a single value, so the C function can be generic over that type, and
/// no function pointer has to be stored.
pub(crate) const fn entry<F: Fn(&Call) -> Returned + Copy>(_: F) -> Entry {
    const {
        assert!(size_of::<F>() == 0, "functions only: a closure with captures would need memory");
    };
    enter::<F>
}

/// [`entry`] for a function whose common case is so short that the protection against bailouts would take longer. `quick`
/// does that case, or nothing. It calls no function of the engine's that throws or runs code. What it allocates, it
/// allocates last, with nothing held that a bailout for lack of memory would leave behind.
pub(crate) const fn quick_entry<Q, F>(_: Q, _: F) -> Entry
where
    Q: Fn(&Call) -> Option<Zval> + Copy,
    F: Fn(&Call) -> Returned + Copy,
{
    const {
        assert!(
            size_of::<Q>() == 0 && size_of::<F>() == 0,
            "functions only: a closure with captures would need memory"
        );
    };
    enter_quick::<Q, F>
}

unsafe extern "C" fn enter_quick<Q, F>(frame: *mut ExecuteData, result: *mut Zval)
where
    Q: Fn(&Call) -> Option<Zval> + Copy,
    F: Fn(&Call) -> Returned + Copy,
{
    // SAFETY: `quick_entry` checked that the type has no size; it is `Copy`, and `quick_entry` got a value of it.
    let quick = unsafe { NonNull::<Q>::dangling().as_ref() };
    // A panic must not leave an `extern "C"` frame. What has panicked once does so in the other function, which tells it.
    if let Ok(Some(value)) = catch_unwind(AssertUnwindSafe(|| quick(&Call(frame)))) {
        // SAFETY: the engine initialized `result` with null, which needs no release.
        unsafe { ptr::write(result, value) };
        return;
    }
    // SAFETY: what the engine gave us.
    unsafe { enter::<F>(frame, result) };
}

unsafe extern "C" fn enter<F: Fn(&Call) -> Returned + Copy>(frame: *mut ExecuteData, result: *mut Zval) {
    // SAFETY: `entry` checked that the type has no size; it is `Copy`, and `entry` got a value of it.
    let function = unsafe { NonNull::<F>::dangling().as_ref() };
    if let Ok(value) = run(|| function(&Call(frame))) {
        // SAFETY: the engine initialized `result` with null, which needs no release.
        unsafe { ptr::write(result, value) };
    }
}

/// Runs `work` in a call from the engine. Panics become exceptions; bailouts of the engine are passed on.
pub(super) fn run<T>(work: impl FnOnce() -> Result<T, Thrown>) -> Result<T, Thrown> {
    ensure_free();
    let mut result = Err(Thrown);
    run_handler(AssertUnwindSafe(|| result = work()));
    result
}
