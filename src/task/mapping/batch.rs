//! Items that are out together, and what has come back of them.

use std::collections::VecDeque;

use ext_php_rs::types::Zval;

use crate::process::reactor::{Ended, Message};
use crate::task::future::{Future, Phase};
use crate::task::{handlers, outcome};
use crate::zend::handler::Thrown;
use crate::zend::object::Object;

/// Items on their way.
#[derive(Debug)]
pub(super) enum Items {
    /// Of the array: the position of the first one, and how many.
    Range(u32, usize),
    /// Keys and values.
    Listed(Vec<(Zval, Zval)>),
}

/// Some items that went out together.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) items: Items,
    /// What has come back, in the order of the items, as far as nobody has asked for it.
    pub(super) said: VecDeque<Said>,
    /// How many have come back, ever.
    pub(super) answered: usize,
    /// How many had, when the rest was last posted.
    pub(super) posted_from: usize,
    /// How many somebody has asked for.
    pub(super) given: usize,
    /// The position of the next one to be given, in the array.
    pub(super) cursor: u32,
}

/// What became of an item.
#[derive(Debug)]
pub(super) enum Said {
    /// What its child told; or how that died.
    Ended(Ended, Option<i32>),
    /// Its child has it in memory.
    Lent(Phase),
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        match &self.items {
            Items::Range(_, count) => *count,
            Items::Listed(items) => items.len(),
        }
    }
}

/// What a child has told of an item.
#[derive(Debug)]
pub(crate) enum Answered {
    /// Its result.
    Told(Message),
    /// It has that in memory.
    Offered(Phase),
}

/// The value of an item that needs a closer look, or its failure. Re-enters PHP.
pub(super) fn settled(key: &Zval, said: Said) -> Result<Option<Result<Zval, Zval>>, Thrown> {
    let future = Object::<Future>::new();
    future.key.replace(key.shallow_clone());
    future.observed.set(true);
    match said {
        Said::Ended(ended, pid) => {
            future.pid.set(pid);
            future.phase.replace(Phase::Reported(ended));
        }
        Said::Lent(phase) => {
            future.phase.replace(phase);
        }
    }
    outcome::settle(&future)?;
    Ok(handlers::outcome_of(&future))
}
