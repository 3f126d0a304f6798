//! Cells for data that PHP code may read and change whenever it runs.
//!
//! PHP code may run whenever a PHP value is dropped, even if that is not its last reference: the engine's cycle
//! collector may start then, and it calls the destructors of any garbage it finds. So values must only be dropped, and
//! PHP must only be called, while nothing is borrowed. [`ValueCell`] guarantees the former; the latter is asserted
//! wherever the engine is called, in builds with debug assertions.
#![expect(clippy::disallowed_types, reason = "the cells that stand in for it are made of it")]

use std::cell::{self, RefCell};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::ops::{Deref, DerefMut};

#[cfg(debug_assertions)]
thread_local! {
    static BORROWS: cell::Cell<usize> = const { cell::Cell::new(0) };
}

/// Asserts that nothing is borrowed. Called wherever PHP code may run.
#[track_caller]
pub(crate) fn ensure_free() {
    #[cfg(debug_assertions)]
    assert!(
        std::thread::panicking() || BORROWS.get() == 0,
        "PHP code may run here, and something is borrowed"
    );
}

/// One borrow, counted in `BORROWS` in builds with debug assertions.
#[derive(Debug)]
struct Counted;

impl Counted {
    fn new() -> Self {
        #[cfg(debug_assertions)]
        BORROWS.set(BORROWS.get() + 1);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        #[cfg(debug_assertions)]
        BORROWS.set(BORROWS.get() - 1);
    }
}

/// A shared borrow. No PHP code may run while it lives.
#[derive(Debug)]
pub(crate) struct Ref<'c, T> {
    inner: cell::Ref<'c, T>,
    _counted: Counted,
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner
    }
}

/// An exclusive borrow. No PHP code may run while it lives.
#[derive(Debug)]
pub(crate) struct RefMut<'c, T> {
    inner: cell::RefMut<'c, T>,
    _counted: Counted,
}

impl<T> Deref for RefMut<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for RefMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}

/// A type that contains no PHP value, so that it can be dropped anywhere.
pub(crate) trait Plain {}

impl Plain for u8 {}
impl Plain for u64 {}
impl Plain for usize {}
impl Plain for String {}
impl<T: Plain> Plain for Box<T> {}
impl<T: Plain> Plain for Option<T> {}
impl<T: Plain> Plain for Vec<T> {}
impl<T: Plain> Plain for VecDeque<T> {}
impl<K: Plain, V: Plain> Plain for (K, V) {}
impl<K: Plain, V: Plain> Plain for BTreeMap<K, V> {}

/// A cell for data without PHP values.
#[derive(Default)]
pub(crate) struct DataCell<T>(RefCell<T>);

impl<T: Plain> DataCell<T> {
    /// A cell with `data` in it.
    pub(crate) const fn new(data: T) -> Self {
        Self(RefCell::new(data))
    }

    /// Borrows the data for changing it in place.
    #[track_caller]
    pub(crate) fn borrow_mut(&self) -> RefMut<'_, T> {
        RefMut { inner: self.0.borrow_mut(), _counted: Counted::new() }
    }

    /// Borrows the content for reading.
    #[track_caller]
    pub(crate) fn borrow(&self) -> Ref<'_, T> {
        Ref { inner: self.0.borrow(), _counted: Counted::new() }
    }

    /// Replaces the data, and returns the former.
    #[track_caller]
    pub(crate) fn replace(&self, data: T) -> T {
        self.0.replace(data)
    }

    /// Takes the content, and leaves the default.
    #[track_caller]
    pub(crate) fn take(&self) -> T
    where
        T: Default,
    {
        self.0.take()
    }
}

/// A cell for PHP values. It returns what is replaced or removed, so that the caller drops it after the borrow has
/// ended.
#[derive(Default)]
pub(crate) struct ValueCell<T>(RefCell<T>);

impl<T> ValueCell<T> {
    /// A cell with `value` in it.
    pub(crate) const fn new(value: T) -> Self {
        Self(RefCell::new(value))
    }

    /// Borrows the content for reading.
    #[track_caller]
    pub(crate) fn borrow(&self) -> Ref<'_, T> {
        Ref { inner: self.0.borrow(), _counted: Counted::new() }
    }

    /// Replaces the value, and returns the former.
    #[track_caller]
    #[must_use = "it is dropped here: set() says so"]
    pub(crate) fn replace(&self, value: T) -> T {
        self.0.replace(value)
    }

    /// Replaces the value, and drops the former. May run PHP code.
    #[track_caller]
    pub(crate) fn set(&self, value: T) {
        drop(self.0.replace(value));
    }

    /// Takes the content, and leaves the default.
    #[track_caller]
    pub(crate) fn take(&self) -> T
    where
        T: Default,
    {
        self.0.take()
    }

    /// Changes the value in place. `change` must not drop PHP values: it returns those that it removes.
    #[track_caller]
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let _counted = Counted::new();
        change(&mut self.0.borrow_mut())
    }

    /// Reads the value, unless it is being changed: for the cycle collector, which may run at any time.
    pub(crate) fn peek<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.0.try_borrow().ok().map(|value| look(&value))
    }
}

impl<T> ValueCell<Vec<T>> {
    /// Appends a value.
    #[track_caller]
    pub(crate) fn push(&self, value: T) {
        self.change(|values| values.push(value));
    }
}

impl<T> ValueCell<VecDeque<T>> {
    /// Appends a value.
    #[track_caller]
    pub(crate) fn push_back(&self, value: T) {
        self.change(|values| values.push_back(value));
    }

    /// Removes the first value, and returns it.
    #[track_caller]
    pub(crate) fn pop_front(&self) -> Option<T> {
        self.change(VecDeque::pop_front)
    }
}

impl<K: Hash + Eq, V, S: BuildHasher> ValueCell<HashMap<K, V, S>> {
    /// Sets the value of a key, and drops the former. May run PHP code.
    #[track_caller]
    pub(crate) fn insert(&self, key: K, value: V) {
        drop(self.change(|values| values.insert(key, value)));
    }

    /// Removes the value of a key, and returns it.
    #[track_caller]
    pub(crate) fn remove(&self, key: &K) -> Option<V> {
        self.change(|values| values.remove(key))
    }
}

impl<K: Ord, V> ValueCell<BTreeMap<K, V>> {
    /// Sets the value of a key, and drops the former. May run PHP code.
    #[track_caller]
    pub(crate) fn insert(&self, key: K, value: V) {
        drop(self.change(|values| values.insert(key, value)));
    }

    /// Removes the value of a key, and returns it.
    #[track_caller]
    pub(crate) fn remove(&self, key: &K) -> Option<V> {
        self.change(|values| values.remove(key))
    }
}

impl<T: fmt::Debug> fmt::Debug for DataCell<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl<T: fmt::Debug> fmt::Debug for ValueCell<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    type Kept = Rc<ValueCell<Vec<Curious>>>;

    /// Reads the cell that contained it when it is dropped, as the destructor of a PHP value may.
    struct Curious(Kept, Rc<cell::Cell<usize>>);

    impl Drop for Curious {
        fn drop(&mut self) {
            ensure_free();
            self.1.set(self.1.get() + 1 + self.0.borrow().len());
        }
    }

    #[test]
    fn nothing_is_dropped_while_it_is_borrowed() {
        let (cell, dropped) = (Kept::default(), Rc::default());
        let curious = || Curious(Rc::clone(&cell), Rc::clone(&dropped));
        cell.push(curious());
        cell.set(vec![curious()]);
        assert_eq!(dropped.get(), 2);
        drop(cell.take());
        assert_eq!(dropped.get(), 3);
        cell.push(curious());
        drop(cell.change(Vec::pop));
        assert_eq!(dropped.get(), 4);
    }

    #[test]
    fn values_under_keys_are_handed_out() {
        let cell = ValueCell::new(BTreeMap::new());
        cell.insert(1, "a");
        cell.insert(1, "b");
        assert_eq!((cell.remove(&1), cell.remove(&1)), (Some("b"), None));
        let cell: ValueCell<HashMap<_, _>> = ValueCell::default();
        cell.insert(1, "a");
        assert_eq!((cell.remove(&1), cell.remove(&1)), (Some("a"), None));
        let cell = ValueCell::new(VecDeque::new());
        cell.push_back(1);
        assert_eq!((cell.pop_front(), cell.pop_front()), (Some(1), None));
    }

    #[cfg(debug_assertions)]
    #[test]
    #[should_panic(expected = "something is borrowed")]
    fn a_call_while_something_is_borrowed_is_found() {
        let cell = DataCell::new(1_u8);
        let _held = cell.borrow();
        ensure_free();
    }

    #[cfg(debug_assertions)]
    #[test]
    #[should_panic(expected = "something is borrowed")]
    fn a_drop_while_something_is_changed_is_found() {
        let cell = Kept::default();
        cell.push(Curious(Kept::default(), Rc::default()));
        cell.change(Vec::clear);
    }

    #[test]
    fn the_collector_passes_over_what_is_being_changed() {
        let cell = ValueCell::new(1);
        let peek = || cell.peek(|value| *value);
        assert_eq!((cell.change(|_| peek()), peek()), (None, Some(1)));
    }
}
