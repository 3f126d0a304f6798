//! `Async\Output`: an enum that says where the output of tasks goes.

use std::ffi::CStr;

use crate::process::output::Mode;
use crate::zend::class::Class;
use crate::zend::handler::{Call, Thrown};

static OUTPUT: Class = Class::new();

const CASES: [(&CStr, Mode); 3] =
    [(c"Inherit", Mode::Inherit), (c"Capture", Mode::Capture), (c"Discard", Mode::Discard)];

/// Registers the enum. MINIT.
pub(crate) fn register() {
    OUTPUT.register_enum(c"Async\\Output", &CASES.map(|(name, _)| name));
}

/// Parses an argument that is a case of the enum.
///
/// # Errors
///
/// `TypeError` when it is not one.
pub(crate) fn mode(call: &Call, index: u32) -> Result<Mode, Thrown> {
    call.case(index, c"Async\\Output", &OUTPUT, &CASES)
}
