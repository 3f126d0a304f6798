//! `Async\Handlers`: an enum that says at which points of the script handlers run.

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

/// Parses an argument that is a case of the enum.
///
/// # Errors
///
/// `TypeError` when it is not one.
pub(crate) fn place(call: &Call, index: u32) -> Result<Place, Thrown> {
    call.case(index, c"Async\\Handlers", &HANDLERS, &CASES)
}
