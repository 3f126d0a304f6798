//! The one symbol that PHP looks up in the shared object.

use ext_php_rs::zend::ModuleEntry;

/// Returns the module entry, which PHP asks the shared object for.
#[unsafe(no_mangle)]
#[expect(unreachable_pub, reason = "reached by its name, from C")]
pub extern "C" fn get_module() -> *mut ModuleEntry {
    crate::module::entry()
}
