//! Parses the arguments of our functions with the engine's own conversion rules and error messages.

use std::ffi::{CStr, CString};
use std::ptr;

use ext_php_rs::ffi::zend_wrong_parameters_count_error;
use ext_php_rs::types::{ZendObject, ZendStr, Zval};

use super::callable::{Callable, NotCallable};
use super::cell::ensure_free;
use super::class::Class;
use super::handler::{Call, Thrown};
use crate::ffi;

impl Call {
    /// Throws unless between `least` and `most` arguments were passed.
    ///
    /// # Errors
    ///
    /// `ArgumentCountError`.
    pub(crate) fn expect(&self, least: u32, most: Option<u32>) -> Result<(), Thrown> {
        let count = self.count();
        if count >= least
            && most.is_none_or(|most| count <= most)
            && (0..least).all(|index| self.arg(index).is_some())
        {
            return Ok(());
        }
        ensure_free();
        let most = most.map_or(u32::MAX, |most| most);
        // SAFETY: throws for the function that is being called.
        unsafe { zend_wrong_parameters_count_error(least, most) };
        Err(Thrown)
    }

    /// Throws if arguments were passed by names that no parameter has.
    ///
    /// # Errors
    ///
    /// `ArgumentCountError`.
    pub(crate) fn expect_no_names(&self) -> Result<(), Thrown> {
        if self.named().is_none() {
            return Ok(());
        }
        // SAFETY: throws for the function that is being called.
        unsafe { ffi::zend_unexpected_extra_named_error() };
        Err(Thrown)
    }

    /// Parses an int.
    ///
    /// # Errors
    ///
    /// `TypeError`.
    pub(crate) fn long(&self, index: u32) -> Result<i64, Thrown> {
        self.number(index, false)
    }

    /// Parses an int greater than 0; `None` when it is null or omitted.
    ///
    /// # Errors
    ///
    /// `TypeError`, `ValueError`.
    pub(crate) fn optional_count<T: TryFrom<i64>>(&self, index: u32) -> Result<Option<T>, Thrown> {
        if self.arg(index).is_none_or(Zval::is_null) {
            return Ok(None);
        }
        let count = Some(self.number(index, true)?).filter(|&count| count > 0);
        let count = count.ok_or_else(|| self.value_error(index, "must be greater than or equal to 1"))?;
        Ok(T::try_from(count).ok())
    }

    fn number(&self, index: u32, nullable: bool) -> Result<i64, Thrown> {
        let mut value = 0;
        let arg = self.raw(index);
        // SAFETY: an argument of this call; a conversion may throw, in which case the function returns false.
        let parsed = unsafe { ffi::async_arg_long(index + 1, arg, nullable, &raw mut value) };
        if parsed { Ok(value) } else { Err(Thrown) }
    }

    /// Parses a bool; true when it is omitted.
    ///
    /// # Errors
    ///
    /// `TypeError`.
    pub(crate) fn bool_or_true(&self, index: u32) -> Result<bool, Thrown> {
        let mut value = true;
        if self.arg(index).is_none() {
            return Ok(value);
        }
        // SAFETY: an argument of this call; a conversion may throw, in which case the function returns false.
        let parsed = unsafe { ffi::async_arg_bool(index + 1, self.raw(index), &raw mut value) };
        if parsed { Ok(value) } else { Err(Thrown) }
    }

    /// Parses a float; `None` when it is null or omitted.
    ///
    /// # Errors
    ///
    /// `TypeError`.
    pub(crate) fn optional_double(&self, index: u32) -> Result<Option<f64>, Thrown> {
        if self.arg(index).is_none_or(Zval::is_null) {
            return Ok(None);
        }
        self.real(index, true).map(Some)
    }

    /// Parses a float; 0.0 when it is omitted.
    ///
    /// # Errors
    ///
    /// `TypeError`.
    pub(crate) fn double_or_zero(&self, index: u32) -> Result<f64, Thrown> {
        if self.arg(index).is_none() { Ok(0.0) } else { self.real(index, false) }
    }

    /// Parses a float that is no infinity and no NAN; `None` for null, and when it is omitted.
    ///
    /// # Errors
    ///
    /// `TypeError`, `ValueError`.
    pub(crate) fn optional_finite(&self, index: u32) -> Result<Option<f64>, Thrown> {
        match self.optional_double(index)? {
            Some(value) if !value.is_finite() => Err(self.value_error(index, "must be finite")),
            value => Ok(value),
        }
    }

    /// Parses a float.
    ///
    /// # Errors
    ///
    /// `TypeError`.
    pub(crate) fn double(&self, index: u32) -> Result<f64, Thrown> {
        self.real(index, false)
    }

    /// Parses a string; `None` when it is null or omitted.
    ///
    /// # Errors
    ///
    /// `TypeError`; what `__toString()` throws.
    pub(crate) fn optional_string(&self, index: u32) -> Result<Option<&ZendStr>, Thrown> {
        if self.arg(index).is_none_or(Zval::is_null) {
            return Ok(None);
        }
        // SAFETY: an argument of this call; a conversion may throw, in which case the function returns null.
        let text = unsafe { ffi::async_arg_str(index + 1, self.raw(index)) };
        // SAFETY: null, or the string that the argument is or has been converted to, which holds it during the call.
        let text = unsafe { text.as_ref() };
        text.map(Some).ok_or(Thrown)
    }

    fn real(&self, index: u32, nullable: bool) -> Result<f64, Thrown> {
        let mut value = 0.0;
        let arg = self.raw(index);
        // SAFETY: an argument of this call; a conversion may throw, in which case the function returns false.
        let parsed = unsafe { ffi::async_arg_double(index + 1, arg, nullable, &raw mut value) };
        if parsed { Ok(value) } else { Err(Thrown) }
    }

    /// Parses a case of one of this extension's enums, and returns its counterpart in `cases`.
    ///
    /// # Errors
    ///
    /// `TypeError` when it is not such a case.
    pub(crate) fn case<T: Copy>(
        &self,
        index: u32,
        name: &CStr,
        class: &Class,
        cases: &[(&'static CStr, T)],
    ) -> Result<T, Thrown> {
        let same = |one: &ZendObject, case: &'static CStr| {
            class.case(case).object().is_some_and(|other| std::ptr::eq(one, other))
        };
        let given = self.arg(index).and_then(Zval::object);
        let found = given.and_then(|object| cases.iter().find(|(case, _)| same(object, case)));
        found.map(|(_, meaning)| *meaning).ok_or_else(|| self.type_error(index, name))
    }

    /// Parses a callable, and binds it to the scope of the caller.
    ///
    /// # Errors
    ///
    /// `TypeError` with the reason why it is not callable.
    pub(crate) fn callable(&self, index: u32) -> Result<Callable, Thrown> {
        self.callable_or(index, |why| format!("must be a valid callback, {why}"))
    }

    /// Parses a callable for a parameter that also takes strings of another kind; `message` begins what is said of any other
    /// value.
    ///
    /// # Errors
    ///
    /// `TypeError` with the reason why it is not callable.
    pub(crate) fn callable_saying(&self, index: u32, message: &str) -> Result<Callable, Thrown> {
        self.callable_or(index, |why| format!("{message}, {why}"))
    }

    /// Parses a callable; `None` when it is null or omitted.
    ///
    /// # Errors
    ///
    /// `TypeError` with the reason why it is not callable.
    pub(crate) fn optional_callable(&self, index: u32) -> Result<Option<Callable>, Thrown> {
        if self.arg(index).is_none_or(Zval::is_null) {
            return Ok(None);
        }
        self.callable_or(index, |why| format!("must be a valid callback or null, {why}")).map(Some)
    }

    /// Parses a callable for a parameter that also takes other types; `expected` names all of them.
    ///
    /// # Errors
    ///
    /// `TypeError` that names `expected`.
    pub(crate) fn callable_of(&self, index: u32, expected: &CStr) -> Result<Callable, Thrown> {
        match self.arg(index).map(Callable::bind) {
            Some(Ok(callable)) => Ok(callable),
            Some(Err(NotCallable::Thrown)) => Err(Thrown),
            // A string or an array may have been meant as a callable: give the reason why it is not one.
            Some(Err(NotCallable::Because(why)))
                if self.arg(index).is_some_and(|arg| arg.is_string() || arg.is_array()) =>
            {
                Err(self.type_error_saying(index, &format!("must be a valid callback, {why}")))
            }
            _ => Err(self.type_error(index, expected)),
        }
    }

    fn callable_or(&self, index: u32, message: impl FnOnce(String) -> String) -> Result<Callable, Thrown> {
        match self.arg(index).map(Callable::bind) {
            Some(Ok(callable)) => Ok(callable),
            Some(Err(NotCallable::Because(why))) => Err(self.type_error_saying(index, &message(why))),
            _ => Err(Thrown),
        }
    }

    /// Throws `TypeError`: Argument #n ($name) must be of type `expected`, ... given.
    pub(crate) fn type_error(&self, index: u32, expected: &CStr) -> Thrown {
        // SAFETY: throws for the function that is being called.
        unsafe { ffi::async_arg_type_error(index + 1, expected.as_ptr(), self.raw(index)) };
        Thrown
    }

    /// Throws `ValueError`: Argument #n ($name) `message`.
    #[expect(clippy::unused_self, reason = "the engine finds the call by itself; the caller must have one")]
    pub(crate) fn value_error(&self, index: u32, message: &str) -> Thrown {
        ensure_free();
        let message = CString::new(message).unwrap_or_default();
        // SAFETY: throws for the function that is being called.
        unsafe { ffi::async_arg_value_error(index + 1, message.as_ptr()) };
        Thrown
    }

    /// Throws `TypeError`: Argument #n ($name) `message`.
    #[expect(clippy::unused_self, reason = "the engine finds the call by itself; the caller must have one")]
    pub(crate) fn type_error_saying(&self, index: u32, message: &str) -> Thrown {
        ensure_free();
        let message = CString::new(message).unwrap_or_default();
        // SAFETY: throws for the function that is being called.
        unsafe { ffi::async_arg_type_error_text(index + 1, message.as_ptr()) };
        Thrown
    }

    /// The argument as a pointer for the engine, null if omitted. Converting an argument, or reporting an error about
    /// it, may run PHP code: error handlers, hooks of exceptions.
    fn raw(&self, index: u32) -> *mut Zval {
        ensure_free();
        self.arg(index).map_or(ptr::null_mut(), |arg| ptr::from_ref(arg).cast_mut())
    }
}
