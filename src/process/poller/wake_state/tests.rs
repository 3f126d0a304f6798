//! Runs the state machine together with a model of its surroundings: the kernel, children, workers, the notifier, the
//! alarm, and the script. Visits every state of both that any sequence of events can reach.

use std::collections::HashMap;

use super::*;
use crate::process::poller::notifier::Means;

type Step = fn(State, Input) -> (State, Action);

const SHORT: Duration = Duration::from_micros(100);
const LONG: Duration = Duration::from_secs(3600);

/// What can happen while the parent is outside, after it has left with a certain [`Expected`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "independent of each other")]
struct Possible {
    readable: bool,
    polled_end: bool,
    answer: bool,
    /// Readiness of a descriptor raises no flag.
    cannot_wait: bool,
}

/// The real state of everything, of which the machine knows only `known`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "independent of each other")]
struct World {
    known: State,
    inside: bool,
    flag: bool,
    /// The notifier is armed; or it has seen a ready descriptor and is about to raise the flag.
    armed: bool,
    firing: bool,
    /// The alarm that is set.
    alarm: Option<Duration>,
    /// News that the parent has not taken in: at a descriptor, of a child without a descriptor, in shared memory.
    readable: bool,
    polled_end: bool,
    answer: bool,
    /// A worker has answered, and has not checked yet whether it has to ring.
    about_to_ring: bool,
    /// The parent has asked for a ring.
    listening: bool,
    /// The doorbell's descriptor is ready.
    rung: bool,
    possible: Possible,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    /// A child writes, or ends; a child ends whose end no descriptor reports; a worker answers, and then rings if it
    /// has to.
    Readable,
    BlindEnd,
    Answer,
    Ring,
    /// The notifier, or the alarm, raises the flag.
    Fire,
    AlarmGoesOff,
    /// The parent is interrupted at a bad moment.
    PutOff,
    /// It looks for news, but is interrupted before it has seen any; or it takes in what is in shared memory.
    LookInVain,
    LookAtMemory,
    /// It asks the kernel, but is interrupted; or it takes in all that there is.
    AskInVain,
    Ask,
    /// It goes back without saying what may bring news.
    Return(Possible, Script),
    Leave(Option<Duration>, Needs, Possible),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Runs,
    /// It sleeps in the kernel until the descriptor is ready.
    Sleeps,
}

/// All that may bring news.
fn possibles() -> impl Iterator<Item = Possible> {
    (0..16_u32).map(|bits| {
        let bit = |at: u32| bits >> at & 1 == 1;
        Possible { readable: bit(0), polled_end: bit(1), answer: bit(2), cannot_wait: bit(3) }
    })
}

/// All inputs with which the parent may leave.
fn leaves() -> Vec<Event> {
    let mut leaves = Vec::new();
    for bits in 0..128_u32 {
        let bit = |at: u32| bits >> at & 1 == 1;
        let (isolated, leaving, polled, warm) = (bit(0), bit(1), bit(2), bit(3));
        let (busy, lively, cannot_wait) = (bit(4), bit(5), bit(6));
        if busy && !warm {
            continue;
        }
        let expected = Expected { isolated, leaving, polled, warm, busy, lively, cannot_wait };
        let possible =
            Possible { readable: isolated || leaving || warm, polled_end: polled, answer: busy, cannot_wait };
        for due in [None, Some(SHORT), Some(LONG)] {
            leaves.push(Event::Leave(due, expected.needs(due), possible));
        }
    }
    leaves
}

impl World {
    const NEW: Self = Self {
        known: State::NEW,
        inside: true,
        flag: false,
        armed: false,
        firing: false,
        alarm: None,
        readable: false,
        polled_end: false,
        answer: false,
        about_to_ring: false,
        listening: false,
        rung: false,
        possible: Possible { readable: false, polled_end: false, answer: false, cannot_wait: false },
    };

    /// A descriptor has become ready.
    fn ready(&mut self, means: Means) {
        match means {
            _ if self.possible.cannot_wait => {}
            Means::Thread => self.firing |= std::mem::take(&mut self.armed),
            // The signal is sent whether the notifier is armed or not.
            Means::Signal => self.firing = true,
        }
    }

    fn step(&mut self, step: Step, means: Means, input: Input) {
        let (known, action) = step(self.known, input);
        self.known = known;
        let is_ready = (self.readable || self.rung) && !self.possible.cannot_wait;
        match (action.order, means) {
            (None, _) | (Some(Order::Confirm), Means::Thread) | (Some(Order::Silence), Means::Signal) => {}
            (Some(Order::Silence), Means::Thread) => self.armed = false,
            (Some(Order::Arm), Means::Thread) => {
                self.armed = !is_ready;
                self.firing |= is_ready;
            }
            (Some(Order::Arm | Order::Confirm), Means::Signal) => self.flag |= is_ready,
        }
        // The earlier alarm stays.
        self.alarm = [self.alarm, action.alarm].into_iter().flatten().min();
    }

    /// The world after `event`; `None` if the event cannot happen now.
    fn after(mut self, step: Step, means: Means, event: Event) -> Option<Self> {
        let happens = match event {
            Event::Readable => self.possible.readable,
            Event::BlindEnd => self.possible.polled_end,
            Event::Answer => self.possible.answer,
            Event::Ring => self.about_to_ring,
            Event::Fire => self.firing,
            Event::AlarmGoesOff => self.alarm.is_some(),
            Event::PutOff => self.flag && !self.inside,
            Event::Return(possible, _) | Event::Leave(_, _, possible) => {
                // A child that has sent something which is not taken in yet is still expected to bring news.
                possible.readable >= self.readable
                    && possible.polled_end >= self.polled_end
                    && possible.answer >= (self.answer || self.about_to_ring)
            }
            Event::LookInVain | Event::LookAtMemory | Event::AskInVain | Event::Ask => true,
        };
        if !happens {
            return None;
        }
        match event {
            Event::Readable => {
                self.readable = true;
                self.ready(means);
            }
            Event::BlindEnd => self.polled_end = true,
            Event::Answer => (self.answer, self.about_to_ring) = (true, true),
            Event::Ring => {
                self.about_to_ring = false;
                if std::mem::take(&mut self.listening) {
                    self.rung = true;
                    self.ready(means);
                }
            }
            Event::Fire => (self.firing, self.flag) = (false, true),
            Event::AlarmGoesOff => (self.alarm, self.flag) = (None, true),
            Event::PutOff => {
                self.flag = false;
                self.step(step, means, Input::PutOff(SOON));
            }
            Event::LookInVain | Event::LookAtMemory | Event::AskInVain | Event::Ask => {
                let rung = self.flag;
                (self.inside, self.flag) = (true, false);
                self.step(step, means, Input::Look { rung });
                self.answer &= matches!(event, Event::LookInVain);
                if let Event::AskInVain | Event::Ask = event {
                    self.step(step, means, Input::Ask);
                    self.listening = true;
                }
                if let Event::Ask = event {
                    (self.readable, self.polled_end, self.rung, self.listening) =
                        (false, false, false, false);
                }
            }
            Event::Return(possible, script) => {
                let (known, action) = step(self.known, Input::Return { watched: script == Script::Sleeps });
                if action.leave {
                    return None; // and then it leaves in another way
                }
                (self.known, self.inside, self.possible) = (known, false, possible);
            }
            Event::Leave(_, needs, possible) => {
                (self.inside, self.possible) = (false, possible);
                self.step(step, means, Input::Leave(needs));
                if needs.doorbell {
                    self.listening = true;
                    self.flag |= self.answer;
                }
            }
        }
        Some(self)
    }

    /// Will the parent be woken for what there is, and soon enough?
    fn is_well(&self, means: Means, event: Event) -> bool {
        let woken = |at_most| self.flag || self.firing || self.alarm.is_some_and(|alarm| alarm <= at_most);
        let in_time = match event {
            Event::Leave(Some(due), ..) => woken(due),
            Event::Return(_, script) => script == Script::Runs && woken(SOON),
            _ => true,
        };
        let hears_rings = (self.armed || means == Means::Signal) && !self.possible.cannot_wait;
        let rings = self.about_to_ring && self.listening && hears_rings;
        let news = self.readable || self.polled_end || self.answer && !rings;
        self.inside || in_time && (!news || woken(REAP))
    }
}

/// Visits all states that can be reached. Returns how many there are, or the events that lead to one in which a wake-up
/// is lost.
fn explore(step: Step, means: Means) -> Result<usize, Vec<Event>> {
    use Event::*;
    let mut events = vec![
        Readable,
        BlindEnd,
        Answer,
        Ring,
        Fire,
        AlarmGoesOff,
        PutOff,
        LookInVain,
        LookAtMemory,
        AskInVain,
        Ask,
    ];
    events.extend(
        possibles()
            .flat_map(|possible| [Script::Runs, Script::Sleeps].map(|script| Return(possible, script))),
    );
    events.extend(leaves());
    let mut found = vec![(World::NEW, None)];
    let mut numbers = HashMap::from([(World::NEW, 0)]);
    let mut next = 0;
    while let Some(&(world, _)) = found.get(next) {
        for &event in &events {
            let Some(after) = world.after(step, means, event) else {
                continue;
            };
            if !after.is_well(means, event) {
                let mut way = vec![event];
                let mut at = next;
                while let Some((before, event)) = found[at].1 {
                    way.insert(0, event);
                    at = before;
                }
                return Err(way);
            }
            numbers.entry(after).or_insert_with(|| {
                found.push((after, Some((next, event))));
                found.len() - 1
            });
        }
        next += 1;
    }
    Ok(found.len())
}

#[test]
fn no_wake_up_is_lost_in_any_order_of_events() {
    for means in [Means::Thread, Means::Signal] {
        let states = explore(State::step, means).unwrap();
        assert!(states > 1000, "the model moves: {states}");
    }
}

/// The table of transitions with one change.
fn but(change: fn(State, Input, &mut (State, Action))) -> impl Fn(State, Input) -> (State, Action) {
    move |state, input| {
        let mut stepped = state.step(input);
        change(state, input, &mut stepped);
        stepped
    }
}

#[test]
fn without_any_of_these_transitions_a_wake_up_is_lost() {
    let changes: [(&str, Step); 9] = [
        ("a look doubts what was armed", |state, input| {
            but(|before, input, (after, _)| {
                if matches!(input, Input::Look { .. }) && before.notifier == Notifier::Armed {
                    after.notifier = Notifier::Armed;
                }
            })(state, input)
        }),
        ("a look doubts what was put off", |state, input| {
            but(|before, input, (after, _)| {
                if matches!(input, Input::Look { .. }) && before.notifier == Notifier::Rung {
                    after.notifier = Notifier::Rung;
                }
            })(state, input)
        }),
        ("what is doubted is armed again", |state, input| {
            but(|before, input, (_, action)| {
                if matches!(input, Input::Leave(_)) && before.notifier == Notifier::Doubted {
                    action.order = None;
                }
            })(state, input)
        }),
        ("what was silenced is armed again", |state, input| {
            but(|before, input, (_, action)| {
                if matches!(input, Input::Leave(_)) && before.notifier == Notifier::Idle {
                    action.order = None;
                }
            })(state, input)
        }),
        ("who puts off sets an alarm", |state, input| {
            but(|_, input, (_, action)| {
                if matches!(input, Input::PutOff(_)) {
                    action.alarm = None;
                }
            })(state, input)
        }),
        ("a flag that was raised is the end of what was imminent", |state, input| {
            but(|before, input, (after, _)| {
                if input == (Input::Look { rung: true }) {
                    after.imminent = before.imminent;
                }
            })(state, input)
        }),
        ("what is imminent is not late", |state, input| {
            but(|_, input, (after, _)| {
                if matches!(input, Input::Leave(_)) {
                    after.imminent = true;
                }
            })(state, input)
        }),
        ("only what is imminent stands for what was added", |state, input| {
            but(|_, input, (_, action)| {
                action.leave &= input != Input::Return { watched: false };
            })(state, input)
        }),
        ("no flag wakes a script that sleeps in the kernel", |state, input| {
            but(|before, input, (_, action)| {
                action.leave &= !(matches!(input, Input::Return { .. }) && before.imminent);
            })(state, input)
        }),
    ];
    for (what, step) in changes {
        let lost = explore(step, Means::Thread);
        assert!(lost.is_err(), "{what}: not needed");
    }
}

#[test]
fn what_could_not_be_armed_is_armed_the_next_time() {
    let needs = Needs { notifier: true, doorbell: false, alarm: None };
    let (armed, _) = State::NEW.step(Input::Leave(needs));
    let (refused, _) = armed.step(Input::Refused);
    assert_eq!(refused.step(Input::Leave(needs)).1.order, Some(Order::Arm));
}

#[test]
fn what_is_armed_costs_no_system_call() {
    let needs = Needs { notifier: true, doorbell: false, alarm: Some(SOON) };
    let (armed, _) = State::NEW.step(Input::Leave(needs));
    let again = armed.step(Input::Leave(needs));
    assert_eq!(again, (armed, Action { order: Some(Order::Confirm), alarm: None, leave: false }));
}
