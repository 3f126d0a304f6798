//! Registers this extension's php.ini entries with the engine.

use std::ffi::{CStr, c_int, c_void};
use std::sync::OnceLock;
use std::{mem, ptr};

use ext_php_rs::ffi::{PHP_INI_ALL, PHP_INI_SYSTEM, zend_ini_entry, zend_register_ini_entries, zend_string};
use ext_php_rs::zend::IniEntryDef;

use super::exception;
use super::string::lossy;
use crate::ffi;

/// Stores a new value for the entry at an index; the error describes what the value must be.
pub(crate) type Accept = fn(index: usize, value: &str) -> Result<(), String>;

static ACCEPT: OnceLock<Accept> = OnceLock::new();

/// `ZEND_INI_STAGE_STARTUP`.
const STARTUP: c_int = 1;

/// An entry: its name, its default, and whether only php.ini may set it.
pub(crate) type Entry = (&'static CStr, &'static CStr, bool);

/// Registers entries. Each value, including the default, is passed to `accept`. MINIT.
pub(crate) fn register(entries: impl Iterator<Item = Entry>, accept: Accept, module_number: c_int) {
    ACCEPT.get_or_init(|| accept);
    let mut table: Vec<IniEntryDef> = entries.enumerate().map(|(index, entry)| build(index, entry)).collect();
    table.push(IniEntryDef::end());
    // SAFETY: MINIT; the table ends with an empty entry and is never freed, as PHP 8.5 keeps a pointer to it.
    unsafe { zend_register_ini_entries(table.leak().as_ptr(), module_number) };
}

/// Unregisters the entries. MSHUTDOWN: not every PHP version does this by itself.
pub(crate) fn unregister(module_number: c_int) {
    // SAFETY: MSHUTDOWN, with the number of our module.
    unsafe { ffi::zend_unregister_ini_entries(module_number) };
}

fn build(index: usize, (name, default, system): Entry) -> IniEntryDef {
    // SAFETY: plain C data, for which zero is a valid value.
    let mut def: IniEntryDef = unsafe { mem::zeroed() };
    def.name = name.as_ptr();
    def.name_length = name.count_bytes().try_into().unwrap_or_default();
    def.value = default.as_ptr();
    def.value_length = default.count_bytes().try_into().unwrap_or_default();
    def.modifiable = u8::try_from(if system { PHP_INI_SYSTEM } else { PHP_INI_ALL }).unwrap_or_default();
    def.on_modify = Some(on_modify);
    def.mh_arg1 = ptr::without_provenance_mut(index);
    def
}

unsafe extern "C" fn on_modify(
    entry: *mut zend_ini_entry,
    value: *mut zend_string,
    index: *mut c_void,
    _: *mut c_void,
    _: *mut c_void,
    stage: c_int,
) -> c_int {
    // SAFETY: null, or a live string of the engine.
    let text = unsafe { value.as_ref() }.map(lossy).unwrap_or_default();
    match ACCEPT.get().map(|accept| accept(index.addr(), text.trim())) {
        Some(Err(expected)) => {
            if stage == STARTUP {
                // SAFETY: the engine passes a live entry.
                let name = unsafe { (*entry).name };
                // SAFETY: the name of a live entry.
                let name = unsafe { name.as_ref() }.map(lossy).unwrap_or_default();
                exception::warn(&format!("{name} must be {expected}, \"{text}\" given; the default is used"));
            }
            -1
        }
        _ => 0,
    }
}
