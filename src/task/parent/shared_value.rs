//! Values that processes share: reading, and writing under their lock.

use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::error::{Error, LockError};
use crate::exceptions;
use crate::process::shared::value::{NotRead, SharedBytes};
use crate::task::parent::locks::{begin_writing, end_writing, fail, is_writing, synchronized};
use crate::wire::codec::Format;
use crate::zend::callable::Callable;
use crate::zend::handler::{Returned, Thrown};
use crate::zend::value::DecodeError;
use crate::zend::value::Encoded;
use crate::zend::{exception, value};

/// The value. Re-enters PHP: autoloaders, hooks of serialization.
///
/// # Errors
///
/// When it cannot be read, or when its class throws.
pub(crate) fn get(shared: &Rc<SharedBytes>) -> Returned {
    let read = match shared.read() {
        Err(NotRead::Overtaken) if !is_writing(shared) => {
            begin_writing(shared)?;
            let read = shared.read();
            end_writing(shared)?;
            read
        }
        read => read,
    };
    let garbled = |reason: String| fail(LockError::Garbled { reason });
    let (format, bytes) = read.map_err(|_| garbled("it has an impossible length".to_owned()))?;
    let format = Format::try_from(format).map_err(|error| garbled(error.to_string()))?;
    value::decode(format, &bytes, None).map_err(|error| match error {
        DecodeError::Exiting => Thrown,
        DecodeError::Thrown(throwable) => exception::throw(&throwable),
        other => garbled(other.to_string()),
    })
}

/// Sets the value. Re-enters PHP: hooks of serialization, and what runs while the lock is waited for.
///
/// # Errors
///
/// When it cannot be serialized, has no room, or when this process is in an update of the same value.
pub(crate) fn set(shared: &Rc<SharedBytes>, value: &Zval) -> Result<(), Thrown> {
    let encoded = encode(shared, value)?;
    begin_writing(shared)?;
    write(shared, &encoded);
    end_writing(shared)
}

/// Calls a function with the value, and sets what it returns, with no other process writing meanwhile. Re-enters PHP.
///
/// # Errors
///
/// As [`get`] and [`set`], and when the function throws; then the value stays as it was.
pub(crate) fn update(shared: &Rc<SharedBytes>, callable: &Callable) -> Returned {
    begin_writing(shared)?;
    let work = || {
        let before = get(shared)?;
        let returned = callable.call(&mut [before])?;
        let encoded = encode(shared, &returned)?;
        // The function may have ended what it is in.
        if is_writing(shared) {
            write(shared, &encoded);
        }
        drop(encoded);
        Ok(returned)
    };
    synchronized(work, || end_writing(shared))
}

fn write(shared: &SharedBytes, encoded: &Encoded<'_>) {
    shared.write(encoded.format() as u8, encoded.chunks());
}

/// Encodes a value for which there is room.
fn encode<'v>(shared: &SharedBytes, value: &'v Zval) -> Result<Encoded<'v>, Thrown> {
    let encoded = value::encode(value);
    if exception::pending() {
        return Err(Thrown);
    }
    let encoded = encoded.map_err(|error| {
        exceptions::throw(&Error::NotShareable {
            type_name: error.type_name,
            path: error.path,
            reason: error.reason,
        })
    })?;
    match (encoded.len(), shared.room()) {
        (bytes, room) if bytes > room => Err(fail(LockError::TooLarge { bytes, room })),
        _ => Ok(encoded),
    }
}
