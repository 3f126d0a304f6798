//! Checks whether a result fits under `memory_limit`. The engine ends a script that exceeds the limit, and with it
//! everything that the script waits for. So the available memory is checked beforehand, and a result that does not fit
//! only fails its own task.

use ext_php_rs::types::Zval;

use super::value::walk::disown;
use crate::ffi;

/// The engine takes memory from the system in chunks of this size, so a value may take up to this much more than its
/// own size.
const CHUNK: usize = 2 << 20;

/// A result for which `memory_limit` has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "its {length} bytes take more memory than the {left} bytes that memory_limit leaves; raise that, or return less"
)]
pub(crate) struct NoRoom {
    /// The length of its payload.
    pub(crate) length: usize,
    /// How many bytes the limit leaves.
    pub(crate) left: usize,
}

/// The reservation of memory for one value while it is decoded.
///
/// If the value may exceed `memory_limit`, the limit is raised while it is decoded, since its final size is not known
/// beforehand: the engine places as much of it as possible in gaps between other values. Afterwards the limit is
/// restored; if that fails, the value is discarded.
#[derive(Debug)]
pub(crate) struct Room {
    scarce: Option<NoRoom>,
}

impl Room {
    /// Reserves room for a value with a payload of `length` bytes, which will take between `least` and `most` bytes of
    /// memory.
    ///
    /// # Errors
    ///
    /// When fewer than `least` bytes are left.
    pub(crate) fn find(length: usize, least: usize, most: usize) -> Result<Self, NoRoom> {
        if Self::is_ample(most) {
            return Ok(Self { scarce: None });
        }
        // SAFETY: reads numbers of the engine.
        let left = unsafe { ffi::async_memory_left(true) };
        let scarce = NoRoom { length, left };
        if least > left {
            return Err(scarce);
        }
        // Twice as much: the engine rounds up the sizes of allocations.
        let beyond = most.saturating_mul(2).saturating_add(CHUNK);
        // SAFETY: changes a number of the engine, which is restored in any case.
        unsafe { ffi::async_memory_lift(beyond) };
        Ok(Self { scarce: Some(scarce) })
    }

    /// Is there room for a value of `most` bytes without any doubt?
    #[inline]
    pub(crate) fn is_ample(most: usize) -> bool {
        // SAFETY: reads numbers of the engine.
        unsafe { ffi::async_memory_left(false) > most.saturating_add(CHUNK) }
    }

    /// How many bytes the value may take.
    pub(crate) fn left(&self) -> usize {
        self.scarce.map_or(usize::MAX, |scarce| scarce.left)
    }

    /// Restores the limit after the value has been decoded.
    ///
    /// # Errors
    ///
    /// When the script with the value exceeds the limit. The limit then stays raised until `self` is dropped, and the
    /// value has to be dropped before.
    pub(crate) fn hold(&mut self) -> Result<(), NoRoom> {
        // SAFETY: sets the engine's limit to what php.ini or the script says.
        if self.scarce.is_some() && unsafe { ffi::async_memory_restore() } {
            self.scarce = None;
        }
        self.scarce.map_or(Ok(()), Err)
    }

    /// Returns the value if the limit can be restored. Otherwise drops it; destructors in it do not run, as no PHP code
    /// has seen it.
    ///
    /// # Errors
    ///
    /// As [`Room::hold`].
    pub(crate) fn admit(mut self, value: Zval) -> Result<Zval, NoRoom> {
        match self.hold() {
            Ok(()) => Ok(value),
            Err(why) => {
                disown(&value);
                drop(value);
                Err(why)
            }
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.scarce.is_some() {
            // SAFETY: as for `hold`; if more memory stays in use, that amount becomes the limit.
            unsafe { ffi::async_memory_settle() };
        }
    }
}
