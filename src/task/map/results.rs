//! The results of a map call, one after the other.

use ext_php_rs::types::Zval;

use crate::task::life::map_call::{Batch, MapCall, Said};
use crate::task::map::batch::settled;
use crate::wire::codec::Format;
use crate::wire::frame::{Frame, Kind};
use crate::zend::handler::Thrown;
use crate::zend::value;

/// The format of values that are decoded here, without a future.
const PACKED: u8 = Format::Packed as u8;

/// An item that has been run: its key, and its value or failure.
pub(crate) type Item = (Zval, Result<Zval, Box<Failed>>);

/// The failure of an item.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) throwable: Zval,
    /// The item, if the map has a function for failures.
    pub(crate) given: Option<Zval>,
}

impl MapCall {
    /// Is a result ready, or is there none to wait for?
    pub(crate) fn is_ready(&self) -> bool {
        let batches = self.batches.borrow();
        if batches.is_empty() {
            return self.cancelled().is_empty();
        }
        let ready = |batch: &Batch| batch.ready(self.ordered).is_some();
        let mut firsts = batches.values().filter(|batch| batch.repeat.is_none());
        if self.ordered { firsts.next().is_some_and(ready) } else { firsts.any(ready) }
    }

    /// The next item that is ready. Re-enters PHP: classes may be loaded.
    ///
    /// # Errors
    ///
    /// When the script is exiting.
    pub(crate) fn next(&self) -> Result<Option<Item>, Thrown> {
        self.take_ready(false).map_or(Ok(None), |ready| self.decoded(ready))
    }

    /// The next item that is ready, but for the last one of its portion: before that one has been given there is nothing
    /// to post that could not have been posted before. Re-enters PHP: classes may be loaded.
    ///
    /// # Errors
    ///
    /// When the script is exiting.
    pub(crate) fn next_within(&self) -> Result<Option<Item>, Thrown> {
        self.take_ready(true).map_or(Ok(None), |ready| self.decoded(ready))
    }

    #[inline]
    fn decoded(&self, (key, given, said): (Zval, Option<Zval>, Said)) -> Result<Option<Item>, Thrown> {
        if let Said::Told(Frame { kind: Kind::Value, format: PACKED, payload }, _) = &said
            && let Ok(value) = value::decode(Format::Packed, payload, self.group.classes().as_deref())
        {
            return Ok(Some((key, Ok(value))));
        }
        let Some(result) = settled(&key, said, self.group.classes())? else {
            return Ok(None);
        };
        Ok(Some((key, result.map_err(|throwable| Box::new(Failed { throwable, given })))))
    }

    fn take_ready(&self, within: bool) -> Option<(Zval, Option<Zval>, Said)> {
        let wanted = self.catch.borrow().is_some();
        let (taken, done) = self.batches.change(|batches| {
            let firsts = batches.iter_mut().filter(|(_, batch)| batch.repeat.is_none());
            let mut ready = firsts.filter(|(_, batch)| self.ordered || batch.ready(false).is_some());
            let (&id, batch) = ready.next()?;
            let at = batch.ready(self.ordered).filter(|_| !within || batch.given + 1 < batch.len())?;
            let taken = batch.take(at, self.array.array(), wanted)?;
            Some((taken, (batch.given == batch.len()).then_some(id)))
        })?;
        if let Some(id) = done {
            drop(self.batches.remove(&id));
        }
        Some(taken)
    }

    /// Have all results been given, and will no more come?
    pub(crate) fn is_over(&self) -> bool {
        self.has_given_all() && self.is_exhausted() && !self.feeding.get()
    }

    /// Is there no item left of those that were posted, and does the source give the next ones further down the stack,
    /// or in a fiber that is suspended?
    pub(crate) fn is_waiting_for_source(&self) -> bool {
        self.has_given_all() && self.feeding.get()
    }

    fn has_given_all(&self) -> bool {
        self.batches.borrow().is_empty() && self.cancelled().is_empty()
    }
}
