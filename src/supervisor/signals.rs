//! What a supervisor is asked for by signals: those of php-fpm and gunicorn.

use crate::process::caught::{Caught, count};
use crate::zend::interrupt;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// To let all workers come to an end; asked for twice, to end them at once.
    Drain,
    /// To replace all workers, one by one.
    Roll,
    /// To print how all is.
    Print,
    /// To add a worker.
    Add,
    /// To take one away.
    Take,
    /// To open the log anew.
    Reopen,
}

const ORDERS: [(i32, Order); 8] = [
    (libc::SIGTERM, Order::Drain),
    (libc::SIGINT, Order::Drain),
    (libc::SIGQUIT, Order::Drain),
    (libc::SIGHUP, Order::Roll),
    (libc::SIGUSR1, Order::Print),
    (libc::SIGTTIN, Order::Add),
    (libc::SIGTTOU, Order::Take),
    (libc::SIGUSR2, Order::Reopen),
];

/// All of them.
pub(super) fn all() -> [i32; ORDERS.len()] {
    ORDERS.map(|(signal, _)| signal)
}

/// Takes these signals, until it is dropped.
pub(super) fn catch() -> Caught {
    Caught::new(&all(), interrupt::flags(), None)
}

/// What was asked for since the last call, and how often.
pub(super) fn orders() -> impl Iterator<Item = (Order, u32)> {
    ORDERS.into_iter().map(|(signal, order)| (order, count(signal))).filter(|&(_, times)| times > 0)
}
