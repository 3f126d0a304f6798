//! The sending side of a throwable. Runs in a child, after its task; may take arguments out of traces in place, for
//! nobody looks at them any more.

use ext_php_rs::ffi::{zend_object, zend_std_get_properties};
use ext_php_rs::types::{ZendHashTable, Zval};

use super::{CHAIN, base_of, is_base};
use crate::ffi;
use crate::wire::codec::Format;
use crate::wire::throwable::{Bytes, Property, Record, Throwable};
use crate::zend::value::object::{class_name, class_of, type_name};
use crate::zend::value::prune::{Loss, Pruned, Unwanted};
use crate::zend::value::table::{Table, dereferenced, element, key};
use crate::zend::value::walk::{hooked, instances};
use crate::zend::value::{self, Unserializable};

/// Parts that PHP's serializer refuses one after the other, as only it finds out: then the whole property is given up.
const ROUNDS: usize = 64;

/// Encodes a throwable. What cannot be serialized is replaced by null, and told. Re-enters PHP, for the objects
/// in its properties; if one calls `exit()`, the unwinding of that stays pending, and the bytes mean nothing.
pub(crate) fn encode(throwable: &Zval) -> Vec<u8> {
    let mut fault = Throwable::default();
    // References of our own: a hook may change what a throwable holds.
    for throwable in &chain(throwable) {
        let Some(object) = throwable.object() else { break };
        fault.chain.push(record(object));
    }
    fault.encode()
}

/// The throwable and those before it, each once.
fn chain(throwable: &Zval) -> Vec<Zval> {
    let mut chain: Vec<Zval> = Vec::new();
    let mut next = Some(throwable.shallow_clone());
    while let Some(throwable) = next.take().filter(|_| chain.len() < CHAIN) {
        let Some(object) = throwable.object() else { break };
        if chain.iter().any(|known| known.object().is_some_and(|known| known.handle == object.handle)) {
            break;
        }
        next = properties(object)
            .into_iter()
            .find(|property| is_base(&property.scope) && property.name == b"previous")
            .map(|property| property.value);
        chain.push(throwable);
    }
    chain
}

/// A property as the engine lists it.
struct Listed {
    scope: Vec<u8>,
    name: Vec<u8>,
    value: Zval,
}

/// All properties that have a value, private ones of ancestors too.
fn properties(object: &zend_object) -> Vec<Listed> {
    // SAFETY: the standard handler, which every throwable has.
    let table = unsafe { zend_std_get_properties(std::ptr::from_ref(object).cast_mut()) };
    // SAFETY: the object keeps the table.
    let Some(Table::Hash(buckets)) = unsafe { table.as_ref() }.map(Table::of) else {
        return Vec::new();
    };
    let listed = |bucket| {
        let bucket: &ext_php_rs::ffi::_Bucket = bucket;
        let value = dereferenced(element(&bucket.val)?).shallow_clone();
        let mangled = key(bucket)?;
        // "\0Class\0name", "\0*\0name" or "name".
        let (scope, name) = match mangled.strip_prefix(b"\0") {
            Some(rest) => {
                let end = rest.iter().rposition(|byte| *byte == 0)?;
                let (scope, name) = rest.split_at_checked(end)?;
                (scope, name.strip_prefix(b"\0")?)
            }
            None => (&b""[..], mangled),
        };
        let scope = if scope == b"*" { &b""[..] } else { scope };
        Some(Listed { scope: scope.to_vec(), name: name.to_vec(), value })
    };
    buckets.iter().filter_map(listed).collect()
}

fn record(object: &zend_object) -> Record<'static> {
    let class = class_of(object);
    let mut record = Record { class: Bytes::Owned(class_name(class).to_vec()), ..Record::default() };
    for Listed { scope, name, value } in properties(object) {
        let value = match (is_base(&scope), name.as_slice()) {
            (true, b"previous") => continue,
            (true, b"trace") => without_arguments(&value),
            _ => value,
        };
        let path = format!("->{}", String::from_utf8_lossy(&name));
        let (format, value, lost) = property(&value, &path);
        // SAFETY: reads a pointer of the engine.
        if unsafe { ffi::async_exception_pending() } {
            break;
        }
        let (scope, name) = (Bytes::Owned(scope), Bytes::Owned(name));
        record.properties.push(Property { scope, name, format: format as u8, value: Bytes::Owned(value) });
        let told = |text: String| Bytes::Owned(text.into_bytes());
        record.lost.extend(lost.into_iter().map(|Loss { path, type_name }| (told(path), told(type_name))));
    }
    record
}

/// A trace whose frames have neither arguments nor `$this`: these belong to the child.
fn without_arguments(trace: &Zval) -> Zval {
    let Some(frames) = trace.array() else {
        return Zval::new_array();
    };
    let mut stripped = ZendHashTable::new();
    for frame in frames.values() {
        let mut copy = Zval::new();
        match frame.array() {
            Some(frame) => {
                let mut frame = frame.to_owned();
                // Only arrays that `debug_backtrace()` did not make lack both.
                let _removed = (frame.remove("args"), frame.remove("object"));
                copy.set_hashtable(frame);
            }
            None => copy = frame.shallow_clone(),
        }
        if stripped.push(copy).is_err() {
            break;
        }
    }
    let mut zval = Zval::new();
    zval.set_hashtable(stripped);
    zval
}

/// The value of a property without what cannot be sent, and what that was. It is at `path`.
fn property(value: &Zval, path: &str) -> (Format, Vec<u8>, Vec<Loss>) {
    strip_nested(value);
    let mut pruned = Pruned::default();
    let mut left = value.shallow_clone();
    left = pruned.take_out(&left, path, Unwanted::Unserializable).unwrap_or(left);
    for _ in 0..ROUNDS {
        if let Ok((format, bytes)) = collect(&left) {
            return (format, bytes, std::mem::take(&mut pruned.lost));
        }
        let before = pruned.lost.len();
        for hooked in hooked(&left) {
            // By itself: what a class has, but does not give to be serialized, is nobody's fault.
            let Err(why) = collect(&hooked) else { continue };
            // SAFETY: reads a pointer of the engine.
            if unsafe { ffi::async_exception_pending() } {
                return whole(value, path);
            }
            let known = pruned.lost.len();
            for part in [why.part.as_ref(), Some(&hooked)].into_iter().flatten() {
                if pruned.lost.len() == known {
                    left = pruned.take_out(&left, path, Unwanted::Culprit(part)).unwrap_or(left);
                }
            }
        }
        if pruned.lost.len() == before {
            break;
        }
    }
    whole(value, path)
}

/// Nothing in place of a property.
fn whole(value: &Zval, path: &str) -> (Format, Vec<u8>, Vec<Loss>) {
    let loss = Loss { path: path.to_owned(), type_name: type_name(value) };
    let (format, bytes) = collect(&Zval::new()).unwrap_or((Format::Packed, Vec::new()));
    (format, bytes, vec![loss])
}

fn collect(value: &Zval) -> Result<(Format, Vec<u8>), Unserializable> {
    let encoded = value::encode(value)?;
    let mut bytes = Vec::with_capacity(encoded.len());
    encoded.chunks().for_each(|chunk| bytes.extend_from_slice(chunk));
    Ok((encoded.format(), bytes))
}

/// Throwables in a property bring traces of their own, and in their arguments closures and connections.
fn strip_nested(value: &Zval) {
    if !value.is_array() && !value.is_object() {
        return;
    }
    // SAFETY: reads a pointer of the engine.
    let throwable = unsafe { ffi::async_class_throwable() };
    for object in instances(value, throwable) {
        let base = base_of(class_of(object));
        let trace =
            properties(object).into_iter().find(|found| is_base(&found.scope) && found.name == b"trace");
        if let Some(trace) = trace {
            let name = "trace";
            let mut stripped = std::mem::ManuallyDrop::new(without_arguments(&trace.value));
            // SAFETY: the object lives, as `value` does; the function takes the zval over.
            unsafe {
                ffi::async_property_write(
                    std::ptr::from_ref(object).cast_mut(),
                    std::ptr::from_ref(base).cast_mut(),
                    name.as_ptr().cast(),
                    name.len(),
                    &raw mut *stripped,
                )
            };
        }
    }
}
