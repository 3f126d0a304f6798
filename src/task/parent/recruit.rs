//! Who is hired for what was posted. Runs in the parent.

use crate::task::life::mapping::Mapping;
use crate::zend::handler::Thrown;
use std::rc::Rc;

use crate::process::fork::Refused;
use crate::task::life::crew::Crew;
use crate::task::life::group::Group;
use crate::task::life::shutdown;
use crate::task::life::state::state;
use crate::task::parent::start;
use crate::task::workers::hire::NotHired;
use crate::task::workers::{crew_of, hire, launch};
use crate::zend::exception;

/// Hires whoever is missing for what was posted. Re-enters PHP: hooks.
pub(crate) fn recruit_for(group: &Rc<Group>) {
    let crew = group.crew.borrow().clone();
    if let Some(crew) = crew {
        recruit(group, &crew);
    }
}

/// Hires as many children as there is work for, within the pool's limit.
pub(crate) fn recruit(group: &Rc<Group>, crew: &Rc<Crew>) {
    crew.note_departures();
    if crew.is_full(group) && crew.oldest.get() >= Some(crew.board.newest()) {
        return; // it costs much to find that out below
    }
    if exception::pending() {
        // A hook of serialization has exited: a child would do so too.
        state().held_back.set(true);
        return;
    }
    loop {
        // In this order: a task that is taken meanwhile is not taken for one that an idle child will take.
        let mut open = crew.board.open(crew.members.borrow().len() + 1);
        crew.note_departures();
        let mut idle = crew.idle();
        let wanted = open.len() > idle.len();
        // Somebody idle is too old, if not each can have a task: what asks for the youngest goes to the youngest.
        open.sort_unstable_by(|one, other| other.cmp(one));
        idle.sort_unstable_by(|one, other| other.cmp(one));
        let outdated = open.iter().zip(&idle).any(|(needed, epoch)| needed > epoch);
        if !wanted && !outdated {
            if !open.is_empty() && crew.awaits_somebody() {
                state().held_back.set(true); // to see whether he came
            }
            return;
        }
        if crew.is_full(group) {
            // To wait for its end would let the next task start at once, but each of a hundred fork a child of its own.
            if outdated {
                crew.dismiss_one();
            }
            return;
        }
        match hire::hire(group, crew, idle.first().copied().unwrap_or(0)) {
            Ok(()) => {}
            Err(NotHired { refused, task: None })
                if launch::is_shortage(refused.errno) && launch::children() > 0 =>
            {
                start::hold_back();
                return;
            }
            Err(NotHired { refused, task }) => {
                let Some(id) = task.or_else(|| hire::first_open(group, crew)) else {
                    return;
                };
                crew.board.retract(id);
                start::fail(group, id, refused);
            }
        }
    }
}

/// Forks children that stay without work, too, until there are `wanted`, or as many as there is room for. Re-enters PHP:
/// hooks.
///
/// # Errors
///
/// When there is none at all.
pub(crate) fn warm(group: &Rc<Group>, wanted: usize) -> Result<(), Refused> {
    shutdown::register();
    let crew = crew_of(group)?;
    crew.reopen();
    let wanted = wanted.min(hire::capacity(group));
    group.kept.set(wanted);
    crew.keep(wanted);
    crew.note_departures();
    while crew.staying().0 < wanted && !crew.is_full(group) && !exception::pending() {
        let Err(NotHired { refused, task }) = hire::hire(group, &crew, u64::MAX) else {
            continue;
        };
        if let Some(task) = task {
            start::fail(group, task, refused);
        }
        return if crew.staying().0 == 0 { Err(refused) } else { Ok(()) };
    }
    Ok(())
}

/// Posts items of a map as long as children may want some, and hires whoever is missing for them. Re-enters PHP.
///
/// # Errors
///
/// When the source throws.
pub(crate) fn feed_map(mapping: &Rc<Mapping>) -> Result<(), Thrown> {
    mapping.feed()?;
    recruit_for(&mapping.group);
    Ok(())
}
