//! Calls of PHP functions, closures and methods.

use std::ffi::CStr;
use std::path::PathBuf;
use std::ptr;

use ext_php_rs::types::{ZendHashTable, Zval};

use super::cell::ensure_free;
use super::code::closure_in;
use super::exception;
use super::handler::{Returned, Thrown, TypeNumber};
use crate::ffi;

/// A callable that can be called from any scope.
#[derive(Debug)]
pub(crate) struct Callable(Zval);

/// Why a value cannot be called.
#[derive(Debug)]
pub(crate) enum NotCallable {
    /// The engine's reason.
    Because(String),
    /// An autoloader threw while the callable was resolved.
    Thrown,
}

impl Callable {
    /// Resolves `value` in the scope of the running PHP code, and makes a closure of it, so that a private method stays
    /// callable later. May autoload a class.
    ///
    /// # Errors
    ///
    /// The reason why it is not callable, or that the autoloader threw.
    pub(crate) fn bind(value: &Zval) -> Result<Self, NotCallable> {
        if let Some(closure) = Self::closure(value) {
            return Ok(closure);
        }
        ensure_free();
        let mut bound = Zval::new();
        let mut error = ptr::null_mut();
        let value = ptr::from_ref(value).cast_mut();
        // SAFETY: the value is alive; the engine only reads it.
        let callable = unsafe { ffi::async_callable_bind(value, &raw mut bound, &raw mut error) };
        let why = if error.is_null() {
            String::new()
        } else {
            // SAFETY: a NUL-terminated text that the engine made for us.
            let why = unsafe { CStr::from_ptr(error) }.to_string_lossy().into_owned();
            // SAFETY: as above; it is not used after this.
            unsafe { ffi::async_error_free(error) };
            why
        };
        if exception::pending() {
            return Err(NotCallable::Thrown);
        }
        if callable { Ok(Self(bound)) } else { Err(NotCallable::Because(why)) }
    }

    /// The value as a callable, if it is a closure, which needs no resolution.
    pub(crate) fn closure(value: &Zval) -> Option<Self> {
        closure_in(value).map(|_| Self(value.shallow_clone()))
    }

    /// A closure, or another object that the sending process has already found to be callable.
    pub(crate) fn received(value: Zval) -> Self {
        Self(value)
    }

    /// Calls it. PHP code runs: it may throw, bail out, or call back into any object.
    ///
    /// # Errors
    ///
    /// When an exception is pending afterwards.
    pub(crate) fn call(&self, args: &mut [Zval]) -> Returned {
        self.call_named(args, None)
    }

    /// Calls it with additional named arguments. PHP code runs: it may throw, bail out, or call back into any object.
    ///
    /// # Errors
    ///
    /// When an exception is pending afterwards.
    pub(crate) fn call_named(&self, args: &mut [Zval], named: Option<&ZendHashTable>) -> Returned {
        ensure_free();
        let mut result = Zval::new();
        let count = u32::try_from(args.len()).unwrap_or(u32::MAX);
        let named = named.map_or(ptr::null_mut(), |table| ptr::from_ref(table).cast_mut());
        let function = ptr::from_ref(&self.0).cast_mut();
        // SAFETY: all values are alive during the call; the engine copies what it keeps.
        unsafe { ffi::async_call(function, count, args.as_mut_ptr(), named, &raw mut result) };
        returned(result)
    }

    /// Whether its first parameter accepts this throwable. Loads no class.
    pub(crate) fn accepts(&self, throwable: &Zval) -> bool {
        let Some(object) = throwable.object() else {
            return false;
        };
        let function = ptr::from_ref(&self.0).cast_mut();
        // SAFETY: both are alive and only read; no class is loaded.
        unsafe { ffi::async_callable_accepts(function, ptr::from_ref(object).cast_mut()) }
    }

    /// Whether its code has a return statement. A function without one always returns null, and that null is not meant
    /// as a result.
    pub(crate) fn returns(&self) -> bool {
        // SAFETY: alive and only read.
        unsafe { ffi::async_callable_returns(ptr::from_ref(&self.0).cast_mut()) }
    }

    /// The value itself, for the cycle collector.
    pub(crate) fn value(&self) -> &Zval {
        &self.0
    }
}

impl Drop for Callable {
    /// May run PHP code.
    fn drop(&mut self) {
        ensure_free();
    }
}

/// Whether any autoloader is registered.
pub(crate) fn autoloads() -> bool {
    let mut name = Zval::new();
    let named = name.set_string("spl_autoload_functions", false);
    let loaders = named.ok().and_then(|()| Callable(name).call(&mut []).ok());
    if loaders.is_none() {
        exception::take(); // it is among the disabled functions
    }
    loaders.is_some_and(|loaders| loaders.array().is_some_and(|loaders| !loaders.is_empty()))
}

/// The files that the script has loaded, itself included; none where nobody may ask.
pub(crate) fn included_files() -> Vec<PathBuf> {
    let mut name = Zval::new();
    let named = name.set_string("get_included_files", false);
    let files = named.ok().and_then(|()| Callable(name).call(&mut []).ok());
    if files.is_none() {
        exception::take();
    }
    let files = files.as_ref().and_then(Zval::array);
    files.into_iter().flatten().filter_map(|(_, file)| file.str().map(PathBuf::from)).collect()
}

/// Requires a file, and returns what it returns. PHP code runs: it may throw, bail out, or call back into any object.
///
/// # Errors
///
/// When an exception is pending afterwards.
pub(crate) fn require(path: &str) -> Returned {
    ensure_free();
    let mut result = Zval::new();
    // SAFETY: the engine copies the path.
    unsafe { ffi::async_require(path.as_ptr().cast(), path.len(), &raw mut result) };
    returned(result)
}

/// Calls a method without arguments. PHP code runs: it may throw, bail out, or call back into any object.
///
/// # Errors
///
/// When an exception is pending afterwards.
pub(crate) fn call_method(object: &Zval, name: &CStr) -> Returned {
    ensure_free();
    let mut result = Zval::new();
    if let Some(object) = object.object() {
        let object = ptr::from_ref(object).cast_mut();
        // SAFETY: the object is alive during the call.
        unsafe { ffi::async_call_method(object, name.as_ptr(), &raw mut result) };
    }
    returned(result)
}

fn returned(mut result: Zval) -> Returned {
    if exception::pending() {
        return Err(Thrown);
    }
    if result.u1_type() == 0 {
        result.set_null();
    }
    Ok(result)
}
