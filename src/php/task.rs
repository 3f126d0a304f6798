//! `Async\Task`: what an object implements to be a task.

use ext_php_rs::types::Zval;

use crate::zend::class::{Class, Function};
use crate::zend::object;

static TASK: Class = Class::new();

/// Registers the interface. MINIT.
pub(crate) fn register() {
    TASK.register_interface(c"Async\\Task", &[Function::required("run", "", "mixed")]);
}

/// Does the value implement it?
pub(crate) fn is_task(value: &Zval) -> bool {
    object::is_instance(value, &TASK)
}
