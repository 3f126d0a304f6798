//! The classes whose objects a result may have, where a pool restricts them. Runs in the parent.

use std::collections::BTreeSet;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::zend::array::Array;
use crate::zend::cell::Plain;
use crate::zend::string;

/// Names of classes, in lower case and without a leading backslash.
#[derive(Debug)]
pub(crate) struct Classes(BTreeSet<Vec<u8>>);

impl Plain for Rc<Classes> {}

impl Classes {
    /// The classes of these names, in any case.
    pub(crate) fn new(names: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let normal = |name: Vec<u8>| normal(&name);
        Self(names.into_iter().map(normal).collect())
    }

    /// Is an object of this class let in?
    pub(crate) fn has(&self, name: &[u8]) -> bool {
        self.0.contains(&normal(name))
    }

    /// The names as the keys of an array, in which PHP's serializer looks.
    pub(super) fn table(&self) -> Zval {
        let mut table = Array::with_capacity(self.0.len());
        for name in &self.0 {
            table.set(&string::zval(name), Zval::new());
        }
        table.into_zval()
    }
}

/// A class name as the engine's tables of classes have it.
fn normal(name: &[u8]) -> Vec<u8> {
    name.strip_prefix(b"\\").unwrap_or(name).to_ascii_lowercase()
}

/// Is an object of this class let in, where `classes` may restrict them?
pub(crate) fn admits(classes: Option<&Classes>, name: &[u8]) -> bool {
    classes.is_none_or(|classes| classes.has(name))
}
