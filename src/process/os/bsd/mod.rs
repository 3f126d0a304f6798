//! FreeBSD and macOS. `freebsd` and `macos` have what differs between the two.

mod bare;
mod descriptors;
mod event;
#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "macos")]
mod macos;
mod memory;
mod process;
mod queue;
mod watch;

#[cfg(target_os = "freebsd")]
use crate::process::os::posix::{pipe, put_behind};
pub(crate) use bare::Bare;
pub(crate) use descriptors::*;
pub(crate) use event::Event;
#[cfg(target_os = "freebsd")]
pub(crate) use freebsd::*;
#[cfg(target_os = "macos")]
pub(crate) use macos::*;
pub(crate) use memory::*;
pub(crate) use process::*;
pub(crate) use queue::{Clock, Queue, in_child};
pub(crate) use watch::Watch;
