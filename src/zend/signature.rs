//! Parses signatures in PHP syntax, and builds the engine's descriptions of them, which Reflection and named arguments
//! use.
//!
//! Runs in MINIT. Its allocations are never freed, as the engine points to them.

use std::ffi::{CString, c_char};
use std::{mem, ptr};

use ext_php_rs::ffi::zend_internal_arg_info;

use crate::ffi;

/// The bits of the engine's type masks, by the names in PHP source. Stable since PHP 8.0: the bit of a type is `1 <<
/// IS_TYPE`.
const BUILTIN: [(&str, u32); 13] = [
    ("null", 1 << 1),
    ("false", 1 << 2),
    ("true", 1 << 3),
    ("bool", 1 << 2 | 1 << 3),
    ("int", 1 << 4),
    ("float", 1 << 5),
    ("string", 1 << 6),
    ("array", 1 << 7),
    ("object", 1 << 8),
    ("callable", 1 << 12),
    ("void", 1 << 14),
    ("static", 1 << 15),
    ("mixed", 0x3FE),
];

/// A parsed type: the bits of its built-in members, and the names of its classes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Type {
    /// Built-in members.
    pub(crate) mask: u32,
    /// The names of classes, separated by `|`; empty if there are none.
    pub(crate) classes: String,
}

impl Type {
    /// The type in `text`; empty text is no type.
    pub(crate) fn parse(text: &str) -> Self {
        let mut parsed = Self { mask: 0, classes: String::new() };
        let members = text.strip_prefix('?').map_or(text, |rest| {
            parsed.mask |= 1 << 1;
            rest
        });
        for member in members.split('|').filter(|member| !member.is_empty()) {
            if let Some((_, bits)) = BUILTIN.iter().find(|(name, _)| *name == member) {
                parsed.mask |= bits;
            } else {
                let separator = if parsed.classes.is_empty() { "" } else { "|" };
                parsed.classes.push_str(separator);
                parsed.classes.push_str(member);
            }
        }
        parsed
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Parameter<'s> {
    name: &'s str,
    of: Type,
    variadic: bool,
    default: Option<&'s str>,
}

/// The parameters in `text`: `type $name = default, type ...$rest`.
fn parse(text: &str) -> impl Iterator<Item = Parameter<'_>> {
    text.split(", ").filter(|part| !part.is_empty()).map(|part| {
        let (declared, default) =
            part.split_once(" = ").map_or((part, None), |(left, right)| (left, Some(right)));
        let (of, name) = declared.split_once(' ').unwrap_or(("", declared));
        let variadic = name.starts_with("...");
        Parameter {
            name: name.trim_start_matches("...").trim_start_matches('$'),
            of: Type::parse(of),
            variadic,
            default,
        }
    })
}

/// A C string that lives as long as the process.
pub(crate) fn permanent(text: &str) -> *const c_char {
    CString::new(text).map_or(ptr::null(), |text| text.into_raw().cast_const())
}

/// The engine's description of a signature, and its number of parameters.
pub(crate) fn arg_info(parameters: &str, returns: &str) -> (*const zend_internal_arg_info, u32) {
    let parameters: Vec<_> = parse(parameters).collect();
    let required =
        parameters.iter().filter(|parameter| parameter.default.is_none() && !parameter.variadic).count();
    let mut infos = Vec::with_capacity(parameters.len() + 1);
    // The first entry describes the function: the number of required parameters is in the place of its name.
    infos.push(info(ptr::without_provenance(required), &Type::parse(returns), false, ptr::null()));
    infos.extend(parameters.iter().map(|parameter| {
        let default = parameter.default.map_or(ptr::null(), permanent);
        info(permanent(parameter.name), &parameter.of, parameter.variadic, default)
    }));
    let count = u32::try_from(parameters.len()).unwrap_or(0);
    (infos.leak().as_ptr(), count)
}

fn info(name: *const c_char, of: &Type, variadic: bool, default: *const c_char) -> zend_internal_arg_info {
    // SAFETY: plain C data, for which zero is a valid value.
    let mut info: zend_internal_arg_info = unsafe { mem::zeroed() };
    let classes = if of.classes.is_empty() { ptr::null() } else { permanent(&of.classes) };
    // SAFETY: all pointers are null, or valid as long as the process.
    unsafe { ffi::async_arg_info(&raw mut info, name, classes, of.mask, variadic, default) };
    info
}
