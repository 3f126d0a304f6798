//! The operating system: forks, pipes, waits, signals, shared memory. Knows no Zend type, so that `cargo test` alone
//! tests it. What differs between operating systems is in `os`.
#![allow(unsafe_code, reason = "system calls that no safe wrapper covers")]

pub(crate) mod bytes;
pub(crate) mod caught;
pub(crate) mod census;
pub(crate) mod cgroup;
pub(crate) mod channel;
pub(crate) mod child;
pub(crate) mod chunked_reader;
pub(crate) mod clock;
pub(crate) mod cpus;
pub(crate) mod daemon;
pub(crate) mod endpoint;
pub(crate) mod file;
pub(crate) mod fork;
pub(crate) mod forwarding;
pub(crate) mod handover;
pub(crate) mod head_and_tail;
pub(crate) mod huge;
pub(crate) mod identity;
pub(crate) mod listener;
pub(crate) mod memory;
pub(crate) mod memory_killer;
pub(crate) mod orphans;
pub(crate) mod os;
pub(crate) mod output;
pub(crate) mod pipe;
pub(crate) mod poller;
pub(crate) mod quota;
pub(crate) mod ready;
pub(crate) mod recipient;
pub(crate) mod remote_payload;
pub(crate) mod service;
pub(crate) mod shared;
pub(crate) mod signals;
pub(crate) mod spin;
pub(crate) mod threads;
pub(crate) mod wait;
