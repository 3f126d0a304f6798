//! Shared memory between a process and its warm workers: jobs go to the workers through it, results come back, and
//! while both sides are busy neither makes a system call.
//!
//! It holds nothing but bytes and atomics, and the parent checks whatever a child has written before relying on it.
//!
#![doc = include_str!("ordering.md")]

mod cells;
pub(crate) mod control;
pub(crate) mod counter;
pub(crate) mod deadlock;
pub(crate) mod doorbell;
mod entries;
pub(crate) mod job_queue;
pub(crate) mod lock;
mod memory;
pub(crate) mod message_ring;
#[cfg(all(test, loom))]
mod models;
pub(crate) mod pulse;
pub(crate) mod result_ring;
pub(crate) mod semaphore;
pub(crate) mod slot;
pub(in crate::process) mod sync;
pub(crate) mod value;
