//! `Async\onFork()`, and the hooks that a pool takes, too.

use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::task::life::group::Hook;
use crate::task::life::state::state;
use crate::zend::handler::{Call, Returned, Thrown};

pub(super) fn on_fork(call: &Call) -> Returned {
    let hook = hook(call)?;
    state().hooks.push(hook);
    Ok(Zval::new())
}

/// Parses the two hooks that `onFork` takes.
pub(crate) fn hook(call: &Call) -> Result<Rc<Hook>, Thrown> {
    call.expect(0, Some(2))?;
    let (child, parent) = (call.optional_callable(0)?, call.optional_callable(1)?);
    Ok(Rc::new(Hook { child, parent, exit: None }))
}
