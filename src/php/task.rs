//! `Async\Task`: the interface of objects that can be run as tasks.

use ext_php_rs::types::Zval;

use crate::zend::class::{Class, Function};
use crate::zend::object;

static TASK: Class = Class::new();

/// Registers the interface. MINIT.
pub(crate) fn register() {
    TASK.register_interface(c"Async\\Task", &[Function::required("run", "", "mixed")]);
}

/// Whether the value implements the interface.
pub(crate) fn is_task(value: &Zval) -> bool {
    object::is_instance(value, &TASK)
}
