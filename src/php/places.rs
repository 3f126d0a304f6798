//! `Async\Handlers`: where handlers run.

use std::ffi::CStr;

use crate::pool::place::Place;
use crate::zend::class::Class;
use crate::zend::handler::{Call, Thrown};

static HANDLERS: Class = Class::new();

const CASES: [(&CStr, Place); 3] =
    [(c"Scope", Place::Scope), (c"Anywhere", Place::Anywhere), (c"Await", Place::Await)];

/// Registers the enum. MINIT.
pub(crate) fn register() {
    HANDLERS.register_enum(c"Async\\Handlers", &CASES.map(|(name, _)| name));
}

/// The case in an argument.
///
/// # Errors
///
/// `TypeError` when it is none.
pub(crate) fn place(call: &Call, index: u32) -> Result<Place, Thrown> {
    call.case(index, c"Async\\Handlers", &HANDLERS, &CASES)
}
