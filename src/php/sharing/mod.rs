//! What processes share: `Async\Mutex`, `Async\Semaphore`, `Async\Counter`, `Async\Shared`. Each is memory that is mapped
//! when the object is made, and that processes have which are forked from then on.

use std::cell::OnceCell;
use std::rc::Rc;

use ext_php_rs::types::Zval;
use nix::errno::Errno;

use crate::error::{Error, LockError};
use crate::exceptions;
use crate::task::parent::locks;
use crate::zend::handler::{Call, Thrown};
use crate::zend::object::{Native, Object};

pub(crate) mod counter;
pub(crate) mod mutex;
pub(crate) mod semaphore;
pub(crate) mod shared;

/// Registers the classes. MINIT.
pub(crate) fn register() {
    mutex::register();
    semaphore::register();
    counter::register();
    shared::register();
}

/// Declares the class of objects that stand for something which processes share.
macro_rules! shared_object {
    ($object:ident, $name:literal, $of:ty) => {
        /// The object.
        #[derive(Debug, Default)]
        pub(crate) struct $object(std::cell::OnceCell<std::rc::Rc<$of>>);

        impl crate::php::sharing::Sharing for $object {
            type Of = $of;

            fn cell(&self) -> &std::cell::OnceCell<std::rc::Rc<$of>> {
                &self.0
            }
        }

        impl crate::zend::object::Native for $object {
            const NAME: &'static std::ffi::CStr = $name;

            fn registration() -> &'static crate::zend::object::Registration {
                static REGISTRATION: crate::zend::object::Registration =
                    crate::zend::object::Registration::new();
                &REGISTRATION
            }

            fn create() -> Self {
                Self::default()
            }

            fn trace(&self, _: &mut crate::zend::object::Tracer) {}

            fn is_leaf(&self) -> bool {
                true
            }

            fn released(_: &crate::zend::object::Object<Self>) {}
        }
    };
}
pub(super) use shared_object;

/// An object that stands for something which processes share.
pub(super) trait Sharing: Native {
    /// What it stands for.
    type Of;

    /// Empty until the constructor has been called.
    fn cell(&self) -> &OnceCell<Rc<Self::Of>>;
}

/// What the object stands for whose method is called.
fn of<T: Sharing>(call: &Call) -> Result<Rc<T::Of>, Thrown> {
    let object: Object<T> = call.this().ok_or(Thrown)?;
    let of = object.cell().get().map(Rc::clone);
    of.ok_or_else(|| exceptions::throw(&Error::Misuse("the object is not made: its constructor has failed")))
}

/// Makes what the object stands for whose constructor is called. `bytes` is how much memory that takes.
fn construct<T: Sharing>(
    call: &Call,
    bytes: usize,
    create: impl FnOnce() -> Result<T::Of, Errno>,
) -> Result<Rc<T::Of>, Thrown> {
    let object: Object<T> = call.this().ok_or(Thrown)?;
    if object.cell().get().is_some() {
        return Err(exceptions::throw(&Error::Misuse("the object is made already, and stays what it is")));
    }
    let new = create().map_err(|errno| locks::fail(LockError::NoMemory { bytes, errno }))?;
    Ok(Rc::clone(object.cell().get_or_init(|| Rc::new(new))))
}

fn boolean(value: bool) -> Zval {
    let mut result = Zval::new();
    result.set_bool(value);
    result
}

fn integer(value: i64) -> Zval {
    let mut result = Zval::new();
    result.set_long(value);
    result
}
