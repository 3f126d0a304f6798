//! Memory that a process shares with the children that stay: tasks go one way through it, results the other, and no
//! system call is made while both sides are busy.
//!
//! Everything in it is bytes and atomics; what a child wrote is checked before it is believed.

pub(crate) mod bell;
pub(crate) mod board;
mod futex;
pub(crate) mod line;
mod mapping;
pub(crate) mod seat;
