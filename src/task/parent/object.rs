//! `Future` as an object of the engine: how it is made, its values for the cycle collector, and its release.

use std::cell::Cell;
use std::ffi::CStr;

use ext_php_rs::types::Zval;

use crate::error::Error;
use crate::exceptions;
use crate::task::life::future::{Future, Outcome, Phase, describe};
use crate::task::life::group::Group;
use crate::task::life::state::state;
use crate::task::life::support;
use crate::task::parent::{event_loop, start};
use crate::zend::cell::{DataCell, ValueCell};
use crate::zend::exception;
use crate::zend::handler::Thrown;
use crate::zend::object::placeholder::Mistaken;
use crate::zend::object::{Native, Object, Registration, Tracer};

static REGISTRATION: Registration = Registration::new();

impl Native for Future {
    const NAME: &'static CStr = c"Async\\Future";

    fn registration() -> &'static Registration {
        &REGISTRATION
    }

    fn create() -> Self {
        Self {
            id: Cell::new(state().next_id()),
            work: ValueCell::new(None),
            phase: ValueCell::new(Phase::Pending),
            times: DataCell::default(),
            group: ValueCell::default(),
            key: ValueCell::new(Zval::new()),
            added: Cell::new(false),
            share: ValueCell::default(),
            pid: Cell::new(None),
            ending: Cell::new(None),
            epoch: Cell::new(0),
            declined: Cell::new(false),
            route: Cell::new(None),
            attempts: Cell::new(0),
            repeats: Cell::new(0),
            extra: ValueCell::default(),
            observed: Cell::new(false),
            handling: Cell::new(false),
            place: Cell::new(None),
            captured: DataCell::default(),
        }
    }

    fn trace(&self, tracer: &mut Tracer) {
        self.work.peek(|work| work.iter().for_each(|work| work.trace(tracer)));
        self.phase.peek(|phase| {
            if let Phase::Done(Outcome::Value(value) | Outcome::Failed(value)) = phase {
                tracer.value(value);
            }
        });
        self.extra.peek(|extra| extra.iter().for_each(|extra| extra.trace(tracer)));
    }

    const MISTAKEN: Option<Mistaken<Self>> = Some(not_awaited);

    fn is_leaf(&self) -> bool {
        let plain = |phase: &Phase| match phase {
            Phase::Done(Outcome::Value(value)) => {
                !(value.is_array() || value.is_object() || value.is_reference())
            }
            Phase::Done(Outcome::Failed(_)) => false,
            _ => true,
        };
        self.phase.peek(plain) == Some(true)
            && self.work.peek(Option::is_none) == Some(true)
            && self.has_no_extra() == Some(true)
    }

    /// A future that is dropped before it was started is started; a failure that was never seen is reported by a
    /// warning. Neither happens in a process that only has a copy of the future: its parent does both.
    fn released(this: &Object<Self>) {
        if this.id.get() <= state().inherited.get() {
            return;
        }
        if this.is_pending() && this.work.borrow().is_some() && support::available() {
            this.revive();
            start::enqueue(&Group::default_group(), this);
            event_loop::leave();
            return;
        }
        let unseen = match &*this.phase.borrow() {
            Phase::Done(Outcome::Failed(throwable)) if !this.observed.get() => {
                Some(throwable.shallow_clone())
            }
            _ => None,
        };
        if let Some(throwable) = unseen {
            this.observed.set(true);
            let message = format!("Unhandled failure of {}: {}", this.subject(), describe(&throwable));
            exception::warn_at(&throwable, &message);
        }
    }
}

fn not_awaited(future: &Future, doing: &'static str) -> Thrown {
    exceptions::throw(&Error::NotAwaited { subject: future.subject(), doing })
}
