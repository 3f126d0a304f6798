//! Everything that PHP code can see: a file for each class, and one for the functions. These parse arguments and return
//! values, and leave the work to `task`.

use crate::ini;
use crate::zend::{class, names};

mod apart;
pub(crate) mod awaited;
pub(crate) mod channel;
mod channel_iterator;
mod combine;
mod functions;
pub(crate) mod future;
mod hooks;
pub(crate) mod map_iterator;
pub(crate) mod output;
pub(crate) mod places;
pub(crate) mod pool;
pub(crate) mod pool_iterator;
#[cfg(feature = "recode")]
pub(crate) mod recode;
pub(crate) mod settled;
pub(crate) mod sharing;
pub(crate) mod status;
pub(crate) mod steering;
pub(crate) mod supervisor;
pub(crate) mod task;
pub(crate) mod worker;

/// Registers all classes and functions. MINIT.
pub(crate) fn register() {
    task::register();
    status::register();
    output::register();
    places::register();
    crate::exceptions::register();
    channel_iterator::register();
    channel::register();
    future::register();
    pool_iterator::register();
    map_iterator::register();
    pool::register();
    sharing::register();
    supervisor::register();
    worker::register();
    class::register_functions(&functions::NAMESPACED);
    class::register_functions(&steering::FUNCTIONS);
    class::register_functions(&apart::FUNCTIONS);
    class::register_functions(&channel::FUNCTIONS);
    #[cfg(feature = "recode")]
    class::register_functions(&recode::FUNCTIONS);
    if ini::short_names() {
        functions::register_short_names();
        pool::register_short_name();
        names::startup();
    }
}
