//! A task that has failed, and of which a function of the script says whether it is run again.

use std::rc::Rc;
use std::time::Duration;

use crate::task::life::future::Future;
use crate::task::life::group::Group;
use crate::zend::object::Object;

/// One such task. It rests in the ledger of its group, and the future keeps how it has failed.
#[derive(Debug)]
pub(crate) struct Doubt {
    pub(crate) group: Rc<Group>,
    pub(crate) future: Object<Future>,
    /// The backoff, if it is run again.
    pub(crate) delay: Duration,
}
