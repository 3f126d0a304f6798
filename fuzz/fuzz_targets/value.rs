//! Any bytes are a packed value or none. The tree asserts what the reader promises to its target: each slot written at
//! most once, nothing declared that the input is too short for.
#![no_main]
#![allow(dead_code, reason = "only the readers are tried")]

#[path = "../../src/wire/tree.rs"]
mod tree;
#[path = "../../src/wire/mod.rs"]
mod wire;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut forest = tree::Forest::new();
    let read = wire::decode::decode(bytes, &mut forest, 0);
    assert!(forest.declared <= bytes.len(), "{} elements in {} bytes", forest.declared, bytes.len());
    assert!(read.is_err() || !forest.trees.contains(&tree::Tree::Pending), "a slot without a value");
    let mut again = tree::Forest::new();
    let streamed = wire::decode::decode_from(bytes, bytes.len(), &mut again, 0);
    assert!(read.is_ok() == streamed.is_ok() && forest.trees == again.trees, "a stream is read as something else");
});
