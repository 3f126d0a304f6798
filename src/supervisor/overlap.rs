//! A worker that has had enough goes on until another one is ready, which relieves it: `recycle(overlap: true)`. Runs in
//! the parent.
//!
//! ```text
//! 1 works ............. has had enough ... goes on ........ its last job, ends
//!                        2 is forked, connects ... is ready, works ..........
//! ```
//!
//! The other one is a worker of its own, with the lowest number that is free: no two that live have the same. Until it is
//! ready it is not one of those that there shall be, and the first one does not know of it; from then on it is the first one
//! that leaves. Whatever ends either of them before that, or changes their number, leaves the other one alone: [`Run::settle`].

use std::rc::Rc;
use std::time::Duration;

use crate::process::shared::pulse::Signs;
use crate::supervisor::object::Kind;
use crate::supervisor::run::Run;
use crate::supervisor::unit::{Enough, Relief, Running, State, Unit, Why};
use crate::supervisor::upkeep::spent_event;
use crate::task::life::surfacing;

/// A worker that has had enough.
struct Spent {
    kind: Rc<Kind>,
    id: usize,
    /// It has had a tenth more than that.
    beyond: bool,
    /// Nobody can relieve it.
    alone: bool,
}

impl Run<'_> {
    /// Ends what relieves nobody any more.
    pub(super) fn settle(&mut self) {
        for index in (0..self.units.len()).rev() {
            let Some((relief, unit)) = self.units.get(index).and_then(|unit| Some((unit.relief?, unit)))
            else {
                continue;
            };
            let (is_done, kind) = (matches!(unit.state, State::Done), Rc::clone(&unit.kind));
            let other =
                self.units.iter().position(|other| Rc::ptr_eq(&other.kind, &kind) && other.id == relief.of);
            let other = other.and_then(|other| self.units.get_mut(other));
            match other {
                // It has failed, and nothing that fails is started again.
                Some(other) if is_done && !relief.done => {
                    if let Some(running) = other.running_mut() {
                        running.enough = Enough::Alone;
                    }
                    self.dismiss(index);
                }
                // It has returned.
                Some(other) if matches!(other.state, State::Done) => self.dismiss(index),
                Some(other) if relief.done || !other.leaves() => {}
                _ => self.stays(index),
            }
        }
    }

    /// The worker at `index` is one of those that there shall be.
    fn stays(&mut self, index: usize) {
        if let Some(unit) = self.units.get_mut(index) {
            unit.relief = None;
        }
    }

    /// The worker at `index` is not needed.
    fn dismiss(&mut self, index: usize) {
        let grace = self.settings.grace;
        self.stays(index);
        if let Some(running) = self.units.get_mut(index).and_then(Unit::running_mut) {
            running.stop(Why::Scale, grace);
        } else if index < self.units.len() {
            surfacing::release(self.units.remove(index));
        }
    }

    /// Nobody is relieved by somebody who is not ready: all are replaced.
    pub(super) fn call_off(&mut self) {
        for index in (0..self.units.len()).rev() {
            if self.units.get(index).is_some_and(Unit::is_extra) {
                self.dismiss(index);
            }
        }
    }

    /// If the worker at `index` is ready, and relieves another one, that one may go.
    pub(super) fn hand_over(&mut self, index: usize) {
        let Some(unit) = self.units.get_mut(index).filter(|unit| unit.is_extra()) else {
            return;
        };
        let is_ready = |running: &Running| {
            running.ready || running.pulse().is_some_and(|pulse| pulse.signs.has(Signs::READY))
        };
        if unit.running().is_some_and(is_ready) {
            self.relieve(index);
        }
    }

    /// The worker that the one at `index` relieves may go.
    fn relieve(&mut self, index: usize) {
        let (grace, Some(unit)) = (self.settings.grace, self.units.get_mut(index)) else {
            return;
        };
        let Some(relief) = unit.relief.as_mut() else {
            return;
        };
        relief.done = true;
        let (kind, of) = (Rc::clone(&unit.kind), relief.of);
        let other = self.units.iter_mut().find(|other| Rc::ptr_eq(&other.kind, &kind) && other.id == of);
        if let Some(running) = other.and_then(Unit::running_mut) {
            running.relieve(Why::Relieved, grace);
        }
    }

    /// The process of the worker at `index` has ended, and another one is to take its place: that is the one that relieves
    /// it. False if nobody does.
    pub(super) fn hand_down(&mut self, index: usize) -> bool {
        let Some((kind, id)) = self.units.get(index).map(|unit| (Rc::clone(&unit.kind), unit.id)) else {
            return false;
        };
        if !self.units.iter().any(|unit| unit.relieves(&kind, id)) {
            return false;
        }
        let former = self.units.remove(index);
        if let Some(unit) = self.units.iter_mut().find(|unit| unit.relieves(&kind, id)) {
            unit.relief = None;
            unit.restarts += former.restarts;
            unit.jobs = unit.jobs.saturating_add(former.jobs);
        }
        surfacing::release(former);
        true
    }

    /// Starts a worker for one that has had enough, and lets those go that are relieved. One at a time: those for which it
    /// lasts too long are replaced without that.
    pub(super) fn overlap(&mut self) {
        if !self.settings.recycle.overlap || self.code.is_some() {
            return;
        }
        (0..self.units.len()).for_each(|index| self.hand_over(index));
        let spent: Vec<_> = self.units.iter().filter_map(|unit| self.spent(unit)).collect();
        for Spent { kind, id, beyond, alone } in spent {
            let relieved_by = self.units.iter().position(|unit| unit.relieves(&kind, id));
            let is_busy = self.rolling.is_some()
                || self.rehearsal.is_some()
                || self.units.iter().any(|unit| unit.relief.is_some());
            if let Some(index) = relieved_by {
                // There may be no room for one more process until this one has ended.
                if beyond && self.units.get(index).is_some_and(Unit::lacks_room) {
                    self.relieve(index);
                }
            } else if !is_busy && !alone {
                self.tell_spent(&kind, id, false);
                self.add(&kind, Some(Relief { of: id, done: false }));
            } else if beyond {
                self.tell_spent(&kind, id, true);
            }
        }
    }

    /// Tells the script that this worker has had enough; and the worker, if it is to go.
    fn tell_spent(&mut self, kind: &Rc<Kind>, id: usize, goes: bool) {
        let grace = self.settings.grace;
        let unit = self.units.iter_mut().find(|unit| Rc::ptr_eq(&unit.kind, kind) && unit.id == id);
        let Some(unit) = unit else {
            return;
        };
        let Some(running) = unit.running_mut() else {
            return;
        };
        let is_new = running.has_enough();
        if goes {
            running.relieve(Why::Spent, grace);
        }
        if is_new {
            self.events.push(spent_event(unit));
        }
    }

    /// Has this worker had enough, and does it go on?
    fn spent(&self, unit: &Unit) -> Option<Spent> {
        let running = unit.running().filter(|running| running.can_go_on() && unit.relief.is_none())?;
        let (age, pulse, recycle) = (running.since.elapsed(), running.pulse()?, self.settings.recycle);
        let is_enough = pulse.signs.has(Signs::ENOUGH) || recycle.is_enough(age, pulse.jobs, pulse.bytes);
        is_enough.then(|| Spent {
            kind: Rc::clone(&unit.kind),
            id: unit.id,
            beyond: recycle.extended().is_enough(age, pulse.jobs, pulse.bytes),
            alone: running.enough == Enough::Alone,
        })
    }

    /// How long it lasts, as far as is known, until a worker has had enough that another one is to be started for.
    pub(super) fn until_enough(&self) -> Option<Duration> {
        let recycle = self.settings.recycle;
        if !recycle.overlap {
            return None;
        }
        let is_busy = self.units.iter().any(|unit| unit.relief.is_some());
        let recycle = if is_busy { recycle.extended() } else { recycle };
        let is_relieved = |unit: &Unit| self.units.iter().any(|other| other.relieves(&unit.kind, unit.id));
        let alone = self.units.iter().filter(|unit| !is_relieved(unit)).filter_map(Unit::running);
        let lasts = alone.filter(|running| running.can_go_on()).filter_map(|running| {
            let pulse = running.pulse()?;
            recycle.lasts(running.since.elapsed(), pulse.jobs, pulse.bytes)
        });
        lasts.min()
    }
}

impl Running {
    /// Is it at work, and not told to stop?
    fn can_go_on(&self) -> bool {
        self.ready && self.told.is_none() && self.end.is_none() && self.has_process() && !self.is_mute()
    }
}

impl Unit {
    /// Does it wait for a process, and not as one of its own has failed?
    fn lacks_room(&self) -> bool {
        self.unready == 0 && self.running().is_none_or(|running| !running.has_process())
    }
}
