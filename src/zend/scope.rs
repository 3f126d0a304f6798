//! The scope of a handler: the function that registered it, and the callers of that function. While code runs that
//! these call later, such as a library, the handler does not run.

use std::rc::Rc;

use super::cell::{DataCell, Plain};
use crate::ffi;

/// How many frames are considered; callers further out are not.
const MOST: usize = 256;

/// A PHP function, identified by the address of its code: all closures made by one piece of code are one function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Function(usize);

/// A set of functions, the innermost caller first.
#[derive(Clone, Debug)]
pub(crate) struct Scope(Rc<[Function]>);

impl Plain for Function {}
impl Plain for Scope {}

thread_local! {
    /// The latest scope, which is reused if the next one is equal: a function often registers many handlers.
    static LATEST: DataCell<Option<Scope>> = const { DataCell::new(None) };
}

impl Scope {
    /// The scope of the PHP code that is calling one of our functions.
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

    /// Whether `function` is in the scope.
    pub(crate) fn contains(&self, function: Function) -> bool {
        self.0.contains(&function)
    }

    /// Whether both scopes are equal.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || *self.0 == *other.0
    }
}

/// The innermost PHP function that is running; `None` at the script's end.
pub(crate) fn running() -> Option<Function> {
    let mut function = Function::default();
    // SAFETY: as above, with room for one.
    let count = unsafe { ffi::async_scope((&raw mut function).cast(), 1) };
    (count == 1).then_some(function)
}
