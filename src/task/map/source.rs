//! Where the items of a map come from, and how many of them go out together.

use crate::task::life::map_call::{Items, MapCall, Source};
use crate::zend::handler::Thrown;
use crate::zend::iterate::seek;
use crate::zend::object::Tracer;

impl Source {
    /// Its values, for the cycle collector. The array is the map's.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Self::Walk(walk) = self {
            walk.trace(tracer);
        }
    }
}

impl MapCall {
    /// The next items; none when there are no more. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When the source throws.
    pub(crate) fn take_items(&self, children: usize) -> Result<Option<Items>, Thrown> {
        // Taken out: its code may come back here, and finds nothing.
        let source = self.source.replace(Source::Empty);
        match source {
            Source::Array(from) => Ok(self.take_range(from, children)),
            source => self.take_listed(source, children),
        }
    }

    fn take_listed(&self, mut source: Source, children: usize) -> Result<Option<Items>, Thrown> {
        let count = self.portion.borrow().next(None, children);
        let mut items = Vec::with_capacity(count);
        self.returned.change(|returned| items.extend(returned.drain(..returned.len().min(count))));
        while items.len() < count
            && !self.halted.get()
            && let Source::Walk(walk) = &mut source
        {
            match walk.next() {
                Ok(Some(item)) => items.push(item),
                Ok(None) => source = Source::Empty,
                // Whoever catches it gets the results of what came before it.
                Err(thrown) if !self.halted.get() => {
                    self.returned.change(|returned| returned.splice(0..0, items).count());
                    return Err(thrown);
                }
                Err(thrown) => return Err(thrown),
            }
        }
        // Its own code may have stopped the pool.
        if self.halted.get() {
            return Ok(None);
        }
        self.source.set(source);
        Ok((!items.is_empty()).then_some(Items::Listed(items)))
    }

    fn take_range(&self, from: u32, children: usize) -> Option<Items> {
        let table = self.array.array()?;
        let first = seek(table, from)?;
        let left = usize::try_from(table.nNumUsed - first).unwrap_or(usize::MAX);
        let wanted = self.portion.borrow().next(Some(left), children);
        let (mut count, mut next) = (0, Some(first));
        let mut end = first;
        while let Some(position) = next.filter(|_| count < wanted) {
            count += 1;
            end = position + 1;
            next = seek(table, end);
        }
        self.source.set(Source::Array(end));
        Some(Items::Range(first, count))
    }
}
