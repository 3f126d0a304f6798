//! Memory that a process shares with the warm workers: tasks go one way through it, results the other, and no
//! system call is made while both sides are busy.
//!
//! Everything in it is bytes and atomics; what a child wrote is checked before it is believed.

pub(crate) mod doorbell;
mod futex;
pub(crate) mod job_queue;
mod memory;
pub(crate) mod result_ring;
pub(crate) mod slot;
