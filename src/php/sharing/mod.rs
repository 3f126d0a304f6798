//! What processes share: `Async\Mutex`, `Async\Semaphore`, `Async\Counter`, `Async\Shared`. Each is memory that is mapped
//! when the object is made, and that processes have which are forked from then on.

use std::cell::OnceCell;
use std::rc::Rc;

use ext_php_rs::types::Zval;
use nix::errno::Errno;

use crate::error::{Error, LockError};
use crate::exceptions;
use crate::php::sharing::counter::CounterObject;
use crate::php::sharing::mutex::MutexObject;
use crate::php::sharing::semaphore::SemaphoreObject;
use crate::php::sharing::shared::SharedObject;
use crate::task::life::sharing;
use crate::task::life::sharing::{Number, Thing};
use crate::task::parent::locks;
use crate::zend::handler::{Call, Thrown};
use crate::zend::object::{Native, Object};
use crate::zend::value::handles;
use crate::zend::value::handles::Handles;

pub(crate) mod counter;
pub(crate) mod mutex;
pub(crate) mod semaphore;
pub(crate) mod shared;

/// Registers the classes. MINIT.
pub(crate) fn register() {
    handles::install(Handles { number, object });
    mutex::register();
    semaphore::register();
    counter::register();
    shared::register();
}

/// Declares the class of objects that stand for something which processes share.
macro_rules! shared_object {
    ($object:ident, $name:literal, $of:ty, $thing:path) => {
        /// The object.
        #[derive(Debug, Default)]
        pub(crate) struct $object(crate::php::sharing::Stands<$of>);

        impl crate::php::sharing::Sharing for $object {
            type Of = $of;

            fn stands(&self) -> &crate::php::sharing::Stands<$of> {
                &self.0
            }

            fn thing(of: std::rc::Rc<$of>) -> crate::task::life::sharing::Thing {
                $thing(of)
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

            fn released(this: &crate::zend::object::Object<Self>) {
                crate::php::sharing::released(&this.0);
            }
        }
    };
}
pub(super) use shared_object;

/// An object that stands for something which processes share.
pub(super) trait Sharing: Native {
    /// What it stands for.
    type Of;

    /// Empty until the constructor has been called.
    fn stands(&self) -> &Stands<Self::Of>;

    /// The same, of one type for all classes.
    fn thing(of: Rc<Self::Of>) -> Thing;
}

/// What an object stands for, and its number.
#[derive(Debug)]
pub(crate) struct Stands<T>(OnceCell<(Rc<T>, Number)>);

impl<T> Default for Stands<T> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

/// The number to be sent to a warm worker in place of an object.
fn number(value: &Zval) -> Option<Number> {
    fn of<T: Sharing>(value: &Zval) -> Option<Number> {
        Some(Object::<T>::peek(value)?.stands().0.get()?.1)
    }
    let number = of::<MutexObject>(value)
        .or_else(|| of::<SemaphoreObject>(value))
        .or_else(|| of::<CounterObject>(value))
        .or_else(|| of::<SharedObject>(value));
    number.filter(|&number| sharing::is_sent(number))
}

/// An object for a number that was sent.
fn object(number: Number) -> Option<Zval> {
    fn of<T: Sharing>(of: Rc<T::Of>, number: Number) -> Zval {
        let object = Object::<T>::new();
        object.stands().0.get_or_init(|| (of, number));
        object.zval()
    }
    Some(match sharing::find(number)? {
        Thing::Mutex(mutex) => of::<MutexObject>(mutex, number),
        Thing::Semaphore(semaphore) => of::<SemaphoreObject>(semaphore, number),
        Thing::Counter(counter) => of::<CounterObject>(counter, number),
        Thing::Bytes(bytes) => of::<SharedObject>(bytes, number),
    })
}

/// An object is released.
fn released<T>(stands: &Stands<T>) {
    if let Some((_, number)) = stands.0.get() {
        sharing::forget(*number);
    }
}

/// What the object stands for whose method is called.
fn of<T: Sharing>(call: &Call) -> Result<Rc<T::Of>, Thrown> {
    let object: Object<T> = call.this().ok_or(Thrown)?;
    let of = object.stands().0.get().map(|(of, _)| Rc::clone(of));
    of.ok_or_else(|| exceptions::throw(&Error::Misuse("the object is not made: its constructor has failed")))
}

/// The same, for a call without arguments, where that is all there is to do.
fn quick<T: Sharing>(call: &Call) -> Option<&Rc<T::Of>> {
    let object: &T = call.peek_this().filter(|_| call.count() == 0)?;
    object.stands().0.get().map(|(of, _)| of)
}

/// Makes what the object stands for whose constructor is called. `bytes` is how much memory that takes.
fn construct<T: Sharing>(
    call: &Call,
    bytes: usize,
    create: impl FnOnce() -> Result<T::Of, Errno>,
) -> Result<Rc<T::Of>, Thrown> {
    let object: Object<T> = call.this().ok_or(Thrown)?;
    if object.stands().0.get().is_some() {
        return Err(exceptions::throw(&Error::Misuse("the object is made already, and stays what it is")));
    }
    let new = create().map_err(|errno| locks::fail(LockError::NoMemory { bytes, errno }))?;
    let new = Rc::new(new);
    let number = sharing::add(T::thing(Rc::clone(&new)));
    object.stands().0.get_or_init(|| (Rc::clone(&new), number));
    Ok(new)
}
