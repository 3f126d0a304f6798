//! Where a future's handlers may run while the script does something else.

/// The interrupts of the virtual machine at which a handler runs. In a call that waits for tasks, and at the end of the
/// script, handlers always run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Those at which the running function is the one that registered the handler, or a caller of that one.
    Scope,
    /// All.
    Anywhere,
    /// None.
    Await,
}
