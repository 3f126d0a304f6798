//! Jobs: what the parent puts into the job queue for a task, or for a portion of the items of a map call, so that a
//! warm worker can run it. The worker may have been forked before the task was made; then it gets the name of code that
//! it has, and the values that this code needs.
//!
//! | first byte | then |
//! |---|---|
//! | `INHERITED` | nothing: the worker has the task in its memory since its fork, and finds it by its id |
//! | `CLOSURE` | the name of the closure's code, and the values that the closure is bound to |
//! | `OBJECT` | an object, which is called, or whose method `run()` is called |
//! | `RANGE` | the positions of items in an array that the worker has in its memory since its fork |
//! | `LISTED` | items, as values |
//! | `BATCH` | the number of a batch of items that the worker has in its memory since its fork |
//!
//! A worker returns the results of items in the order of the job, without saying which result belongs to which item. If
//! somebody wrote over a job in shared memory, items would get the results of others. So a checksum follows the first
//! byte of a job with items.
//!
//! Values come last. They are encoded together as one list, in the format of results, so that an object that occurs
//! twice is one object in the worker, too.

mod decode;
mod encode;

pub(crate) use decode::{Listed, Opened, open};
pub(crate) use encode::{inherited, inherited_portion, is_inherited, limit, listed, pack, range};

const INHERITED: u8 = 0;
const CLOSURE: u8 = 1;
const OBJECT: u8 = 2;
const RANGE: u8 = 3;
const LISTED: u8 = 4;
const BATCH: u8 = 5;
/// A flag in the first byte: the task has a time limit other than that of its pool. It is in the last eight bytes, in
/// seconds.
const LIMITED: u8 = 0x80;
/// In place of the format of the values: there are none.
const NOTHING: u8 = u8::MAX;
/// A flag in the format of the values: there is only one, and it is not in a list.
const ALONE: u8 = 0x40;

/// A flag of a closure: its first value is its `$this`.
const THIS: u8 = 1;
/// A flag of a call: its last value is an array of named arguments.
const NAMED: u8 = 2;
/// A flag of an object: it implements `Async\Task`.
const TASK: u8 = 4;
