//! What a pool gives its children: where their output goes.

use super::this;
use crate::php::output;
use crate::zend::handler::{Call, Returned};

pub(super) fn output(call: &Call) -> Returned {
    call.expect(1, Some(1))?;
    let pool = this(call)?;
    pool.group.output.set(output::mode(call, 0)?);
    Ok(pool.zval())
}
