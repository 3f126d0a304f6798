//! Any bytes are a frame or none, in whatever pieces they come; and any payload is a throwable or a report, or none.
#![no_main]
#![allow(dead_code, reason = "only the readers are tried")]

#[path = "../../src/wire/mod.rs"]
mod wire;

use libfuzzer_sys::fuzz_target;
use wire::frame::{Progress, Reader};

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let mut reader = Reader::new(1 << 20);
    for piece in bytes.chunks(usize::from(piece).max(1)) {
        reader.buffer().extend_from_slice(piece);
        if reader.progress() != Progress::More {
            break;
        }
    }
    let _ = wire::throwable::Throwable::decode(bytes);
    let _ = wire::report::Report::decode(bytes);
});
