//! A task on its way to a child that was forked before it was made: written in the parent, opened in the child.
//!
//! | first byte | then |
//! |---|---|
//! | `INHERITED` | nothing: the child has the task, under its number |
//! | `CLOSURE` | the name of its code, and what it is bound to |
//! | `OBJECT` | an object that is called, or whose `run` is |
//! | `RANGE` | items of a map, by their positions in an array that the child has |
//! | `LISTED` | items of a map |
//! | `BATCH` | items of a map that the child has |
//!
//! The results of items come back in the order of their job, and without positions: a job that is not as it was sent
//! would give items the results of others. So jobs with items are sealed behind their first byte.
//!
//! Values follow as one list in the format of results, so that an object in two places is one object there, too.

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
/// Added to the first byte: the last eight are the seconds that the task may run, if that is not what its pool says.
const LIMITED: u8 = 0x80;
/// In place of a format: there are no values.
const NOTHING: u8 = u8::MAX;
/// Added to a format: there is one value, and no list round it.
const ALONE: u8 = 0x40;

const THIS: u8 = 1;
const NAMED: u8 = 2;
const TASK: u8 = 4;
