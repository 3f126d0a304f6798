//! Waiting for some of many: the first value, or the first outcome. Runs in the parent.
//!
//! Of several that have ended by the time of a look the first in the order of the list counts, as nothing says which of
//! them was earlier.

use crate::task::life::future::Future;
use crate::task::parent::wait::Patience;
use crate::task::parent::{cancel, event_loop, wait};
use crate::zend::handler::Thrown;
use crate::zend::object::Object;

/// Waits for the first outcome, and cancels the rest. Returns whose it is. Re-enters PHP.
///
/// # Errors
///
/// As [`wait::until`]; then nothing is cancelled.
pub(crate) fn race(
    futures: &[Object<Future>],
    patience: Option<Patience>,
) -> Result<Option<&Object<Future>>, Thrown> {
    first(futures, patience, |_| true)
}

/// Waits for the first value, and cancels the rest. Returns whose it is; `None` when all have failed. Re-enters PHP.
///
/// # Errors
///
/// As [`wait::until`]; then nothing is cancelled.
pub(crate) fn any(
    futures: &[Object<Future>],
    patience: Option<Patience>,
) -> Result<Option<&Object<Future>>, Thrown> {
    first(futures, patience, |future| !future.has_failed())
}

fn first(
    futures: &[Object<Future>],
    patience: Option<Patience>,
    wins: impl Fn(&Future) -> bool,
) -> Result<Option<&Object<Future>>, Thrown> {
    start(futures.iter().map(wait::begin))?;
    let mut left: Vec<_> = futures.iter().collect();
    let mut winner = None;
    wait::until(patience, || {
        let mut at = 0;
        while let Some(future) = left.get(at).copied() {
            if !wait::is_complete(future)? {
                at += 1;
            } else if wins(future) {
                winner = Some(future);
                return Ok(true);
            } else {
                left.remove(at);
            }
        }
        Ok(left.is_empty())
    })?;
    if winner.is_some() {
        cancel::cancel_losers(futures.iter());
    } else {
        for future in futures {
            future.observed.set(true);
        }
    }
    Ok(winner)
}

/// Begins all. When one cannot, others have been started.
fn start(begun: impl Iterator<Item = Result<(), Thrown>>) -> Result<(), Thrown> {
    let mut begun = begun;
    begun.try_for_each(|one| one).inspect_err(|_| event_loop::leave())
}
