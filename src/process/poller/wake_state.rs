//! When the parent is woken: one pure state machine, which makes no system call and reads no clock.
//!
//! The parent is *inside* while it waits in the reactor, and *outside* while the script runs. Outside it looks at
//! nothing; it comes back at an interrupt of the virtual machine, for which somebody has to raise a flag. There are
//! three who do:
//!
//! - the **notifier** (a thread, or signals), once it is *armed* and a descriptor is ready. It raises the flag once, and is
//!   then no longer armed;
//! - the **doorbell**, which warm workers ring after an answer in shared memory, if the parent has asked for it. It is a
//!   descriptor, so that the notifier has to be armed as well;
//! - the **alarm**, a timer. It is set where news is sure to come soon, or where no descriptor tells of it.
//!
//! # Why no wake-up is lost
//!
//! *Whenever there is news that nobody has looked at, and the parent is outside, the flag is raised, or the notifier is
//! armed, or an alarm is set.* These rules keep it so:
//!
//! 1. Whoever leaves says what may bring news ([`Expected`]), and everything of that has one of the three ([`Needs`]).
//! 2. Readiness is level-triggered: arming the notifier while news is there raises the flag at once. So it does not matter
//!    whether news came before or after the arming. (The doorbell's descriptor is edge-triggered; whoever asks for a ring
//!    looks at the shared memory once more after that.)
//! 3. The parent cannot see the notifier fire: it only knows that it has armed it. Since the flag is lowered by whoever looks,
//!    a look says nothing about whether the notifier is still armed, unless it has been silenced. After any look the parent
//!    *doubts* it, also after one that found nothing or was cut short, and arms it again when it leaves. Arming what is armed
//!    is harmless; not arming what has fired loses the wake-up.
//! 4. Whoever lowers the flag and does not look, as an interrupt comes at a bad moment, sets an alarm in its place.
//! 5. An alarm that comes earlier stands for all later ones: whoever it wakes looks, and says what is to come next.
//!
//! A wake-up for which nothing is found (a *spurious* one) is always allowed. The test goes through every state that
//! this machine can reach together with a model of the kernel, the workers and the script, in every order of events.

use std::time::Duration;

/// When to look for children that had nothing more to tell, or that have no descriptor to tell of their end.
pub(super) const REAP: Duration = Duration::from_millis(5);
/// When to look at warm workers that have just told something, or been told.
pub(super) const SOON: Duration = Duration::from_millis(1);

/// What the parent knows of those who may wake it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) notifier: Notifier,
    /// An alarm was set for [`SOON`] or earlier, and nobody has looked since. It covers every later one, and saves a
    /// look at the clock: that costs a tenth of a warm task.
    pub(super) imminent: bool,
}

/// What the parent knows of the notifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Notifier {
    /// It is silent: it was never armed, or the parent has silenced it to ask the kernel itself.
    Idle,
    /// It was armed, and the parent has not looked since. If it has fired, the flag is raised or about to be.
    Armed,
    /// The flag was raised, by whomever, and the parent has put off to look: an alarm is set.
    Rung,
    /// It was armed, and the parent has looked since: it is armed still, or has fired.
    Doubted,
}

/// What the parent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// It lowers the flag and looks, perhaps at the shared memory alone, perhaps for nothing.
    Look,
    /// It asks the kernel which descriptors are ready, and sleeps: nobody else needs to be told.
    Ask,
    /// It goes back to the script.
    Leave(Needs),
    /// It has lowered the flag, and cannot look now. It will try again after this time.
    PutOff(Duration),
    /// The notifier could not be armed.
    Refused,
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Action {
    /// For the notifier.
    pub(super) order: Option<Order>,
    /// The flag shall be raised after this time, or earlier.
    pub(super) alarm: Option<Duration>,
}

/// What the notifier has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The next readiness shall raise the flag, or the one that is there already.
    Arm,
    /// As it was armed it shall be. Signals may have been taken away by the script meanwhile; a thread has nothing to
    /// do.
    Confirm,
    /// Nothing shall be raised: the parent asks the kernel itself.
    Silence,
}

/// What may bring news while the parent is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "independent of each other")]
pub(super) struct Expected {
    /// There are isolated children that have not told their outcome.
    pub(super) isolated: bool,
    /// There are isolated children that have, and are about to end.
    pub(super) leaving: bool,
    /// There are children of whose end no descriptor tells.
    pub(super) blind: bool,
    /// There are warm workers.
    pub(super) warm: bool,
    /// They have tasks.
    pub(super) busy: bool,
    /// They have just told something, or been told, and nobody but us waits for them.
    pub(super) lively: bool,
    /// The script has closed the reactor's descriptor: nothing is heard of by it.
    pub(super) deaf: bool,
}

/// Who has to wake the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) notifier: bool,
    pub(super) doorbell: bool,
    /// At the latest after this time.
    pub(super) alarm: Option<Duration>,
}

impl Expected {
    /// Who has to wake the parent, which has something to do of its own when `due` is over.
    pub(super) fn needs(self, due: Option<Duration>) -> Needs {
        // Who is heard of in a moment is not asked to ring: each ring costs as much as some tasks.
        let soon = self.lively.then_some(SOON);
        // Children that are only about to end are no hurry.
        let leaving = self.leaving && !self.isolated;
        let unheard = self.deaf && (self.isolated || self.leaving || self.warm);
        let reap = (leaving || self.blind || unheard).then_some(REAP);
        Needs {
            // Warm workers may die at any time, also when nobody has anything for them. What is no longer our
            // descriptor may be readable for ever: each interrupt would bring about the next one, and the script would
            // get no further.
            notifier: !self.deaf && (self.isolated || self.warm && !self.lively),
            doorbell: self.busy && !self.lively,
            alarm: [due, soon, reap].into_iter().flatten().min(),
        }
    }
}

impl State {
    pub(super) const NEW: Self = Self { notifier: Notifier::Idle, imminent: false };

    /// The table of transitions.
    #[expect(clippy::match_same_arms, reason = "a table: a row for each input")]
    pub(super) fn step(self, input: Input) -> (Self, Action) {
        use Notifier::{Armed, Doubted, Idle, Rung};
        let (notifier, order) = match (input, self.notifier) {
            (Input::Look, Idle) => (Idle, None),
            (Input::Look, Armed | Rung | Doubted) => (Doubted, None),
            (Input::Ask, Idle) => (Idle, None),
            (Input::Ask, Armed | Rung | Doubted) => (Idle, Some(Order::Silence)),
            (Input::Leave(Needs { notifier: true, .. }), Idle | Doubted) => (Armed, Some(Order::Arm)),
            (Input::Leave(Needs { notifier: true, .. }), Armed) => (Armed, Some(Order::Confirm)),
            (Input::Leave(Needs { notifier: true, .. }), Rung) => (Rung, None),
            (Input::Leave(Needs { notifier: false, .. }), known) => (known, None),
            (Input::PutOff(_), _) => (Rung, None),
            (Input::Refused, _) => (Doubted, None),
        };
        let (imminent, alarm) = match (input, self.imminent) {
            (Input::Look | Input::Ask, _) => (false, None),
            (Input::PutOff(delay), _) => (delay <= SOON, Some(delay)),
            (Input::Leave(Needs { alarm: Some(delay), .. }), false) => (delay <= SOON, Some(delay)),
            (Input::Leave(Needs { alarm: Some(delay), .. }), true) => {
                (true, Some(delay).filter(|&delay| delay < SOON))
            }
            (Input::Leave(Needs { alarm: None, .. }) | Input::Refused, imminent) => (imminent, None),
        };
        (Self { notifier, imminent }, Action { order, alarm })
    }
}

#[cfg(test)]
mod tests;
