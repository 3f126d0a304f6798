//! Encodes a throwable for the parent. Runs in a child, after its task. It may remove arguments from stack traces in
//! place, since no code of the child reads them any more.

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

/// How often a property is serialized again after another unserializable part was taken out of it. PHP's serializer
/// reports only the first such part on each attempt; after this many the whole property is replaced by null.
const ROUNDS: usize = 64;

/// Encodes a throwable. Parts that cannot be serialized are replaced by null, and listed in the record as lost. PHP
/// code may run: the serialization hooks of objects in the properties. If one of them calls `exit()`, the unwinding of
/// that stays pending, and the returned bytes must not be used.
pub(crate) fn encode(throwable: &Zval) -> Vec<u8> {
    let mut fault = Throwable::default();
    // `chain` holds a reference to each throwable, as a hook may change the `previous` property while this loop runs.
    for throwable in &chain(throwable) {
        let Some(object) = throwable.object() else { break };
        fault.chain.push(record(object));
    }
    fault.encode()
}

/// The throwable and its chain of previous ones, up to [`CHAIN`], each once.
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

/// All initialized properties, including private ones of ancestors.
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

/// A copy of the trace whose frames have neither arguments nor `$this`: those values belong to the child.
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
                // A key that is missing is no error: not every frame has both.
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

/// Encodes the value of a property, which is at `path` in the throwable, without the parts that cannot be serialized;
/// returns these as losses.
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
            // Each object is serialized by itself. If that succeeds it is not the cause, even if it has unserializable
            // parts: its hook leaves these out.
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

/// Encodes null in place of a whole property, which is reported as lost.
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

/// Removes the arguments from the traces of throwables inside a property: they may hold closures and connections.
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
            // SAFETY: `value` keeps the object alive; the function takes ownership of the zval.
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
