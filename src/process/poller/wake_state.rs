//! What has to wake the parent, and when: a pure state machine, which makes no system call and reads no clock.
//!
//! The parent is *inside* while it waits in the reactor, and *outside* while the script runs. Outside it checks
//! nothing, until the virtual machine calls its interrupt function, for which something has to raise a flag. There are
//! three sources of such a wake-up:
//!
//! - the **notifier** (a thread, or signals), once it is *armed* and a descriptor is ready. It raises the flag once,
//!   and is then no longer armed;
//! - the **doorbell**, which warm workers ring after writing a result to shared memory, if the parent has asked for
//!   that. It is a descriptor, so that the notifier has to be armed as well;
//! - the **alarm**, a timer. It is set where news is certain to come soon, or where no descriptor reports it.
//!
//! # Why no wake-up is lost
//!
//! *Whenever the parent is outside, and there is news that it has not taken in, the flag is raised, or the notifier is
//! armed, or an alarm is set.* These rules ensure that:
//!
//! 1. When the parent leaves the reactor, it says what may bring news ([`Expected`]); for each of these at least one of
//!    the three is active ([`Needs`]). While an alarm is set that goes off very soon, it need not say anything: the alarm
//!    stands for whatever has been added.
//! 2. Readiness is level-triggered: arming the notifier while a descriptor is ready raises the flag at once. So it does
//!    not matter whether news came before or after the arming. (The doorbell's descriptor is edge-triggered; after
//!    asking for a ring, the parent checks the shared memory once more. What it finds there was not rung for: it raises
//!    the flag, and makes the descriptor readable by a timer, as an event loop of the application that waits in the
//!    kernel sees no flag.)
//! 3. The parent cannot observe that the notifier fires: it only knows that it has armed it. Since the parent lowers
//!    the flag whenever it looks for news, a look says nothing about whether the notifier is still armed, unless the
//!    parent has silenced it. So after any look, even one that found nothing or was cut short, the parent *doubts* the
//!    notifier, and arms it again when it leaves. Arming it twice is harmless; not arming it after it has fired loses
//!    the wake-up.
//! 4. If the parent lowers the flag without looking for news, as the interrupt comes at a bad moment, it sets an alarm.
//! 5. An earlier alarm stands for all later ones: when it wakes the parent, the parent looks, and then says what is to
//!    come next. It has not gone off as long as the parent finds, whenever it looks, that nothing has raised the flag.
//!
//! A wake-up without news (a *spurious* one) is always allowed. The test visits every state that this machine can reach
//! together with a model of the kernel, the workers and the script, in every order of events.

use std::time::Duration;

/// How soon to check children that have sent everything and are about to end, or whose end no descriptor reports.
pub(super) const REAP: Duration = Duration::from_millis(5);
/// How soon to check warm workers that have just answered, or have just been given a job.
pub(super) const SOON: Duration = Duration::from_millis(1);

/// What the parent knows about what may wake it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) notifier: Notifier,
    /// An alarm was set for [`SOON`] or earlier, and nothing had raised the flag when the parent last looked: so it has
    /// not gone off. It covers every later alarm, which saves reading the clock: that costs a tenth of a warm task.
    pub(super) imminent: bool,
}

/// What the parent knows about the notifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Notifier {
    /// It raises no flag: it was never armed, or the parent has silenced it in order to ask the kernel itself.
    Idle,
    /// It was armed, and the parent has not looked since. If it has fired, the flag is raised or about to be.
    Armed,
    /// The flag was raised, by whatever source, and the parent has put off looking: an alarm is set.
    Rung,
    /// It was armed, and the parent has looked since: it is either still armed or has fired.
    Doubted,
}

/// Something that the parent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// It lowers the flag and looks for news, possibly in shared memory only, possibly in vain.
    Look {
        /// The flag was raised since it looked last.
        rung: bool,
    },
    /// It asks the kernel which descriptors are ready, and sleeps, or it forks: the notifier is not needed meanwhile.
    Ask,
    /// It goes back to the script without saying what may bring news. Most tasks are posted closely one after another,
    /// and saying it each time would take longer than all the rest.
    Return {
        /// An event loop of the application waits for our descriptor: in the kernel, where no flag wakes it.
        watched: bool,
    },
    /// It goes back to the script.
    Leave(Needs),
    /// It has lowered the flag, but cannot look for news now. It will try again after this time.
    PutOff(Duration),
    /// The notifier could not be armed.
    Refused,
}

/// What follows from an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Action {
    /// An order for the notifier.
    pub(super) order: Option<Order>,
    /// Set an alarm: the flag has to be raised after this time, or earlier.
    pub(super) alarm: Option<Duration>,
    /// Go back only by [`Input::Leave`].
    pub(super) leave: bool,
}

/// An order for the notifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Raise the flag at the next readiness, or at once if a descriptor is ready now.
    Arm,
    /// Stay armed. With signals this may mean arming again, as the script may have replaced the handlers; a thread has
    /// nothing to do.
    Confirm,
    /// Raise nothing: the parent asks the kernel itself.
    Silence,
}

/// What may bring news while the parent is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "independent of each other")]
pub(super) struct Expected {
    /// There are isolated children that have not sent their outcome.
    pub(super) isolated: bool,
    /// There are isolated children that have sent it, and are about to end.
    pub(super) leaving: bool,
    /// There are children whose end no descriptor reports.
    pub(super) polled: bool,
    /// There are warm workers.
    pub(super) warm: bool,
    /// Some of them have jobs.
    pub(super) busy: bool,
    /// They have just answered, or just been given a job, and no event loop of the application waits for them.
    pub(super) lively: bool,
    /// The script has closed the reactor's descriptor, which therefore reports nothing.
    pub(super) cannot_wait: bool,
}

/// What has to wake the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) notifier: bool,
    pub(super) doorbell: bool,
    /// Wake the parent after this time at the latest.
    pub(super) alarm: Option<Duration>,
}

impl Expected {
    /// What has to wake the parent. It has something to do on its own after `due`.
    pub(super) fn needs(self, due: Option<Duration>) -> Needs {
        // Workers that will answer in a moment are not asked to ring: each ring costs as much as some tasks.
        let soon = self.lively.then_some(SOON);
        // Children that are merely about to end are not urgent.
        let leaving = self.leaving && !self.isolated;
        let unheard = self.cannot_wait && (self.isolated || self.leaving || self.warm);
        let reap = (leaving || self.polled || unheard).then_some(REAP);
        Needs {
            // Warm workers may die at any time, also while they have no jobs. If the descriptor is not ours any more,
            // it may be readable all the time: each interrupt would cause the next one, and the script would make no
            // progress.
            notifier: !self.cannot_wait && (self.isolated || self.warm && !self.lively),
            doorbell: self.busy && !self.lively,
            alarm: [due, soon, reap].into_iter().flatten().min(),
        }
    }
}

impl State {
    pub(super) const NEW: Self = Self { notifier: Notifier::Idle, imminent: false };

    /// The table of transitions. Inlined, so that of [`Input::Return`], which comes with each task, one test is left: a
    /// call would cost a hundredth of a warm task.
    #[inline(always)]
    #[expect(clippy::match_same_arms, reason = "a table: a row for each input")]
    pub(super) fn step(self, input: Input) -> (Self, Action) {
        use Notifier::{Armed, Doubted, Idle, Rung};
        let (notifier, order) = match (input, self.notifier) {
            (Input::Look { .. }, Idle) => (Idle, None),
            (Input::Look { .. }, Armed | Rung | Doubted) => (Doubted, None),
            (Input::Ask, Idle) => (Idle, None),
            (Input::Ask, Armed | Rung | Doubted) => (Idle, Some(Order::Silence)),
            (Input::Leave(Needs { notifier: true, .. }), Idle | Doubted) => (Armed, Some(Order::Arm)),
            (Input::Leave(Needs { notifier: true, .. }), Armed) => (Armed, Some(Order::Confirm)),
            (Input::Leave(Needs { notifier: true, .. }), Rung) => (Rung, None),
            (Input::Leave(Needs { notifier: false, .. }), known) => (known, None),
            (Input::Return { .. }, known) => (known, None),
            (Input::PutOff(_), _) => (Rung, None),
            (Input::Refused, _) => (Doubted, None),
        };
        let (imminent, alarm) = match (input, self.imminent) {
            (Input::Look { rung: true } | Input::Ask, _) => (false, None),
            (Input::Look { rung: false }, imminent) => (imminent, None),
            (Input::PutOff(delay), _) => (delay <= SOON, Some(delay)),
            (Input::Leave(Needs { alarm: Some(delay), .. }), false) => (delay <= SOON, Some(delay)),
            (Input::Leave(Needs { alarm: Some(delay), .. }), true) => {
                (true, Some(delay).filter(|&delay| delay < SOON))
            }
            (Input::Leave(Needs { alarm: None, .. }) | Input::Return { .. } | Input::Refused, imminent) => {
                (imminent, None)
            }
        };
        let leave = match (input, self.imminent) {
            (Input::Return { watched }, imminent) => watched || !imminent,
            _ => false,
        };
        (Self { notifier, imminent }, Action { order, alarm, leave })
    }
}

#[cfg(test)]
mod tests;
