//! Where the items of a map come from, and how many of them are posted together.

use ext_php_rs::types::Zval;

use crate::task::life::map_call::{Items, MapCall, Source};
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::iterate::{Walk, key_at, seek, value_at};
use crate::zend::object::Tracer;

/// The exception that a source has left pending, if it has.
///
/// # Errors
///
/// When it has called `exit`: the unwinding of that goes on.
fn take_thrown() -> Result<Option<Zval>, Thrown> {
    if !exception::pending() {
        return Ok(None);
    }
    exception::take().map(Some).ok_or(Thrown)
}

impl Source {
    /// Begins to walk a `Traversable`. What that throws is returned beside a source without items. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When the object's own code exits.
    pub(super) fn walk(items: &Zval) -> Result<(Self, Option<Zval>), Thrown> {
        match Walk::new(items) {
            Ok(walk) => Ok((Self::Walk(walk), None)),
            Err(Thrown) => Ok((Self::Empty, take_thrown()?)),
        }
    }

    /// Its values, for the cycle collector. The array is the map's.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Self::Walk(walk) = self {
            walk.trace(tracer);
        }
    }
}

impl MapCall {
    /// The next items; none when there are no more. What the source throws is kept, and ends it. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When the source exits.
    pub(crate) fn take_items(&self, children: usize) -> Result<Option<Items>, Thrown> {
        // Taken out while its code runs: that may come back here, and then finds no source.
        let source = self.source.replace(Source::Empty);
        match source {
            Source::Array(from) => Ok(self.take_range(from, children)),
            source => {
                let count = self.next_portion(None, children);
                Ok(self.take_listed(source, count)?.map(Items::Listed))
            }
        }
    }

    /// The next item, with its key, for a map without processes; none when there are no more. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When the source exits.
    pub(crate) fn take_one(&self) -> Result<Option<(Zval, Zval)>, Thrown> {
        let source = self.source.replace(Source::Empty);
        let Source::Array(from) = source else {
            return Ok(self.take_listed(source, 1)?.and_then(|mut items| items.pop()));
        };
        let next = self.array.array().and_then(|table| Some((table, seek(table, from)?)));
        Ok(next.map(|(table, position)| {
            self.source.set(Source::Array(position + 1));
            (key_at(table, position), value_at(table, position).shallow_clone())
        }))
    }

    /// How many items go together. Where they have a pace, each starts at its own time.
    fn next_portion(&self, left: Option<usize>, children: usize) -> usize {
        if self.group.is_paced() { 1 } else { self.portion.borrow().next(left, children) }
    }

    fn take_listed(&self, mut source: Source, count: usize) -> Result<Option<Vec<(Zval, Zval)>>, Thrown> {
        let mut items = Vec::with_capacity(count);
        self.returned.change(|returned| items.extend(returned.drain(..returned.len().min(count))));
        while items.len() < count
            && !self.halted.get()
            && let Source::Walk(walk) = &mut source
        {
            if let Ok(Some(item)) = walk.next() {
                items.push(item);
                continue;
            }
            // While its exception is pending: what its destructor throws gets that as its previous one.
            source = Source::Empty;
            match take_thrown() {
                Ok(thrown) => self.thrown.set(thrown),
                Err(exit) => {
                    self.returned.change(|returned| returned.splice(0..0, items).count());
                    return Err(exit);
                }
            }
        }
        // Its own code may have stopped the pool.
        if self.halted.get() {
            return Ok(None);
        }
        self.source.set(source);
        Ok((!items.is_empty()).then_some(items))
    }

    fn take_range(&self, from: u32, children: usize) -> Option<Items> {
        let table = self.array.array()?;
        let first = seek(table, from)?;
        let left = usize::try_from(table.nNumUsed - first).unwrap_or(usize::MAX);
        let wanted = self.next_portion(Some(left), children);
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
