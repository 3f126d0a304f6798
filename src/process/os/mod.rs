//! What differs from one operating system to the other. `linux` and `bsd` have the same names: the latter is for systems
//! with kqueue, FreeBSD and macOS, and where those have nothing of the kind, it says so, as an old Linux kernel or a filter
//! of system calls does. The code around does without it then. `posix` is what Linux and FreeBSD share.

#[cfg(any(target_os = "freebsd", target_os = "macos"))]
mod bsd;
pub(super) mod descriptor;
mod interface;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
mod posix;

#[cfg(any(target_os = "freebsd", target_os = "macos"))]
pub(crate) use bsd::*;
pub(crate) use descriptor::above_standard;
pub(crate) use interface::*;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
pub(crate) use posix::*;
