//! Which functions know of something: the one that registered it, and those that had called that one. Code that these
//! call later, such as a library, knows nothing of it.

use std::rc::Rc;

use super::cell::{DataCell, Plain};
use crate::ffi;

/// Callers that are looked at: those further out do not count.
const MOST: usize = 256;

/// A function of PHP code, known by where its code lies: closures that one piece of code makes are one function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Function(usize);

/// Functions, from the inside out.
#[derive(Clone, Debug)]
pub(crate) struct Scope(Rc<[Function]>);

impl Plain for Function {}
impl Plain for Scope {}

thread_local! {
    /// The latest one: whoever registers one thing often registers many.
    static LATEST: DataCell<Option<Scope>> = const { DataCell::new(None) };
}

impl Scope {
    /// Of the PHP code that has called one of our functions now.
    pub(crate) fn here() -> Self {
        let mut functions = [Function::default(); MOST];
        // SAFETY: walks the frames of the running thread, and writes `MOST` numbers at most.
        let count = unsafe { ffi::async_scope(functions.as_mut_ptr().cast(), MOST) };
        let functions = functions.get(..count).unwrap_or_default();
        LATEST.with(|latest| match &mut *latest.borrow_mut() {
            Some(scope) if *scope.0 == *functions => scope.clone(),
            latest => latest.insert(Self(functions.into())).clone(),
        })
    }

    /// Is it one of them?
    pub(crate) fn contains(&self, function: Function) -> bool {
        self.0.contains(&function)
    }

    /// Are these the same functions?
    pub(crate) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || *self.0 == *other.0
    }
}

/// The PHP function that runs now, the innermost one; none at the script's end.
pub(crate) fn running() -> Option<Function> {
    let mut function = Function::default();
    // SAFETY: as above, with room for one.
    let count = unsafe { ffi::async_scope((&raw mut function).cast(), 1) };
    (count == 1).then_some(function)
}
