//! Why a value could not be encoded, or decoded.

use ext_php_rs::types::Zval;

use crate::wire::decode::Malformed;
use crate::zend::memory::NoRoom;

/// A value that PHP cannot serialize, or would serialize with a loss that it does not report.
#[derive(Debug)]
pub(crate) struct Unserializable {
    /// The part that cannot be serialized, where it is known which one it is.
    pub(crate) part: Option<Zval>,
    /// As `get_debug_type()` names the part that cannot be serialized.
    pub(crate) type_name: String,
    /// Where that part is, as `[3]->prop["key"]`; empty for the value itself.
    pub(crate) path: String,
    pub(crate) reason: String,
}

/// Why bytes could not be decoded to a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeError {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The value contains an object of a class that this process does not know, and no autoloader does.
    #[error("class {class} is not known here")]
    UnknownClass { class: String },
    /// The value contains an object of a class that the pool does not let in; whether it is known here was not asked.
    #[error("class {class} is not one that the pool's allowedClasses() lets in")]
    RefusedClass { class: String },
    /// An autoloader, `__unserialize()` or `__wakeup()` threw this exception.
    #[error("an exception was thrown")]
    Thrown(Zval),
    /// PHP code that ran during decoding called `exit()`. The unwinding of that is pending: the caller has to return to
    /// the engine.
    #[error("exit was called")]
    Exiting,
    /// The decoded value would exceed `memory_limit`.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
}
