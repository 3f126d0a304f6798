//! Where handlers run while the script does something else.

/// At which interrupts of the virtual machine a handler runs. In a call that waits for tasks, and at the script's end,
/// it always does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// When the function that runs is the one that registered it, or one that had called that.
    Scope,
    /// At any.
    Anywhere,
    /// At none.
    Await,
}
