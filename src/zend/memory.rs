//! What `memory_limit` leaves for a result. The engine ends a script that goes beyond it, and with it all that the
//! script waits for; so whether there is room is looked at before, and a result without room is nothing but a failure.

use ext_php_rs::types::Zval;

use super::object::disown;
use crate::ffi;

/// Memory comes in pieces of this size: a value may take that much more than what it has.
const CHUNK: usize = 2 << 20;

/// A result for which `memory_limit` has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "its {length} bytes take more memory than the {left} bytes that memory_limit leaves; raise that, or return less"
)]
pub(crate) struct NoRoom {
    /// Of its payload.
    pub(crate) length: usize,
    /// How much is not in use.
    pub(crate) left: usize,
}

/// Room for one value, while it is made.
///
/// Where it may be scarce the limit is lifted meanwhile, as nobody knows before what a value will take: the engine puts
/// it into what is free between other values as far as it can. Afterwards the limit holds again, or the value has to
/// go.
#[derive(Debug)]
pub(crate) struct Room {
    scarce: Option<NoRoom>,
}

impl Room {
    /// Room for a value that is made of `length` bytes, and takes `least` bytes of memory at least, `most` at most.
    ///
    /// # Errors
    ///
    /// When there is less than the least.
    pub(crate) fn find(length: usize, least: usize, most: usize) -> Result<Self, NoRoom> {
        // SAFETY: reads numbers of the engine.
        if unsafe { ffi::async_memory_left(false) } > most.saturating_add(CHUNK) {
            return Ok(Self { scarce: None });
        }
        // SAFETY: reads numbers of the engine.
        let left = unsafe { ffi::async_memory_left(true) };
        let scarce = NoRoom { length, left };
        if least > left {
            return Err(scarce);
        }
        // Twice: what a value takes is rounded up here and there.
        let beyond = most.saturating_mul(2).saturating_add(CHUNK);
        // SAFETY: changes a number of the engine, which is put back in any case.
        unsafe { ffi::async_memory_lift(beyond) };
        Ok(Self { scarce: Some(scarce) })
    }

    /// How many bytes the value may take.
    pub(crate) fn left(&self) -> usize {
        self.scarce.map_or(usize::MAX, |scarce| scarce.left)
    }

    /// The value is there: does the limit hold?
    ///
    /// # Errors
    ///
    /// When it does not. It is still lifted then: until this is dropped, and the value before it.
    pub(crate) fn hold(&mut self) -> Result<(), NoRoom> {
        // SAFETY: sets the engine's limit to what php.ini or the script says.
        if self.scarce.is_some() && unsafe { ffi::async_memory_restore() } {
            self.scarce = None;
        }
        self.scarce.map_or(Ok(()), Err)
    }

    /// The value, if the limit holds with it. Of one that has to go no destructor runs: nobody has seen it.
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
            // SAFETY: as for `hold`; should more be in use for good, that is the limit.
            unsafe { ffi::async_memory_settle() };
        }
    }
}
