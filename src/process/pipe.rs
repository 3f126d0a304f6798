//! Pipes that other programs do not inherit, and whose ends are not among the standard descriptors.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};

use super::os;

/// Both ends of a new pipe: reading and writing block.
///
/// # Errors
///
/// EMFILE or ENFILE when no descriptor is available.
pub(crate) fn open_blocking() -> Result<(OwnedFd, OwnedFd), Errno> {
    let (reader, writer) = os::pipe()?;
    Ok((os::above_standard(reader)?, os::above_standard(writer)?))
}

/// Both ends of a new pipe: reading does not block, writing does.
///
/// # Errors
///
/// As [`open_blocking`].
pub(crate) fn open() -> Result<(OwnedFd, OwnedFd), Errno> {
    let (reader, writer) = open_blocking()?;
    fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok((reader, writer))
}
