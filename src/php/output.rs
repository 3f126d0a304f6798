//! `Async\Output`: where what tasks print goes.

use std::ffi::CStr;

use ext_php_rs::types::{ZendObject, Zval};

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

/// The case in an argument.
///
/// # Errors
///
/// `TypeError` when it is none.
pub(crate) fn mode(call: &Call, index: u32) -> Result<Mode, Thrown> {
    let same =
        |one: &ZendObject, name| OUTPUT.case(name).object().is_some_and(|other| std::ptr::eq(one, other));
    let given = call.arg(index).and_then(Zval::object);
    let found = given.and_then(|object| CASES.iter().find(|(name, _)| same(object, name)));
    found.map(|(_, mode)| *mode).ok_or_else(|| call.type_error(index, c"Async\\Output"))
}
