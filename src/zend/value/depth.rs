//! How deep a graph may be nested.

use crate::ffi;

/// The maximum nesting of a graph, which is the default of `unserialize()`. `ffi/shim.h` has the same number. PHP's
/// serializer has no limit of its own except for the stack.
pub(crate) const GRAPH_DEPTH: usize = 4096;

/// The stack in bytes that one level of nesting takes at most: each frame of PHP's serializer has a buffer for a float.
const LEVEL: usize = 1800;

/// The maximum nesting with what is left of the stack.
pub(crate) fn depth_limit() -> usize {
    const RESERVE: usize = 256 * 1024;
    // SAFETY: reads where the stack ends.
    let left = unsafe { ffi::async_stack_left() };
    GRAPH_DEPTH.min(left.saturating_sub(RESERVE) / LEVEL)
}
