//! What a fork that this extension did not make (`pcntl_fork`) leaves in its child: values that only the parent works
//! with. They are kept to the end of the child's script, after all destructors have run.

use std::mem::forget;
use std::rc::Rc;

use ext_php_rs::types::Zval;

use crate::pool::ids::IdMap;
use crate::pool::ledger::Ledger;
use crate::task::life::attempt::Attempt;
use crate::task::life::ended::Ended;
use crate::task::life::future::Future;
use crate::task::life::group::{Group, Hook};
use crate::task::life::map_call::MapCall;
use crate::task::life::state::State;
use crate::zend::object::Object;

/// Values that were in the parent's queues and lists.
#[derive(Debug, Default)]
#[expect(dead_code, reason = "held, not read")]
pub(crate) struct Inherited {
    futures: Vec<Object<Future>>,
    groups: Vec<Values>,
    surfacing: Vec<Zval>,
}

/// The values of a group.
#[derive(Debug)]
#[expect(dead_code, reason = "held, not read")]
struct Values {
    attempts: Vec<Attempt>,
    maps: IdMap<Rc<MapCall>>,
    hooks: Vec<Rc<Hook>>,
    ended: Option<Ended>,
}

impl Inherited {
    /// Takes them out of `state`. What is no value of PHP is forgotten: children and what they hold are the parent's.
    pub(crate) fn take(state: &State) -> Self {
        let mut inherited = Self { surfacing: state.surfacing.take(), ..Self::default() };
        inherited.futures.extend(state.reported.take());
        inherited.futures.extend(state.settled.take());
        inherited.futures.extend(state.held.take().into_futures());
        for worker in state.workers.take().into_values() {
            let (group, origin) = worker.part();
            group.into_iter().chain(origin).for_each(|group| inherited.add(group));
            forget(worker);
        }
        let others = (state.default_group.take(), state.active.take(), state.freed.take());
        others.0.into_iter().chain(others.1).chain(others.2).for_each(|group| inherited.add(group));
        inherited
    }

    fn add(&mut self, group: Rc<Group>) {
        if let Some(workers) = group.workers.take() {
            // Functions further down the stack, in which the application has forked, have them, too.
            workers.condemned.set(true);
            forget(workers);
        }
        self.groups.push(Values {
            attempts: group.ledger.change(Ledger::clear),
            maps: group.maps.take(),
            hooks: group.hooks.take(),
            ended: group.ended.take(),
        });
        forget(group);
    }
}
