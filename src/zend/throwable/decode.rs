//! Decodes a throwable that a child sent. Runs in the parent. PHP code may run meanwhile: autoloaders, and the
//! unserialization hooks of objects in the throwable's properties.

use std::mem::ManuallyDrop;

use ext_php_rs::ffi::{zend_class_entry, zend_object};
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ClassEntry;

use super::{CHAIN, ancestor, base_of, is_base, lost};
use crate::ffi;
use crate::wire::codec::Format;
use crate::wire::decode::Malformed;
use crate::wire::throwable::{Record, Throwable};
use crate::zend::exception;
use crate::zend::value::classes::{self, Classes};
use crate::zend::value::object::{class_of, type_name};
use crate::zend::value::{self, DecodeError};

/// Builds the throwable, and the chain of its previous ones, from the bytes that [`super::encode()`] made. Each becomes
/// an object of its own class, or of `remote` if that class is not known in this process, cannot be instantiated, or is
/// not throwable. Constructors do not run. Where `classes` are given, classes of the script have to be among them.
pub(crate) fn decode(
    bytes: &[u8],
    remote: &ClassEntry,
    classes: Option<&Classes>,
) -> Result<Zval, DecodeError> {
    let fault = Throwable::decode(bytes)?;
    if fault.chain.is_empty() || fault.chain.len() > CHAIN {
        return Err(Malformed("no throwable".to_owned()).into());
    }
    let mut previous = None;
    for record in fault.chain.iter().rev() {
        previous = Some(throwable(record, remote, classes, previous)?);
    }
    previous.ok_or_else(|| Malformed("no throwable".to_owned()).into())
}

fn throwable(
    record: &Record<'_>,
    remote: &ClassEntry,
    classes: Option<&Classes>,
    previous: Option<Zval>,
) -> Result<Zval, DecodeError> {
    let own = instantiate(record.class.get(), classes)?;
    let is_own = own.is_some();
    let throwable = match own {
        Some(own) => own,
        None => make(remote).ok_or_else(failure)?,
    };
    let object = object_of(&throwable)?;
    let class = class_of(object);
    let mut rest = ZendHashTable::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut losses: Vec<_> =
        record.lost.iter().map(|(path, kind)| (text(path.get()), text(kind.get()))).collect();
    for property in &record.properties {
        let (scope, name) = (property.scope.get(), property.name.get());
        let value = match readable(property.format, property.value.get(), classes)? {
            Ok(value) => value,
            Err(kind) => {
                losses.push((format!("->{}", text(name)), kind));
                Zval::new()
            }
        };
        if is_base(scope) {
            // The private properties of `Exception` and `Error` (`trace`, `string`, `previous`) exist in every
            // throwable, whatever its class.
            if name != b"previous" {
                write(object, base_of(class), name, value);
            }
        } else if is_own || scope.is_empty() && is_common(name) {
            let scope = if scope.is_empty() { Some(class) } else { ancestor(class, scope) };
            if let Some(scope) = scope {
                write(object, scope, name, value);
            }
        } else {
            // Private properties of two classes in one hierarchy may have the same name. The one of the object's own
            // class gets the bare name as its key, the others get `Class::name`.
            let is_hidden = !scope.is_empty()
                && scope != record.class.get()
                && record.properties.iter().filter(|other| other.name.get() == name).count() > 1;
            add(&mut rest, is_hidden.then_some(scope), name, value);
        }
    }
    if !is_own {
        let mut name = Zval::new();
        name.set_binary(record.class.get().to_vec());
        write(object, class, b"class", name);
        let mut properties = Zval::new();
        properties.set_hashtable(rest);
        write(object, class, b"properties", properties);
    }
    if let Some(previous) = previous {
        write(object, base_of(class), b"previous", previous);
    }
    lost::note(object, &losses);
    Ok(throwable)
}

/// Whether `name` is a protected property of `Exception` and `Error`, which every throwable therefore has.
fn is_common(name: &[u8]) -> bool {
    [&b"message"[..], b"code", b"file", b"line"].contains(&name)
}

/// Makes an object of the class of this name. `None` if there is no such class in this process, if it is one of the
/// script that is not among `classes`, or if its objects cannot be thrown or made.
fn instantiate(class: &[u8], classes: Option<&Classes>) -> Result<Option<Zval>, DecodeError> {
    let (name, len) = (class.as_ptr().cast(), class.len());
    let found = if classes::admits(classes, class) {
        // SAFETY: `len` bytes are there.
        unsafe { ffi::async_class_find(name, len) }
    } else {
        // SAFETY: as above.
        unsafe { ffi::async_class_builtin(name, len) }
    };
    // An autoloader that throws counts as one that does not know the class.
    drop(exception::take());
    // SAFETY: reads a pointer of the engine.
    if unsafe { ffi::async_exception_pending() } {
        return Err(DecodeError::Exiting);
    }
    // SAFETY: null, or a class, which stays to the end of the request.
    let Some(class) = (unsafe { found.as_ref() }) else {
        return Ok(None);
    };
    // SAFETY: reads a pointer of the engine.
    let throwable = unsafe { ffi::async_class_throwable() };
    // SAFETY: two class entries of the engine.
    if !unsafe { ffi::async_class_extends(class, throwable) } {
        return Ok(None);
    }
    let made = make(class);
    // Making an object throws when the default of a property is a constant that does not exist.
    drop(exception::take());
    // SAFETY: reads a pointer of the engine.
    if unsafe { ffi::async_exception_pending() } {
        return Err(DecodeError::Exiting);
    }
    Ok(made)
}

/// Makes an object of the class without calling its constructor; `None` for an abstract class and the like. May leave
/// an exception pending.
fn make(class: &zend_class_entry) -> Option<Zval> {
    let mut object = Zval::new();
    // SAFETY: writes the zval.
    let made = unsafe { ffi::async_object_make(std::ptr::from_ref(class).cast_mut(), &raw mut object) };
    made.then_some(object)
}

/// The error for a failed [`make`] of one of this extension's own classes.
fn failure() -> DecodeError {
    exception::take().map_or(DecodeError::Exiting, DecodeError::Thrown)
}

fn object_of(value: &Zval) -> Result<&zend_object, DecodeError> {
    value.object().ok_or_else(|| Malformed("no object".to_owned()).into())
}

/// Decodes the value of a property. The inner error describes a value that this process cannot rebuild; such a property
/// is left out, and listed as lost.
fn readable(
    format: u8,
    bytes: &[u8],
    classes: Option<&Classes>,
) -> Result<Result<Zval, String>, DecodeError> {
    let format = Format::try_from(format).map_err(|unknown| Malformed(unknown.to_string()))?;
    match value::decode(format, bytes, classes) {
        Err(DecodeError::UnknownClass { class }) => {
            Ok(Err(format!("{class}, a class that is not known here")))
        }
        Err(DecodeError::RefusedClass { class }) => {
            Ok(Err(format!("{class}, a class that the pool does not let in")))
        }
        Err(DecodeError::Thrown(exception)) => {
            Ok(Err(format!("a value whose making threw {}", type_name(&exception))))
        }
        done => done.map(Ok),
    }
}

/// Writes a property of a new object. If the property's declared type does not accept the value, the default stays.
fn write(object: &zend_object, scope: &zend_class_entry, name: &[u8], value: Zval) {
    let mut value = ManuallyDrop::new(value);
    // SAFETY: the object is alive and not yet seen by PHP code; the function takes the zval over.
    unsafe {
        ffi::async_property_write(
            std::ptr::from_ref(object).cast_mut(),
            std::ptr::from_ref(scope).cast_mut(),
            name.as_ptr().cast(),
            name.len(),
            &raw mut *value,
        )
    };
}

/// Adds a property to the array that an exception of class `remote` has in its own property `properties`.
fn add(rest: &mut ZendHashTable, scope: Option<&[u8]>, name: &[u8], value: Zval) {
    let name = String::from_utf8_lossy(name);
    let key = match scope {
        Some(scope) => format!("{}::{name}", String::from_utf8_lossy(scope)),
        None => name.into_owned(),
    };
    // Fails only for a key with a NUL byte, which no property name has.
    let _added = rest.insert(key.as_str(), value);
}
