//! `src/process/shared` for loom, a model checker: see there. `cargo test --release` runs the models.
#![allow(dead_code, reason = "only what processes share is tried")]

#[path = "../../src/process/mod.rs"]
mod process;
#[path = "../../src/wire/mod.rs"]
mod wire;
