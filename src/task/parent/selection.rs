//! Waiting until some of many are ready: futures that have their outcomes, channels from which a message can be
//! received. In any process, whether it has children or not.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::exceptions;
use crate::process::fork::Refused;
use crate::process::shared::deadlock::{Awaited, Inquiry};
use crate::process::shared::message_ring::MessageRing;
use crate::process::shared::message_ring::duplex_table::Duplex;
use crate::task::life::future::Future;
use crate::task::life::state::state;
use crate::task::parent::messages::{self, LOOK_EVERY};
use crate::task::parent::wait::Patience;
use crate::task::parent::{deadlock, event_loop, task_channel, wait};
use crate::task::workers::spawn;
use crate::zend::handler::Thrown;
use crate::zend::object::Object;

/// The longest sleep where a channel has no descriptor that would end it.
const BRIEFLY: Duration = Duration::from_millis(1);

/// One of the things that [`select`] waits for.
#[derive(Debug)]
pub(crate) enum Source {
    /// Is ready when it has its outcome, and its handlers have run.
    Future(Object<Future>),
    /// Is ready when to receive from it takes no wait, whether that gives a message or throws; and so are the next
    /// three.
    Channel(Rc<MessageRing>),
    /// The channel between this process and a task of its own.
    Task(Object<Future>),
    /// The channel between the task that this process runs and its parent.
    Parent(Rc<Duplex>),
    /// A channel that nobody waits for, as all runs in one process.
    Ready,
}

impl Source {
    /// Makes sure that it can become ready. Re-enters PHP.
    ///
    /// # Errors
    ///
    /// When it cannot.
    fn begin(&self) -> Result<(), Thrown> {
        match self {
            Self::Future(future) => wait::begin(future),
            Self::Task(future) => {
                task_channel::is_closed(future)?; // throws where this is not the parent
                spawn::ensure_reactor().map_err(refused)?;
                task_channel::heed();
                if future.is_pending() { wait::begin(future) } else { Ok(()) }
            }
            Self::Channel(_) | Self::Parent(_) | Self::Ready => Ok(()),
        }
    }

    /// Can it be used without waiting? Re-enters PHP.
    fn is_ready(&self) -> Result<bool, Thrown> {
        match self {
            Self::Future(future) => wait::is_complete(future),
            Self::Channel(ring) => Ok(ring.look()),
            Self::Task(future) => Ok(task_channel::count(future)? > 0 || task_channel::is_closed(future)?),
            Self::Parent(duplex) => Ok(duplex.to_task.look()),
            Self::Ready => Ok(true),
        }
    }

    /// Is it a channel from which nothing will ever be received? It takes the reading of files to find that out.
    fn is_deserted(&self) -> bool {
        match self {
            Self::Channel(ring) => messages::is_deserted(ring),
            Self::Parent(duplex) => !duplex.duplexes().has_parent(),
            Self::Future(_) | Self::Task(_) | Self::Ready => false,
        }
    }
}

/// Waits until one of `sources` is ready, and returns which are: `true` at their places. None when patience is at an
/// end before. Re-enters PHP.
///
/// # Errors
///
/// As [`wait::in_time`]; what a task has thrown is not thrown here.
pub(crate) fn select(sources: &[Source], patience: Option<Patience>) -> Result<Vec<bool>, Thrown> {
    sources.iter().try_for_each(Source::begin).inspect_err(|_| event_loop::leave())?;
    let mut ready = Vec::new();
    let mut look = || {
        ready = sources.iter().map(Source::is_ready).collect::<Result<_, _>>()?;
        Ok(ready.contains(&true))
    };
    let rings = sources.iter().filter_map(|source| match source {
        Source::Channel(ring) => Some(&**ring),
        Source::Parent(duplex) => Some(&duplex.to_task),
        Source::Future(_) | Source::Task(_) | Source::Ready => None,
    });
    let Some(heeded) = Heeded::of(rings) else {
        wait::in_time(patience, look)?;
        return Ok(ready);
    };
    let mut next_look = Instant::now();
    let mut deserted = Vec::new();
    let wait = deadlock::Wait::default();
    wait::looking(patience, heeded.longest, || {
        let asked = deadlock::asked().filter(|_| patience.is_none());
        if look()? {
            return Ok(true);
        }
        if let Some(inquiry) = asked
            && answer(inquiry, &wait, sources)
        {
            return look();
        }
        if next_look <= Instant::now() {
            next_look = Instant::now() + LOOK_EVERY;
            deserted = sources.iter().map(Source::is_deserted).collect();
        }
        Ok(deserted.contains(&true))
    })?;
    if !ready.contains(&true) && deserted.contains(&true) {
        ready = deserted;
    }
    Ok(ready)
}

/// Says that this process waits for `sources`. True when one of them was closed, as it is told to give that up.
fn answer(inquiry: Inquiry, wait: &deadlock::Wait, sources: &[Source]) -> bool {
    let mut first = Awaited::OTHER;
    for source in sources {
        let (ring, awaited) = match source {
            Source::Channel(ring) => (&**ring, ring.other_end()),
            Source::Parent(duplex) => (&duplex.to_task, Some(duplex.awaited())),
            Source::Future(_) | Source::Task(_) | Source::Ready => continue,
        };
        match awaited {
            None => return false,
            Some(awaited) if awaited == inquiry.told => {
                ring.end(inquiry.script());
                return true;
            }
            Some(awaited) if first == Awaited::OTHER => first = awaited,
            Some(_) => {}
        }
    }
    deadlock::answer(inquiry, wait, first);
    false
}

/// The rings whose descriptors end the sleeps of the event loop, until dropped.
struct Heeded<'r> {
    rings: Vec<&'r MessageRing>,
    /// How long one may sleep without missing anything.
    longest: Duration,
}

impl<'r> Heeded<'r> {
    /// `None` if there are no rings.
    fn of(rings: impl Iterator<Item = &'r MessageRing>) -> Option<Self> {
        let mut heeded = Self { rings: Vec::new(), longest: LOOK_EVERY };
        let mut any = false;
        for ring in rings {
            any = true;
            if heeded.rings.iter().any(|other| std::ptr::eq(*other, ring)) {
                continue;
            }
            if heed(ring) {
                heeded.rings.push(ring);
            } else {
                heeded.longest = BRIEFLY;
            }
        }
        any.then_some(heeded)
    }
}

impl Drop for Heeded<'_> {
    fn drop(&mut self) {
        let mut reactor = state().reactor.borrow_mut();
        for descriptor in self.rings.iter().filter_map(|ring| ring.descriptor()) {
            reactor.iter_mut().for_each(|reactor| reactor.disregard(descriptor));
        }
    }
}

fn refused(refused: Refused) -> Thrown {
    exceptions::throw(&Error::NoStream { refused })
}

/// False if there is no descriptor, or the kernel refuses to wait for one more.
fn heed(ring: &MessageRing) -> bool {
    let (Some(descriptor), Ok(())) = (ring.descriptor(), spawn::ensure_reactor()) else {
        return false;
    };
    state().reactor.borrow_mut().as_mut().is_some_and(|reactor| reactor.attend(descriptor).is_ok())
}
