//! A process that waits for a channel: what it does meanwhile, and when it gives up.

use std::time::{Duration, Instant};

use crate::error::{Doing, Error, Message, Other, Seconds, Subject};
use crate::exceptions;
use crate::process::identity::Process;
use crate::process::shared::deadlock::Awaited;
use crate::process::shared::message_ring::duplex_table::Duplex;
use crate::process::shared::message_ring::{MessageRing, Waiting, What};
use crate::process::spin::Spin;
use crate::task::life::held::Moment;
use crate::task::life::state::state;
use crate::task::parent::messages::{LOOK_EVERY, Peer, Stop, is_busy, is_deserted, may_be_used};
use crate::task::parent::status::Status;
use crate::task::parent::wait::Patience;
use crate::task::parent::{deadlock, event_loop, locks, status, wait};
use crate::zend::handler::Thrown;
use crate::zend::{exception, interrupt};

/// The longest sleep between two looks for signals.
const TICK: Duration = Duration::from_millis(20);
/// The first sleep: most waits are over then.
const BRIEFLY: Duration = Duration::from_millis(2);
/// A message that has begun to arrive is lost with who gives up in the middle of it. So whatever the time limit is, its
/// sender has so much time for each next part.
const NEXT_PART: Duration = Duration::from_secs(1);
/// How often to look for what is left when nobody is there any more, each for a millisecond at most.
const LOOKS_AT_END: u32 = 5;
/// A task that has waited so long for its parent to receive anything probably waits in vain: a notice is raised.
const LONG: Duration = Duration::from_secs(10);
/// Of so many looks without sleeping one is at the other side's word, and takes its cache line from it: meanwhile that
/// side sends or receives several messages.
const LOOK_ONCE_IN: u32 = 8;

/// A process that waits for a channel.
pub(super) struct Pausing<'r> {
    ring: &'r MessageRing,
    patience: Option<Patience>,
    peer: Peer<'r>,
    /// When to look next whether another process is there; `None` before the first sleep.
    looks: Option<Instant>,
    /// How often to look again when nobody is left at the other end.
    left: u32,
    /// Nobody was left there at the last look.
    is_deserted: bool,
    /// The next part of the message has to be there by then, or within the time limit.
    part_until: Option<Instant>,
    /// What the other end was told that this process waits for.
    said: Option<What>,
    /// This wait, from its first sleep on.
    wait: deadlock::Wait,
}

impl Drop for Pausing<'_> {
    fn drop(&mut self) {
        if let Some(what) = self.said {
            self.ring.cease_to_await(what, Process::own().pid());
        }
    }
}

impl<'r> Pausing<'r> {
    pub(super) fn new(ring: &'r MessageRing, patience: Option<Patience>, peer: Peer<'r>) -> Self {
        let (looks, left) = (None, LOOKS_AT_END);
        Self {
            ring,
            patience,
            peer,
            looks,
            left,
            is_deserted: false,
            part_until: None,
            said: None,
            wait: deadlock::Wait::default(),
        }
    }

    /// Waits until `waiting` is over, or for a tick. Re-enters PHP: handlers of futures and of signals.
    ///
    /// # Errors
    ///
    /// When time is over, nobody is left who could end the wait, or code that ran has thrown.
    pub(super) fn pause(&mut self, waiting: &Waiting<'_>) -> Result<(), Stop> {
        if let (Peer::Parent(duplex), What::Room) = (self.peer, waiting.what()) {
            duplex.ring();
        }
        let mut looks = 0_u32;
        let over = || {
            looks += 1;
            looks.is_multiple_of(LOOK_ONCE_IN) && waiting.is_ample()
        };
        if state().spin.borrow_mut().get_or_insert_with(Spin::new).until(over) || waiting.is_over() {
            self.part_until = None;
            return Ok(());
        }
        if exception::pending() {
            return Err(Stop::Thrown);
        }
        let asked = deadlock::asked().filter(|_| self.patience.is_none());
        // Reads what there is, starts what can start, and arms the notifier.
        if state().reactor.borrow().is_some() {
            event_loop::tick(Moment::Call)?;
        }
        if exception::pending() {
            return Err(Stop::Thrown);
        }
        if self.peer.is_over() {
            return if self.looks_again() { Ok(()) } else { Err(Stop::Over) };
        }
        if waiting.is_over() {
            return Ok(());
        }
        let left = self.time_left(waiting);
        if left.is_zero() {
            let in_vain = self.is_in_vain(waiting.what());
            return if in_vain { self.despair(waiting) } else { Err(self.give_up(waiting).into()) };
        }
        if let Peer::Task(future, _) = self.peer
            && future.is_pending()
        {
            wait::begin(future)?;
            return Ok(());
        }
        let longest = match self.looks {
            None => BRIEFLY,
            Some(_) => TICK,
        };
        let now = Instant::now();
        if self.looks.is_some_and(|at| at <= now) && waiting.what() != What::Turn && !self.may_end() {
            if waiting.is_over() {
                return Ok(());
            }
            return self.despair(waiting);
        }
        if self.looks.is_none_or(|at| at <= now) {
            self.looks = Some(now + if self.looks.is_none() { BRIEFLY } else { LOOK_EVERY });
        }
        if let Some(inquiry) = asked
            && !waiting.is_over()
            && let Some(awaited) = self.awaited()
        {
            if awaited != Awaited::OTHER && awaited == inquiry.told && !self.ring.is_closed() {
                self.ring.end(inquiry.script());
                return Ok(());
            }
            deadlock::answer(inquiry, &self.wait, awaited);
        }
        self.say(waiting.what());
        self.look_out(waiting.what());
        let interrupt = interrupt::flags().interrupt;
        waiting.sleep(longest.min(left), interrupt);
        if interrupt.load(std::sync::atomic::Ordering::Relaxed) {
            event_loop::interrupted();
            // What has looked for news has to say what may wake this process from now on, in case it does not wait again.
            event_loop::leave();
        }
        if waiting.is_over() {
            self.part_until = None;
        }
        if exception::pending() { Err(Stop::Thrown) } else { Ok(()) }
    }

    /// Tells the other end of a duplex, whose own wait may be over first, that this process waits.
    fn say(&mut self, what: What) {
        if self.said.is_none() && what != What::Turn && !matches!(self.peer, Peer::Anyone) {
            self.ring.begin_to_await(what, Process::own().pid());
            self.said = Some(what);
        }
    }

    /// A notice is raised once when a task has waited very long for its parent to receive. PHP code may run.
    fn look_out(&mut self, what: What) {
        let (Peer::Parent(duplex), What::Room, None) = (self.peer, what, self.patience) else {
            return;
        };
        if self.wait.elapsed() >= LONG && !state().own.told_of_parent.replace(true) {
            exception::notice(&format!(
                "This task has waited for 10 s to send, as its parent (pid {}) receives no message of it: await() alone \
                 receives none; loop over Future::channel() there, call its receive(), or use Async\\Pool::onMessage()",
                duplex.duplexes().parent()
            ));
        }
    }

    /// How much longer to wait.
    fn time_left(&mut self, waiting: &Waiting<'_>) -> Duration {
        let left = self.patience.map_or(Duration::MAX, Patience::left);
        if !waiting.has_begun() {
            return left;
        }
        let now = Instant::now();
        let until = *self.part_until.get_or_insert(now + NEXT_PART);
        left.max(until.saturating_duration_since(now))
    }

    /// Is there a process, or will there be one, that could end the wait?
    fn may_end(&self) -> bool {
        match self.peer {
            Peer::Anyone => may_be_used(self.ring),
            Peer::Parent(duplex) => duplex.duplexes().has_parent(),
            Peer::Task(..) => is_busy(),
        }
    }

    /// Is no process left that could have ended a wait that is over? To look takes the reading of files, and is left out
    /// for who asks again and again without waiting, but for a look now and then.
    fn is_in_vain(&mut self, what: What) -> bool {
        let may_come = match self.peer {
            Peer::Anyone => !self.ring.was_shared(),
            Peer::Parent(_) => false,
            Peer::Task(future, _) => future.is_pending(),
        };
        let is_known = self.is_deserted || what == What::Message && self.ring.is_deserted();
        if what == What::Turn || may_come && !is_known {
            return false;
        }
        if !is_known && !self.ring.is_time_to_look(LOOK_EVERY) {
            return false;
        }
        self.is_deserted = match (what, self.peer) {
            (What::Message, Peer::Anyone) => is_deserted(self.ring),
            _ => !self.may_end(),
        };
        self.is_deserted
    }

    /// What this process waits for, if all say whether they wait who could end that.
    fn awaited(&self) -> Option<Awaited> {
        match self.peer {
            Peer::Anyone => self.ring.other_end(),
            Peer::Parent(duplex) => Some(duplex.awaited()),
            Peer::Task(..) => Some(Awaited::OTHER),
        }
    }

    fn give_up(&self, waiting: &Waiting<'_>) -> Thrown {
        let limit = Seconds(self.patience.map_or(0.0, Patience::seconds));
        let error = match waiting.what() {
            What::Message => Error::NoMessage { limit, others: self.others(What::Message) },
            What::Room => {
                let others = self.others(What::Room);
                Error::NoRoomInChannel { limit, capacity: self.ring.capacity(), others }
            }
            What::Turn => Error::NoTurnInChannel { limit, holder: waiting.holder().map(locks::holder) },
        };
        exceptions::throw(&error)
    }

    /// Who could have ended the wait. To look takes the reading of files, and is left out for who has not waited.
    fn others(&self, what: What) -> Vec<Other> {
        let has_waited = self.patience.is_some_and(|patience| patience.seconds() > 0.0);
        if !has_waited {
            return Vec::new();
        }
        match self.peer {
            Peer::Anyone => {
                let users = self.ring.users(is_busy()).into_iter();
                users.map(|process| Other::Process(locks::holder(process))).collect()
            }
            Peer::Parent(duplex) => {
                let pid = duplex.duplexes().parent();
                vec![Other::Parent(pid, self.waits_too(duplex, what, pid))]
            }
            Peer::Task(future, attempt) => {
                let pid = status::pid(future);
                let duplex = future.channel().and_then(|channel| channel.duplex(attempt));
                let waits_too = duplex.zip(pid).and_then(|(duplex, pid)| self.waits_too(&duplex, what, pid));
                let doing =
                    waits_too.unwrap_or_else(|| match (Status::of(future), status::attempts(future)) {
                        (Status::Pending | Status::Queued, 0) => Doing::NotBegun,
                        (Status::Pending | Status::Queued, _) => Doing::Resting,
                        _ => Doing::Runs,
                    });
                vec![Other::Task(Subject { pid, ..future.subject() }, doing)]
            }
        }
    }

    /// Does the process at the other end of a duplex wait, in the other direction, for what is waited for here?
    fn waits_too(&self, duplex: &Duplex, what: What, pid: i32) -> Option<Doing> {
        let other = if std::ptr::eq(self.ring, &raw const duplex.to_task) {
            &duplex.to_parent
        } else {
            &duplex.to_task
        };
        let what_text = if what == What::Message { "a message" } else { "room for a message" };
        other.is_awaited_by(what, pid).then_some(Doing::WaitsToo(what_text))
    }

    /// Nobody is left who could end the wait: throws that, but first has the ring find out whether one of them has died
    /// in the middle of a message, as that is told before.
    fn despair(&mut self, waiting: &Waiting<'_>) -> Result<(), Stop> {
        if self.looks_again() {
            return Ok(());
        }
        let message = if waiting.what() == What::Message { Message::Received } else { Message::Sent };
        Err(exceptions::throw(&Error::ChannelDeserted { message, capacity: self.ring.capacity() }).into())
    }

    /// Is the ring to be looked at once more, though nobody is left at its other end? It finds out then who has died in
    /// the middle of a message.
    fn looks_again(&mut self) -> bool {
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or_default();
        left.is_some()
    }
}
